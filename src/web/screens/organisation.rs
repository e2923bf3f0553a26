//! The panel on an organisation's page: its frame and its fragment, for agents of the project that it is looked at from.
//! Tells of nobody outside of that project.

use super::{base_url, frame as shell, mentioned, shown, words};
use crate::domain::AccountId;
use crate::domain::case::{Case, CaseState};
use crate::store::CaseFilter;
use crate::web::connect::FrameVisit;
use crate::web::gate::{Agent, In};
use crate::web::panel::{self, Fragment, Names, OrganisationPanel};
use crate::web::problem::Problem;
use crate::web::shell::Frame;
use crate::web::{State, api, look, members};
use crate::words::Words;
use actix_web::{HttpRequest, HttpResponse};
use std::collections::BTreeSet;

/// Open cases that are looked at, newest adds first.
const CASES: u32 = 1_000;

/// `GET /connect/organisation`
pub(in crate::web) async fn frame(
    visit: FrameVisit,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    shell(Frame::Organisation, &visit, &request, &state)
}

/// `GET /panel/projects/{p}/organisations/{organisation}`
pub(in crate::web) async fn show(by: In<Agent>, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let told = api::cases::part(&request, "organisation")?;
    let digits = Some(told).filter(|told| told.bytes().all(|byte| byte.is_ascii_digit()));
    let organisation = digits.and_then(|digits| digits.parse().ok()).ok_or(Problem::not_found())?;
    let (words, sharing) = (words(&request), state.clone());
    shown(state.run(async move { gather(&sharing, &by, organisation, &words).await }).await?)
}

async fn gather(state: &State, by: &In<Agent>, organisation: i64, words: &Words) -> Result<Fragment, Problem> {
    let (tenant, project) = (by.tenant(), by.project());
    let filter = CaseFilter { state: Some(CaseState::Open), limit: CASES, ..CaseFilter::default() };
    let open = state.store.cases(tenant.id, project.id, &filter).await?;
    let every = open.len() < CASES as usize;
    let wanted: BTreeSet<AccountId> = open.iter().map(|case| case.account.clone()).collect();
    let members = members::among(state, tenant, project.id, organisation, &wanted).await?;
    let cases: Vec<Case> = open.into_iter().filter(|case| members.found.contains(&case.account)).collect();
    let shown: Vec<AccountId> = mentioned(cases.get(..cases.len().min(SHOWN)).unwrap_or_default(), std::iter::empty());
    let (around, names, health) = tokio::join!(
        look::around(state, tenant, project),
        state.names().of(tenant, shown),
        state.examiner.project_health(tenant, project.id),
    );
    let page = OrganisationPanel {
        project: project.id,
        key: project.key.clone(),
        space: around.space,
        site: around.site,
        base_url: base_url(by),
        portal: around.portal,
        diagnosis: health.diagnosis,
        cases,
        complete: members.complete && every,
        gap: members.gap,
        names: Names(names),
    };
    panel::organisation::render(&page, words).map_err(|_| Problem::internal("organisation template"))
}

/// As many as the panel names.
const SHOWN: usize = panel::organisation::SHOWN;
