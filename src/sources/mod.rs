//! All reading of the world: what is known about people who were added, each fact with who vouches for it.
//! Judges nothing: a failure is a gap in its place, and what facts mean is for the scenarios.
//!
//! A reader knows one way to learn facts and says which, how authoritative, and what it costs. [`plan`] puts them in order;
//! each is asked once for everybody (1 person, 50 of a page, 500 of a check), and sees what the ones before it found.

mod address_domain;
pub mod audit;
mod cache;
mod check;
mod combine;
mod elsewhere;
mod free_plan;
mod imported_rules;
mod internal;
mod mail_probe;
mod optional;
mod own_roster;
mod plan;
mod portal_permission;
mod preferences;
mod role;
mod rule_word;
mod seen_now;
mod sender;
pub mod statements;
mod suppression;
mod switches;
mod user;

pub use check::CheckedAddress;
pub use optional::Optional;
pub use plan::{Spec, plan};
pub use switches::{SwitchesNow, switches_known, switches_now};

use crate::domain::history::{Line, Trusted};
use crate::domain::roster::Seat;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, Clock, ProjectId, TenantId};
use crate::jira::{Jira, JiraError, LOOK_AGAIN, Site, User};
use crate::mail::dns::Dns;
use crate::mail::providers::Providers;
use crate::store::{Store, StoreError};
use audit::{Audit, View};
use cache::Remembered;
use combine::Gathering;
use diagnosis::{FactKey, Gap, Moment, Reading, Sheet, Source, Via};
use jiff::Timestamp;
use std::sync::Arc;

/// Somebody who was added, and when, as tightly as it is known.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Who.
    pub account: AccountId,
    /// When.
    pub added: Moment,
    /// How we know.
    pub via: Via,
    /// Everywhere they were seen on the site, if the caller knows; looked up otherwise.
    pub seats: Option<Vec<Seat>>,
}

/// What all readers of one gathering share.
struct Reach<'a> {
    site: &'a Site,
    tenant: &'a Tenant,
    project: ProjectId,
    now: Timestamp,
    /// Pass what is remembered.
    fresh: bool,
    store: &'a dyn Store,
    remembered: &'a Remembered,
    /// The audit log as far as it was read for this.
    log: &'a View,
    /// History of the site's and the project's facts, or why it could not be read.
    history: &'a Result<Vec<Line>, Gap>,
    /// What optional sources are worth here.
    trusted: Trusted,
    /// What tells about addresses besides Jira.
    mail: &'a Mail,
}

/// One person as a reader meets them.
struct Asked<'a> {
    account: &'a AccountId,
    added: Moment,
    via: Via,
    seats: Result<&'a [Seat], Gap>,
    /// What the readers before found.
    so_far: &'a Sheet,
}

/// What a reader found about one person.
#[derive(Debug, Default)]
struct Told {
    readings: Vec<Reading>,
    /// When to ask again, if something passing kept the reader from knowing.
    again_at: Option<Timestamp>,
}

impl Told {
    /// Adds a fact; one that cannot be written as JSON is none.
    fn put<K: diagnosis::Key>(&mut self, fact: diagnosis::Fact<K::Value>) {
        let reading = Reading::of::<K>(fact).unwrap_or_else(|_| Reading::gap(K::KEY, Gap::Unavailable));
        self.readings.push(reading);
    }

    /// Notes what a failed call means for when to look again.
    fn failed(&mut self, error: &JiraError, now: Timestamp) {
        self.look_again(error.again_at(now));
    }

    fn look_again(&mut self, at: Option<Timestamp>) {
        self.again_at = earlier(self.again_at, at);
    }
}

/// The earlier of two times, where there is one.
fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// One way to learn facts.
#[async_trait::async_trait]
trait Reader: Send + Sync {
    fn spec(&self) -> &'static Spec;
    /// As many answers as there are people, in their order. Total: a failure is a gap in its place.
    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told>;
}

/// Every way there is; a new one is a file and a line here.
static REGISTRY: [&dyn Reader; 15] = [
    &own_roster::OwnRoster,
    &role::Role,
    &audit::creation::Creation,
    &user::UserReader,
    &rule_word::RuleWord,
    &suppression::Suppression,
    &suppression::StatedVia,
    &preferences::Preferences,
    &address_domain::AddressDomain,
    &elsewhere::Elsewhere,
    &switches::Switches,
    &imported_rules::ImportedRules,
    &portal_permission::PortalPermission,
    &sender::Sender,
    &free_plan::FreePlan,
];

/// The specs of every reader, for a page that tells what each can see.
pub fn specs() -> Vec<&'static Spec> {
    REGISTRY.iter().map(|reader| reader.spec()).collect()
}

/// The facts that some reader may tell by this source.
pub fn facts_of(source: Source) -> Vec<FactKey> {
    let listed = |keys: &[&[FactKey]]| keys.concat();
    let mut facts = match source {
        Source::AdminStatement => listed(&[statements::OF_THE_SITE, statements::OF_A_PROJECT]),
        Source::MailProbe => vec![FactKey::OutgoingMailOn],
        Source::JiraInternal | Source::AuditLog => vec![FactKey::InviteNotificationOn],
        Source::Dns => vec![FactKey::AddressDomainMail],
        Source::MailProvider => vec![FactKey::AddressSuppressed],
        _ => Vec::new(),
    };
    let of_it = specs().into_iter().filter(|spec| source_of(spec.name) == Some(source));
    facts.extend(of_it.flat_map(|spec| spec.supplies));
    facts.sort();
    facts.dedup();
    facts
}

/// The source by which a reader knows; `None` for one that puts several together, or knows nothing. A reader whose name is a source's is that.
fn source_of(reader: &str) -> Option<Source> {
    match reader {
        "audit_log_and_statements" | "preferences" | "invited_elsewhere" => None,
        "notification_log" | "rule_export" => Some(Source::ImportedFile),
        "admin_statements" => Some(Source::AdminStatement),
        "role" | "own_roster" => Some(Source::Roster),
        name => Some(Source::from_name(name).unwrap_or(Source::JiraRest)),
    }
}

/// What was learnt about one person; the route is still to be concluded.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The facts, as of the add.
    pub sheet: Sheet,
    /// When to ask again, if something passing kept us from knowing.
    pub again_at: Option<Timestamp>,
}

/// What tells about addresses besides Jira; nothing unless the operator has it.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// The domain name system.
    pub dns: Option<Dns>,
    /// The operator's own mail providers.
    pub providers: Option<Providers>,
}

impl Mail {
    /// Whether the operator has this source; `None` for one that is not the operator's.
    fn has(&self, source: Source) -> Option<bool> {
        match source {
            Source::Dns => Some(self.dns.as_ref().is_some_and(Dns::is_on)),
            Source::MailProvider => Some(self.providers.as_ref().is_some_and(Providers::any)),
            _ => None,
        }
    }
}

/// All sources of all sites. Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    store: Arc<dyn Store>,
    jira: Jira,
    clock: Arc<dyn Clock>,
    audit: Audit,
    remembered: Arc<Remembered>,
    optional: Optional,
    mail: Mail,
    /// Tenants whose mail probe is over and whose store has not taken that yet.
    stopped: moka::future::Cache<TenantId, ()>,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sources").finish_non_exhaustive()
    }
}

impl Sources {
    /// Sources that read from this store and this Jira.
    pub fn new(store: Arc<dyn Store>, jira: Jira, clock: Arc<dyn Clock>) -> Self {
        let audit = Audit::new(Arc::clone(&store), Arc::clone(&clock));
        let stopped = moka::future::Cache::new(u64::MAX);
        Self {
            store,
            jira,
            clock,
            audit,
            remembered: Arc::default(),
            optional: Optional::default(),
            mail: Mail::default(),
            stopped,
        }
    }

    /// The same with what tells about addresses.
    #[must_use]
    pub fn with_mail(mut self, mail: Mail) -> Self {
        self.mail = mail;
        self
    }

    /// The audit log, for the chore that reads it on.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// The store that everything is read from.
    pub(crate) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Whether the operator has a source that is theirs to have; `None` for the others.
    pub(crate) fn operator_has(&self, source: Source) -> Option<bool> {
        self.mail.has(source)
    }

    /// One site, to ask whether it answers at all.
    pub(crate) fn site(&self, tenant: &Tenant) -> Site {
        self.jira.site(tenant)
    }

    /// The audit log up to now, read on if it was not read within the last minute, or in any case.
    pub(crate) async fn log(&self, tenant: &Tenant, now: Timestamp, fresh: bool) -> View {
        let upto = now.saturating_sub(switches::NOW_LAGS).unwrap_or(now);
        self.audit.view(&self.jira.site(tenant), tenant, upto, fresh).await
    }

    /// One account as Jira knows it, remembered for a while unless `fresh`.
    pub async fn user(&self, tenant: &Tenant, account: &AccountId, fresh: bool) -> Result<User, JiraError> {
        let site = self.jira.site(tenant);
        Ok(self.remembered.user(&site, tenant.id, account, self.clock.now(), fresh).await?.0)
    }

    /// What the scenarios want to know about these people's adds to this project: as many answers, in the same order.
    pub async fn gather(
        &self,
        tenant: &Tenant,
        project: ProjectId,
        want: &[FactKey],
        subjects: &[Subject],
        fresh: bool,
    ) -> Vec<Gathered> {
        let now = self.clock.now();
        let site = self.jira.site(tenant);
        let upto = subjects.iter().map(|subject| subject.added.not_after).max().unwrap_or(now);
        let log = self.audit.view(&site, tenant, upto, fresh).await;
        let standing = self.standing(tenant).await;
        let trusted = standing.trusted();
        self.look(tenant, Some(project), upto, trusted).await;
        let history = self.history(tenant, Some(project), &log, &standing).await;
        let mut seats = Vec::with_capacity(subjects.len());
        for subject in subjects {
            seats.push(self.seats(tenant, subject).await);
        }
        let reach = Reach {
            site: &site,
            tenant,
            project,
            now,
            fresh,
            store: self.store.as_ref(),
            remembered: &self.remembered,
            log: &log,
            history: &history,
            trusted,
            mail: &self.mail,
        };
        let mut gatherings: Vec<Gathering> = subjects.iter().map(|_| Gathering::default()).collect();
        for index in plan(want, &specs()) {
            let reader = REGISTRY[index];
            let sheets: Vec<Sheet> = gatherings.iter().map(|gathering| gathering.sheet.clone()).collect();
            let asked: Vec<Asked<'_>> = std::iter::zip(subjects, std::iter::zip(&seats, &sheets))
                .map(|(subject, (seats, so_far))| Asked {
                    account: &subject.account,
                    added: subject.added,
                    via: subject.via,
                    seats: seats.as_deref().map_err(|gap| *gap),
                    so_far,
                })
                .collect();
            let told = reader.read(&reach, &asked).await;
            for (gathering, told) in std::iter::zip(&mut gatherings, told) {
                gathering.take(reader.spec().authority, told);
            }
        }
        gatherings.into_iter().map(Gathering::done).collect()
    }

    /// The history of the site's and perhaps one project's facts, with what was read of the log just now.
    async fn history(
        &self,
        tenant: &Tenant,
        project: Option<ProjectId>,
        log: &View,
        standing: &optional::Standing,
    ) -> Result<Vec<Line>, Gap> {
        let mut lines = self.store.lines(tenant.id, None).await.map_err(store_gap)?;
        if let Some(project) = project {
            lines.extend(self.store.lines(tenant.id, Some(project)).await.map_err(store_gap)?);
        }
        let unknown: Vec<Line> = log
            .lines
            .iter()
            .filter(|line| line.project.is_none() || line.project == project)
            .filter(|line| !lines.iter().any(|known| audit::is_same(known, line)))
            .cloned()
            .collect();
        lines.extend(unknown);
        lines.retain(|line| standing.counts(line));
        Ok(lines)
    }

    async fn seats(&self, tenant: &Tenant, subject: &Subject) -> Result<Vec<Seat>, Gap> {
        match &subject.seats {
            Some(known) => Ok(known.clone()),
            None => self.store.seats(tenant.id, &subject.account).await.map_err(store_gap),
        }
    }
}

/// A store that does not answer is a source that does not answer.
fn store_gap(error: StoreError) -> Gap {
    tracing::warn!(%error, "facts could not be read from the store");
    Gap::Unavailable
}

/// When to look again after a failure of our own.
fn soon(now: Timestamp) -> Option<Timestamp> {
    now.saturating_add(LOOK_AGAIN).ok()
}
