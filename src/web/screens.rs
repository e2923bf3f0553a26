//! Handlers of what people see: the shell in its frame, its files, and the fragments that it shows.
//! Knows no markup (`shell`, `panel`) and no token; a frame carries no data, fragments ask for rights.

pub(super) mod organisation;
pub(super) mod settings;
pub(super) mod site;

use super::connect::FrameVisit;
use super::gate::{Agent, In, Visitor};
use super::look::{self, Around};
use super::panel::{self, Fragment, May, Names, ProjectHealth, RequestPanel};
use super::problem::Problem;
use super::shell::{self, Asset, Frame};
use super::{State, api, csp};
use crate::domain::case::Case;
use crate::domain::principal::Permission;
use crate::domain::project::Project;
use crate::domain::{AccountId, ProjectId};
use crate::jira::ProjectRef;
use crate::store::CaseFilter;
use crate::words::Words;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use std::collections::BTreeSet;

/// People on the first screen.
const PEOPLE: u32 = 50;

/// The language a browser asks for first, of those we have.
fn words(request: &HttpRequest) -> Words {
    let wanted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Words::for_locale(wanted.and_then(|list| list.split([',', ';']).next()).unwrap_or("en").trim())
}

/// `GET /connect/project`
pub(super) async fn project(visit: FrameVisit, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    frame(Frame::Project, &visit, &request, &state)
}

/// `GET /connect/issue`
pub(super) async fn issue(visit: FrameVisit, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    frame(Frame::Issue, &visit, &request, &state)
}

fn frame(frame: Frame, visit: &FrameVisit, request: &HttpRequest, state: &State) -> Result<HttpResponse, Problem> {
    let bridge = &state.settings.bridge_url;
    let page = shell::page(frame, state.base_path(), bridge.as_str(), &words(request));
    let page = page.map_err(|_| Problem::internal("shell template"))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, csp(visit.tenant(), bridge)))
        .body(page))
}

/// `GET /static/{file}`: the same for everybody, so a browser may keep it and ask whether it is still the same.
pub(super) async fn asset(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asset = Asset::named(&api::cases::part(&request, "file")?).ok_or(Problem::not_found())?;
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| asset.is_known(known));
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((header::ETAG, asset.tag.clone())).insert_header((header::CACHE_CONTROL, "no-cache"));
    if known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type(asset.kind).body(asset.body.into_owned()))
}

/// `GET /panel/projects/{p}/health`
pub(super) async fn health(by: In<Agent>, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let (words, sharing) = (words(&request), state.clone());
    shown(state.run(async move { project_health(&sharing, &by, &words).await }).await?)
}

/// `GET /panel/projects/{p}/issues/{key}`
pub(super) async fn request(by: In<Agent>, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let key = api::cases::part(&request, "key")?;
    let (words, sharing) = (words(&request), state.clone());
    shown(state.run(async move { request_panel(&sharing, &by, key, &words).await }).await?)
}

fn shown(fragment: Fragment) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(fragment))
}

async fn project_health(state: &State, by: &In<Agent>, words: &Words) -> Result<Fragment, Problem> {
    let (tenant, project) = (by.tenant(), by.project());
    let health = state.examiner.project_health(tenant, project.id).await;
    let filter = CaseFilter { limit: PEOPLE, ..CaseFilter::default() };
    let cases = state.store.cases(tenant.id, project.id, &filter).await?;
    let mentioned = mentioned(&cases, health.diagnosis.findings.iter());
    let known = state.store.project(tenant.id, project.id).await?;
    let (gaps, batches) =
        (state.store.gaps(tenant.id, project.id).await?, state.store.batches(tenant.id, project.id).await?);
    let (Around { space, site, portal }, names, may) = tokio::join!(
        look::around(state, tenant, project),
        state.names().of(tenant, mentioned),
        may(state, by.visitor(), project.id),
    );
    let page = ProjectHealth {
        project: known.unwrap_or_else(|| unseen(project)),
        space,
        site,
        base_url: base_url(by),
        portal,
        diagnosis: health.diagnosis,
        checked_at: health.checked_at,
        cases,
        names: Names(names),
        may,
        passed: panel::Passed { gaps, batches },
    };
    panel::health::render(&page, words).map_err(|_| Problem::internal("health template"))
}

async fn request_panel(state: &State, by: &In<Agent>, key: String, words: &Words) -> Result<Fragment, Problem> {
    let (tenant, project) = (by.tenant(), by.project());
    let case = look::reporter(state, by.visitor(), project.id, &key).await?;
    let mentioned = mentioned(case.as_slice(), std::iter::empty());
    let (Around { space, site, portal }, names, may) = tokio::join!(
        look::around(state, tenant, project),
        state.names().of(tenant, mentioned),
        may(state, by.visitor(), project.id),
    );
    let page = RequestPanel {
        request: key,
        key: project.key.clone(),
        space,
        site,
        base_url: base_url(by),
        portal,
        case,
        names: Names(names),
        may,
    };
    panel::issue::render(&page, words).map_err(|_| Problem::internal("panel template"))
}

fn base_url(by: &In<Agent>) -> String {
    by.tenant().base_url.as_str().trim_end_matches('/').to_owned()
}

/// A project that no pass has seen yet.
fn unseen(project: &ProjectRef) -> Project {
    Project {
        id: project.id,
        key: project.key.clone(),
        settings: crate::domain::project::Settings::default(),
        canary: crate::domain::project::Canary::default(),
        canary_at: None,
        missing: Vec::new(),
        summary_hash: None,
        last_pass: None,
        seeded_at: None,
    }
}

/// Everybody whose name stands on the screen: customers, and who changed or said something.
fn mentioned<'a>(cases: &'a [Case], findings: impl Iterator<Item = &'a diagnosis::Finding>) -> Vec<AccountId> {
    let by = |finding: &'a diagnosis::Finding| finding.evidence.iter().filter_map(|seen| seen.origin.by.as_deref());
    let of_cases = cases.iter().flat_map(|case| &case.findings);
    let authors = findings.chain(of_cases).flat_map(by).filter_map(AccountId::parse);
    let all: BTreeSet<_> = cases.iter().map(|case| case.account.clone()).chain(authors).collect();
    all.into_iter().collect()
}

async fn may(state: &State, visitor: &Visitor, project: ProjectId) -> May {
    let rights = state.rights();
    let (administer_project, administer_jira) = tokio::join!(
        rights.offers(visitor, Permission::AdministerProjects, Some(project)),
        rights.offers(visitor, Permission::AdministerJira, None),
    );
    May { administer_project, administer_jira }
}
