//! Where an address as it was typed stops being one, to the very character.
//! Does not know whether anybody has it, nor what its domain is.
//!
//! Written here since it has to name the character: parsers such as `email_address` answer with a kind of error and no place.
//! Lenient on purpose: it names what no mail system that stands behind Jira takes, not what looks odd. Quoted local parts,
//! address literals, letters of any script and names with a single label pass.

use crate::domain::address::Address;
use diagnosis::AddressFault;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Octets of a local part (RFC 5321, 4.5.3.1.1).
const LOCAL_MOST: usize = 64;
/// Octets of a whole address (RFC 5321, 4.5.3.1.3, less the angle brackets of a path).
const MOST: usize = 254;
/// Characters between two dots (RFC 1035).
const LABEL_MOST: usize = 63;

/// What is wrong with the address, if anything surely is; the first fault from the left. Blanks around it are none: they are
/// taken off before it is used.
pub fn fault(typed: &str) -> Option<AddressFault> {
    let text: Vec<char> = typed.chars().collect();
    let begin = text.iter().take_while(|c| is_blank(**c)).count();
    let end = text.len() - text[begin..].iter().rev().take_while(|c| is_blank(**c)).count();
    let at = local(&text, begin, end)
        .and_then(|at| domain(&text, at + 1, end).map(|()| at))
        .and_then(|at| lengths(&text, begin, at, end));
    at.err().map(|place| AddressFault { at: place as u64 + 1, character: text[..end].get(place).copied() })
}

/// The address as it is used, without the blanks around it.
pub fn bare(typed: &str) -> Address {
    Address::new(typed.trim_matches(is_blank))
}

/// What a form takes off the ends, a byte order mark among it.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// Everything here answers with the index of what is wrong; one past the end, when something is missing.
type Checked<T> = Result<T, usize>;

/// The index of the `@` behind a good local part.
fn local(text: &[char], begin: usize, end: usize) -> Checked<usize> {
    if text[begin..end].first() == Some(&'"') {
        return quoted(text, begin, end);
    }
    for index in begin..end {
        let before = (index > begin).then(|| text[index - 1]);
        match text[index] {
            '@' if before == Some('.') => return Err(index - 1),
            '@' if before.is_none() => return Err(index),
            '@' => return Ok(index),
            '.' if matches!(before, None | Some('.')) => return Err(index),
            '.' => {}
            c if is_of_atom(c) => {}
            _ => return Err(index),
        }
    }
    Err(end)
}

/// A quoted local part: anything printable, with `"` and `\` behind a backslash.
fn quoted(text: &[char], begin: usize, end: usize) -> Checked<usize> {
    let mut index = begin + 1;
    while index < end {
        match text[index] {
            '"' => {
                let at = index + 1;
                return if text[..end].get(at) == Some(&'@') { Ok(at) } else { Err(at) };
            }
            '\\' if index + 1 < end && !is_invisible(text[index + 1]) => index += 2,
            '\\' => return Err(index),
            c if is_invisible(c) => return Err(index),
            _ => index += 1,
        }
    }
    Err(end)
}

fn domain(text: &[char], begin: usize, end: usize) -> Checked<()> {
    if begin >= end {
        return Err(end);
    }
    if text[begin] == '[' {
        let literal: String = text[begin..end].iter().collect();
        return if is_literal(&literal) { Ok(()) } else { Err(begin) };
    }
    let mut label = 0;
    for (index, c) in text.iter().enumerate().take(end).skip(begin) {
        match *c {
            '.' if label == 0 || index + 1 == end => return Err(index),
            '.' => label = 0,
            c if is_of_label(c) => label += 1,
            _ => return Err(index),
        }
        if label > LABEL_MOST {
            return Err(index);
        }
    }
    Ok(())
}

/// `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
fn is_literal(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    let v6 = inside.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("IPv6:"));
    if v6 { inside[5..].parse::<Ipv6Addr>().is_ok() } else { inside.parse::<Ipv4Addr>().is_ok() }
}

fn lengths(text: &[char], begin: usize, at: usize, end: usize) -> Checked<()> {
    beyond(&text[begin..at], LOCAL_MOST).map_or(Ok(()), |place| Err(begin + place))?;
    beyond(&text[begin..end], MOST).map_or(Ok(()), |place| Err(begin + place))
}

/// The first character that no longer fits into so many octets.
fn beyond(text: &[char], most: usize) -> Option<usize> {
    let mut octets = 0;
    text.iter().position(|c| {
        octets += c.len_utf8();
        octets > most
    })
}

fn is_of_atom(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        c if c.is_ascii() => "!#$%&'*+-/=?^_`{|}~".contains(c),
        c => !is_invisible(c) && !is_mistaken(c),
    }
}

fn is_of_label(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => true,
        c if c.is_ascii() => false,
        c => !is_invisible(c) && !is_mistaken(c) && !matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}'),
    }
}

/// What stands for a separator in a script with wide characters: full-width `@`, comma, semicolon, angle brackets, colon.
fn is_mistaken(c: char) -> bool {
    matches!(c, '\u{ff20}' | '\u{fe6b}' | '\u{ff0c}' | '\u{ff1b}' | '\u{ff1c}' | '\u{ff1e}' | '\u{ff1a}' | '\u{3001}')
}

/// Control characters, blanks that are not the space bar's, and characters without width.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("ann@shop.example")]
    #[case::tagged("ann.o'brien+jira_1@shop-2.co.example")]
    #[case::blanks_around(" \u{a0}ann@shop.example\r\n")]
    #[case::single_label("ann@localhost")]
    #[case::quoted("\"ann example\"@shop.example")]
    #[case::quoted_escape(r#""a\"b\\c@d"@shop.example"#)]
    #[case::literal("ann@[192.0.2.1]")]
    #[case::literal_v6("ann@[IPv6:2001:db8::1]")]
    #[case::idn("ann@b\u{fc}cher.example")]
    #[case::other_script("\u{7528}\u{6237}@\u{4f8b}\u{5b50}.example")]
    fn good_and_odd_addresses_pass(#[case] typed: &str) {
        assert_eq!(fault(typed), None, "{typed:?}");
    }

    #[rstest]
    #[case::nothing("", 1, None)]
    #[case::blank("  ", 3, None)]
    #[case::no_at("ann.shop.example", 17, None)]
    #[case::nobody("@shop.example", 1, Some('@'))]
    #[case::no_domain("ann@", 5, None)]
    #[case::comma("ann,bob@shop.example", 4, Some(','))]
    #[case::comma_behind("ann@shop.example,", 17, Some(','))]
    #[case::semicolon("ann@shop.example;bob@shop.example", 17, Some(';'))]
    #[case::angle("<ann@shop.example>", 1, Some('<'))]
    #[case::angle_behind("ann@shop.example>", 17, Some('>'))]
    #[case::named("Ann <ann@shop.example>", 4, Some(' '))]
    #[case::space("ann example@shop.example", 4, Some(' '))]
    #[case::space_in_domain("ann@shop .example", 9, Some(' '))]
    #[case::mailto("mailto:ann@shop.example", 7, Some(':'))]
    #[case::double_dot("ann..b@shop.example", 5, Some('.'))]
    #[case::double_dot_in_domain("ann@shop..example", 10, Some('.'))]
    #[case::leading_dot(".ann@shop.example", 1, Some('.'))]
    #[case::trailing_dot("ann.@shop.example", 4, Some('.'))]
    #[case::dot_behind("ann@shop.example.", 17, Some('.'))]
    #[case::dot_before("ann@.shop.example", 5, Some('.'))]
    #[case::two_ats("ann@bob@shop.example", 8, Some('@'))]
    #[case::wide_at("ann\u{ff20}shop.example", 4, Some('\u{ff20}'))]
    #[case::wide_dot("ann@shop\u{3002}example", 9, Some('\u{3002}'))]
    #[case::no_break("ann\u{a0}b@shop.example", 4, Some('\u{a0}'))]
    #[case::no_width("ann@sh\u{200b}op.example", 7, Some('\u{200b}'))]
    #[case::tab("ann\tb@shop.example", 4, Some('\t'))]
    #[case::nul("ann\0@shop.example", 4, Some('\0'))]
    #[case::under_score("ann@my_shop.example", 7, Some('_'))]
    #[case::unclosed_quote("\"ann@shop.example", 18, None)]
    #[case::behind_quote("\"ann\"b@shop.example", 6, Some('b'))]
    #[case::literal("ann@[300.1.1.1]", 5, Some('['))]
    #[case::counted_as_typed("  ann,@shop.example", 6, Some(','))]
    fn the_faulty_character_is_named(#[case] typed: &str, #[case] at: u64, #[case] character: Option<char>) {
        assert_eq!(fault(typed), Some(AddressFault { at, character }), "{typed:?}");
    }

    #[test]
    fn what_is_too_long_is_named_where_it_no_longer_fits() {
        let place = |typed: String| fault(&typed).map(|fault| fault.at);
        assert_eq!(place(format!("{}@shop.example", "a".repeat(64))), None);
        assert_eq!(place(format!("{}@shop.example", "a".repeat(65))), Some(65));
        assert_eq!(place(format!("ann@{}.example", "a".repeat(63))), None);
        assert_eq!(place(format!("ann@{}.example", "a".repeat(64))), Some(68));
        let long = |labels: usize| format!("ann@{}example", "abcdefghi.".repeat(labels));
        assert_eq!((long(24).len(), place(long(24))), (251, None));
        assert_eq!((long(25).len(), place(long(25))), (261, Some(255)));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_has_an_answer_that_points_into_it(typed in ".{0,80}") {
            if let Some(AddressFault { at, character }) = fault(&typed) {
                let text: Vec<char> = typed.chars().collect();
                prop_assert!((1..=text.len() as u64 + 1).contains(&at), "{typed:?}: {at}");
                if let Some(c) = character {
                    prop_assert_eq!(text[at as usize - 1], c);
                }
            }
        }
    }
}
