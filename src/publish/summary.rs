//! The project property: the project's word, its first cause, how many are affected. No personal data.
//! Is written only when it changed apart from its time.

use super::{HEALTH_PROPERTY, Health, Publisher, Result, Run, mark};
use crate::domain::case::CaseState;
use crate::domain::project::Project;
use crate::domain::tenant::Tenant;
use crate::store::CaseFilter;
use serde_json::{Value, json};

/// Beyond this the number says "many" anyway.
const COUNT_AT_MOST: u32 = 1_000;

/// The property to be.
pub(super) struct Summary {
    value: Value,
    hash: String,
    /// Whether Jira shows something else.
    pub(super) is_new: bool,
}

impl Publisher {
    pub(super) async fn summary(
        &self,
        tenant: &Tenant,
        project: &Project,
        health: &Health<'_>,
        mark: &str,
    ) -> Result<Summary> {
        let filter = CaseFilter { state: Some(CaseState::Open), limit: COUNT_AT_MOST, ..CaseFilter::default() };
        let count = self.store.cases(tenant.id, project.id, &filter).await?.len();
        let mut value = json!({
            "overall": health.diagnosis.overall(),
            "primary": health.diagnosis.primary().map(|finding| finding.scenario.slug),
            "count": count,
            "tenant": mark,
        });
        let hash = mark::hash(&value.to_string());
        value["checkedAt"] = json!(health.checked_at.to_string());
        let is_new = project.summary_hash.as_deref() != Some(&hash);
        Ok(Summary { value, hash, is_new })
    }
}

impl Run<'_> {
    pub(super) async fn publish_summary(&self, summary: &Summary) -> Result<()> {
        match self.site.set_project_property(self.project.id, HEALTH_PROPERTY, &summary.value).await {
            Err(error) if super::case::is_final(&error) => Ok(()), // the right went away since it was asked for
            Err(error) => Err(error.into()),
            Ok(()) => Ok(self.of.store.set_summary_hash(self.tenant.id, self.project.id, &summary.hash).await?),
        }
    }
}
