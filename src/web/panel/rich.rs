//! Text for a page: escaped once, with points in time as elements that the reader's browser can put into their own zone.
//! Knows no message and no template; whatever it is given is text, never markup.

use crate::words::Words;
use jiff::Timestamp;
use std::fmt;

/// Private characters that stand around a time while a message is put together. Taken out of everything from outside.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// How a time is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// "4 minutes ago".
    Ago,
    /// Date and time.
    Date,
}

/// A time as an argument of a message; [`Rich::of`] makes an element of it.
pub(super) fn mark(time: Timestamp, shown: As) -> String {
    let letter = if shown == As::Ago { 'a' } else { 'd' };
    format!("{OPEN}{letter}{time}{CLOSE}")
}

/// Text from outside (names, keys) as an argument of a message.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(*c, OPEN | CLOSE)).collect()
}

/// Escaped text with times in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rich(String);

impl Rich {
    /// A finished message, whose times were given by [`mark`].
    pub(super) fn of(message: &str, words: &Words) -> Self {
        let mut html = String::with_capacity(message.len() + 16);
        let mut rest = message;
        while let Some((before, after)) = rest.split_once(OPEN) {
            escape(before, &mut html);
            let Some((marked, after)) = after.split_once(CLOSE) else {
                rest = after;
                continue;
            };
            element(marked, words, &mut html);
            rest = after;
        }
        escape(rest, &mut html);
        Self(html)
    }

    /// A message whose times are already words: each known time is found again and becomes an element.
    pub(super) fn finding_times(message: &str, times: &[Timestamp], words: &Words) -> Self {
        let mut message = plain(message);
        for time in times {
            message = message.replace(&words.when(*time), &mark(*time, As::Date));
        }
        Self::of(&message, words)
    }
}

fn element(marked: &str, words: &Words, html: &mut String) {
    let shown = if marked.starts_with('a') { "ago" } else { "date" };
    let Some(Ok(time)) = marked.get(1..).map(str::parse::<Timestamp>) else {
        escape(marked, html);
        return;
    };
    // Whole seconds: finer ones would make every answer differ.
    let time = time.round(jiff::Unit::Second).unwrap_or(time);
    html.push_str(&format!("<time datetime=\"{time}\" data-as=\"{shown}\">"));
    escape(&words.when(time), html);
    html.push_str("</time>");
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            OPEN | CLOSE => {}
            c => html.push(c),
        }
    }
}

impl fmt::Display for Rich {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Escaped above, so that a template takes it as it is.
impl askama::filters::HtmlSafe for Rich {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_bring_markup_or_a_time_of_its_own() {
        let words = Words::for_locale("en");
        let name = plain("<img src=x onerror=alert(1)>\u{E000}a2026-01-01T00:00:00Z\u{E001}\"'&");
        let html = Rich::of(&format!("{name} was added"), &words).to_string();
        assert_eq!(
            html, "&lt;img src=x onerror=alert(1)&gt;a2026-01-01T00:00:00Z&quot;&#39;&amp; was added",
            "a name is text and nothing else"
        );
    }

    #[test]
    fn times_become_elements_wherever_they_stand() {
        let words = Words::for_locale("en");
        let time: Timestamp = "2026-11-23T09:41:07.25Z".parse().expect("a time");
        let expected = "<time datetime=\"2026-11-23T09:41:07Z\" data-as=\"date\">23 Nov 2026, 09:41 UTC</time>";
        let found = Rich::finding_times(&format!("Off. Checked {}.", words.when(time)), &[time], &words);
        assert_eq!(found.to_string(), format!("Off. Checked {expected}."));
        assert_eq!(Rich::of(&format!("At {}", mark(time, As::Date)), &words).to_string(), format!("At {expected}"));
    }
}
