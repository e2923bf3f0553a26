//! What is the case with a project's invitations: findings about site and project, counts, what changed when.
//! Knows no person but by account id.

use super::report::{self, FindingJson};
use crate::domain::ProjectId;
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
        timeline: timeline(lines, &words),
        checked_at: health.checked_at,
        last_scan: known.and_then(|known| known.last_pass),
        project: ProjectJson { id: project.id, key: project.key.clone(), name: around.space },
    })
}

fn timeline(lines: Vec<Line>, words: &Words) -> Vec<Happening> {
    let mut all: Vec<_> = lines.into_iter().filter_map(|line| happening(line, words)).collect();
    all.sort_by_key(|happening| std::cmp::Reverse(happening.at));
    all.truncate(TIMELINE);
    all
}

/// A switch that was turned, or what somebody said about one.
fn happening(line: Line, words: &Words) -> Option<Happening> {
    let on = if line.value.as_bool()? { "on" } else { "off" };
    let how = if line.source == Source::AdminStatement { "said" } else { "turned" };
    let fact = words.word(line.key);
    let what = words.text(&format!("timeline-{how}-{on}"), &[("fact", Value::from(fact))]);
    Some(Happening { at: line.since.unwrap_or(line.observed_at), what, by: line.by })
}
