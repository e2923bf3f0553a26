//! What every fragment shares: its envelope, the words at hand, buttons, names, and how a verdict looks.
//! Knows no route and no data of a page.

use super::rich::{As, Rich, mark, plain};
use crate::domain::ProjectId;
use crate::domain::case::{Case, CaseState, Standing};
use crate::words::{Value, Words};
use diagnosis::{FactKey, Overall, Ruling, Severity};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Atlassian's own Automation account, the same on every site.
const AUTOMATION: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";

/// A screen, as the page's script takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fragment {
    /// Title of the document.
    pub title: String,
    /// Markup of the screen; everything from outside is escaped in it.
    pub html: String,
    /// When to ask again, in milliseconds, while somebody looks; 0 = not by itself.
    pub poll_ms: u32,
}

/// Names by account id, fetched for this one answer.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<String, String>);

/// The words of a page, as templates and views use them.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Say<'a>(pub(in crate::web) &'a Words);

impl Say<'_> {
    /// A message without arguments.
    pub(in crate::web) fn t(&self, id: &str) -> String {
        self.0.text(id, &[])
    }

    /// A message with texts as arguments.
    pub(super) fn with(&self, id: &str, args: &[(&'static str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, text)| (*name, Value::from(plain(text)))).collect();
        self.0.text(id, &args)
    }

    /// A message about a number of things.
    pub(super) fn count(&self, id: &str, count: usize) -> String {
        self.0.text(id, &[("count", Value::from(count))])
    }

    /// A message with one time in it, and texts.
    pub(super) fn at(&self, id: &str, time: Timestamp, shown: As, args: &[(&'static str, &str)]) -> Rich {
        let mut all: Vec<_> = args.iter().map(|(name, text)| (*name, Value::from(plain(text)))).collect();
        all.push(("time", Value::from(mark(time, shown))));
        Rich::of(&self.0.text(id, &all), self.0)
    }

    /// A message with two times in it.
    pub(super) fn between(&self, id: &str, times: [(&'static str, Timestamp); 2]) -> Rich {
        let args = times.map(|(name, time)| (name, Value::from(mark(time, As::Date))));
        Rich::of(&self.0.text(id, &args), self.0)
    }

    /// Who somebody is, in words; never an account id.
    pub(super) fn who(&self, names: &Names, account: &str) -> String {
        match names.0.get(account) {
            _ if account == AUTOMATION => self.t("page-automation"),
            Some(name) if !name.trim().is_empty() => plain(name),
            _ => self.t("page-someone"),
        }
    }

    /// The customer's name, or a word for the lack of one.
    pub(super) fn customer(&self, names: &Names, account: &str) -> String {
        let known = names.0.get(account).map(|name| plain(name)).filter(|name| !name.trim().is_empty());
        known.unwrap_or_else(|| self.t("page-nameless"))
    }
}

/// How something is shown: colour and icon; the word stands beside it, so that colour is never alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// CSS class.
    pub(super) tone: &'static str,
    /// Symbol of the shell's sprite.
    pub(super) icon: &'static str,
}

impl Look {
    pub(super) const ERROR: Self = Self { tone: "bad", icon: "stop" };
    pub(super) const WARNING: Self = Self { tone: "warn", icon: "careful" };
    pub(super) const INFORMATION: Self = Self { tone: "info", icon: "about" };
    pub(super) const CLEAR: Self = Self { tone: "good", icon: "yes" };
    pub(super) const UNKNOWN: Self = Self { tone: "none", icon: "unknown" };

    /// Of a cause that blocks.
    pub(super) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::ERROR,
            Severity::Warning => Self::WARNING,
            Severity::Information => Self::INFORMATION,
        }
    }

    /// Of a finding.
    pub(super) fn of_ruling(ruling: Ruling, severity: Severity) -> Self {
        match ruling {
            Ruling::Blocks => Self::of_severity(severity),
            Ruling::Clears => Self::CLEAR,
            Ruling::Undetermined(_) | Ruling::NotApplicable => Self::UNKNOWN,
        }
    }
}

/// A button that posts to the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Button {
    pub(super) label: String,
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: String,
    /// What the host says when it is done.
    pub(super) done: String,
}

/// The API's address of a project.
pub(super) fn api(project: ProjectId) -> String {
    format!("/api/v1/projects/{project}")
}

impl Button {
    /// "The link was sent": ends the case.
    pub(super) fn handled(say: Say<'_>, case: &Case, customer: &str) -> Self {
        let account: String = url::form_urlencoded::byte_serialize(case.account.0.as_bytes()).collect();
        Self {
            label: say.t("page-handled"),
            method: "POST",
            path: format!("{}/customers/{account}/handled", api(case.project)),
            body: json!({"how": "link_sent"}).to_string(),
            done: say.with("page-handled-done", &[("customer", customer)]),
        }
    }

    /// Looks at this person again.
    pub(super) fn recheck(say: Say<'_>, case: &Case, customer: &str) -> Self {
        Self {
            label: say.t("page-recheck"),
            method: "POST",
            path: format!("{}/recheck", api(case.project)),
            body: json!({"accountId": case.account.0}).to_string(),
            done: say.with("page-recheck-done", &[("customer", customer)]),
        }
    }

    /// An admin's answer about a switch that nobody else can read.
    pub(super) fn answer(say: Say<'_>, path: String, fact: &'static str, value: bool) -> Self {
        let label = say.t(if value { "page-answer-on" } else { "page-answer-off" });
        let body = json!({"fact": fact, "value": value}).to_string();
        Self { label, method: "POST", path, body, done: say.t("page-answer-done") }
    }

    /// The same in other words.
    pub(super) fn answer_with(say: Say<'_>, path: String, fact: FactKey, value: bool, label: &str) -> Self {
        Self { label: say.t(label), ..Self::answer(say, path, fact.name(), value) }
    }
}

/// Word and look of a noticed add.
pub(super) fn verdict(say: Say<'_>, case: &Case) -> (String, Look) {
    let cause = case.primary().and_then(Standing::scenario);
    match (case.state, cause) {
        (CaseState::Open, Some(scenario)) => {
            let word = if case.is_confirmed() { Overall::Blocked } else { Overall::MayBeBlocked };
            (say.0.word(word), Look::of_severity(scenario.severity))
        }
        (CaseState::Open, None) => (say.0.word(case.overall.unwrap_or(Overall::MayBeBlocked)), Look::WARNING),
        (CaseState::Unchecked, _) if case.checked_at.is_none() => (say.t("page-state-new"), Look::UNKNOWN),
        (CaseState::Unchecked, _) => (say.0.word(Overall::CouldNotCheck), Look::UNKNOWN),
        (CaseState::Clear, _) => (say.0.word(Overall::NoBlockFound), Look::CLEAR),
        (CaseState::Resolved | CaseState::GotIn, _) => (say.t(&state_id(case.state)), Look::CLEAR),
        (CaseState::Handled | CaseState::Expired | CaseState::OnPurpose, _) => {
            (say.t(&state_id(case.state)), Look::UNKNOWN)
        }
    }
}

fn state_id(state: CaseState) -> String {
    format!("page-state-{}", state.name())
}
