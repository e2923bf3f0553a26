//! Resources that Atlassian's own pages use and nobody documents: read only where the operator opted in.
//! They may vanish or change shape at any time, so an answer counts only if it holds exactly what is asked for, and the
//! absence of anything is a gap, never "off".

use super::client::{Answer, Call, Endpoint, endpoint};
use super::{JiraError, Result, Site};
use serde_json::Value;

static INVITE_TOGGLE: Endpoint =
    endpoint!(GET "/rest/servicedesk/notifications/1/account-notifications/{project}/notification/invite-customer");

impl Site {
    /// Whether the project's *Customer invited* notification is on.
    pub async fn invite_toggle(&self, project_key: &str) -> Result<Answer<bool>> {
        let answer = self.send(Call::to(&INVITE_TOGGLE).part(project_key)).await?;
        let body: Value = answer.json()?;
        // A text "false" is not what was seen in use: another shape may mean another thing.
        let on = body["accountNotificationEnabled"].as_bool().ok_or(JiraError::Garbage("unexpected_shape"))?;
        Ok(Answer::new(on, answer.bounds))
    }
}
