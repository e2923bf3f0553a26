//! What a project's admin says about one person: that their address is blocked or free again, how they were added.
//! Knows no verdict; the person is judged again.

use super::cases::{examine_again, queue};
use super::trail;
use crate::domain::person_line::PersonLine;
use crate::domain::trail::Deed;
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::examine::statements;
use crate::web::State;
use crate::web::problem::Problem;
use diagnosis::Source;
use serde_json::Value;

/// At most so many are listed, the newest.
const LISTED: u32 = 1_000;

/// What may be said, for somebody who has said something else.
pub(super) const EXPECTED: &str = "With accountId, fact must be address_suppressed with value true or false, or added_via with one \
     of role, organisation, rule, audit, request and list_only; without, another fact of the project.";

/// Whose words these are, and about whom.
pub(super) struct About {
    pub(super) tenant: TenantId,
    pub(super) project: ProjectId,
    pub(super) account: String,
    pub(super) by: AccountId,
}

/// Keeps the statement and has the person judged again; only about somebody who is or was on this project.
pub(super) async fn say(about: About, fact: &str, value: Value, state: &State) -> Result<PersonLine, Problem> {
    let account =
        AccountId::parse(&about.account).ok_or(Problem::bad_request("accountId must be an Atlassian account id."))?;
    let (tenant, project) = (about.tenant, about.project);
    let line = statements::person_line(fact, value, project, &account, &about.by, state.clock.now());
    let line = line.ok_or(Problem::bad_request(EXPECTED))?;
    let known = state.store.case(tenant, project, &account).await?.is_some()
        || state.store.seats(tenant, &account).await?.iter().any(|seat| seat.project == project);
    if !known {
        return Err(Problem::not_found());
    }
    state.store.record_person_lines(tenant, std::slice::from_ref(&line)).await?;
    queue(state, vec![examine_again(tenant, project, account, state)]).await?;
    let mut entry = trail::entry(state, Some(project), &about.by, Deed::Statement).with("fact", line.key.name());
    if let Some(value) = line.value.as_bool() {
        entry = entry.with("value", value);
    }
    trail::note(state, tenant, entry).await?;
    Ok(line)
}

/// What was said about people of a project.
pub(super) async fn list(tenant: TenantId, project: ProjectId, state: &State) -> Result<Vec<PersonLine>, Problem> {
    Ok(state.store.person_lines_in(tenant, project, Source::AdminStatement, LISTED).await?)
}
