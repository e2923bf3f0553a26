//! The settings screen: its frame, which Jira shows to project admins alone, and its fragment, which agents may read.
//! Changes nothing: buttons and forms carry to the API, whose handlers ask for the right anew.

use super::{frame as shell, shown, words};
use crate::domain::history::Line;
use crate::domain::principal::Permission;
use crate::domain::{AccountId, ProjectId};
use crate::web::connect::FrameVisit;
use crate::web::gate::{Agent, In};
use crate::web::panel::{self, Fragment, Names, ProjectSettings};
use crate::web::problem::Problem;
use crate::web::shell::Frame;
use crate::web::{State, look};
use crate::words::Words;
use actix_web::{HttpRequest, HttpResponse};
use diagnosis::Source;
use std::collections::BTreeSet;

/// Entries of the trail on the screen.
const TRAIL: u32 = 30;

/// `GET /connect/settings`: a page for admins refuses others by itself, though it holds no data and Jira hides its tab.
pub(in crate::web) async fn frame(
    visit: FrameVisit,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let visitor = visit.visitor()?.clone();
    let project = asked(request.query_string()).ok_or(Problem::not_found())?;
    let sharing = state.clone();
    let may = async move {
        sharing.rights().in_project(&visitor, Permission::AdministerProjects, true, project).await.map(drop)
    };
    state.run(may).await?;
    shell(Frame::Settings, &visit, &request, &state)
}

/// The project that the frame's address names.
fn asked(query: &str) -> Option<ProjectId> {
    let (_, id) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "project")?;
    id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.parse().ok())?.map(ProjectId)
}

/// `GET /panel/projects/{p}/settings`
pub(in crate::web) async fn show(by: In<Agent>, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let (words, sharing) = (words(&request), state.clone());
    shown(state.run(async move { gather(&sharing, &by, &words).await }).await?)
}

async fn gather(state: &State, by: &In<Agent>, words: &Words) -> Result<Fragment, Problem> {
    let (tenant, project) = (by.tenant(), by.project());
    // Asked anew: who reads on must not see what admins made a minute ago.
    let asked = state.rights().in_project(by.visitor(), Permission::AdministerProjects, true, project.id);
    let (administers, around) = tokio::join!(asked, look::around(state, tenant, project));
    let may = administers.is_ok();
    let store = &state.store;
    let known = store.project(tenant.id, project.id).await?.unwrap_or_else(|| super::unseen(project));
    let lines = store.lines(tenant.id, Some(project.id)).await?;
    let secrets = if may { store.ingest_secrets(tenant.id, project.id).await? } else { Vec::new() };
    let trail = store.trail(tenant.id, Some(project.id), None, TRAIL).await?;
    let trail: Vec<_> = trail.into_iter().map(|noted| noted.entry).collect();
    let mut mentioned: BTreeSet<AccountId> = trail.iter().map(|entry| entry.by.clone()).collect();
    let told = |line: &&Line| matches!(line.source, Source::AdminStatement | Source::ImportedFile);
    mentioned.extend(lines.iter().filter(told).filter_map(|line| AccountId::parse(line.by.as_deref()?)));
    mentioned.extend(known.settings.on_purpose.iter().map(|mark| mark.by.clone()));
    mentioned.extend(secrets.iter().map(|secret| secret.created_by.clone()));
    let names = state.names().of(tenant, mentioned.into_iter().collect()).await;
    let page = ProjectSettings {
        retention_days: known.settings.retention_days.unwrap_or(state.settings.retention_days),
        project: known,
        space: around.space,
        site: around.site,
        may,
        now: state.clock.now(),
        lines,
        secrets,
        trail,
        names: Names(names),
    };
    panel::settings::render(&page, words).map_err(|_| Problem::internal("settings template"))
}
