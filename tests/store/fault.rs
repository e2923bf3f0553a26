//! A store that fails, or never answers, at call number n, before or after the real store did it.
//! Knows no behaviour of the store: it counts calls and hands them on.

use async_trait::async_trait;
use diagnosis::{FactKey, Gap, Moment, Source, Via};
use futures::future::BoxFuture;
use invite_guard::domain::address::AddressMark;
use invite_guard::domain::audit::{AccountCreated, AuditMark};
use invite_guard::domain::calibration::{Calibration, CalibrationState, Look};
use invite_guard::domain::case::Case;
use invite_guard::domain::history::Line;
use invite_guard::domain::ingest::IngestSecret;
use invite_guard::domain::mark::MarkedRow;
use invite_guard::domain::person_line::PersonLine;
use invite_guard::domain::project::{Canary, Project, Settings};
use invite_guard::domain::roster::{AddBatch, LastPass, Page, Pass, PassGap, PassOutcome, Run, Seat};
use invite_guard::domain::scan::{Progress, Scan, ScanState};
use invite_guard::domain::tenant::{ForgeInstallation, Installation, SystemToken, Tenant};
use invite_guard::domain::throttle::{Scope, Throttle};
use invite_guard::domain::trail::Entry;
use invite_guard::domain::work::{Claim, Class, End, NewWork};
use invite_guard::domain::{AccountId, ProjectId, TenantId, WorkId};
use invite_guard::store::{
    Accepted, Calibrations, CaseFilter, Cases, Depth, FactLog, ForgeDoors, IngestSecrets, Marks, Noted, Passes,
    PersonLines, Projects, Queue, Result, Roster, Row, RowState, Scans, Store, StoreError, Tenants, Trail,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretSlice;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// On which side of the real call it happens. `After`: the store did it, the caller never learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// `StoreError::Unavailable`.
    Fail,
    /// No answer ever: the caller is killed there.
    Hang,
}

/// See the module.
pub(crate) struct FaultStore<S: Store + ?Sized> {
    inner: Arc<S>,
    calls: AtomicU64,
    down: AtomicBool,
    armed: Mutex<Option<(u64, Side, How)>>,
    struck: Notify,
    meanwhile: Mutex<Option<(&'static str, BoxFuture<'static, ()>)>>,
}

impl<S: Store + ?Sized> FaultStore<S> {
    /// Hands every call on, until told otherwise.
    pub(crate) fn new(inner: Arc<S>) -> Self {
        Self {
            inner,
            calls: AtomicU64::new(0),
            down: AtomicBool::new(false),
            armed: Mutex::new(None),
            struck: Notify::new(),
            meanwhile: Mutex::new(None),
        }
    }

    /// The n-th call from the beginning (1 is the first) answers `Unavailable`.
    pub(crate) fn arm(&self, call: u64, side: Side) {
        *self.armed.lock().expect("not poisoned") = Some((call, side, How::Fail));
    }

    /// The n-th call never answers; the test waits for [`FaultStore::struck`] and kills the caller.
    pub(crate) fn hang(&self, call: u64, side: Side) {
        *self.armed.lock().expect("not poisoned") = Some((call, side, How::Hang));
    }

    /// Returns once the armed call was met.
    pub(crate) async fn struck(&self) {
        self.struck.notified().await;
    }

    /// Just before the next call of that name is handed on, this happens; the call waits for it.
    pub(crate) fn before(&self, call: &'static str, what: impl Future<Output = ()> + Send + 'static) {
        *self.meanwhile.lock().expect("not poisoned") = Some((call, Box::pin(what)));
    }

    async fn meanwhile(&self, call: &'static str) {
        let due = self.meanwhile.lock().expect("not poisoned").take_if(|(name, _)| *name == call);
        if let Some((_, what)) = due {
            what.await;
        }
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// While true every call answers `Unavailable` without reaching the store.
    pub(crate) fn forever_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    async fn strike(&self, number: u64, side: Side) -> Result<()> {
        if side == Side::Before && self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable);
        }
        let met = *self.armed.lock().expect("not poisoned");
        match met {
            Some((call, at, how)) if (call, at) == (number, side) => {
                self.struck.notify_one();
                match how {
                    How::Fail => Err(StoreError::Unavailable),
                    How::Hang => std::future::pending().await,
                }
            }
            _ => Ok(()),
        }
    }

    fn count(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::SeqCst) + 1
    }
}

macro_rules! delegate {
    ($port:ident { $(fn $name:ident(&self $(, $arg:ident: $ty:ty)* $(,)?) -> $ok:ty;)+ }) => {
        #[async_trait]
        impl<S: Store + ?Sized> $port for FaultStore<S> {
            $(async fn $name(&self $(, $arg: $ty)*) -> Result<$ok> {
                let number = self.count();
                self.strike(number, Side::Before).await?;
                self.meanwhile(stringify!($name)).await;
                let done = self.inner.$name($($arg),*).await;
                self.strike(number, Side::After).await?;
                done
            })+
        }
    };
}

type Chores<'a> = &'a (dyn Fn(TenantId) -> Vec<NewWork> + Sync);

delegate!(Tenants {
    fn install(&self, installation: &Installation, at: Timestamp, chores: Chores<'_>) -> TenantId;
    fn uninstall(&self, client_key: &str, at: Timestamp, then: Chores<'_>) -> bool;
    fn set_enabled(&self, tenant: TenantId, enabled: bool, at: Timestamp) -> ();
    fn tenant_by_client_key(&self, client_key: &str) -> Option<Tenant>;
    fn tenant(&self, id: TenantId) -> Option<Tenant>;
    fn tenants(&self) -> Vec<Tenant>;
    fn erase_tenant(&self, id: TenantId, limit: u32) -> bool;
    fn marking_key(&self) -> SecretSlice<u8>;
    fn reseal(&self) -> u64;
});

delegate!(ForgeDoors {
    fn open_forge(&self, told: &ForgeInstallation, at: Timestamp, chores: Chores<'_>) -> TenantId;
    fn keep_token(&self, tenant: TenantId, installation_id: &str, token: &SystemToken, at: Timestamp) -> bool;
    fn close_forge(&self, installation_id: &str, at: Timestamp, then: Chores<'_>) -> bool;
    fn tenant_by_installation(&self, installation_id: &str) -> Option<Tenant>;
    fn was_closed(&self, installation_id: &str) -> bool;
    fn tokens(&self, now: Timestamp) -> (u64, u64);
});

delegate!(Queue {
    fn accept(&self, batch: &[NewWork]) -> Accepted;
    fn claim(&self, want: u32, class: Class, after: TenantId, now: Timestamp, lease: SignedDuration) -> Vec<Claim>;
    fn renew(&self, claim: &Claim, until: Timestamp) -> ();
    fn settle(&self, claim: &Claim, end: &End, then: &[NewWork], now: Timestamp) -> ();
    fn lapse(&self, now: Timestamp) -> u64;
    fn lapse_all(&self, now: Timestamp) -> u64;
    fn next_due(&self) -> Option<Timestamp>;
    fn depth(&self, now: Timestamp) -> Depth;
    fn rows(&self, state: RowState, limit: u32) -> Vec<Row>;
    fn row(&self, id: WorkId) -> Option<Row>;
    fn revive(&self, id: WorkId, now: Timestamp) -> bool;
    fn drop_row(&self, id: WorkId) -> bool;
    fn sweep_done(&self, before: Timestamp) -> u64;
});

delegate!(FactLog {
    fn record(&self, tenant: TenantId, lines: &[Line]) -> Vec<FactKey>;
    fn lines(&self, tenant: TenantId, project: Option<ProjectId>) -> Vec<Line>;
    fn audit_mark(&self, tenant: TenantId) -> AuditMark;
    fn record_audit(&self, tenant: TenantId, mark: AuditMark, created: &[AccountCreated], lines: &[Line]) -> ();
    fn created(&self, tenant: TenantId, accounts: &[AccountId]) -> Vec<AccountCreated>;
});

delegate!(Roster {
    fn apply_pass(&self, tenant: TenantId, pass: &Pass) -> PassOutcome;
    fn notice(
        &self,
        tenant: TenantId,
        project: ProjectId,
        account: &AccountId,
        via: Via,
        added: Moment,
        hinted_at: Timestamp,
    ) -> Option<Seat>;
    fn due(&self, tenant: TenantId, project: ProjectId, via: Via, after: &AccountId, limit: u32) -> Vec<Seat>;
    fn seats(&self, tenant: TenantId, account: &AccountId) -> Vec<Seat>;
    fn last_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> Option<Timestamp>;
});

delegate!(Passes {
    fn begin_pass(&self, tenant: TenantId, project: ProjectId, via: Via, reseed: bool, at: Timestamp) -> Run;
    fn run(&self, tenant: TenantId, project: ProjectId, via: Via) -> Option<Run>;
    fn take_page(&self, tenant: TenantId, run: &Run, page: &Page) -> Option<Run>;
    fn listed(&self, tenant: TenantId, project: ProjectId, from: i64) -> Option<(i64, bool)>;
    fn has_organisation(&self, tenant: TenantId, project: ProjectId, organisation: i64) -> bool;
    fn complete_pass(&self, tenant: TenantId, run: &Run, reseed: bool) -> Option<PassOutcome>;
    fn drop_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> ();
    fn note_gap(&self, tenant: TenantId, project: ProjectId, gap: PassGap) -> ();
    fn gaps(&self, tenant: TenantId, project: ProjectId) -> Vec<PassGap>;
    fn batches(&self, tenant: TenantId, project: ProjectId) -> Vec<AddBatch>;
    fn last_passes(&self, tenant: TenantId) -> Vec<LastPass>;
    fn points_a_round(&self) -> (u64, u64);
});

delegate!(Cases {
    fn case(&self, tenant: TenantId, project: ProjectId, account: &AccountId) -> Option<Case>;
    fn cases_of(&self, tenant: TenantId, account: &AccountId) -> Vec<Case>;
    fn save(&self, case: &Case) -> bool;
    fn unpublished(&self, tenant: TenantId, project: ProjectId, limit: u32) -> Vec<Case>;
    fn published(&self, case: &Case, version: i64) -> ();
    fn cases(&self, tenant: TenantId, project: ProjectId, filter: &CaseFilter) -> Vec<Case>;
    fn counts(&self, tenant: TenantId, project: ProjectId) -> Vec<(String, u64)>;
    fn added_between(&self, tenant: TenantId, project: ProjectId, from: Timestamp, until: Timestamp) -> u64;
    fn undecided(&self, tenant: TenantId, project: Option<ProjectId>, limit: u32) -> Vec<(ProjectId, AccountId)>;
    fn expire(&self, tenant: TenantId, before: Timestamp, now: Timestamp) -> Vec<ProjectId>;
    fn sweep(&self, tenant: TenantId, now: Timestamp, days: u16) -> u64;
});

delegate!(Projects {
    fn project(&self, tenant: TenantId, id: ProjectId) -> Option<Project>;
    fn projects(&self, tenant: TenantId) -> Vec<Project>;
    fn see_project(&self, tenant: TenantId, id: ProjectId, key: &str, now: Timestamp) -> ();
    fn set_settings(&self, tenant: TenantId, id: ProjectId, settings: &Settings) -> ();
    fn set_canary(&self, tenant: TenantId, id: ProjectId, canary: Canary, now: Timestamp) -> ();
    fn set_missing(&self, tenant: TenantId, id: ProjectId, missing: &[String]) -> ();
    fn set_summary_hash(&self, tenant: TenantId, id: ProjectId, hash: &str) -> ();
});

delegate!(Trail {
    fn note(&self, tenant: TenantId, entry: &Entry) -> ();
    fn trail(&self, tenant: TenantId, project: Option<ProjectId>, after: Option<i64>, limit: u32) -> Vec<Noted>;
    fn sweep_trail(&self, tenant: TenantId, before: Timestamp) -> u64;
});

delegate!(Scans {
    fn start_scan(&self, tenant: TenantId, project: ProjectId, id: &str, at: Timestamp) -> (Scan, bool);
    fn scan(&self, tenant: TenantId, project: ProjectId, id: &str) -> Option<Scan>;
    fn scan_progress(&self, tenant: TenantId, project: ProjectId, progress: &Progress, now: Timestamp) -> bool;
    fn end_scan(
        &self,
        tenant: TenantId,
        project: ProjectId,
        id: Option<&str>,
        state: ScanState,
        now: Timestamp,
    ) -> bool;
    fn sweep_scans(&self, tenant: TenantId, before: Timestamp) -> u64;
});

delegate!(IngestSecrets {
    fn add_ingest_secret(&self, secret: &IngestSecret, most: u32) -> bool;
    fn ingest_secret(&self, id: &str) -> Option<IngestSecret>;
    fn ingest_secrets(&self, tenant: TenantId, project: ProjectId) -> Vec<IngestSecret>;
    fn remove_ingest_secret(&self, tenant: TenantId, project: ProjectId, id: &str) -> bool;
    fn admit_ingest(&self, secret: &IngestSecret, now: Timestamp, most: u32) -> Option<SignedDuration>;
});

delegate!(PersonLines {
    fn record_person_lines(&self, tenant: TenantId, lines: &[PersonLine]) -> u64;
    fn person_lines(&self, tenant: TenantId, accounts: &[AccountId]) -> Vec<PersonLine>;
    fn person_lines_in(&self, tenant: TenantId, project: ProjectId, source: Source, limit: u32) -> Vec<PersonLine>;
});

delegate!(Marks {
    fn record_marks(&self, tenant: TenantId, rows: &[MarkedRow]) -> u64;
    fn marks(&self, tenant: TenantId, marks: &[AddressMark]) -> Vec<MarkedRow>;
    fn has_marks(&self, tenant: TenantId) -> bool;
});

delegate!(Calibrations {
    fn calibrations(&self, tenant: TenantId) -> Vec<Calibration>;
    fn calibrate(
        &self,
        tenant: TenantId,
        source: Source,
        state: CalibrationState,
        by: Option<&AccountId>,
        at: Timestamp,
    ) -> ();
    fn stop_source(&self, tenant: TenantId, source: Source, at: Timestamp) -> ();
    fn looks(&self, tenant: TenantId, source: Source) -> Vec<Look>;
    fn begin_look(
        &self,
        tenant: TenantId,
        source: Source,
        project: Option<ProjectId>,
        at: Timestamp,
        unless_after: Timestamp,
    ) -> bool;
    fn end_look(&self, tenant: TenantId, source: Source, project: Option<ProjectId>, trouble: Option<Gap>) -> ();
});

/// The port cannot fail; what a broken store answers is "not paused".
#[async_trait]
impl<S: Store + ?Sized> Throttle for FaultStore<S> {
    async fn paused_until(&self, scope: &Scope, now: Timestamp) -> Option<Timestamp> {
        let number = self.count();
        self.strike(number, Side::Before).await.ok()?;
        let until = self.inner.paused_until(scope, now).await;
        self.strike(number, Side::After).await.ok()?;
        until
    }

    async fn pause(&self, scope: &Scope, until: Timestamp) {
        let number = self.count();
        if self.strike(number, Side::Before).await.is_ok() {
            self.inner.pause(scope, until).await;
            let _ = self.strike(number, Side::After).await;
        }
    }

    async fn slot(&self, scope: &Scope, every: Duration, now: Timestamp) -> Duration {
        let number = self.count();
        if self.strike(number, Side::Before).await.is_err() {
            return Duration::ZERO;
        }
        let wait = self.inner.slot(scope, every, now).await;
        let _ = self.strike(number, Side::After).await;
        wait
    }
}
