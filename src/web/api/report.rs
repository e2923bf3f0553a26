//! The JSON of reports and findings, as interface.md fixes it.
//! Knows no store and asks nobody; what is not applicable is left out.

use crate::domain::ProjectId;
use crate::domain::case::{Case, CaseState};
use crate::examine::Check;
use crate::web::look::Around;
use crate::words::{RenderedFinding, Slots, Words};
use diagnosis::{Diagnosis, ExpectedMail, Finding, Gap, Overall, Ruling, expected_mail};
use jiff::Timestamp;
use serde::Serialize;

fn slots(around: &Around) -> Slots<'_> {
    Slots { space: &around.space, site: &around.site, portal: around.portal.as_deref(), customer: None }
}

/// One person in one project.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    subject: Subject,
    overall: &'static str,
    primary: Option<String>,
    findings: Vec<FindingJson>,
    not_checked: Vec<&'static str>,
    route: &'static str,
    expected_mail: Mail,
    state: &'static str,
    checked_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    /// Only echoed to whoever sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    project_id: ProjectId,
}

#[derive(Serialize)]
struct Mail {
    kind: &'static str,
    sender: Option<String>,
    subject: Option<String>,
}

/// One cause.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingJson {
    scenario: &'static str,
    level: &'static str,
    severity: &'static str,
    ruling: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<&'static str>,
    evidence: Vec<EvidenceJson>,
    remedy: Remedy,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EvidenceJson {
    statement: String,
    source: &'static str,
    observed_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Remedy {
    who: &'static str,
    steps: Vec<String>,
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_text: Option<String>,
}

#[derive(Serialize)]
struct Link {
    title: String,
    url: String,
}

/// A case as a report: the stored one, or one made for this answer.
pub(super) fn of_case(case: &Case, around: &Around, words: &Words) -> Report {
    let diagnosis = Diagnosis { findings: case.findings.clone() };
    // Before the first look nothing is known, and that is what it is called.
    let overall = case.overall.unwrap_or(Overall::CouldNotCheck);
    let mail = match case.overall {
        Some(_) => expected_mail(&diagnosis, case.route),
        None => ExpectedMail::Unknown,
    };
    let told = words.expected_mail(mail);
    Report {
        subject: Subject { account_id: Some(case.account.0.clone()), address: None, project_id: case.project },
        overall: overall.name(),
        primary: case.primary().map(|standing| standing.scenario.clone()),
        findings: findings(&diagnosis, around, words),
        not_checked: diagnosis.not_checked(),
        route: case.route.name(),
        expected_mail: Mail { kind: mail.name(), sender: told.sender, subject: told.subject },
        state: case.state.name(),
        checked_at: case.checked_at,
    }
}

/// One address of a check before inviting.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckedReport {
    #[serde(flatten)]
    report: Report,
    /// Place in the list, from 0, where the same address stands before.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<usize>,
    /// The address that was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    /// When another check may tell more.
    #[serde(skip_serializing_if = "Option::is_none")]
    again_at: Option<Timestamp>,
}

/// An address as a report, and the mail to expect. There is no case: the state says how it would be noticed.
pub(super) fn of_check(
    check: &Check,
    typed: String,
    project: ProjectId,
    now: Timestamp,
    around: &Around,
    words: &Words,
) -> (CheckedReport, ExpectedMail) {
    let diagnosis = &check.diagnosis;
    let (overall, mail) = (diagnosis.overall(), expected_mail(diagnosis, check.route));
    let told = words.expected_mail(mail);
    let state = match overall {
        Overall::Blocked | Overall::MayBeBlocked => CaseState::Open,
        Overall::CouldNotCheck => CaseState::Unchecked,
        Overall::NoBlockFound => CaseState::Clear,
    };
    let account_id = check.account.as_ref().map(|account| account.0.clone());
    let report = Report {
        subject: Subject { account_id, address: Some(typed), project_id: project },
        overall: overall.name(),
        primary: diagnosis.primary().map(|finding| finding.scenario.slug.to_owned()),
        findings: findings(diagnosis, around, words),
        not_checked: diagnosis.not_checked(),
        route: check.route.name(),
        expected_mail: Mail { kind: mail.name(), sender: told.sender, subject: told.subject },
        state: state.name(),
        checked_at: Some(now),
    };
    let suggestion = check.meant.as_ref().map(|meant| meant.expose().to_owned());
    (CheckedReport { report, duplicate_of: check.duplicate_of, suggestion, again_at: check.again_at }, mail)
}

/// Findings in the diagnosis' order, without those that cannot concern the person.
pub(super) fn findings(diagnosis: &Diagnosis, around: &Around, words: &Words) -> Vec<FindingJson> {
    let concerns = |finding: &&Finding| finding.ruling != Ruling::NotApplicable;
    let told = |finding: &Finding| of_finding(finding, words.finding(finding, &slots(around)));
    diagnosis.findings.iter().filter(concerns).map(told).collect()
}

fn of_finding(finding: &Finding, told: RenderedFinding) -> FindingJson {
    let evidence = finding.evidence.iter().zip(told.evidence);
    FindingJson {
        scenario: finding.scenario.slug,
        level: finding.scenario.level.name(),
        severity: finding.scenario.severity.name(),
        ruling: finding.ruling.name(),
        confidence: finding.confidence.name(),
        gap: finding.ruling.gap().map(Gap::name),
        evidence: evidence
            .map(|(seen, told)| EvidenceJson {
                statement: told.statement,
                source: seen.origin.source.name(),
                observed_at: told.observed_at,
                since: told.since,
                by: told.by,
            })
            .collect(),
        remedy: Remedy {
            who: finding.scenario.remedy.who.name(),
            steps: told.steps,
            links: told.links.into_iter().map(|link| Link { title: link.title, url: link.url }).collect(),
            copy_text: told.copy_text,
        },
    }
}
