//! How a project or a site stands now, for a page without a person.
//! Does not know who looks, nor any case.

use super::{Examiner, SelfTest};
use crate::domain::ProjectId;
use crate::domain::tenant::Tenant;
use crate::sources::{SwitchesNow, switches_known, switches_now};
use crate::store::StoreError;
use diagnosis::{Diagnosis, Level, ProjectFacts, Sheet, diagnose_project, scenarios};
use jiff::Timestamp;

/// The causes of site and project for somebody who would be added now.
#[derive(Clone, Debug)]
pub struct Health {
    /// What they say.
    pub diagnosis: Diagnosis,
    /// The facts it rests on.
    pub sheet: Sheet,
    /// When.
    pub checked_at: Timestamp,
    /// When to look again, because something passing kept us from reading a fact.
    pub again_at: Option<Timestamp>,
}

/// The causes of the whole site, and what each source can see.
#[derive(Clone, Debug)]
pub struct SiteHealth {
    /// What the site's causes say.
    pub diagnosis: Diagnosis,
    /// The facts it rests on.
    pub sheet: Sheet,
    /// What each source can see.
    pub seen: SelfTest,
    /// When.
    pub checked_at: Timestamp,
    /// When to look again, because something passing kept us from reading a fact.
    pub again_at: Option<Timestamp>,
}

impl Examiner {
    /// How a project stands now.
    pub async fn project_health(&self, tenant: &Tenant, project: ProjectId) -> Health {
        let now = switches_now(&self.sources, tenant, Some(project)).await;
        let diagnosis = diagnose_project(&scenarios::REGISTRY, &now.sheet.site, &now.sheet.project);
        Health { diagnosis, sheet: now.sheet, checked_at: now.checked_at, again_at: now.again_at }
    }

    /// The causes of these projects and their site, in their order, from what is known without asking for each.
    pub async fn projects_health(&self, tenant: &Tenant, projects: &[ProjectId]) -> Vec<Diagnosis> {
        let known = switches_known(&self.sources, tenant, projects).await;
        let judge = |now: SwitchesNow| diagnose_project(&scenarios::REGISTRY, &now.sheet.site, &now.sheet.project);
        known.into_iter().map(judge).collect()
    }

    /// How the site stands now.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn site_health(&self, tenant: &Tenant) -> Result<SiteHealth, StoreError> {
        let now = switches_now(&self.sources, tenant, None).await;
        let mut diagnosis = diagnose_project(&scenarios::REGISTRY, &now.sheet.site, &ProjectFacts::unasked());
        diagnosis.findings.retain(|finding| finding.scenario.level == Level::Site);
        let seen = self.sources_now(tenant).await?;
        Ok(SiteHealth { diagnosis, sheet: now.sheet, seen, checked_at: now.checked_at, again_at: now.again_at })
    }
}
