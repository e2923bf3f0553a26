//! A service project as we keep it: settings, and what we found out about writing into it.
//! Knows no project name: names are fetched at view time.

use super::{AccountId, ProjectId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What we may write besides properties (rules.md section 6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentMode {
    /// No comment is ever written.
    #[default]
    Off,
    /// An internal comment on the newest unresolved request of the customer.
    Request,
    /// The same, and the notice item.
    RequestAndNotice,
}

impl CommentMode {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Request => "request",
            Self::RequestAndNotice => "request_and_notice",
        }
    }
}

/// The notice item: `none`, `create`, or `existing:KEY-1`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Notice {
    /// No notice item.
    #[default]
    None,
    /// Ours to make.
    Create,
    /// An item that is there.
    Existing(String),
}

impl Notice {
    /// The form of the outside, see interface.md.
    pub fn as_text(&self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Create => "create".to_owned(),
            Self::Existing(key) => format!("existing:{key}"),
        }
    }

    /// Reads the outside form; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "none" => Some(Self::None),
            None if text == "create" => Some(Self::Create),
            Some(("existing", key)) if is_item_key(key) => Some(Self::Existing(key.to_owned())),
            _ => None,
        }
    }
}

/// Whether a text can be the key of a work item.
pub fn is_item_key(key: &str) -> bool {
    key.len() <= 64
        && key.rsplit_once('-').is_some_and(|(project, number)| {
            project.starts_with(|c: char| c.is_ascii_uppercase())
                && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        })
}

/// A cause that an admin intends: nobody is warned about it here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnPurpose {
    /// Slug of the cause.
    pub scenario: String,
    /// Account id of the admin who said so.
    pub by: AccountId,
    /// The reason, in the admin's words.
    pub why: String,
    /// Until when it is intended; `None` = for good.
    pub until: Option<Timestamp>,
}

/// What an admin chose for a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Comments or none.
    pub comment_mode: CommentMode,
    /// The notice item.
    pub notice: Notice,
    /// Days that ended cases are kept; `None` = the operator's `retention.days`.
    pub retention_days: Option<u16>,
    /// Causes that are intended here.
    pub on_purpose: Vec<OnPurpose>,
}

impl Settings {
    /// The mark on a cause, while it counts.
    pub fn on_purpose(&self, scenario: &str, now: Timestamp) -> Option<&OnPurpose> {
        self.on_purpose.iter().find(|mark| mark.scenario == scenario && mark.until.is_none_or(|until| now < until))
    }

    /// Whether everything that blocks is intended. Nothing that blocks is nothing intended.
    pub fn intends_all<'s>(&self, mut blocks: impl Iterator<Item = &'s str>, now: Timestamp) -> bool {
        let Some(first) = blocks.next() else { return false };
        self.on_purpose(first, now).is_some() && blocks.all(|slug| self.on_purpose(slug, now).is_some())
    }
}

/// What the canary showed: whether an internal comment of ours really is internal in this project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canary {
    /// Not tried yet.
    #[default]
    Untried,
    /// Came back `jsdPublic: false`.
    Internal,
    /// Came back public: no comment is ever written here.
    Public,
    /// No work item without a customer to try it on.
    NoItem,
    /// We lack a right to try it.
    Forbidden,
}

/// A service project of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Jira's id.
    pub id: ProjectId,
    /// Jira's key, which an admin may change; ids are what we go by.
    pub key: String,
    /// What an admin chose.
    pub settings: Settings,
    /// Whether comments here are proven to be internal.
    pub canary: Canary,
    /// When that was tried.
    pub canary_at: Option<Timestamp>,
    /// Jira permissions that the app user lacks here, found before the last publishing; shown as a line on the page.
    pub missing: Vec<String>,
    /// What we last wrote as the project property, as a hash; an unchanged one is not written again.
    pub summary_hash: Option<String>,
    /// When a pass over the role last completed here, and so the project counts as known.
    pub last_pass: Option<Timestamp>,
    /// When a pass last took people over silently, for the note on the page.
    pub seeded_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_marked_and_not_over_is_intended() {
        let now = Timestamp::UNIX_EPOCH;
        let later = now + jiff::SignedDuration::from_secs(1);
        let mark = |scenario: &str, until| OnPurpose {
            scenario: scenario.to_owned(),
            by: AccountId("5f0000000000000000000001".to_owned()),
            why: "pilot".to_owned(),
            until,
        };
        let marks = vec![mark("notification_disabled", None), mark("created_by_api", Some(later))];
        let settings = Settings { on_purpose: marks, ..Settings::default() };
        assert!(settings.intends_all(["notification_disabled", "created_by_api"].into_iter(), now));
        assert!(!settings.intends_all(["notification_disabled", "created_by_api"].into_iter(), later), "over");
        assert!(!settings.intends_all(["notification_disabled", "existing_customer"].into_iter(), now), "not marked");
        assert!(!settings.intends_all(std::iter::empty(), now), "nothing blocks");
    }

    #[test]
    fn notice_reads_back_what_it_writes_and_refuses_the_rest() {
        for good in ["none", "create", "existing:SUP-12"] {
            assert_eq!(Notice::parse(good).map(|n| n.as_text()).as_deref(), Some(good));
        }
        for bad in ["", "existing:", "existing:sup-1", "existing:SUP-", "existing:SUP-1 OR 1=1", "None"] {
            assert_eq!(Notice::parse(bad), None, "{bad:?} must be refused");
        }
    }
}
