//! The words of dates: months, halves of the day, weekdays and "yesterday" in English, German, French, Spanish and Japanese.
//! Reads no date: it only knows its words.

/// Half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Before,
    After,
}

/// Each month's names without dots, the short ones too.
const MONTHS: [&[&str]; 12] = [
    &["jan", "january", "januar", "jänner", "jän", "janvier", "janv", "enero", "ene"],
    &["feb", "february", "februar", "feber", "février", "fevrier", "févr", "fevr", "fév", "febrero"],
    &["mar", "march", "märz", "maerz", "mär", "mrz", "mars", "marzo"],
    &["apr", "april", "avril", "avr", "abril", "abr"],
    &["may", "mai", "mayo"],
    &["jun", "june", "juni", "juin", "junio"],
    &["jul", "july", "juli", "juillet", "juil", "julio"],
    &["aug", "august", "août", "aout", "agosto", "ago"],
    &["sep", "sept", "september", "septembre", "septiembre", "setiembre", "set"],
    &["oct", "october", "okt", "oktober", "octobre", "octubre"],
    &["nov", "november", "novembre", "noviembre"],
    &["dec", "december", "dez", "dezember", "déc", "décembre", "decembre", "dic", "diciembre"],
];

/// Weekdays, and what stands between the parts of a date.
const FILLERS: &[&str] = &[
    "at",
    "on",
    "um",
    "uhr",
    "am",
    "den",
    "à",
    "a",
    "le",
    "de",
    "del",
    "las",
    "la",
    "el",
    "of",
    "the",
    "h",
    "hrs",
    "time",
    "mon",
    "monday",
    "tue",
    "tues",
    "tuesday",
    "wed",
    "wednesday",
    "thu",
    "thur",
    "thurs",
    "thursday",
    "fri",
    "friday",
    "sat",
    "saturday",
    "sun",
    "sunday",
    "mo",
    "montag",
    "di",
    "dienstag",
    "mi",
    "mittwoch",
    "do",
    "donnerstag",
    "fr",
    "freitag",
    "sa",
    "samstag",
    "sonnabend",
    "so",
    "sonntag",
    "lun",
    "lundi",
    "mar",
    "mardi",
    "mer",
    "mercredi",
    "jeu",
    "jeudi",
    "ven",
    "vendredi",
    "sam",
    "samedi",
    "dim",
    "dimanche",
    "lunes",
    "martes",
    "mié",
    "miércoles",
    "miercoles",
    "jue",
    "jueves",
    "vie",
    "viernes",
    "sáb",
    "sábado",
    "sabado",
    "dom",
    "domingo",
    "月",
    "火",
    "水",
    "木",
    "金",
    "土",
    "日",
    "月曜日",
    "火曜日",
    "水曜日",
    "木曜日",
    "金曜日",
    "土曜日",
    "日曜日",
];

/// Words that say "some time ago" and no date.
const RELATIVE: &[&str] = &[
    "ago",
    "today",
    "yesterday",
    "now",
    "heute",
    "gestern",
    "vorgestern",
    "vor",
    "aujourd'hui",
    "hier",
    "hoy",
    "ayer",
    "anteayer",
    "hace",
];
/// The same where words are not parted by blanks, or are two.
const RELATIVE_PARTS: &[&str] =
    &["il y a", "gerade eben", "今日", "昨日", "一昨日", "本日", "分前", "時間前", "日前", "秒前", "たった今"];

/// Abbreviations of zones, each of which means several or changes by the season.
const ZONES: &[&str] = &[
    "cet", "cest", "mez", "mesz", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "bst", "ist", "jst", "aest",
    "aedt", "wet", "west", "eet", "eest", "msk", "hst", "akst", "akdt", "nzst", "nzdt", "sgt", "hkt", "brt", "art",
    "clt", "sast",
];

/// In lower case, with plain blanks, digits and colons, and Japanese units as separators.
pub(super) fn plain(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for c in cell.chars().flat_map(char::to_lowercase) {
        match c {
            '年' | '月' if text.ends_with(|c: char| c.is_ascii_digit()) => text.push('/'),
            '日' if text.ends_with(|c: char| c.is_ascii_digit()) => text.push(' '),
            '時' if text.ends_with(|c: char| c.is_ascii_digit()) => text.push(':'),
            '分' | '秒' if text.ends_with(|c: char| c.is_ascii_digit()) && !cell.contains('前') => text.push(' '),
            '０'..='９' => text.extend(char::from_digit(u32::from(c) - u32::from('０'), 10)),
            '：' => text.push(':'),
            '／' => text.push('/'),
            '’' => text.push('\''),
            '(' | ')' | '[' | ']' | '（' | '）' | '•' | '·' | '|' => text.push(' '),
            c if c.is_whitespace() => text.push(' '),
            c => text.push(c),
        }
    }
    // "3:04 p. m." and "3:04 p.m." are "3:04 pm".
    for (written, meant) in [("a. m.", "am"), ("p. m.", "pm"), ("a.m.", "am"), ("p.m.", "pm")] {
        if text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    for (written, meant) in [("午前", " am "), ("午後", " pm ")] {
        if text.contains(written) {
            text = text.replace(written, meant);
        }
    }
    text.trim().to_owned()
}

/// Whether the text counts from now instead of telling a date.
pub(super) fn is_relative(text: &str) -> bool {
    let mut words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | '/'));
    words.any(|word| RELATIVE.contains(&word)) || RELATIVE_PARTS.iter().any(|part| text.contains(part))
}

/// The half of the day that stands right behind a time, and what follows it.
pub(super) fn leading_half(text: &str) -> (Option<Half>, &str) {
    let behind = text.trim_start();
    for (word, half) in [("am", Half::Before), ("pm", Half::After)] {
        let rest = behind.strip_prefix(word).filter(|rest| !rest.starts_with(char::is_alphanumeric));
        if let Some(rest) = rest {
            return (Some(half), rest);
        }
    }
    (None, text)
}

/// Takes the word for the half of the day out of the text.
pub(super) fn take_half(text: &mut String) -> Option<Half> {
    let found = [("am", Half::Before), ("pm", Half::After)].into_iter().find_map(|(word, half)| {
        let at = text.split_whitespace().position(|w| w.trim_matches([',', '.']) == word)?;
        // German "am 12. Januar" is no half: it stands before the date's numbers.
        let numbers_before = text.split_whitespace().take(at).any(|w| w.bytes().any(|byte| byte.is_ascii_digit()));
        let alone = !text.split_whitespace().skip(at + 1).any(|w| w.bytes().any(|byte| byte.is_ascii_digit()));
        (half == Half::After || numbers_before || alone || is_japanese(text, at)).then_some((at, half))
    })?;
    let words: Vec<&str> =
        text.split_whitespace().enumerate().filter(|(at, _)| *at != found.0).map(|(_, w)| w).collect();
    *text = words.join(" ");
    Some(found.1)
}

/// The half before a date in year-first order, as in 午前9:30 2026/11/20 after its clock was taken out.
fn is_japanese(text: &str, at: usize) -> bool {
    let next = text.split_whitespace().nth(at + 1).unwrap_or_default();
    next.split('/').next().is_some_and(|first| first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The month of this name, which may have a dot.
pub(super) fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(at + 1).ok()
}

/// "1st", "2nd" and "1er" are numbers.
pub(super) fn without_ordinal(word: &str) -> &str {
    let bare = ["st", "nd", "rd", "th", "er", "º"].iter().find_map(|ending| word.strip_suffix(ending));
    bare.filter(|number| number.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(word)
}

/// Whether the word only stands between the parts of a date.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Whether this is the abbreviation of a zone.
pub(super) fn is_zone_name(word: &str) -> bool {
    ZONES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_has_its_own_names() {
        let mut all: Vec<&str> = MONTHS.concat();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "a name of two months would be read as the first");
        assert_eq!(
            (month("août"), month("mrz"), month("setiembre"), month("brumaire")),
            (Some(8), Some(3), Some(9), None)
        );
    }

    #[test]
    fn halves_are_taken_out_and_german_am_is_none() {
        for (text, left, half) in [
            ("jan 12, 2026, pm", "jan 12, 2026,", Some(Half::After)),
            ("12/jan/26 am", "12/jan/26", Some(Half::Before)),
            ("am 12 januar 2026", "am 12 januar 2026", None),
            ("2026/11/20 am", "2026/11/20", Some(Half::Before)),
        ] {
            let mut kept = text.to_owned();
            assert_eq!((take_half(&mut kept), kept.as_str()), (half, left), "{text}");
        }
    }
}
