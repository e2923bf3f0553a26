//! What admins say about switches that nobody else can read: dated, typed, never changed afterwards.
//! Knows no verdict; whoever is undecided is judged again.

use super::cases::{examine_again, queue};
use super::{person_statements, trail};
use crate::domain::history::Line;
use crate::domain::person_line::PersonLine;
use crate::domain::trail::Deed;
use crate::domain::work::{NewWork, Work};
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::examine::statements;
use crate::web::State;
use crate::web::gate::{AdministerJira, AdministerProjects, In, OnSite};
use crate::web::head;
use crate::web::problem::Problem;
use actix_web::{HttpRequest, HttpResponse, web};
use diagnosis::Source;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// At most so many undecided people are judged again at once; the rest is when they are looked at next.
const AGAIN: u32 = 10_000;

const EXPECTED: &str = r#"The body must be {"fact": "…", "value": true or false, or a list of domains}."#;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Said {
    fact: String,
    value: Value,
    /// Whom a person's fact is about.
    account_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    fact: &'static str,
    value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

#[derive(Serialize)]
struct Statements {
    items: Vec<Statement>,
}

impl Statement {
    fn of(line: Line) -> Self {
        Self { fact: line.key.name(), value: line.value, account_id: None, at: line.observed_at, by: line.by }
    }

    fn of_person(line: PersonLine) -> Self {
        let account_id = Some(line.account.0);
        Self { fact: line.key.name(), value: line.value, account_id, at: line.observed_at, by: line.by }
    }
}

/// Whose facts: the site's or one project's.
#[derive(Clone, Copy)]
struct Place {
    tenant: TenantId,
    project: Option<ProjectId>,
}

impl Place {
    fn of_project<R>(by: &In<R>) -> Self {
        Self { tenant: by.tenant().id, project: Some(by.project().id) }
    }

    fn of_site<R>(by: &OnSite<R>) -> Self {
        Self { tenant: by.tenant().id, project: None }
    }

    /// What may be said here, for somebody who has said something else.
    fn expected(self) -> Problem {
        let facts = if self.project.is_some() { statements::OF_A_PROJECT } else { statements::OF_THE_SITE };
        let names: Vec<_> = facts.iter().map(|key| key.name()).collect();
        Problem::bad_request(format!(
            "fact must be one of: {}; and value true or false, or a list of domains for allowed_domains.",
            names.join(", ")
        ))
    }
}

/// `GET /projects/{p}/statements`
pub(in crate::web) async fn of_project(by: In<AdministerProjects>, state: State) -> Result<HttpResponse, Problem> {
    list(Place::of_project(&by), state).await
}

/// `GET /site/statements`
pub(in crate::web) async fn of_site(by: OnSite<AdministerJira>, state: State) -> Result<HttpResponse, Problem> {
    list(Place::of_site(&by), state).await
}

async fn list(place: Place, state: State) -> Result<HttpResponse, Problem> {
    let sharing = state.clone();
    let read = state.run(async move {
        let lines = sharing.store.lines(place.tenant, place.project).await?;
        let of_people = match place.project {
            Some(project) => person_statements::list(place.tenant, project, &sharing).await?,
            None => Vec::new(),
        };
        Ok((lines, of_people))
    });
    let (lines, of_people) = read.await?;
    let stated = lines.into_iter().filter(|line| line.source == Source::AdminStatement).map(Statement::of);
    let mut items: Vec<_> = stated.chain(of_people.into_iter().map(Statement::of_person)).collect();
    items.sort_by_key(|statement| std::cmp::Reverse(statement.at));
    Ok(HttpResponse::Ok().json(Statements { items }))
}

/// `POST /projects/{p}/statements`
pub(in crate::web) async fn say_of_project(
    by: In<AdministerProjects>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let said: Said = head::json(&request, payload, EXPECTED).await?;
    let (place, by) = (Place::of_project(&by), by.visitor().account().clone());
    let (Some(account), Some(project)) = (said.account_id.clone(), place.project) else {
        return say(place, by, said, state).await;
    };
    let sharing = state.clone();
    let about = person_statements::About { tenant: place.tenant, project, account, by };
    let stated =
        state.run(async move { person_statements::say(about, &said.fact, said.value, &sharing).await }).await?;
    Ok(HttpResponse::Ok().json(Statement::of_person(stated)))
}

/// `POST /site/statements`
pub(in crate::web) async fn say_of_site(
    by: OnSite<AdministerJira>,
    request: HttpRequest,
    payload: web::Payload,
    state: State,
) -> Result<HttpResponse, Problem> {
    let said = head::json(&request, payload, EXPECTED).await?;
    say(Place::of_site(&by), by.visitor().account().clone(), said, state).await
}

/// A pass at once: whoever is added after it was surely added after the statement, and judged by it in full.
fn looked_now(place: Place, now: Timestamp) -> NewWork {
    let work = match place.project {
        Some(project) => Work::ReadRole { project, reseed: false },
        None => Work::Reconcile { again: true },
    };
    NewWork::wish(place.tenant, now, work)
}

async fn say(place: Place, by: AccountId, said: Said, state: State) -> Result<HttpResponse, Problem> {
    if said.account_id.is_some() {
        return Err(place.expected()); // a fact of the whole site is about nobody
    }
    if statements::OF_A_PERSON.iter().any(|key| key.name() == said.fact) {
        return Err(Problem::bad_request(person_statements::EXPECTED));
    }
    let now = state.clock.now();
    let line = statements::line(&said.fact, said.value, place.project, &by, now).ok_or_else(|| place.expected())?;
    let sharing = state.clone();
    let stated = state.run(async move {
        record(&sharing, place.tenant, &line, &by).await?;
        Ok(Statement::of(line))
    });
    Ok(HttpResponse::Ok().json(stated.await?))
}

/// Keeps what somebody with the right to it said, and has everybody judged anew whom it may concern.
pub(super) async fn record(state: &State, tenant: TenantId, line: &Line, by: &AccountId) -> Result<(), Problem> {
    let (place, now) = (Place { tenant, project: line.project }, state.clock.now());
    state.store.record(tenant, std::slice::from_ref(line)).await?;
    let undecided = state.store.undecided(tenant, place.project, AGAIN).await?;
    let again = |(project, account)| examine_again(tenant, project, account, state);
    queue(state, undecided.into_iter().map(again).collect()).await?;
    queue(state, shown_anew(state, place, now).await?).await?;
    queue(state, vec![looked_now(place, now)]).await?;
    let mut entry = trail::entry(state, place.project, by, Deed::Statement).with("fact", line.key.name());
    if let Some(value) = line.value.as_bool() {
        entry = entry.with("value", value);
    }
    trail::note(state, tenant, entry).await
}

/// What a project shows about itself in Jira follows from what was said, whether or not anybody is affected.
async fn shown_anew(state: &State, place: Place, now: Timestamp) -> Result<Vec<NewWork>, Problem> {
    let projects = match place.project {
        Some(project) => vec![project],
        None => state.store.projects(place.tenant).await?.into_iter().map(|project| project.id).collect(),
    };
    Ok(projects.into_iter().map(|project| NewWork::wish(place.tenant, now, Work::Publish { project })).collect())
}
