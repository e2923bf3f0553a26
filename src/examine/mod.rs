//! Gathers what is known about people who were added, concludes the route, and lets every cause be judged.
//! Stores nothing and writes nothing into Jira; total: what could not be read is a gap, never an error.

mod checks;
mod health;
mod selftest;

pub use crate::sources::audit::AuditReading;
pub use crate::sources::statements;
pub use crate::sources::{Mail, Optional, Subject};
pub use checks::Check;
pub use diagnosis::{ExpectedMail as MailKind, expected_mail};
pub use health::{Health, SiteHealth};
pub use selftest::{SelfTest, SourceReport, SourceState};

use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, Clock, ProjectId};
use crate::jira::{Jira, JiraError, User};
use crate::sources::{Gathered, Sources};
use crate::store::Store;
use diagnosis::{Diagnosis, FactKey, Moment, Route, Sheet, Via, diagnose, route, scenarios};
use jiff::Timestamp;
use std::sync::Arc;

/// What was found out about one add.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Who.
    pub account: AccountId,
    /// The facts as of the add.
    pub sheet: Sheet,
    /// What every cause says.
    pub diagnosis: Diagnosis,
    /// What kind of mail, if any, Jira sends for this add.
    pub route: Route,
    /// When to look again, because something passing kept us from reading a fact.
    pub again_at: Option<Timestamp>,
}

/// Examines adds. Cheap to clone.
#[derive(Clone)]
pub struct Examiner {
    sources: Sources,
    jira: Jira,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Examiner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Examiner").finish_non_exhaustive()
    }
}

impl Examiner {
    /// An examiner that reads from this store and this Jira.
    pub fn new(store: Arc<dyn Store>, jira: Jira, clock: Arc<dyn Clock>) -> Self {
        Self { sources: Sources::new(store, jira.clone(), Arc::clone(&clock)), jira, clock }
    }

    /// The same with these optional sources on.
    #[must_use]
    pub fn with(mut self, optional: Optional) -> Self {
        self.sources = self.sources.with(optional);
        self
    }

    /// The same with what tells about addresses besides Jira.
    #[must_use]
    pub fn with_mail(mut self, mail: Mail) -> Self {
        self.sources = self.sources.with_mail(mail);
        self
    }

    /// Examines these people's adds to one project, in their order. `fresh` passes what is remembered from earlier calls.
    pub async fn examine(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        subjects: &[Subject],
        fresh: bool,
    ) -> Vec<Examination> {
        let began = self.clock.now();
        let gathered = self.sources.gather(tenant, project, &wanted(), subjects, fresh).await;
        let examined: Vec<Examination> = std::iter::zip(subjects, gathered)
            .map(|(subject, gathered)| judge(subject.account.clone(), gathered))
            .collect();
        let took = self.clock.now().duration_since(began).as_secs_f64().max(0.0);
        metrics::histogram!("invite_guard_diagnosis_seconds").record(took);
        examined.iter().flat_map(|examination| &examination.diagnosis.findings).for_each(|finding| {
            let labels = [("scenario", finding.scenario.slug), ("ruling", finding.ruling.name())];
            metrics::counter!("invite_guard_findings_total", &labels).increment(1);
        });
        examined
    }

    /// Examines somebody who has no case, as if they were added now; `None` when Jira knows no such account. Nothing is stored.
    ///
    /// # Errors
    /// When Jira could not be asked whether there is such an account.
    pub async fn examine_now(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        account: &AccountId,
    ) -> Result<Option<Examination>, JiraError> {
        match self.sources.user(tenant, account, false).await {
            Ok(_) => {}
            Err(JiraError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        }
        let added = Moment::at(self.clock.now());
        let subject = Subject { account: account.clone(), added, via: Via::ListOnly, seats: None };
        Ok(self.examine(tenant, project, std::slice::from_ref(&subject), false).await.pop())
    }

    /// Lets optional sources look at the site if it is their turn; true when something was seen, and adds may be judged anew.
    pub async fn look(&self, tenant: &Tenant) -> bool {
        self.sources.look_by_itself(tenant).await
    }

    /// An account as Jira knows it, remembered for a while.
    ///
    /// # Errors
    /// [`JiraError::NotFound`] when Jira knows no such account; else it could not be asked.
    pub async fn account(&self, tenant: &Tenant, account: &AccountId) -> Result<User, JiraError> {
        self.sources.user(tenant, account, false).await
    }

    /// Reads the audit log on from its watermark, into the store; one at a time for a tenant.
    ///
    /// # Errors
    /// When it could not be read; the reason stays with the watermark, and no fact is taken for unchanged because of it.
    pub async fn read_audit(&self, tenant: &Tenant) -> Result<AuditReading, JiraError> {
        self.sources.audit().read_on(&self.jira.site(tenant), tenant).await
    }
}

/// Every fact that some cause needs; notes are about nobody.
fn wanted() -> Vec<FactKey> {
    let causes = scenarios::REGISTRY.iter().filter(|scenario| !scenario.note);
    let mut keys: Vec<FactKey> = causes.flat_map(|scenario| scenario.needs).copied().collect();
    keys.sort();
    keys.dedup();
    keys
}

fn judge(account: AccountId, gathered: Gathered) -> Examination {
    let Gathered { mut sheet, again_at } = gathered;
    let person = &sheet.person;
    sheet.person.mail_route =
        route::infer(&person.account_kind, &person.creator, &person.known_before, &person.added_via);
    let diagnosis = diagnose(&scenarios::REGISTRY, sheet.facts());
    let route = sheet.person.route();
    Examination { account, sheet, diagnosis, route, again_at }
}
