//! One case in Jira: the issue property on the newest unresolved request of its customer, and the comment.
//! Judges nothing. What is about to be written is noted before, so that a stop in between leaves nothing that we forget.

use super::{CASE_PROPERTY, Result, Run};
use crate::domain::case::{Case, CaseState, Standing};
use crate::jira::{JiraError, RequestRef};
use serde_json::{Value, json};

/// Where a case is to be shown.
pub(super) enum Target {
    /// On this request.
    On(RequestRef),
    /// Nowhere: it is over, or the customer has no unresolved request.
    Nowhere,
    /// Jira refuses to tell; what is written stays.
    Untold,
}

/// Jira says no to this one thing, now and later.
pub(super) fn is_final(error: &JiraError) -> bool {
    matches!(error, JiraError::Forbidden | JiraError::NotFound | JiraError::Refused(_))
}

impl Run<'_> {
    /// Brings Jira in line with the case and notes the version that Jira then shows.
    pub(super) async fn publish_case(&mut self, mut case: Case) -> Result<()> {
        let target = self.target(&case).await?;
        self.property(&mut case, &target).await?;
        self.comment(&mut case, &target).await?;
        let version = case.version;
        Ok(self.of.store.published(&case, version).await?)
    }

    /// Remembers what is about to be in Jira, without saying that the version is.
    pub(super) async fn note(&self, case: &Case) -> Result<()> {
        Ok(self.of.store.published(case, case.published).await?)
    }

    async fn target(&self, case: &Case) -> Result<Target> {
        if case.state != CaseState::Open {
            return Ok(Target::Nowhere);
        }
        match self.site.newest_unresolved_request(case.project, &case.account).await {
            Ok(Some(request)) => Ok(Target::On(request)),
            Ok(None) => Ok(Target::Nowhere),
            Err(error) if is_final(&error) => Ok(Target::Untold),
            Err(error) => Err(error.into()),
        }
    }

    async fn property(&self, case: &mut Case, target: &Target) -> Result<()> {
        let wanted = match target {
            Target::On(request) => Some(request.key.clone()),
            Target::Nowhere => None,
            Target::Untold => return Ok(()),
        };
        if let Some(old) = case.written.property_on.clone().filter(|old| wanted.as_ref() != Some(old)) {
            allow(self.site.delete_issue_property(&old, CASE_PROPERTY).await)?;
            case.written.property_on = None;
        }
        let (Some(key), Some(primary)) = (wanted, case.primary().cloned()) else { return Ok(()) };
        if case.written.property_on.as_ref() != Some(&key) {
            case.written.property_on = Some(key.clone());
            self.note(case).await?;
        }
        let value = self.value(case, &primary);
        if !allow(self.site.set_issue_property(&key, CASE_PROPERTY, &value).await)? {
            case.written.property_on = None;
        }
        Ok(())
    }

    /// The value of the property, on a request and on our comment.
    pub(super) fn value(&self, case: &Case, says: &Standing) -> Value {
        json!({
            "accountId": case.account,
            "scenario": says.scenario,
            "confidence": says.confidence,
            "version": case.version,
            "tenant": self.mark,
        })
    }
}

/// Whether it was done; a final no is no reason to stop.
fn allow(result: std::result::Result<(), JiraError>) -> Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if is_final(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
