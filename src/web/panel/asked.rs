//! What no API shows: a question to an admin, what was answered last, by whom, and how long that counts.
//! Knows no right and no store: whoever shows it says which buttons there may be.

use super::fragment::{Button, Names, Say};
use super::rich::{As, Rich};
use crate::domain::history::{Line, STATEMENT_FRESH};
use diagnosis::{FactKey, Source};
use jiff::Timestamp;
use serde_json::Value;

/// A question with its last answer.
pub(super) struct Asked {
    pub(super) key: &'static str,
    pub(super) question: String,
    /// Where to look before answering.
    pub(super) about: String,
    /// "No, it's off", by whom and when; nobody has answered yet without it.
    pub(super) said: Option<Said>,
    pub(super) buttons: Vec<Button>,
    /// A list to be typed in, instead of a yes or no.
    pub(super) list: Option<List>,
}

/// The last answer.
pub(super) struct Said {
    pub(super) text: Rich,
    pub(super) until: Rich,
    /// Older than an answer counts.
    pub(super) stale: bool,
}

/// A list to be typed in.
pub(super) struct List {
    pub(super) path: String,
    pub(super) body: String,
    pub(super) label: String,
    pub(super) done: String,
    /// What stands there now.
    pub(super) value: String,
}

/// Where answers go, and whether this reader may give one.
pub(super) struct Place<'a> {
    pub(super) say: Say<'a>,
    pub(super) names: &'a Names,
    pub(super) path: &'a str,
    pub(super) may: bool,
    pub(super) now: Timestamp,
    pub(super) slots: &'a [(&'static str, &'a str)],
}

/// Message ids of the two answers to a question.
fn answers(key: FactKey) -> [&'static str; 2] {
    match key {
        FactKey::OutgoingMailOn | FactKey::InviteNotificationOn => ["page-answer-on", "page-answer-off"],
        FactKey::WrongDoor => ["asked-door-people", "asked-door-customers"],
        _ => ["asked-yes", "asked-no"],
    }
}

impl Place<'_> {
    /// The question about a fact, with the newest of what was said about it.
    pub(super) fn asked(&self, key: FactKey, lines: &[Line]) -> Asked {
        let say = self.say;
        let of_it = |line: &&Line| line.key == key && line.source == Source::AdminStatement;
        let newest = lines.iter().filter(of_it).max_by_key(|line| line.observed_at);
        let list = (key == FactKey::AllowedDomains && self.may).then(|| self.list(key, newest));
        let buttons = if self.may && list.is_none() && key != FactKey::AllowedDomains {
            let one = |(value, label): (bool, &str)| Button::answer_with(say, self.path.to_owned(), key, value, label);
            std::iter::zip([true, false], answers(key)).map(one).collect()
        } else {
            Vec::new()
        };
        Asked {
            key: key.name(),
            question: say.with(&format!("asked-{}", key.name()), self.slots),
            about: say.with(&format!("asked-{}-about", key.name()), self.slots),
            said: newest.map(|line| self.said(line)),
            buttons,
            list,
        }
    }

    fn said(&self, line: &Line) -> Said {
        let say = self.say;
        let by = line.by.as_deref().map_or_else(|| say.t("page-someone"), |by| say.who(self.names, by));
        let answer = match &line.value {
            Value::Bool(value) => say.t(answers(line.key)[usize::from(!value)]),
            Value::Array(names) if names.is_empty() => say.t("asked-domains-any"),
            Value::Array(names) => joined(names),
            _ => String::new(),
        };
        let until = line.observed_at.saturating_add(STATEMENT_FRESH).unwrap_or(Timestamp::MAX);
        let stale = until <= self.now;
        Said {
            text: say.at("asked-said", line.observed_at, As::Date, &[("by", &by), ("answer", &answer)]),
            until: say.at(if stale { "asked-counted-until" } else { "asked-counts-until" }, until, As::Date, &[]),
            stale,
        }
    }

    fn list(&self, key: FactKey, newest: Option<&Line>) -> List {
        let known = newest.and_then(|line| line.value.as_array()).map(|names| joined(names)).unwrap_or_default();
        List {
            path: self.path.to_owned(),
            body: serde_json::json!({"fact": key.name()}).to_string(),
            label: self.say.t("asked-domains-label"),
            done: self.say.t("page-answer-done"),
            value: known,
        }
    }
}

fn joined(names: &[Value]) -> String {
    names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}
