//! The page for Jira admins: its frame and its fragment, both for whoever has *Administer Jira*, asked anew.
//! Changes nothing: buttons and forms carry to the API, whose handlers ask for the right again.

use super::{frame as shell, shown, words};
use crate::domain::AccountId;
use crate::domain::history::Line;
use crate::domain::principal::Permission;
use crate::domain::tenant::Tenant;
use crate::web::State;
use crate::web::connect::FrameVisit;
use crate::web::gate::{AdministerJira, OnSite};
use crate::web::look::{self, ProjectNow};
use crate::web::panel::{self, Fragment, Names, SiteOverview, SiteProject};
use crate::web::problem::Problem;
use crate::web::shell::Frame;
use crate::words::Words;
use actix_web::{HttpRequest, HttpResponse};
use diagnosis::Source;
use std::collections::{BTreeMap, BTreeSet};

/// Projects on the screen: as many as one call names.
const PROJECTS: usize = crate::jira::NAMES_AT_ONCE;
/// Entries of the trail on the screen.
const TRAIL: u32 = 30;

/// `GET /connect/site`: a page for admins refuses others by itself, though it holds no data and Jira hides its link.
pub(in crate::web) async fn frame(
    visit: FrameVisit,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let visitor = visit.visitor()?.clone();
    let sharing = state.clone();
    state.run(async move { sharing.rights().on_site(&visitor, Permission::AdministerJira).await }).await?;
    shell(Frame::Site, &visit, &request, &state)
}

/// `GET /panel/site`
pub(in crate::web) async fn show(
    by: OnSite<AdministerJira>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let (words, sharing) = (words(&request), state.clone());
    shown(state.run(async move { gather(&sharing, by.tenant(), &words).await }).await?)
}

async fn gather(state: &State, tenant: &Tenant, words: &Words) -> Result<Fragment, Problem> {
    let now = look::site(state, tenant, PROJECTS).await?;
    let lines = state.store.lines(tenant.id, None).await?;
    let calibrations = state.store.calibrations(tenant.id).await?;
    let trail = state.store.trail(tenant.id, None, None, TRAIL).await?;
    let trail: Vec<_> = trail.into_iter().map(|noted| noted.entry).collect();
    let mut mentioned: BTreeSet<AccountId> = trail.iter().map(|entry| entry.by.clone()).collect();
    let stated = |line: &&Line| line.source == Source::AdminStatement;
    mentioned.extend(lines.iter().filter(stated).filter_map(|line| AccountId::parse(line.by.as_deref()?)));
    mentioned.extend(calibrations.iter().filter_map(|known| known.by.clone()));
    let evidence = now.health.diagnosis.findings.iter().flat_map(|finding| &finding.evidence);
    mentioned.extend(evidence.filter_map(|seen| AccountId::parse(seen.origin.by.as_deref()?)));
    let ids: Vec<_> = now.projects.iter().map(|now| now.project.id).collect();
    let (people, projects) =
        tokio::join!(state.names().of(tenant, mentioned.into_iter().collect()), state.names().projects(tenant, &ids),);
    let page = SiteOverview {
        site: look::shown_host(tenant),
        base_url: tenant.base_url.as_str().trim_end_matches('/').to_owned(),
        diagnosis: now.health.diagnosis,
        checked_at: now.health.checked_at,
        seen: now.health.seen,
        calibrations,
        projects: now.projects.into_iter().map(|now| named(now, &projects)).collect(),
        left_out: now.left_out,
        lines,
        trail,
        names: Names(people),
        now: state.clock.now(),
    };
    panel::site::render(&page, words).map_err(|_| Problem::internal("site template"))
}

fn named(now: ProjectNow, names: &BTreeMap<crate::domain::ProjectId, String>) -> SiteProject {
    let ProjectNow { project, diagnosis, counts } = now;
    let name = names.get(&project.id).cloned().unwrap_or_else(|| project.key.clone());
    SiteProject { id: project.id, key: project.key, name, diagnosis, counts }
}
