//! The whole site: its own findings, its projects worst first, what each source can see, alarms; and the self-test.
//! Knows no person. Asks Jira a few calls, however many projects there are: those come from the store.

use super::report::{self, FindingJson};
use super::{statements as stated, trail};
use crate::domain::history::Line;
use crate::domain::trail::Deed;
use crate::domain::{AccountId, ProjectId};
use crate::examine::{SelfTest, SourceReport, statements};
use crate::web::State;
use crate::web::gate::{AdministerJira, OnSite};
use crate::web::head;
use crate::web::look::{self, Around, ProjectNow};
use crate::web::problem::Problem;
use crate::words::{Value as Argument, Words};
use actix_web::{HttpRequest, HttpResponse, web};
use diagnosis::FactKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Projects in one answer; the worst are told.
const MOST: usize = 200;

const EXPECTED: &str = r#"The body must be {"statements": {"fact": value}, "projects": {"id": {"fact": value}}, "accountId": "…"}, each part if you like."#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SiteHealth {
    overall: &'static str,
    findings: Vec<FindingJson>,
    not_checked: Vec<&'static str>,
    projects: Vec<ProjectJson>,
    sources: Vec<SourceJson>,
    alarms: Vec<Alarm>,
    notes: Vec<String>,
    checked_at: Timestamp,
}

#[derive(Serialize)]
struct ProjectJson {
    id: ProjectId,
    key: String,
    overall: &'static str,
    primary: Option<&'static str>,
    counts: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct SourceJson {
    name: &'static str,
    state: &'static str,
    sees: Vec<&'static str>,
    why: String,
}

#[derive(Serialize)]
struct Alarm {
    source: &'static str,
    since: Timestamp,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tested {
    sources: Vec<SourceJson>,
    alarms: Vec<Alarm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<SeenBy>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeenBy {
    account_id: AccountId,
    seen_by: Vec<&'static str>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct Asked {
    /// Facts of the site.
    statements: BTreeMap<String, Value>,
    /// Facts of projects, by Jira's project id.
    projects: BTreeMap<ProjectId, BTreeMap<String, Value>>,
    /// Somebody who was just added.
    account_id: Option<String>,
}

/// `GET /site/health`
pub(in crate::web) async fn health(by: OnSite<AdministerJira>, state: State) -> Result<HttpResponse, Problem> {
    let sharing = state.clone();
    Ok(HttpResponse::Ok().json(state.run(async move { gather(&sharing, &by).await }).await?))
}

async fn gather(state: &State, by: &OnSite<AdministerJira>) -> Result<SiteHealth, Problem> {
    let (tenant, words) = (by.tenant(), super::words());
    let now = look::site(state, tenant, MOST).await?;
    let mut notes = Vec::new();
    if now.projects.is_empty() {
        notes.push(words.text("site-note-no-project", &[]));
    }
    if now.left_out > 0 {
        notes.push(words.text("site-note-projects-left-out", &[("count", Argument::from(now.left_out))]));
    }
    let health = now.health;
    let around = Around { space: words.text("site-every-space", &[]), site: look::shown_host(tenant), portal: None };
    Ok(SiteHealth {
        overall: health.diagnosis.overall().name(),
        findings: report::findings(&health.diagnosis, &around, &words),
        not_checked: health.diagnosis.not_checked(),
        projects: now.projects.into_iter().map(in_json).collect(),
        sources: sources(&health.seen, &words),
        alarms: alarms(&health.seen, &words),
        notes,
        checked_at: health.checked_at,
    })
}

fn in_json(ProjectNow { project, diagnosis, counts }: ProjectNow) -> ProjectJson {
    ProjectJson {
        id: project.id,
        key: project.key,
        overall: diagnosis.overall().name(),
        primary: diagnosis.primary().map(|finding| finding.scenario.slug),
        counts,
    }
}

fn sources(seen: &SelfTest, words: &Words) -> Vec<SourceJson> {
    let one = |report: &SourceReport| SourceJson {
        name: report.source.name(),
        state: report.state.name(),
        sees: report.sees.iter().copied().map(FactKey::name).collect(),
        why: words.told(&report.why),
    };
    seen.sources.iter().map(one).collect()
}

fn alarms(seen: &SelfTest, words: &Words) -> Vec<Alarm> {
    let stopped = |since: Timestamp| Alarm {
        source: diagnosis::Source::MailProbe.name(),
        since,
        text: words.text("site-alarm-mail_probe", &[("since", Argument::from(words.when(since)))]),
    };
    seen.probe_stopped.into_iter().map(stopped).collect()
}

/// `POST /site/selftest`
pub(in crate::web) async fn selftest(
    by: OnSite<AdministerJira>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    // A list would do for a struct as well.
    let body: Map<String, Value> = head::json(&request, payload, EXPECTED).await?;
    let asked = serde_json::from_value(Value::Object(body)).map_err(|_| Problem::bad_request(EXPECTED))?;
    let sharing = state.clone();
    Ok(HttpResponse::Ok().json(state.run(async move { test(&sharing, &by, asked).await }).await?))
}

async fn test(state: &State, by: &OnSite<AdministerJira>, asked: Asked) -> Result<Tested, Problem> {
    let (tenant, admin) = (by.tenant(), by.visitor().account());
    let account = match asked.account_id.as_deref().map(AccountId::parse) {
        Some(None) => return Err(Problem::bad_request(EXPECTED)),
        account => account.flatten(),
    };
    let said = lines(state, by, asked).await?;
    // Whatever the sources answer, what was said counts as an admin's word.
    for line in &said {
        stated::record(state, tenant.id, line, admin).await?;
    }
    let seen = state.examiner.self_test(tenant, &said, Some(admin)).await?;
    let account = match account {
        Some(account) => {
            let seen_by = state.examiner.seen_by(tenant, &account).await?;
            Some(SeenBy { account_id: account, seen_by: seen_by.into_iter().map(diagnosis::Source::name).collect() })
        }
        None => None,
    };
    let entry = trail::entry(state, None, admin, Deed::Selftest).with("statements", said.len());
    trail::note(state, tenant.id, entry).await?;
    let words = super::words();
    Ok(Tested { sources: sources(&seen, &words), alarms: alarms(&seen, &words), account })
}

/// What was said, all of it sensible or none of it taken.
async fn lines(state: &State, by: &OnSite<AdministerJira>, asked: Asked) -> Result<Vec<Line>, Problem> {
    let (now, admin) = (state.clock.now(), by.visitor().account());
    let of_site = asked.statements.into_iter().map(|(fact, value)| (None, fact, value));
    let of_projects = asked
        .projects
        .into_iter()
        .flat_map(|(project, facts)| facts.into_iter().map(move |(fact, value)| (Some(project), fact, value)));
    let mut said = Vec::new();
    for (project, fact, value) in of_site.chain(of_projects) {
        if let Some(project) = project
            && state.store.project(by.tenant().id, project).await?.is_none()
        {
            return Err(Problem::bad_request("projects must name service projects of this site by their ids."));
        }
        said.push(statements::line(&fact, value, project, admin, now).ok_or_else(expected)?);
    }
    Ok(said)
}

fn expected() -> Problem {
    let names = |facts: &[FactKey]| facts.iter().map(|key| key.name()).collect::<Vec<_>>().join(", ");
    Problem::bad_request(format!(
        "statements may hold {}; projects may hold {}; each with a value of its type.",
        names(statements::OF_THE_SITE),
        names(statements::OF_A_PROJECT)
    ))
}
