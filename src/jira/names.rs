//! What is shown while somebody looks: names of projects and the address of a portal.
//! Nothing from here may be stored or logged.

use super::client::{Call, count_objects};
use super::projects::PROJECT;
use super::{JiraError, Result, Site};
use crate::domain::ProjectId;
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Named {
    name: String,
}

impl Site {
    /// The name of a project.
    pub async fn project_name(&self, project: ProjectId) -> Result<String> {
        let answer = self.send(Call::to(&PROJECT).part(project)).await?;
        count_objects(1, 0);
        Ok(answer.json::<Named>()?.name)
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
