//! Causes that an admin marks as intended: reason, end and who said so.
//! Knows no store; what a mark does to people is the worker's business.

use crate::domain::AccountId;
use crate::domain::project::OnPurpose;
use crate::web::problem::Problem;
use diagnosis::scenarios;
use jiff::Timestamp;
use serde::Deserialize;

/// More characters are an essay.
const WHY: usize = 500;

/// A mark as it is put.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    scenario: String,
    why: String,
    /// A date (the whole day still counts) or a time; for good without one.
    #[serde(default)]
    until: Option<String>,
    /// As it was read from here before: who says so is who puts it.
    #[serde(default, rename = "by")]
    _by: Option<serde::de::IgnoredAny>,
}

/// A mark whose parts are good.
#[derive(Debug)]
pub(super) struct Checked {
    scenario: &'static str,
    why: String,
    until: Option<Timestamp>,
}

/// Checks every mark; nothing is taken when one is no good.
pub(super) fn check(marks: Vec<Mark>, now: Timestamp) -> Result<Vec<Checked>, Problem> {
    let mut good: Vec<Checked> = Vec::with_capacity(marks.len());
    for mark in marks {
        let scenario = scenarios::by_slug(&mark.scenario)
            .ok_or(Problem::bad_request("onPurpose: scenario must be the slug of a scenario."))?
            .slug;
        if good.iter().any(|known| known.scenario == scenario) {
            return Err(Problem::bad_request("onPurpose: each scenario may be there once."));
        }
        let why = mark.why.trim();
        if why.is_empty() || why.chars().count() > WHY || why.chars().any(char::is_control) {
            return Err(Problem::bad_request("onPurpose: why must be a reason of 1 to 500 characters on one line."));
        }
        let until = mark.until.map(|text| {
            let end = read_end(&text).filter(|until| *until > now);
            end.ok_or(Problem::bad_request(
                "onPurpose: until must be a date such as 2026-12-31 or a time with its zone, and not past.",
            ))
        });
        good.push(Checked { scenario, why: why.to_owned(), until: until.transpose()? });
    }
    Ok(good)
}

fn read_end(text: &str) -> Option<Timestamp> {
    let whole_day = || {
        let day: jiff::civil::Date = text.parse().ok()?;
        Some(day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    text.parse().ok().or_else(whole_day)
}

/// The marks to keep: one that was there already keeps its author.
pub(super) fn marked(put: Vec<Checked>, before: &[OnPurpose], by: &AccountId) -> Vec<OnPurpose> {
    let one = |Checked { scenario, why, until }| {
        let same = before.iter().find(|old| old.scenario == scenario && old.why == why && old.until == until);
        let by = same.map_or(by, |old| &old.by).clone();
        OnPurpose { scenario: scenario.to_owned(), by, why, until }
    };
    put.into_iter().map(one).collect()
}
