//! What is shown while somebody looks: names of projects and the address of a portal.
//! Nothing from here may be stored or logged.

use super::client::{Call, count_objects};
use super::projects::{PROJECT, SEARCH, as_number};
use super::{JiraError, Result, Site};
use crate::domain::ProjectId;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// Ids that one search takes.
pub const NAMES_AT_ONCE: usize = 50;

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    values: Vec<Value>,
}

impl Site {
    /// The name of a project.
    pub async fn project_name(&self, project: ProjectId) -> Result<String> {
        let answer = self.send(Call::to(&PROJECT).part(project)).await?;
        count_objects(1, 0);
        Ok(answer.json::<Named>()?.name)
    }

    /// Names of several projects, at most [`NAMES_AT_ONCE`], by one call; who is not seen is not named.
    pub async fn project_names(&self, projects: &[ProjectId]) -> Result<BTreeMap<ProjectId, String>> {
        let asked = projects.iter().take(NAMES_AT_ONCE);
        let call = Call::to(&SEARCH).query("maxResults", NAMES_AT_ONCE);
        let answer = self.send(asked.fold(call, |call, project| call.query("id", project))).await?;
        let found: Found = answer.json()?;
        count_objects(found.values.len(), 0);
        let named =
            |project: &Value| Some((ProjectId(as_number(&project["id"])?), project["name"].as_str()?.to_owned()));
        Ok(found.values.iter().filter_map(named).collect())
    }

    /// Address of the project's customer portal, on the site's own domain.
    pub async fn portal_url(&self, project: ProjectId) -> Result<Url> {
        let desk = self.portal(project).await?;
        let base = &self.tenant.base_url;
        let mut url = base.clone();
        url.set_path(&format!("{}/servicedesk/customer/portal/{desk}", base.path().trim_end_matches('/')));
        url.set_query(None);
        if desk.bytes().all(|b| b.is_ascii_digit()) { Ok(url) } else { Err(JiraError::Garbage("portal")) }
    }
}
