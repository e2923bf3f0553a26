//! How a project or a site stands now, for a page without a person.
//! Does not know who looks, nor any case.

use super::Examiner;
use crate::domain::ProjectId;
use crate::domain::tenant::Tenant;
use crate::sources::{specs, switches_now};
use diagnosis::{Diagnosis, FactKey, Gap, Level, ProjectFacts, Sheet, diagnose_project, scenarios};
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

/// What one source can see here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// Its name.
    pub name: &'static str,
    /// Facts it may tell.
    pub sees: &'static [FactKey],
    /// Why it cannot tell them now.
    pub trouble: Option<Gap>,
}

/// The causes of the whole site, and what each source can see.
#[derive(Clone, Debug)]
pub struct SiteHealth {
    /// What the site's causes say.
    pub diagnosis: Diagnosis,
    /// The facts it rests on.
    pub sheet: Sheet,
    /// Every source.
    pub sources: Vec<SourceState>,
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

    /// How the site stands now.
    pub async fn site_health(&self, tenant: &Tenant) -> SiteHealth {
        let now = switches_now(&self.sources, tenant, None).await;
        let mut diagnosis = diagnose_project(&scenarios::REGISTRY, &now.sheet.site, &ProjectFacts::unasked());
        diagnosis.findings.retain(|finding| finding.scenario.level == Level::Site);
        let of_the_log = |name: &str| name.starts_with("audit_log");
        let state = |spec: &'static crate::sources::Spec| SourceState {
            name: spec.name,
            sees: spec.supplies,
            trouble: now.trouble.filter(|_| of_the_log(spec.name)),
        };
        let sources = specs().into_iter().map(state).collect();
        SiteHealth { diagnosis, sheet: now.sheet, sources, checked_at: now.checked_at, again_at: now.again_at }
    }
}
