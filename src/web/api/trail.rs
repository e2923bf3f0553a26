//! The trail of a project and of the site: who changed, imported, checked, forgot. Also how other handlers write into it.
//! Knows no verdict and nobody whom an entry is about.

use crate::domain::trail::{Deed, Entry};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::web::State;
use crate::web::gate::{AdministerJira, Agent, In, OnSite};
use crate::web::problem::Problem;
use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const LIMIT: u32 = 50;
const MOST: u32 = 200;

#[derive(Deserialize)]
struct Wanted {
    cursor: Option<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct Page {
    items: Vec<Item>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Item {
    at: Timestamp,
    by: String,
    what: &'static str,
    detail: Map<String, Value>,
}

/// `GET /projects/{p}/trail?cursor=&limit=`; an empty parameter counts as none.
pub(in crate::web) async fn of_project(
    by: In<Agent>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    list(by.tenant().id, Some(by.project().id), &request, state).await
}

/// `GET /site/trail?cursor=&limit=`
pub(in crate::web) async fn of_site(
    by: OnSite<AdministerJira>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    list(by.tenant().id, None, &request, state).await
}

async fn list(
    tenant: TenantId,
    project: Option<ProjectId>,
    request: &HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let (after, limit) = place(request.query_string())?;
    let sharing = state.clone();
    let page = state.run(async move {
        // One more than shown tells whether there is a next page.
        let mut noted = sharing.store.trail(tenant, project, after, limit + 1).await?;
        let shown = limit as usize;
        let next = (noted.len() > shown).then(|| noted.get(shown.saturating_sub(1))).flatten();
        let next = next.map(|last| last.place.to_string());
        noted.truncate(shown);
        let item = |entry: Entry| Item { at: entry.at, by: entry.by.0, what: entry.what.name(), detail: entry.detail };
        Ok(Page { items: noted.into_iter().map(|noted| item(noted.entry)).collect(), next })
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

fn place(query: &str) -> Result<(Option<i64>, u32), Problem> {
    let wanted = web::Query::<Wanted>::from_query(query)
        .map_err(|_| Problem::bad_request("Each of cursor and limit may be given once."))?
        .into_inner();
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let after = given(wanted.cursor)
        .map(|text| text.parse().map_err(|_| Problem::bad_request("cursor must be the next of an earlier page.")))
        .transpose()?;
    let limit = given(wanted.limit).map_or(Ok(LIMIT), |text| {
        let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
        number.ok_or(Problem::bad_request("limit must be a number from 1 to 200."))
    })?;
    Ok((after, limit))
}

/// Begins an entry that is made now; `project` is `None` for the whole site.
pub(in crate::web) fn entry(state: &State, project: Option<ProjectId>, by: &AccountId, what: Deed) -> Entry {
    Entry::new(project, state.clock.now(), by.clone(), what)
}

/// Writes an entry. When that fails the caller is told so, and what was done can be done again: a trail with holes is none.
pub(in crate::web) async fn note(state: &State, tenant: TenantId, entry: Entry) -> Result<(), Problem> {
    Ok(state.store.note(tenant, &entry).await?)
}
