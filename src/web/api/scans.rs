//! A scan of one project's customers, now: started, watched, stopped. It goes on wherever its starter is.
//! Reads nothing itself: it asks for passes, and tells how far they are.

use super::cases::{part, queue};
use crate::domain::scan::{Scan, ScanState};
use crate::domain::trail::{Deed, Entry};
use crate::domain::work::look_through;
use crate::web::State;
use crate::web::gate::{AdministerProjects, In};
use crate::web::problem::Problem;
use actix_web::{HttpRequest, HttpResponse};
use diagnosis::Via;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    state: &'static str,
    done: u64,
    total: u64,
    found: u64,
    started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    version: i64,
}

impl From<Scan> for Shown {
    fn from(scan: Scan) -> Self {
        let Scan { id, state, done, total, found, started_at, ended_at, version, project: _ } = scan;
        Self { id, state: state.name(), done, total, found, started_at, ended_at, version }
    }
}

/// `POST /scans`: while one goes on, that one.
pub(in crate::web) async fn start(by: In<AdministerProjects>, state: State) -> Result<HttpResponse, Problem> {
    let sharing = state.clone();
    let scan = state.run(async move {
        let (tenant, project, now) = (by.tenant().id, by.project(), sharing.clock.now());
        sharing.store.see_project(tenant, project.id, &project.key, now).await?;
        let name = Uuid::now_v7().to_string();
        let (scan, new) = sharing.store.start_scan(tenant, project.id, &name, now).await?;
        if new {
            let by = by.visitor().account().clone();
            sharing.store.note(tenant, &Entry::new(Some(project.id), now, by, Deed::ScanStarted)).await?;
        }
        // Also for one that goes on: whoever started it may have been cut off here.
        queue(&sharing, look_through(tenant, project.id, now)).await?;
        Ok(scan)
    });
    Ok(HttpResponse::Accepted().json(json!({"id": scan.await?.id})))
}

/// `GET /scans/{id}`
pub(in crate::web) async fn show(
    by: In<AdministerProjects>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let id = part(&request, "id")?;
    let sharing = state.clone();
    let scan = state.run(async move { Ok(sharing.store.scan(by.tenant().id, by.project().id, &id).await?) });
    Ok(HttpResponse::Ok().json(Shown::from(scan.await?.ok_or(Problem::not_found())?)))
}

/// `DELETE /scans/{id}`: what was found stays; one that is over stays as it ended.
pub(in crate::web) async fn stop(
    by: In<AdministerProjects>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let id = part(&request, "id")?;
    let sharing = state.clone();
    let scan = state.run(async move {
        let (store, tenant, project) = (&sharing.store, by.tenant().id, by.project().id);
        let scan = store.scan(tenant, project, &id).await?.ok_or(Problem::not_found())?;
        let now = sharing.clock.now();
        if store.end_scan(tenant, project, Some(&id), ScanState::Stopped, now).await? {
            // A run that began before the scan has its own reasons.
            let run = store.run(tenant, project, Via::Organisation).await?;
            if run.is_some_and(|run| run.id >= scan.started_at.as_millisecond()) {
                store.drop_pass(tenant, project, Via::Organisation).await?;
            }
            let by = by.visitor().account().clone();
            store.note(tenant, &Entry::new(Some(project), now, by, Deed::ScanStopped)).await?;
        }
        store.scan(tenant, project, &id).await?.ok_or(Problem::not_found())
    });
    Ok(HttpResponse::Ok().json(Shown::from(scan.await?)))
}
