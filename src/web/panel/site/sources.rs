//! What each source can see on the site and why not, and what it takes to prove those that must be proven.
//! Does not look through any source.

use super::SiteOverview;
use crate::domain::calibration::{Calibration, CalibrationState, TO_BE_PROVEN};
use crate::examine::{SourceReport, SourceState};
use crate::web::panel::fragment::{Button, Look, Say};
use crate::web::panel::rich::{As, Rich};
use diagnosis::Source;
use serde_json::{Value, json};

/// One source.
pub(super) struct Seen {
    pub(super) source: &'static str,
    pub(super) look: Look,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) sees: Option<String>,
    pub(super) why: String,
    pub(super) compared: Option<Rich>,
    /// "It is so right now": each button tests the source against an admin's word.
    pub(super) compare: Option<(String, Vec<Button>)>,
}

/// Every source, those first that need somebody.
pub(super) fn seen(say: Say<'_>, site: &SiteOverview) -> Vec<Seen> {
    let mut all: Vec<&SourceReport> = site.seen.sources.iter().collect();
    all.sort_by_key(|report| (report.state != SourceState::Refuted, report.source));
    all.into_iter().map(|report| one(say, site, report)).collect()
}

fn one(say: Say<'_>, site: &SiteOverview, report: &SourceReport) -> Seen {
    let facts: Vec<String> = report.sees.iter().map(|key| say.0.word(*key)).collect();
    let compared = site.calibrations.iter().find(|known| known.source == report.source);
    Seen {
        source: report.source.name(),
        look: match report.state {
            SourceState::Proven => Look::CLEAR,
            SourceState::Refuted => Look::WARNING,
            SourceState::Unproven | SourceState::Unavailable => Look::UNKNOWN,
        },
        name: say.0.word(report.source),
        state: say.t(&format!("overview-source-{}", report.state.name())),
        sees: (!facts.is_empty()).then(|| say.with("overview-sees", &[("facts", &facts.join(" · "))])),
        why: say.0.told(&report.why),
        compared: compared.and_then(|known| told(say, site, known)),
        compare: compare(say, site, report),
    }
}

fn told(say: Say<'_>, site: &SiteOverview, known: &Calibration) -> Option<Rich> {
    let id = match known.state {
        CalibrationState::Proven => "overview-compared-agreed",
        CalibrationState::Refuted => "overview-compared-differed",
        CalibrationState::Unproven => return None,
    };
    let by = known.by.as_ref().map_or_else(|| say.t("overview-operator"), |by| say.who(&site.names, &by.0));
    Some(say.at(id, known.since, As::Date, &[("by", &by)]))
}

/// A source that the operator has switched off, or that ended itself, has nothing to be compared.
fn compare(say: Say<'_>, site: &SiteOverview, report: &SourceReport) -> Option<(String, Vec<Button>)> {
    let off = report.why.id.ends_with("-off") || report.why.id.ends_with("-stopped");
    if off || !TO_BE_PROVEN.contains(&report.source) {
        return None;
    }
    match report.source {
        Source::MailProbe => {
            let body = |on: bool| json!({"statements": {"outgoing_mail_on": on}});
            Some((say.with("overview-compare-mail", &[("site", &site.site)]), buttons(say, body)))
        }
        Source::JiraInternal => {
            let project = site.projects.first()?;
            let body = |on: bool| json!({"projects": {project.id.to_string(): {"invite_notification_on": on}}});
            Some((say.with("overview-compare-toggle", &[("space", &project.name)]), buttons(say, body)))
        }
        _ => None,
    }
}

fn buttons(say: Say<'_>, body: impl Fn(bool) -> Value) -> Vec<Button> {
    let one = |on: bool| Button {
        label: say.t(if on { "page-answer-on" } else { "page-answer-off" }),
        method: "POST",
        path: "/api/v1/site/selftest".to_owned(),
        body: body(on).to_string(),
        done: say.t("overview-tested"),
    };
    vec![one(true), one(false)]
}
