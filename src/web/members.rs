//! Who of some people is in an organisation of a project, asked while somebody looks and kept nowhere.
//! Does not know why it is asked; whoever is in the organisation and not among those people is not told of.

use super::State;
use super::problem::Problem;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId};
use crate::jira::JiraError;
use diagnosis::Gap;
use std::collections::BTreeSet;

/// Pages of an organisation's members at most, and of a project's organisations: Jira gives 50 a page, five pages a second.
const PAGES: usize = 8;

/// Who of those who were asked about is a member.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub(super) found: BTreeSet<AccountId>,
    /// Nobody who is one can be missing.
    pub(super) complete: bool,
    /// Why Jira's answer lacks.
    pub(super) gap: Option<Gap>,
}

impl Members {
    fn unread(error: &JiraError) -> Self {
        Self { gap: Some(error.gap()), ..Self::default() }
    }
}

/// Who of `wanted` is in the organisation.
///
/// # Errors
/// 404 when the organisation is not one of the project's: what is in others is no business of this project's agents.
pub(super) async fn among(
    state: &State,
    tenant: &Tenant,
    project: ProjectId,
    organisation: i64,
    wanted: &BTreeSet<AccountId>,
) -> Result<Members, Problem> {
    if !state.store.has_organisation(tenant.id, project, organisation).await? {
        match is_on(state, tenant, project, organisation).await {
            Ok(true) => {}
            Ok(false) | Err(JiraError::NotFound) => return Err(Problem::not_found()),
            Err(error) => return Ok(Members::unread(&error)),
        }
    }
    if wanted.is_empty() {
        return Ok(Members { complete: true, ..Members::default() });
    }
    Ok(read(state, tenant, organisation, wanted).await.unwrap_or_else(|error| Members::unread(&error)))
}

/// Put on the project since the last pass.
async fn is_on(state: &State, tenant: &Tenant, project: ProjectId, organisation: i64) -> Result<bool, JiraError> {
    let site = state.jira.site(tenant);
    let desk = site.portal(project).await?;
    let mut start = Some(0);
    for _ in 0..PAGES {
        let Some(from) = start else { break };
        let page = site.organisations_page(&desk, from).await?.value;
        if page.organisations.iter().any(|listed| listed.id == organisation) {
            return Ok(true);
        }
        start = page.next;
    }
    Ok(false)
}

async fn read(
    state: &State,
    tenant: &Tenant,
    organisation: i64,
    wanted: &BTreeSet<AccountId>,
) -> Result<Members, JiraError> {
    let site = state.jira.site(tenant);
    let mut members = Members::default();
    let mut start = Some(0);
    for _ in 0..PAGES {
        let Some(from) = start else { break };
        let page = site.members_page(organisation, from).await?.value;
        members.found.extend(page.accounts.into_iter().filter(|account| wanted.contains(account)));
        start = page.next;
        if members.found.len() == wanted.len() {
            start = None; // whoever follows is nobody we look for
        }
    }
    members.complete = start.is_none();
    Ok(members)
}
