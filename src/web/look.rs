//! What views are made of: a person's case, looked at now if there is none; names and addresses for this answer alone.
//! Knows no JSON and no markup.

use super::State;
use super::problem::Problem;
use crate::domain::case::Case;
use crate::domain::project::Project;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId, TenantId};
use crate::examine::{SiteHealth, Subject};
use crate::jira::{Jira, JiraError, ProjectRef};
use diagnosis::{Diagnosis, Moment, Overall, Via};
use futures::{StreamExt as _, TryStreamExt as _};
use moka::future::Cache;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

/// Names are asked for a view and kept in memory only as long as somebody is likely to look again.
const NAMES_KEPT: Duration = Duration::from_secs(300);
/// Calls for names, or reads of the store, at the same time.
const AT_ONCE: usize = 8;

/// Names of people and projects, in memory, for minutes; never in the store.
pub(super) struct Names {
    jira: Jira,
    people: Cache<(TenantId, AccountId), Option<String>>,
    projects: Cache<(TenantId, ProjectId), String>,
}

impl Names {
    pub(super) fn new(jira: Jira) -> Self {
        let people = Cache::builder().max_capacity(20_000).time_to_live(NAMES_KEPT).build();
        let projects = Cache::builder().max_capacity(5_000).time_to_live(NAMES_KEPT).build();
        Self { jira, people, projects }
    }

    /// Names of those whom Jira names; who is missing has none or could not be asked.
    pub(super) async fn of(&self, tenant: &Tenant, accounts: Vec<AccountId>) -> BTreeMap<String, String> {
        let asked = accounts.into_iter().map(|account| async move {
            let name = self.person(tenant, &account).await?;
            Some((account.0, name))
        });
        let named: Vec<_> = futures::stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        named.into_iter().flatten().collect()
    }

    async fn person(&self, tenant: &Tenant, account: &AccountId) -> Option<String> {
        let place = (tenant.id, account.clone());
        if let Some(known) = self.people.get(&place).await {
            return known;
        }
        let name = match self.jira.site(tenant).display_name(account).await {
            Ok(name) => name,
            Err(JiraError::NotFound) => None,
            Err(_) => return None, // may pass: not remembered
        };
        self.people.insert(place, name.clone()).await;
        name
    }

    /// Names of projects, one call for all that are not remembered; who is missing is not seen or could not be asked.
    pub(super) async fn projects(&self, tenant: &Tenant, projects: &[ProjectId]) -> BTreeMap<ProjectId, String> {
        let mut names = BTreeMap::new();
        let mut asked = Vec::new();
        for project in projects {
            match self.projects.get(&(tenant.id, *project)).await {
                Some(known) => drop(names.insert(*project, known)),
                None => asked.push(*project),
            }
        }
        if asked.is_empty() {
            return names;
        }
        for (project, name) in self.jira.site(tenant).project_names(&asked).await.unwrap_or_default() {
            self.projects.insert((tenant.id, project), name.clone()).await;
            names.insert(project, name);
        }
        names
    }

    async fn project(&self, tenant: &Tenant, project: &ProjectRef) -> String {
        let place = (tenant.id, project.id);
        if let Some(known) = self.projects.get(&place).await {
            return known;
        }
        match self.jira.site(tenant).project_name(project.id).await {
            Ok(name) => {
                self.projects.insert(place, name.clone()).await;
                name
            }
            Err(_) => project.key.clone(),
        }
    }
}

/// What surrounds a finding in words, for one answer.
#[derive(Clone, Debug)]
pub(super) struct Around {
    /// The project's name, or its key where Jira tells none.
    pub(super) space: String,
    /// Host of the site.
    pub(super) site: String,
    /// Address of the portal, where Jira tells it.
    pub(super) portal: Option<String>,
}

/// Asks for what surrounds the project's findings; what cannot be asked is left out.
pub(super) async fn around(state: &State, tenant: &Tenant, project: &ProjectRef) -> Around {
    let site = state.jira.site(tenant);
    let (space, portal) = tokio::join!(state.names().project(tenant, project), site.portal_url(project.id));
    Around { space, site: shown_host(tenant), portal: portal.ok().map(String::from) }
}

/// The name that people know their site by; calls go to the base URL, whose name may be another.
pub(super) fn shown_host(tenant: &Tenant) -> String {
    let shown = tenant.display_url.as_ref().unwrap_or(&tenant.base_url);
    shown.host_str().unwrap_or_default().to_owned()
}

/// A project of a site, by what is known without asking for it.
pub(super) struct ProjectNow {
    pub(super) project: Project,
    pub(super) diagnosis: Diagnosis,
    /// Open cases by cause.
    pub(super) counts: BTreeMap<String, u64>,
}

/// A site and its projects, worst first.
pub(super) struct SiteNow {
    pub(super) health: SiteHealth,
    pub(super) projects: Vec<ProjectNow>,
    /// Projects beyond those.
    pub(super) left_out: usize,
}

/// How a site stands now, with at most so many of its projects. Asks Jira a few calls, however many projects there are.
pub(super) async fn site(state: &State, tenant: &Tenant, most: usize) -> Result<SiteNow, Problem> {
    let health = state.examiner.site_health(tenant).await?;
    let known = state.store.projects(tenant.id).await?;
    let ids: Vec<ProjectId> = known.iter().map(|project| project.id).collect();
    let judged = state.examiner.projects_health(tenant, &ids).await;
    let counted = futures::stream::iter(known.into_iter().zip(judged).map(|(project, diagnosis)| async move {
        let counts = state.store.counts(tenant.id, project.id).await?.into_iter().collect();
        Ok::<_, Problem>(ProjectNow { project, diagnosis, counts })
    }));
    let mut projects: Vec<ProjectNow> = counted.buffered(AT_ONCE).try_collect().await?;
    projects.sort_by_key(rank);
    let left_out = projects.len().saturating_sub(most);
    projects.truncate(most);
    Ok(SiteNow { health, projects, left_out })
}

/// Worst first; of equal ones that with the most people in it; then by key.
fn rank(now: &ProjectNow) -> (Reverse<Overall>, Reverse<u64>, String) {
    (Reverse(now.diagnosis.overall()), Reverse(now.counts.values().sum()), now.project.key.clone())
}

/// The stored case, or one made for this answer by looking now; `None` when Jira knows no such account.
pub(super) async fn person(
    state: &State,
    tenant: &Tenant,
    project: ProjectId,
    account: &AccountId,
) -> Result<Option<Case>, Problem> {
    if let Some(case) = state.store.case(tenant.id, project, account).await? {
        return Ok(Some(case));
    }
    let now = state.clock.now();
    let examination = match state.examiner.examine_now(tenant, project, account).await {
        // Whether there is such an account cannot be read here; the other facts can, and this gap is told.
        Err(JiraError::Forbidden) => {
            let added = Moment::at(now);
            let subject = Subject { account: account.clone(), added, via: Via::ListOnly, seats: None };
            state.examiner.examine(tenant, project, &[subject], false).await.pop()
        }
        examined => examined?,
    };
    let Some(examination) = examination else { return Ok(None) };
    let mut case = Case::noticed(tenant.id, project, account.clone(), Moment::at(now), Via::ListOnly, true);
    case.observe(&examination.diagnosis, examination.route, now);
    Ok(Some(case))
}

/// The stored case of a work item's reporter; `None` when nobody reported it or nothing was noticed about them.
///
/// # Errors
/// 404 when the item is not there, not in this project, or not to be seen by the visitor.
pub(super) async fn reporter(
    state: &State,
    visitor: &super::gate::Visitor,
    project: ProjectId,
    key: &str,
) -> Result<Option<Case>, Problem> {
    if !crate::domain::project::is_item_key(key) {
        return Err(Problem::not_found());
    }
    let item = state.rights().item(visitor, project, key).await?;
    let Some(reporter) = item.reporter else { return Ok(None) };
    Ok(state.store.case(visitor.tenant().id, project, &reporter).await?)
}
