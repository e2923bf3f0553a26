//! The store: one small trait per noun, summed to [`Store`], on SQLite and PostgreSQL.
//! Knows no Jira and judges nothing. No transaction leaves it, so no remote call can happen inside one.

mod calibration;
mod cases;
mod dialect;
mod error;
mod facts;
mod forge;
pub mod inbox;
mod ingest;
mod marks;
mod open;
mod passes;
mod person_lines;
mod pool;
mod projects;
mod queue;
mod roster;
mod scans;
pub mod seal;
mod tenants;
mod throttle;
mod trail;

pub use calibration::Calibrations;
pub use error::OpenError;
pub use forge::ForgeDoors;
pub use inbox::Inbox;
pub use ingest::IngestSecrets;
pub use marks::Marks;
pub use open::{SqlStore, migrate, open};
pub use person_lines::PersonLines;
pub use pool::sqlite_file;
pub use scans::Scans;
pub use trail::{Noted, Trail};

use crate::domain::audit::{AccountCreated, AuditMark};
use crate::domain::case::{Case, CaseState};
use crate::domain::history::Line;
use crate::domain::project::{Canary, Project, Settings};
use crate::domain::roster::{AddBatch, LastPass, Page, Pass, PassGap, PassOutcome, Run, Seat};
use crate::domain::tenant::{Installation, Tenant};
use crate::domain::throttle::Throttle;
use crate::domain::work::{Claim, Class, End, NewWork};
use crate::domain::{AccountId, ProjectId, TenantId, WorkId};
use async_trait::async_trait;
use diagnosis::{FactKey, Moment, Via};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretSlice;

/// Why the store did not do it. `Clone`, because one failed batch answers hundreds of waiters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Locked or overloaded; the same call may work later.
    #[error("the store is busy")]
    Busy,
    /// Not reachable, or broken.
    #[error("the store is unavailable")]
    Unavailable,
    /// The engine refuses this row's data (for example a NUL byte): never retried.
    #[error("the store refuses this row")]
    Rejected,
    /// The lease lapsed or the version moved on: somebody else holds the row now.
    #[error("the lease was lost")]
    LeaseLost,
    /// A sealed secret cannot be opened with the configured keys.
    #[error("a stored secret cannot be opened with the configured keys")]
    Sealed,
}

/// Result of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Sites that installed us.
#[async_trait]
pub trait Tenants: Send + Sync {
    /// A signed install: makes the tenant, or replaces secret (the old one is honoured for
    /// [`crate::domain::tenant::PREVIOUS_SECRET_HONOURED`]), base URL and links of the one with this client key, which is active
    /// afterwards. A tenant that was not active loses its waiting erasure and its passes, so that the next one seeds.
    /// Another active tenant with the same base URL is frozen. `chores` makes the rows to add, in the same transaction.
    async fn install(
        &self,
        installation: &Installation,
        at: Timestamp,
        chores: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<TenantId>;
    /// Marks the tenant uninstalled, whatever it was before; waiting rows but `then` are deleted. A tenant with an open second
    /// door only loses its secret. False when there is none.
    async fn uninstall(
        &self,
        client_key: &str,
        at: Timestamp,
        then: &(dyn Fn(TenantId) -> Vec<NewWork> + Sync),
    ) -> Result<bool>;
    /// Remembers the last `enabled` or `disabled`; information only, never changes [`crate::domain::tenant::State`].
    async fn set_enabled(&self, tenant: TenantId, enabled: bool, at: Timestamp) -> Result<()>;
    /// The tenant with this client key, in whatever state.
    async fn tenant_by_client_key(&self, client_key: &str) -> Result<Option<Tenant>>;
    /// The tenant with this id, in whatever state.
    async fn tenant(&self, id: TenantId) -> Result<Option<Tenant>>;
    /// All tenants, by id.
    async fn tenants(&self) -> Result<Vec<Tenant>>;
    /// Erases everything of a tenant, the tenant too; at most `limit` rows a call. True when nothing is left;
    /// `Rejected` when the tenant is active, since it was installed again meanwhile.
    async fn erase_tenant(&self, id: TenantId, limit: u32) -> Result<bool>;
    /// Key of the marks we put into Jira properties and of keyed hashes: made once, sealed, never rotated with the sealing keys.
    async fn marking_key(&self) -> Result<SecretSlice<u8>>;
    /// Seals everything again that was not sealed with the newest key; says how many secrets moved.
    async fn reseal(&self) -> Result<u64>;
}

/// The queue. SQL shapes and traps: design.md section 4.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Adds rows in one statement; says which were new. A data error is split out: `Rejected` only if every row was refused.
    async fn accept(&self, batch: &[NewWork]) -> Result<Accepted>;
    /// Leases at most `want` due rows of a class: at most one per tenant and call, going on after tenant `after`; never a second
    /// row of a (tenant, lane); nothing of a paused tenant, or at all while the app is paused. Claiming counts as an attempt.
    async fn claim(
        &self,
        want: u32,
        class: Class,
        after: TenantId,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Claim>>;
    /// Makes a lease longer; `LeaseLost` when it is not held any more.
    async fn renew(&self, claim: &Claim, until: Timestamp) -> Result<()>;
    /// Ends a row and adds follow-up rows in the same transaction; fenced by the claim's token.
    async fn settle(&self, claim: &Claim, end: &End, then: &[NewWork], now: Timestamp) -> Result<()>;
    /// Returns rows with lapsed leases to the queue, or to the dead after the last attempt; says how many.
    async fn lapse(&self, now: Timestamp) -> Result<u64>;
    /// Returns every leased row to the queue at once: only for an engine with a single process, at its start.
    async fn lapse_all(&self, now: Timestamp) -> Result<u64>;
    /// When the earliest waiting row is due, for the loop's next look. It may be past and yet not claimable: its lane is held
    /// or its tenant paused.
    async fn next_due(&self) -> Result<Option<Timestamp>>;
    /// Rows by state, and the age base of the oldest due one.
    async fn depth(&self, now: Timestamp) -> Result<Depth>;
    /// Waiting or dead rows for an operator, newest first.
    async fn rows(&self, state: RowState, limit: u32) -> Result<Vec<Row>>;
    /// One row.
    async fn row(&self, id: WorkId) -> Result<Option<Row>>;
    /// Puts a dead row back with a fresh set of attempts. False when it is not dead.
    async fn revive(&self, id: WorkId, now: Timestamp) -> Result<bool>;
    /// Deletes a waiting or dead row. False when there is none.
    async fn drop_row(&self, id: WorkId) -> Result<bool>;
    /// Deletes done rows older than `before`, at most 500 a statement; says how many.
    async fn sweep_done(&self, before: Timestamp) -> Result<u64>;
}

/// What `accept` did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Rows that were new.
    pub fresh: u64,
    /// Indexes into the batch of rows that were there already: a delivery known before, a wish that waits already.
    pub repeated: Vec<usize>,
    /// Indexes into the batch of rows that the engine refuses; everything else is stored.
    pub refused: Vec<usize>,
}

/// State of a row, as an operator sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// Waits.
    Queued,
    /// Being worked on.
    Leased,
    /// Kept for deduplication.
    Done,
    /// Gave up.
    Dead,
}

impl RowState {
    /// Stable name, as stored and as a metric label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

/// A row for an operator.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row.
    pub id: WorkId,
    /// For whom.
    pub tenant: TenantId,
    /// Kind of work.
    pub kind: String,
    /// The work as stored (JSON).
    pub payload: String,
    /// State.
    pub state: RowState,
    /// Attempts used.
    pub attempts: u32,
    /// Not before.
    pub run_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// The last `why`.
    pub why: Option<String>,
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Waiting rows, due or not.
    pub queued: u64,
    /// Leased rows.
    pub leased: u64,
    /// Dead rows.
    pub dead: u64,
    /// `run_at` of the oldest row that is due.
    pub oldest_due: Option<Timestamp>,
}

/// Facts of sites and projects, with their history, and what was read of the audit log.
#[async_trait]
pub trait FactLog: Send + Sync {
    /// Adds lines that are not there yet (same fact, source, `since` or else `observed_at`); says which facts got a new line.
    async fn record(&self, tenant: TenantId, lines: &[Line]) -> Result<Vec<FactKey>>;
    /// All lines of the site (`project` = `None`) or of one project.
    async fn lines(&self, tenant: TenantId, project: Option<ProjectId>) -> Result<Vec<Line>>;
    /// How far the audit log was read.
    async fn audit_mark(&self, tenant: TenantId) -> Result<AuditMark>;
    /// One reading of the audit log: mark, account creations (the earliest of an account stays) and lines, in one transaction.
    async fn record_audit(
        &self,
        tenant: TenantId,
        mark: AuditMark,
        created: &[AccountCreated],
        lines: &[Line],
    ) -> Result<()>;
    /// When and by whom the accounts were created, of those that the log told.
    async fn created(&self, tenant: TenantId, accounts: &[AccountId]) -> Result<Vec<AccountCreated>>;
}

/// Who was seen where.
#[async_trait]
pub trait Roster: Send + Sync {
    /// Takes a completed pass in, in one statement per kind of change. The first pass of a project and way seeds, silently.
    /// An unchanged pass writes no roster row. New seats' windows start at the previous completed pass. `fresh` are adds that
    /// no case tells of yet, also those of an earlier pass: what was to follow from it may have been lost in a crash.
    /// A reading older than the last completed pass changes nothing. A run under way over the same ground is dropped.
    async fn apply_pass(&self, tenant: TenantId, pass: &Pass) -> Result<PassOutcome>;
    /// A hint found the person on the project: makes the seat when there is none (or it had ended), or turns a seat that was
    /// seeded after `hinted_at` into an add. Answers with the seat when it is an add that has no case yet.
    async fn notice(
        &self,
        tenant: TenantId,
        project: ProjectId,
        account: &AccountId,
        via: Via,
        added: Moment,
        hinted_at: Timestamp,
    ) -> Result<Option<Seat>>;
    /// Adds after this account that no case tells of yet, by account.
    async fn due(
        &self,
        tenant: TenantId,
        project: ProjectId,
        via: Via,
        after: &AccountId,
        limit: u32,
    ) -> Result<Vec<Seat>>;
    /// All seats of a person on the site, ended ones too. Customer lists are left out: they say who may use a desk, and nothing
    /// may be judged by them.
    async fn seats(&self, tenant: TenantId, account: &AccountId) -> Result<Vec<Seat>>;
    /// When the last completed pass over this way in this project began.
    async fn last_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<Option<Timestamp>>;
}

/// Passes that come in many answers. What a run found counts for nothing until it is complete, and then as one list.
#[async_trait]
pub trait Passes: Send + Sync {
    /// Begins a run over a way of a project, or finds the one under way, which `reseed` may make silent. A role's, which comes in
    /// one answer, always begins anew.
    async fn begin_pass(
        &self,
        tenant: TenantId,
        project: ProjectId,
        via: Via,
        reseed: bool,
        at: Timestamp,
    ) -> Result<Run>;
    /// The run under way.
    async fn run(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<Option<Run>>;
    /// Takes one page in, its people in one statement, and moves the run on; `None` when it is over or was elsewhere: then
    /// nothing changed.
    async fn take_page(&self, tenant: TenantId, run: &Run, page: &Page) -> Result<Option<Run>>;
    /// The first organisation with this id or a higher one that the run found on the project, and whether whoever is only in it
    /// is taken over silently: it was there already when it became a part of the project.
    async fn listed(&self, tenant: TenantId, project: ProjectId, from: i64) -> Result<Option<(i64, bool)>>;
    /// Whether the last completed run found this organisation on the project.
    async fn has_organisation(&self, tenant: TenantId, project: ProjectId, organisation: i64) -> Result<bool>;
    /// Makes what the run found the roster, as [`Roster::apply_pass`] does with a list; `None` when the run is over. Where people
    /// came in several answers, who is missing ends only if the pass before lacked them too, the window of who is new begins
    /// at the pass before the last, and a first pass is silent twice: a list that changes while it is read can skip somebody.
    async fn complete_pass(&self, tenant: TenantId, run: &Run, reseed: bool) -> Result<Option<PassOutcome>>;
    /// Forgets the run under way. The roster keeps what it knows.
    async fn drop_pass(&self, tenant: TenantId, project: ProjectId, via: Via) -> Result<()>;
    /// Says why a way cannot be read; the next completed pass over it takes that back.
    async fn note_gap(&self, tenant: TenantId, project: ProjectId, gap: PassGap) -> Result<()>;
    /// What cannot be read in a project.
    async fn gaps(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<PassGap>>;
    /// Imports that passes found, newest first.
    async fn batches(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<AddBatch>>;
    /// The last completed pass over every way of every project of a tenant.
    async fn last_passes(&self, tenant: TenantId) -> Result<Vec<LastPass>>;
    /// What the last passes of all active tenants cost of Jira's quota: those over ways of adding, and those over lists.
    async fn points_a_round(&self) -> Result<(u64, u64)>;
}

/// A page of cases.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Only this state.
    pub state: Option<CaseState>,
    /// Only with this standing block.
    pub scenario: Option<String>,
    /// After this row (keyset by `added.not_after`, newest first, then account).
    pub after: Option<(Timestamp, AccountId)>,
    /// At most so many.
    pub limit: u32,
}

/// Cases.
#[async_trait]
pub trait Cases: Send + Sync {
    /// One case.
    async fn case(&self, tenant: TenantId, project: ProjectId, account: &AccountId) -> Result<Option<Case>>;
    /// All cases of a person on the site.
    async fn cases_of(&self, tenant: TenantId, account: &AccountId) -> Result<Vec<Case>>;
    /// Writes the case if the stored row still has the case's `revision` (0: there is none); false when it moved on. The
    /// person's seats are told of from then on. Of a stored case `published` and `written` are left alone: see [`Cases::published`].
    async fn save(&self, case: &Case) -> Result<bool>;
    /// Cases with `version > published`, oldest change first.
    async fn unpublished(&self, tenant: TenantId, project: ProjectId, limit: u32) -> Result<Vec<Case>>;
    /// Says that `version` is written in Jira, and what is there (`case.written`); the case may have moved on meanwhile. The
    /// only way to change these two, so that a copy read before cannot take them back; the revision stays.
    async fn published(&self, case: &Case, version: i64) -> Result<()>;
    /// A page.
    async fn cases(&self, tenant: TenantId, project: ProjectId, filter: &CaseFilter) -> Result<Vec<Case>>;
    /// Open cases by standing scenario.
    async fn counts(&self, tenant: TenantId, project: ProjectId) -> Result<Vec<(String, u64)>>;
    /// How many adds were noticed whose window ended from `from` on and before `until`.
    async fn added_between(
        &self,
        tenant: TenantId,
        project: ProjectId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<u64>;
    /// Accounts of open and unchecked cases of one project or of the whole site, for examining them again.
    async fn undecided(
        &self,
        tenant: TenantId,
        project: Option<ProjectId>,
        limit: u32,
    ) -> Result<Vec<(ProjectId, AccountId)>>;
    /// Ends open and unchecked cases added before `before` as expired (their versions move on so that Jira is tidied); says in which projects.
    async fn expire(&self, tenant: TenantId, before: Timestamp, now: Timestamp) -> Result<Vec<ProjectId>>;
    /// Erases what the retention no longer allows: ended cases (their evidence where the row itself is still needed), ended
    /// seats, facts' history and account creations that nothing needs any more. It ends `days` before `now`; in a project
    /// whose admin chose a number of days ([`Settings::retention_days`]), that many. Says how many rows went.
    async fn sweep(&self, tenant: TenantId, now: Timestamp, days: u16) -> Result<u64>;
}

/// Projects as we keep them.
#[async_trait]
pub trait Projects: Send + Sync {
    /// One project; `None` when we have not seen it.
    async fn project(&self, tenant: TenantId, id: ProjectId) -> Result<Option<Project>>;
    /// All projects of a tenant.
    async fn projects(&self, tenant: TenantId) -> Result<Vec<Project>>;
    /// Makes the project known or updates its key; everything else stays.
    async fn see_project(&self, tenant: TenantId, id: ProjectId, key: &str, now: Timestamp) -> Result<()>;
    /// Replaces the settings. This and the three below are `Rejected` for a project that is not known.
    async fn set_settings(&self, tenant: TenantId, id: ProjectId, settings: &Settings) -> Result<()>;
    /// What the canary showed.
    async fn set_canary(&self, tenant: TenantId, id: ProjectId, canary: Canary, now: Timestamp) -> Result<()>;
    /// Which permissions the app user lacks.
    async fn set_missing(&self, tenant: TenantId, id: ProjectId, missing: &[String]) -> Result<()>;
    /// What was last written as the project property.
    async fn set_summary_hash(&self, tenant: TenantId, id: ProjectId, hash: &str) -> Result<()>;
}

/// Everything. `Arc<dyn Store>` upcasts to what a room needs.
pub trait Store:
    Tenants
    + ForgeDoors
    + Queue
    + FactLog
    + Roster
    + Passes
    + Cases
    + Projects
    + Throttle
    + Trail
    + PersonLines
    + Marks
    + Scans
    + Calibrations
    + IngestSecrets
    + 'static
{
}
impl<T> Store for T where
    T: Tenants
        + ForgeDoors
        + Queue
        + FactLog
        + Roster
        + Passes
        + Cases
        + Projects
        + Throttle
        + Trail
        + PersonLines
        + Marks
        + Scans
        + Calibrations
        + IngestSecrets
        + 'static
{
}
