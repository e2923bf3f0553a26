//! The *Service Desk Customers* role of a project, which *Customers > Add* fills: its id and its members.
//! Does not know when somebody was added; a list only says who is there.

use super::client::{Answer, Call, Endpoint, count_objects, endpoint};
use super::projects::as_number;
use super::role_stream::RoleReading;
use super::{JiraError, Result, Site};
use crate::domain::{AccountId, ProjectId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

static ALL_ROLES: Endpoint = endpoint!(GET "/rest/api/3/role");
static ROLES: Endpoint = endpoint!(GET "/rest/api/3/project/{project}/role");
static ROLE: Endpoint = endpoint!(GET "/rest/api/3/project/{project}/role/{role}");

/// What the role is called. Atlassian renames *project* to *space* and *service desk* to *service project*.
const NAMES: [&str; 3] = ["Service Desk Customers", "Service Project Customers", "Service Space Customers"];

/// A role comes in one answer, of about 300 bytes an actor; a larger one is not read (docs/capacity.md).
pub const ROLE_MOST_BYTES: usize = 128 * 1024 * 1024;
/// Such an answer takes its time.
const PATIENCE: u32 = 12;

/// The id at the end of a role's address.
fn id_in(url: &str) -> Option<i64> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

impl Site {
    /// Id of the customers' role as this project has it; remembered for a day.
    pub async fn customers_role(&self, project: ProjectId) -> Result<i64> {
        let (tenant, roles) = (self.tenant.id, &self.inner.roles);
        if let Some(own) = roles.get(&(tenant, Some(project))).await {
            return Ok(own);
        }
        if let Some(shared) = roles.get(&(tenant, None)).await {
            return Ok(shared);
        }
        let id = self.look_up_role(project).await?;
        // Company-managed projects share a role, so the first id found is tried for the others.
        roles.insert((tenant, None), id).await;
        Ok(id)
    }

    async fn look_up_role(&self, project: ProjectId) -> Result<i64> {
        let answer = match self.send(Call::to(&ROLES).part(project)).await {
            Err(error @ (JiraError::NotFound | JiraError::Refused(405 | 410 | 501))) => {
                return self.look_up_any_role(error).await;
            }
            other => other?,
        };
        let roles: BTreeMap<String, Value> = answer.json()?;
        count_objects(0, roles.len());
        let found = NAMES.iter().find_map(|known| roles.iter().find(|(name, _)| name.eq_ignore_ascii_case(known)));
        let url = found.and_then(|(_, url)| url.as_str()).ok_or(JiraError::NotFound)?;
        id_in(url).ok_or(JiraError::Garbage("role"))
    }

    /// The role in the list of all roles, where the project's own list is not to be had.
    async fn look_up_any_role(&self, why: JiraError) -> Result<i64> {
        let roles: Vec<Value> = match self.send(Call::to(&ALL_ROLES)).await {
            Err(JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_)) => return Err(why),
            other => other?.json()?,
        };
        count_objects(0, roles.len());
        let named =
            |name: &str| roles.iter().find(|role| role["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)));
        let found = NAMES.iter().find_map(|name| named(name)).ok_or(why)?;
        as_number(&found["id"]).ok_or(JiraError::Garbage("role"))
    }

    /// Accounts that hold the customers' role directly. Groups in it are no adds and left out. Complete, or an error.
    pub async fn role_members(&self, project: ProjectId) -> Result<Answer<Vec<AccountId>>> {
        let mut reading = self.read_role(project).await?;
        let mut accounts = BTreeSet::new();
        while let Some(batch) = reading.next().await {
            accounts.extend(batch);
        }
        let end = reading.end().await?;
        Ok(Answer::new(accounts.into_iter().collect(), end.bounds))
    }

    /// The same, read as it comes: memory does not grow with the role.
    pub async fn read_role(&self, project: ProjectId) -> Result<RoleReading> {
        let role = self.customers_role(project).await?;
        match self.open_role(project, role).await {
            // A team-managed project has roles of its own.
            Err(JiraError::NotFound) => {
                let own = self.look_up_role(project).await?;
                if own == role {
                    return Err(JiraError::NotFound);
                }
                let reading = self.open_role(project, own).await?;
                self.inner.roles.insert((self.tenant.id, Some(project)), own).await;
                Ok(reading)
            }
            other => other,
        }
    }

    async fn open_role(&self, project: ProjectId, role: i64) -> Result<RoleReading> {
        let call = Call::to(&ROLE).part(project).part(role).limit(ROLE_MOST_BYTES).patience(PATIENCE);
        Ok(RoleReading::of(self.clone(), self.open(call).await?))
    }
}
