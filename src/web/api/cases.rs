//! People of a project: the list, one person, the reporter of a work item; "check again" and "the link was sent".
//! Knows no verdict: it shows cases and hands work to the queue.

use super::{cursor, report, trail};
use crate::domain::case::CaseState;
use crate::domain::trail::Deed;
use crate::domain::work::{Dedup, NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::store::CaseFilter;
use crate::web::State;
use crate::web::gate::{Agent, In};
use crate::web::problem::Problem;
use crate::web::{head, look};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;

const LIMIT: u32 = 25;
const MOST: u32 = 100;
/// Judging may write the case at the same moment.
const TRIES: usize = 5;

#[derive(Deserialize)]
struct Wanted {
    state: Option<String>,
    scenario: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct Page {
    items: Vec<report::Report>,
    next: Option<String>,
}

/// `GET /customers?state=&scenario=&cursor=&limit=`; an empty parameter counts as none.
pub(in crate::web) async fn list(by: In<Agent>, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let filter = filter(request.query_string())?;
    let sharing = state.clone();
    let page = state.run(async move {
        let (state, limit) = (sharing, filter.limit as usize);
        // One more than shown tells whether there is a next page.
        let more = CaseFilter { limit: filter.limit + 1, ..filter };
        let mut cases = state.store.cases(by.tenant().id, by.project().id, &more).await?;
        let next = (cases.len() > limit).then(|| cases.get(limit.saturating_sub(1))).flatten();
        let next = next.map(|last| cursor::write(&(last.added.not_after, last.account.clone())));
        cases.truncate(limit);
        let around = look::around(&state, by.tenant(), by.project()).await;
        let words = super::words();
        Ok(Page { items: cases.iter().map(|case| report::of_case(case, &around, &words)).collect(), next })
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

fn filter(query: &str) -> Result<CaseFilter, Problem> {
    let wanted = web::Query::<Wanted>::from_query(query)
        .map_err(|_| Problem::bad_request("Each of state, scenario, cursor and limit may be given once."))?
        .into_inner();
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let state = given(wanted.state)
        .map(|name| {
            CaseState::from_name(&name).ok_or(Problem::bad_request("state must be one of the states of a report."))
        })
        .transpose()?;
    let scenario = given(wanted.scenario)
        .map(|slug| {
            diagnosis::scenarios::by_slug(&slug).ok_or(Problem::bad_request("scenario must be the slug of a scenario."))
        })
        .transpose()?;
    let after = given(wanted.cursor)
        .map(|text| cursor::read(&text).ok_or(Problem::bad_request("cursor must be the next of an earlier page.")))
        .transpose()?;
    let limit = given(wanted.limit).map_or(Ok(LIMIT), |text| {
        let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
        number.ok_or(Problem::bad_request("limit must be a number from 1 to 100."))
    })?;
    Ok(CaseFilter { state, scenario: scenario.map(|scenario| scenario.slug.to_owned()), after, limit })
}

/// A part of the path; one that no account id or key can be finds nothing.
pub(in crate::web) fn part(request: &HttpRequest, name: &str) -> Result<String, Problem> {
    let raw = request.match_info().get(name).ok_or(Problem::not_found())?;
    let decoded = percent_encoding::percent_decode_str(raw).decode_utf8().map_err(|_| Problem::not_found())?;
    Ok(decoded.into_owned())
}

fn account(request: &HttpRequest) -> Result<AccountId, Problem> {
    AccountId::parse(&part(request, "accountId")?).ok_or(Problem::not_found())
}

/// `GET /customers/{accountId}`
pub(in crate::web) async fn one(by: In<Agent>, request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let account = account(&request)?;
    let sharing = state.clone();
    let report = state.run(async move {
        let case = look::person(&sharing, by.tenant(), by.project().id, &account).await?;
        let case = case.ok_or(Problem::not_found())?;
        let around = look::around(&sharing, by.tenant(), by.project()).await;
        Ok(report::of_case(&case, &around, &super::words()))
    });
    Ok(HttpResponse::Ok().json(report.await?))
}

/// `GET /issues/{key}`
pub(in crate::web) async fn of_issue(
    by: In<Agent>,
    request: HttpRequest,
    state: State,
) -> Result<HttpResponse, Problem> {
    let key = part(&request, "key")?;
    let sharing = state.clone();
    let report = state.run(async move {
        let Some(case) = look::reporter(&sharing, by.visitor(), by.project().id, &key).await? else { return Ok(None) };
        let around = look::around(&sharing, by.tenant(), by.project()).await;
        Ok(Some(report::of_case(&case, &around, &super::words())))
    });
    Ok(match report.await? {
        Some(report) => HttpResponse::Ok().json(report),
        None => HttpResponse::NoContent().finish(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Recheck {
    account_id: String,
}

/// `POST /recheck`
pub(in crate::web) async fn recheck(
    by: In<Agent>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let wanted: Recheck = head::json(&request, payload, r#"The body must be {"accountId": "…"}."#).await?;
    let account = AccountId::parse(&wanted.account_id)
        .ok_or(Problem::bad_request("accountId must be an Atlassian account id."))?;
    let sharing = state.clone();
    let queued = state.run(async move {
        let (tenant, project) = (by.tenant().id, by.project().id);
        let known = sharing.store.case(tenant, project, &account).await?.is_some()
            || sharing.store.seats(tenant, &account).await?.iter().any(|seat| seat.project == project);
        if !known {
            return Err(Problem::not_found());
        }
        queue(&sharing, vec![examine_again(tenant, project, account, &sharing)]).await
    });
    queued.await?;
    Ok(HttpResponse::Accepted().json(json!({})))
}

/// Judging anew, past the caches. It has an identity of its own: a waiting look that may use the caches must not stand for it.
pub(super) fn examine_again(tenant: TenantId, project: ProjectId, account: AccountId, state: &State) -> NewWork {
    let dedup = Dedup::Coalesce(format!("examine_again:{project}:{account}"));
    let work = Work::Examine { project, account, fresh: true, quiet: false };
    NewWork { tenant, dedup, run_at: state.clock.now(), work }
}

/// Adds wishes, or says that it cannot be done now.
pub(super) async fn queue(state: &State, wishes: Vec<NewWork>) -> Result<(), Problem> {
    const BATCH: usize = 500;
    for batch in wishes.chunks(BATCH) {
        state.store.accept(batch).await?;
    }
    state.wake.notify_one();
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Handled {
    how: How,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum How {
    LinkSent,
}

/// `POST /customers/{accountId}/handled`: ends the case; saying it twice is fine.
pub(in crate::web) async fn handled(
    by: In<Agent>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let account = account(&request)?;
    let Handled { how: How::LinkSent } =
        head::json(&request, payload, r#"The body must be {"how": "link_sent"}."#).await?;
    let sharing = state.clone();
    let ended = state.run(async move {
        let (tenant, project) = (by.tenant().id, by.project().id);
        end(&sharing, tenant, project, &account).await?;
        let handled = trail::entry(&sharing, Some(project), by.visitor().account(), Deed::Handled);
        trail::note(&sharing, tenant, handled.with("how", "link_sent")).await
    });
    ended.await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn end(state: &State, tenant: TenantId, project: ProjectId, account: &AccountId) -> Result<(), Problem> {
    for _ in 0..TRIES {
        let case = state.store.case(tenant, project, account).await?;
        let mut case = case.ok_or(Problem::not_found())?;
        if case.end(CaseState::Handled, state.clock.now()) && !state.store.save(&case).await? {
            continue;
        }
        if case.is_unpublished() {
            let now = state.clock.now();
            queue(state, vec![NewWork::wish(tenant, now, Work::Publish { project })]).await?;
        }
        return Ok(());
    }
    Err(Problem::unavailable("case busy"))
}
