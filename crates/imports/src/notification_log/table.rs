//! A pasted table or a CSV file as records of cells: which character parts the cells, quotes, lines, encodings.
//! Does not know what a cell means, and computes nothing: a formula is text like any other.

use super::Refusal;
use std::borrow::Cow;

/// A cell longer than this is none of the log's.
pub(super) const LONGEST_CELL: usize = 4 * 1024;
/// Cells beyond this in one record are left out.
const MOST_CELLS: usize = 64;

/// The file as text. Spreadsheets save "Unicode text" as UTF-16 with a mark in front; that is read too.
pub(super) fn text(file: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    if file.starts_with(b"PK\x03\x04") || file.starts_with(&[0x1f, 0x8b]) {
        return Err(Refusal::Archive);
    }
    let text = match file {
        [0xff, 0xfe, units @ ..] => Cow::Owned(of_utf16(units, u16::from_le_bytes)?),
        [0xfe, 0xff, units @ ..] => Cow::Owned(of_utf16(units, u16::from_be_bytes)?),
        _ => {
            let bytes = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
            Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?)
        }
    };
    // Text has no NUL; UTF-16 without its mark has many.
    if text.contains('\0') { Err(Refusal::NotUtf8) } else { Ok(text) }
}

fn of_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Refusal::NotUtf8);
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().map_err(|_| Refusal::NotUtf8)
}

/// What parts the cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Tab,
    /// Two blanks or more, as a page's text has them.
    Blanks,
    Semicolon,
    Comma,
}

impl Delimiter {
    pub(super) const ALL: [Self; 4] = [Self::Tab, Self::Blanks, Self::Semicolon, Self::Comma];

    fn byte(self) -> Option<u8> {
        match self {
            Self::Tab => Some(b'\t'),
            Self::Blanks => None,
            Self::Semicolon => Some(b';'),
            Self::Comma => Some(b','),
        }
    }
}

/// One row of the table.
#[derive(Debug)]
pub(super) struct Record<'t> {
    /// Number of its first line, counted from 1.
    pub(super) line: usize,
    /// Its cells without the blanks around them.
    pub(super) cells: Vec<Cow<'t, str>>,
    /// One of its cells was longer than [`LONGEST_CELL`]; it is left empty.
    pub(super) long: bool,
}

/// The records of a text, empty ones left out.
pub(super) struct Records<'t> {
    rest: &'t str,
    line: usize,
    delimiter: Delimiter,
}

impl<'t> Records<'t> {
    pub(super) fn of(text: &'t str, delimiter: Delimiter) -> Self {
        Self { rest: text, line: 1, delimiter }
    }

    fn record(&mut self) -> Record<'t> {
        let mut record = Record { line: self.line, cells: Vec::new(), long: false };
        loop {
            let (cell, more) = self.cell();
            if cell.len() > LONGEST_CELL {
                record.long = true;
                record.cells.push(Cow::Borrowed(""));
            } else if record.cells.len() < MOST_CELLS {
                record.cells.push(cell);
            }
            if !more {
                return record;
            }
        }
    }

    /// The next cell, and whether another of the same record follows.
    fn cell(&mut self) -> (Cow<'t, str>, bool) {
        let quoted = self.delimiter.byte().and_then(|byte| quoted(self.rest, byte));
        let (cell, used) = quoted.unwrap_or_else(|| {
            let end = self.end();
            (Cow::Borrowed(bare(&self.rest[..end])), end)
        });
        self.line += lines(&self.rest[..used]);
        self.rest = &self.rest[used..];
        let parted = self.parted();
        self.rest = &self.rest[parted.unwrap_or(0)..];
        if parted.is_none() {
            self.next_line();
        }
        (cell, parted.is_some())
    }

    /// Where an unquoted cell ends.
    fn end(&self) -> usize {
        let bytes = self.rest.as_bytes();
        let ends = |at: usize| match (bytes[at], self.delimiter.byte()) {
            (b'\n' | b'\r', _) => true,
            (byte, Some(delimiter)) => byte == delimiter,
            (b'\t', None) => true,
            (b' ', None) => bytes.get(at + 1) == Some(&b' '),
            _ => false,
        };
        (0..bytes.len()).find(|at| ends(*at)).unwrap_or(bytes.len())
    }

    /// Length of what parts two cells here, if anything does.
    fn parted(&self) -> Option<usize> {
        let bytes = self.rest.as_bytes();
        match self.delimiter.byte() {
            Some(delimiter) => (bytes.first() == Some(&delimiter)).then_some(1),
            None => {
                let gap = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                let ends = bytes.get(gap).is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
                (gap > 0 && !ends).then_some(gap)
            }
        }
    }

    fn next_line(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        let ending = match self.rest.as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.rest = &self.rest[ending..];
        self.line += usize::from(ending > 0);
    }
}

impl<'t> Iterator for Records<'t> {
    type Item = Record<'t>;

    fn next(&mut self) -> Option<Record<'t>> {
        while !self.rest.is_empty() {
            let record = self.record();
            if record.long || record.cells.iter().any(|cell| !cell.is_empty()) {
                return Some(record);
            }
        }
        None
    }
}

/// Blanks of every width and marks of no width are not part of a cell.
fn bare(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{200e}' | '\u{200f}'))
}

/// How many lines end in here.
fn lines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    (0..bytes.len()).filter(|at| ends(*at)).count()
}

/// A cell in quotes at the beginning, and what it used up. A quote that is not closed soon, or not before a delimiter, is a
/// character of its cell: it must not swallow the rest of the file.
fn quoted(text: &str, delimiter: u8) -> Option<(Cow<'_, str>, usize)> {
    let blanks = text.bytes().take_while(|byte| *byte == b' ').count();
    let inner = text[blanks..].strip_prefix('"')?;
    let bytes = inner.as_bytes();
    let mut at = 0;
    let close = loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            _ if at > LONGEST_CELL => return None,
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => break at,
            _ => at += 1,
        }
    };
    let after = &bytes[close + 1..];
    let trailing = after.iter().take_while(|byte| **byte == b' ').count();
    let ends = after.get(trailing).is_none_or(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
    let cell = bare(&inner[..close]);
    let cell = if cell.contains("\"\"") { Cow::Owned(cell.replace("\"\"", "\"")) } else { Cow::Borrowed(cell) };
    ends.then_some((cell, blanks + 1 + close + 1 + trailing))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, delimiter: Delimiter) -> Vec<(usize, Vec<String>)> {
        let owned = |record: Record<'_>| (record.line, record.cells.into_iter().map(Cow::into_owned).collect());
        Records::of(text, delimiter).map(owned).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn quotes_hold_delimiters_lines_and_quotes() {
        let text = "a,\"b, \"\"c\"\"\nd\" ,e\r\n\r\n,,\r\"=1+1\",f";
        let expected = [row(1, &["a", "b, \"c\"\nd", "e"]), row(5, &["=1+1", "f"])];
        assert_eq!(cells(text, Delimiter::Comma), expected);
    }

    #[test]
    fn a_stray_quote_swallows_nothing() {
        let text = "\"a;b\nc\";d\n5\" disk;e\n";
        assert_eq!(cells("\"a;b", Delimiter::Semicolon), [row(1, &["\"a", "b"])]);
        assert_eq!(cells(text, Delimiter::Semicolon), [row(1, &["a;b\nc", "d"]), row(3, &["5\" disk", "e"])]);
        let far = format!("\"a,b\n{}\n\"", "x".repeat(2 * LONGEST_CELL));
        let found: Vec<_> = Records::of(&far, Delimiter::Comma).map(|r| (r.line, r.cells.len(), r.long)).collect();
        assert_eq!(found, [(1, 2, false), (2, 1, true), (3, 1, false)]);
    }

    #[test]
    fn two_blanks_part_what_one_does_not() {
        let text = "Jan 12, 2026 3:04 PM   ann@example.com \t Email is blocked  \nx  y";
        let expected = [row(1, &["Jan 12, 2026 3:04 PM", "ann@example.com", "Email is blocked"]), row(2, &["x", "y"])];
        assert_eq!(cells(text, Delimiter::Blanks), expected);
    }

    #[test]
    fn encodings_are_told_apart() {
        let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        assert_eq!(text(b"\xef\xbb\xbfa").as_deref(), Ok("a"));
        assert_eq!(text(&wide("\u{feff}m\u{e4}rz", u16::to_le_bytes)).as_deref(), Ok("m\u{e4}rz"));
        assert_eq!(text(&wide("\u{feff}m\u{e4}rz", u16::to_be_bytes)).as_deref(), Ok("m\u{e4}rz"));
        for broken in [&b"m\xe4rz"[..], b"\xff\xfea", b"\xff\xfe\x00\xd8", b"a\0b\0"] {
            assert_eq!(text(broken), Err(Refusal::NotUtf8), "{broken:?}");
        }
        assert_eq!(text(b"PK\x03\x04\x14"), Err(Refusal::Archive), "a spreadsheet is an archive");
    }
}
