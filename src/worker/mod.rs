//! The worker: takes due rows from the queue, does them, and settles each into its end and its successors.
//! Knows no token, no page and no words; who put a row there is nothing to it.

mod audit;
mod examine;
mod locate;
mod outcome;
mod perform;
mod presence;
mod publish;
mod request;
mod roster;
mod rule;
mod sweep;
mod turn;

use crate::domain::work::{NewWork, Work, next_turn};
use crate::domain::{Clock, TenantId};
use crate::examine::Examiner;
use crate::jira::Jira;
use crate::publish::Publisher;
use crate::store::Store;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// What the worker needs.
pub struct Deps {
    /// Queue, roster, cases.
    pub store: Arc<dyn Store>,
    /// Jira.
    pub jira: Jira,
    /// Judges adds.
    pub examiner: Examiner,
    /// Writes into Jira.
    pub publisher: Publisher,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How much and how often.
    pub settings: Settings,
    /// Rung by whoever adds rows in this process, so that a hint does not wait for the next look at the queue.
    pub wake: Arc<Notify>,
}

/// How much at once, and how often what comes by itself.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Pieces of work at once.
    pub concurrency: usize,
    /// Between passes over the roles; zero = only the first, seeding one.
    pub reconcile_interval: SignedDuration,
    /// Between readings of the audit log.
    pub audit_interval: SignedDuration,
    /// Days that ended cases are kept, where a project has no number of its own.
    pub retention_days: u16,
    /// How often the lease of a piece in work is renewed.
    pub renew_every: Duration,
}

/// Well before a lease ends, twice.
pub const RENEW_EVERY: Duration = Duration::from_secs(30);

/// The worker. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    jira: Jira,
    examiner: Examiner,
    publisher: Publisher,
    clock: Arc<dyn Clock>,
    settings: Settings,
    wake: Arc<Notify>,
    glances: locate::Glances,
    team: presence::Team,
}

impl Worker {
    /// A worker that does nothing yet; see [`Worker::run`] and [`Worker::drain`].
    pub fn new(deps: Deps) -> Self {
        let Deps { store, jira, examiner, publisher, clock, settings, wake } = deps;
        let (glances, team) = (locate::Glances::default(), presence::Team::default());
        Self(Arc::new(Inner { store, jira, examiner, publisher, clock, settings, wake, glances, team }))
    }
}

impl Inner {
    /// The next of each chore of a tenant. Adding them again is harmless: while one waits, another is not added.
    fn chores(&self, tenant: TenantId) -> Vec<NewWork> {
        let works = [Work::ReadAudit, Work::Reconcile { again: false }, Work::Sweep];
        works.into_iter().filter_map(|work| self.successor(tenant, work)).collect()
    }

    /// The next turn of a chore, if it comes again by itself.
    fn successor(&self, tenant: TenantId, chore: Work) -> Option<NewWork> {
        let every = match chore {
            Work::ReadAudit => self.settings.audit_interval,
            Work::Reconcile { again: false } => self.settings.reconcile_interval,
            Work::Sweep => crate::domain::work::SWEEP_INTERVAL,
            _ => SignedDuration::ZERO,
        };
        (!every.is_zero()).then(|| NewWork::wish(tenant, next_turn(tenant, self.clock.now(), every), chore))
    }
}
