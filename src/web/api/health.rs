//! What is the case with a project's invitations: findings about site and project, counts, what changed when.
//! Knows no person but by account id.

use super::report::{self, FindingJson};
use crate::domain::ProjectId;
use crate::domain::calibration::fresh_for;
use crate::domain::history::Line;
use crate::web::State;
use crate::web::gate::{Agent, In};
use crate::web::look;
use crate::web::problem::Problem;
use crate::words::{Value, Words};
use actix_web::HttpResponse;
use diagnosis::Source;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// Newest changes shown.
const TIMELINE: usize = 50;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    project: ProjectJson,
    overall: &'static str,
    findings: Vec<FindingJson>,
    not_checked: Vec<&'static str>,
    counts: BTreeMap<String, u64>,
    timeline: Vec<Happening>,
    checked_at: Timestamp,
    last_scan: Option<Timestamp>,
}

#[derive(Serialize)]
struct ProjectJson {
    id: ProjectId,
    key: String,
    name: String,
}

#[derive(Serialize)]
struct Happening {
    at: Timestamp,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

/// `GET /health`
pub(in crate::web) async fn show(by: In<Agent>, state: State) -> Result<HttpResponse, Problem> {
    let sharing = state.clone();
    Ok(HttpResponse::Ok().json(state.run(async move { gather(&sharing, &by).await }).await?))
}

async fn gather(state: &State, by: &In<Agent>) -> Result<Health, Problem> {
    let (tenant, project) = (by.tenant(), by.project());
    let words = super::words();
    let health = state.examiner.project_health(tenant, project.id).await;
    let counts = state.store.counts(tenant.id, project.id).await?;
    let mut lines = state.store.lines(tenant.id, None).await?;
    lines.extend(state.store.lines(tenant.id, Some(project.id)).await?);
    let known = state.store.project(tenant.id, project.id).await?;
    let around = look::around(state, tenant, project).await;
    Ok(Health {
        overall: health.diagnosis.overall().name(),
        findings: report::findings(&health.diagnosis, &around, &words),
        not_checked: health.diagnosis.not_checked(),
        counts: counts.into_iter().collect(),
        timeline: with_imports(state, by, timeline(state, by, lines, &words).await?, &words).await?,
        checked_at: health.checked_at,
        last_scan: known.and_then(|known| known.last_pass),
        project: ProjectJson { id: project.id, key: project.key.clone(), name: around.space },
    })
}

/// Newest first. A switch that was turned off, or is said to be, is told with how many people were added under it.
async fn timeline(state: &State, by: &In<Agent>, lines: Vec<Line>, words: &Words) -> Result<Vec<Happening>, Problem> {
    let at = |line: &Line| line.since.unwrap_or(line.observed_at);
    let mut lines: Vec<Line> = lines.into_iter().filter(is_told).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(at(line)));
    let mut all = Vec::new();
    for (index, line) in lines.iter().enumerate().take(TIMELINE) {
        let what = told(line, words);
        let off = line.value.as_bool() == Some(false);
        // The next word about the same switch ends it.
        let next = lines[..index].iter().rev().find(|later| later.key == line.key).map(at);
        let added = match off {
            true => {
                let until = next.unwrap_or(Timestamp::MAX);
                state.store.added_between(by.tenant().id, by.project().id, at(line), until).await?
            }
            false => 0,
        };
        let ending = if next.is_some() { "timeline-added-until-then" } else { "timeline-added-since" };
        let what = match added {
            0 => what,
            added => words.text(ending, &[("what", Value::from(what)), ("added", Value::from(added))]),
        };
        all.push(Happening { at: at(line), what, by: line.by.clone() });
    }
    Ok(all)
}

/// What a source sees again and again is no change.
fn is_told(line: &Line) -> bool {
    line.value.is_boolean() && fresh_for(line.source).is_none()
}

/// The same with imports that passes found among it.
async fn with_imports(
    state: &State,
    by: &In<Agent>,
    mut timeline: Vec<Happening>,
    words: &Words,
) -> Result<Vec<Happening>, Problem> {
    for import in state.store.batches(by.tenant().id, by.project().id).await? {
        let what = words.text("timeline-import", &[("people", Value::from(import.people))]);
        timeline.push(Happening { at: import.at, what, by: None });
    }
    timeline.sort_by_key(|happening| std::cmp::Reverse(happening.at));
    timeline.truncate(TIMELINE);
    Ok(timeline)
}

/// A switch that was turned, or what somebody said about one.
fn told(line: &Line, words: &Words) -> String {
    let on = if line.value.as_bool() == Some(true) { "on" } else { "off" };
    let how = if line.source == Source::AdminStatement { "said" } else { "turned" };
    words.text(&format!("timeline-{how}-{on}"), &[("fact", Value::from(words.word(line.key)))])
}
