//! Jira's audit log, read on from where it was left: what is known of it, and up to when without a hole.
//! Judges nothing. Only the chore moves the stored watermark, so that whoever else needs the log read further in between takes
//! no record away from it; what they read is kept in memory until the chore has passed it.

pub(super) mod creation;
mod reading;

use crate::domain::audit::{AccountCreated, AuditMark, Coverage};
use crate::domain::history::Line;
use crate::domain::tenant::Tenant;
use crate::domain::{Clock, ProjectId, TenantId};
use crate::jira::{JiraError, LOOK_AGAIN, RolesChanged, Site};
use crate::store::Store;
use diagnosis::Gap;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use reading::Batch;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// Records may appear a little after what they tell of: each reading begins this long before the last one's end.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// Tenants whose log is kept in memory.
const MOST_TENANTS: u64 = 10_000;

/// What one reading by the chore brought. The same record may come again in the next readings, which overlap: follow-up work
/// needs an identity of its own (for example the account).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReading {
    /// Accounts made since the last reading or shortly before.
    pub created: Vec<AccountCreated>,
    /// Projects whose *Customer invited* notification was switched.
    pub toggled: Vec<ProjectId>,
    /// Projects whose customer access changed: other people may be in their lists now, without having been added.
    pub permissions_changed: Vec<ProjectId>,
    /// Projects whose roles were changed, as far as records tell of that: somebody may have been put among their customers.
    pub roles_changed: Vec<RolesChanged>,
    /// When to read again before the next turn, if something passing stood in the way.
    pub again_at: Option<Timestamp>,
}

/// The log as known now.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// What is vouched for, and why not more.
    pub(crate) mark: AuditMark,
    /// Changes that may not be in the store yet.
    pub(crate) lines: Vec<Line>,
    /// Account creations that may not be in the store yet.
    pub(crate) created: Vec<AccountCreated>,
    /// When to ask again, if something passing stood in the way.
    pub(crate) again_at: Option<Timestamp>,
    /// Why the last reading failed, when it did, even if what is vouched for reaches far enough.
    pub(crate) failed: Option<Gap>,
}

/// One tenant's log in memory.
#[derive(Debug, Default)]
struct Memory {
    /// Read since the stored watermark, reaching further.
    ahead: Option<Batch>,
    /// The last failure: when, what gap, when it may have passed.
    failed: Option<(Timestamp, Gap, Option<Timestamp>)>,
}

#[derive(Debug, Default)]
struct Log {
    memory: Mutex<Memory>,
    /// How many readings were begun; whoever waited while one began after they came needs none of their own.
    begun: AtomicU64,
}

/// The audit logs of all tenants. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    logs: Cache<TenantId, Arc<Log>>,
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}

impl Audit {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, logs: Cache::new(MOST_TENANTS) }
    }

    async fn log(&self, tenant: TenantId) -> Arc<Log> {
        self.logs.get_with(tenant, async { Arc::default() }).await
    }

    /// Reads on from the watermark and stores what was found: the chore's call. One at a time for a tenant.
    ///
    /// # Errors
    /// When the log could not be read; the reason is stored as the log's trouble, and the watermark stays.
    pub async fn read_on(&self, site: &Site, tenant: &Tenant) -> Result<AuditReading, JiraError> {
        let log = self.log(tenant.id).await;
        let mut memory = log.memory.lock().await;
        log.begun.fetch_add(1, Ordering::SeqCst);
        let mark = self.store.audit_mark(tenant.id).await.map_err(|_| JiraError::Unavailable("store"))?;
        let read = reading::read(site, tenant, mark.coverage).await;
        let (mark, batch) = match &read {
            Ok(batch) => (AuditMark { coverage: Some(batch.coverage), trouble: None }, batch.clone()),
            Err(error) => (AuditMark { trouble: Some(error.gap()), ..mark }, Batch::nothing()),
        };
        let stored = self.store.record_audit(tenant.id, mark, &batch.created, &batch.lines).await;
        memory.failed = read.as_ref().err().map(|error| {
            let now = self.clock.now();
            (now, error.gap(), error.again_at(now))
        });
        stored.map_err(|_| JiraError::Unavailable("store"))?;
        let batch = read?;
        if memory.ahead.as_ref().is_some_and(|ahead| ahead.coverage.until <= batch.coverage.until) {
            memory.ahead = None;
        }
        let mut toggled: Vec<ProjectId> = batch.lines.iter().filter_map(|line| line.project).collect();
        toggled.sort();
        toggled.dedup();
        Ok(AuditReading {
            created: batch.created,
            toggled,
            permissions_changed: batch.permissions_changed,
            roles_changed: batch.roles_changed,
            again_at: None,
        })
    }

    /// The log up to a time, read further if it is not known that far. However many ask at once, it is read once; after a
    /// failure it is left alone for a minute. `fresh` reads in any case.
    pub(super) async fn view(&self, site: &Site, tenant: &Tenant, upto: Timestamp, fresh: bool) -> View {
        let log = self.log(tenant.id).await;
        let came = log.begun.load(Ordering::SeqCst);
        let mut memory = log.memory.lock().await;
        let mark = match self.store.audit_mark(tenant.id).await {
            Ok(mark) => mark,
            Err(error) => return View::unreadable(super::store_gap(error), super::soon(self.clock.now())),
        };
        let known = memory.known_with(mark.coverage);
        let now = self.clock.now();
        let read_meanwhile = log.begun.load(Ordering::SeqCst) > came;
        let reaches = known.is_some_and(|coverage| coverage.until > upto);
        let left_alone = memory.failed.is_some_and(|(at, ..)| now < at.saturating_add(LOOK_AGAIN).unwrap_or(at));
        if !(read_meanwhile || (!fresh && (reaches || left_alone))) {
            log.begun.fetch_add(1, Ordering::SeqCst);
            match reading::read(site, tenant, known).await {
                Ok(batch) => memory.extend(batch, mark.coverage),
                Err(error) => memory.failed = Some((now, error.gap(), error.again_at(now))),
            }
        }
        memory.view(mark, upto)
    }
}

impl Memory {
    /// What the store and the memory vouch for together. Memory that does not reach back to what is stored tells nothing.
    fn known_with(&self, stored: Option<Coverage>) -> Option<Coverage> {
        let ahead = self.ahead.as_ref();
        match stored {
            None => ahead.filter(|ahead| ahead.since == Timestamp::MIN).map(|ahead| ahead.coverage),
            Some(stored) => {
                let ahead = ahead.filter(|a| a.since <= stored.until && stored.until < a.coverage.until);
                Some(Coverage { until: ahead.map_or(stored.until, |ahead| ahead.coverage.until), ..stored })
            }
        }
    }

    /// Puts what was just read to what is remembered, and forgets what the store has by now.
    fn extend(&mut self, mut batch: Batch, stored: Option<Coverage>) {
        self.failed = None;
        if let Some(before) = self.ahead.take().filter(|before| batch.since <= before.coverage.until) {
            let needless = stored.map(|coverage| coverage.until.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN));
            let kept_from = needless.map_or(before.since, |needless| needless.max(before.since));
            let lines = before.lines.into_iter().filter(|line| line.since.is_none_or(|since| since >= kept_from));
            let lines: Vec<Line> = lines.filter(|line| !batch.lines.iter().any(|new| is_same(new, line))).collect();
            batch.lines.extend(lines);
            let created = before.created.into_iter().filter(|created| created.at >= kept_from);
            let created: Vec<_> = created.filter(|created| !batch.created.contains(created)).collect();
            batch.created.extend(created);
            batch.since = batch.since.min(kept_from);
        }
        self.ahead = Some(batch);
    }

    fn view(&self, stored: AuditMark, upto: Timestamp) -> View {
        let coverage = self.known_with(stored.coverage);
        let reaches = coverage.is_some_and(|coverage| coverage.until >= upto);
        let failed = self.failed.filter(|_| !reaches);
        let (lines, created) =
            self.ahead.as_ref().map(|ahead| (ahead.lines.clone(), ahead.created.clone())).unwrap_or_default();
        View {
            mark: AuditMark { coverage, trouble: failed.map(|(_, gap, _)| gap) },
            lines,
            created,
            again_at: failed.and_then(|(.., again_at)| again_at),
            // What was read here is newer than what the chore last wrote down.
            failed: self.failed.map(|(_, gap, _)| gap).or(stored.trouble.filter(|_| self.ahead.is_none())),
        }
    }
}

impl View {
    fn unreadable(gap: Gap, again_at: Option<Timestamp>) -> Self {
        Self { mark: AuditMark { coverage: None, trouble: Some(gap) }, again_at, ..Self::default() }
    }

    /// Why the log cannot be asked about a person; `None` when it can.
    fn trouble(&self) -> Option<Gap> {
        self.mark.trouble
    }
}

/// The same record, read twice.
pub(super) fn is_same(a: &Line, b: &Line) -> bool {
    a.key == b.key && a.project == b.project && a.source == b.source && a.since == b.since && a.value == b.value
}
