//! The address that a project's mail comes from: whether it is in order. The address itself is not read.
//! Does not know what recipients make of it.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::{JiraError, Result, Site};
use crate::domain::ProjectId;
use serde::Deserialize;

static EMAIL: Endpoint = endpoint!(GET "/rest/api/3/project/{project}/email");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    /// Told for custom domains only: what is wrong with the address.
    #[serde(default)]
    email_address_status: Option<Vec<String>>,
}

impl Site {
    /// Whether the project's sender is Atlassian's own or on a verified domain.
    pub async fn sender_is_verified(&self, project: ProjectId) -> Result<bool> {
        let answer = self.send(Call::to(&EMAIL).part(project)).await?;
        count_objects(1, 0);
        let told: Wire = answer.json()?;
        let status = told.email_address_status.unwrap_or_default();
        let said: Vec<String> = status.iter().map(|status| status.trim().to_lowercase()).collect();
        if said.iter().any(|status| status.contains("not verified")) {
            return Ok(false);
        }
        // Only what is documented is understood; any other status is none that we could judge by.
        if said.iter().all(String::is_empty) { Ok(true) } else { Err(JiraError::Garbage("sender_status")) }
    }
}
