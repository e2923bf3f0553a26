//! Pieces of work: what is stored in the queue, in which lane it runs and how it may end.
//! Knows no SQL and does no work. Account ids are all it carries about people.

use super::address::AddressMark;
use super::{AccountId, ProjectId, TenantId, WorkId};
use diagnosis::Via;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Something to do for one tenant. Every piece may run twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Work {
    /// A hint that an account is new, without a project: find the service projects that hold it.
    Locate {
        /// The account.
        account: AccountId,
        /// When it was created, by the hint. Only a hint: nothing is judged by it.
        hinted_at: Timestamp,
        /// How often it was looked for already.
        looked: u8,
    },
    /// Judge one add that the roster holds, and write the case.
    Examine {
        /// The project.
        project: ProjectId,
        /// The person.
        account: AccountId,
        /// Pass the caches: somebody pressed "Check again" or a statement changed a fact.
        fresh: bool,
        /// Found by a pass, not by a hint: the case is listed but never commented one by one.
        quiet: bool,
    },
    /// A request was raised or commented: new target for a case, or the customer got in.
    Request {
        /// The project.
        project: ProjectId,
        /// Key of the request.
        request: String,
        /// The customer it is for.
        reporter: AccountId,
        /// Who acted; the same as `reporter` means they got in.
        actor: AccountId,
        /// When.
        at: Timestamp,
    },
    /// Somebody takes part in a request that others raised: perhaps the first that is seen of them in the project.
    Participant {
        /// The project.
        project: ProjectId,
        /// The person.
        account: AccountId,
        /// When.
        at: Timestamp,
    },
    /// A rule's web request said that it added somebody.
    RuleStep {
        /// The rule's project.
        project: ProjectId,
        /// Whom, or by which mark to know them.
        who: Added,
        /// When the rule said so.
        at: Timestamp,
        /// How often they were looked for already.
        looked: u8,
    },
    /// Write every changed case of one project into Jira: one writer per project.
    Publish {
        /// The project.
        project: ProjectId,
    },
    /// Find the service projects and read each one's role; comes again by itself.
    Reconcile {
        /// The second look right after a seeding one: it dates the sightings of the first (see ARCHITECTURE, roster).
        again: bool,
    },
    /// One pass over the customers' role of one project.
    ReadRole {
        /// The project.
        project: ProjectId,
        /// Take everybody over silently.
        reseed: bool,
    },
    /// Begin a pass that comes page by page over one way of one project, or go on with the one under way.
    ReadPass {
        /// The project.
        project: ProjectId,
        /// The way: organisations or the customer list.
        via: Via,
        /// Take everybody over silently.
        reseed: bool,
    },
    /// The next page of a pass under way. Where it begins, the store knows.
    ReadPage {
        /// The project.
        project: ProjectId,
        /// The way.
        via: Via,
        /// Which run.
        run: i64,
        /// Pages taken in before, so that two rows for the same page are one.
        step: u32,
    },
    /// Ask for the judgement of adds that a pass found, so many at a time.
    RaiseAdds {
        /// The project.
        project: ProjectId,
        /// The way.
        via: Via,
        /// The last one whose judgement was asked for.
        after: AccountId,
    },
    /// Read the audit log from its watermark; comes again by itself.
    ReadAudit,
    /// Erase what is older than the retention; comes again by itself.
    Sweep,
    /// Erase everything of an uninstalled tenant.
    Erase,
}

/// Whom a rule says that it added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Added {
    /// By account.
    Account(AccountId),
    /// By an address that no account was found for, as its mark.
    Mark(AddressMark),
}

impl std::fmt::Display for Added {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(account) => account.fmt(f),
            Self::Mark(mark) => f.write_str(&mark.0),
        }
    }
}

impl Work {
    /// Whether it has to do with Jira at all: what only tidies the store does not.
    pub fn asks_jira(&self) -> bool {
        !matches!(self, Self::Sweep | Self::Erase | Self::RaiseAdds { .. })
    }

    /// At most one leased row per (tenant, lane), so no two workers hold one customer or write into one project.
    pub fn lane(&self) -> String {
        match self {
            Self::Locate { account, .. }
            | Self::Examine { account, .. }
            | Self::Participant { account, .. }
            | Self::RuleStep { who: Added::Account(account), .. }
            | Self::Request { reporter: account, .. } => format!("person:{account}"),
            Self::RuleStep { who: Added::Mark(mark), .. } => format!("person:{}", mark.0),
            Self::Publish { project } => format!("publish:{project}"),
            Self::Reconcile { .. } => "reconcile".to_owned(),
            Self::ReadRole { project, .. } => format!("role:{project}"),
            Self::ReadPass { project, via, .. } | Self::ReadPage { project, via, .. } => {
                format!("pass:{}:{project}", via.name())
            }
            Self::RaiseAdds { project, via, .. } => format!("raise:{}:{project}", via.name()),
            Self::ReadAudit => "audit".to_owned(),
            Self::Sweep | Self::Erase => "sweep".to_owned(),
        }
    }

    /// In which order classes are claimed.
    pub fn class(&self) -> Class {
        match self {
            Self::Examine { quiet: true, .. } => Class::Bulk,
            Self::Locate { .. }
            | Self::Examine { .. }
            | Self::Request { .. }
            | Self::Participant { .. }
            | Self::RuleStep { .. }
            | Self::Publish { .. }
            | Self::ReadAudit => Class::Hint,
            Self::Reconcile { .. }
            | Self::ReadRole { .. }
            | Self::ReadPass { .. }
            | Self::ReadPage { .. }
            | Self::RaiseAdds { .. }
            | Self::Sweep
            | Self::Erase => Class::Bulk,
        }
    }

    /// Name of the kind: metric label and the queue's `kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Locate { .. } => "locate",
            Self::Examine { .. } => "examine",
            Self::Request { .. } => "request",
            Self::Participant { .. } => "participant",
            Self::RuleStep { .. } => "rule_step",
            Self::Publish { .. } => "publish",
            Self::Reconcile { .. } => "reconcile",
            Self::ReadRole { .. } => "read_role",
            Self::ReadPass { .. } => "read_pass",
            Self::ReadPage { .. } => "read_page",
            Self::RaiseAdds { .. } => "raise_adds",
            Self::ReadAudit => "read_audit",
            Self::Sweep => "sweep",
            Self::Erase => "erase",
        }
    }
}

/// Urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Somebody waits.
    Hint = 0,
    /// Passes and sweeps: never in the way of a hint.
    Bulk = 1,
}

/// What makes two rows the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dedup {
    /// A delivery: the key stays taken until the row is swept, a day after it is done.
    Once(String),
    /// A wish: while a row with this key waits, another is not added; the earlier `run_at` wins. The key is free again as
    /// soon as the row is claimed, so that a wish which arrives during the work is not lost. Deleted when done.
    Coalesce(String),
}

/// A row to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWork {
    /// For whom.
    pub tenant: TenantId,
    /// Identity.
    pub dedup: Dedup,
    /// Not before.
    pub run_at: Timestamp,
    /// What.
    pub work: Work,
}

impl NewWork {
    /// A wish whose identity follows from what it is.
    pub fn wish(tenant: TenantId, run_at: Timestamp, work: Work) -> Self {
        let key = match &work {
            Work::Examine { project, account, .. } => format!("examine:{project}:{account}"),
            Work::Locate { account, .. } => format!("locate:{account}"),
            Work::Request { request, actor, at, .. } => format!("request:{request}:{actor}:{}", at.as_millisecond()),
            Work::Participant { project, account, .. } => format!("participant:{project}:{account}"),
            Work::RuleStep { project, who, .. } => format!("rule:{project}:{who}"),
            // The second look is asked for while the next daily pass waits already: two wishes, one lane.
            Work::Reconcile { again: true } => "reconcile:again".to_owned(),
            // A pass may be asked for while its next page waits: two wishes, one lane.
            Work::ReadPage { run, step, .. } => format!("{}:{run}:{step}", work.lane()),
            Work::RaiseAdds { after, .. } => format!("{}:{after}", work.lane()),
            Work::Erase => "erase".to_owned(),
            other => other.lane(),
        };
        Self { tenant, dedup: Dedup::Coalesce(key), run_at, work }
    }

    /// A delivery with the sender's identity.
    pub fn delivery(tenant: TenantId, identity: String, run_at: Timestamp, work: Work) -> Self {
        Self { tenant, dedup: Dedup::Once(identity), run_at, work }
    }
}

/// A leased row.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The row.
    pub id: WorkId,
    /// For whom.
    pub tenant: TenantId,
    /// What.
    pub work: Work,
    /// 1 at the first try; crashes and retries count, deferrals do not.
    pub attempt: u32,
    /// Fences `settle`: a worker whose lease lapsed cannot end the row.
    pub token: String,
}

/// How a piece of work ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Done.
    Done,
    /// Not now, through no fault of the work (throttled, shutting down): the attempt is given back.
    Defer {
        /// Not before.
        until: Timestamp,
        /// A fixed word for logs and metrics.
        why: &'static str,
    },
    /// Failed in a way that may pass; after the last attempt the row is dead.
    Retry {
        /// A fixed word for logs, metrics and the dead letter.
        why: &'static str,
    },
    /// Can never succeed: kept for an operator to look at.
    Dead {
        /// A fixed word for logs, metrics and the dead letter.
        why: &'static str,
    },
}

/// How often what is older than the retention is erased.
pub const SWEEP_INTERVAL: SignedDuration = SignedDuration::from_hours(24);

/// What comes again by itself, as it starts at an install: the first look at everybody, the audit log, the sweep.
pub fn chores_at_install(tenant: TenantId, now: Timestamp) -> Vec<NewWork> {
    vec![
        NewWork::wish(tenant, now, Work::Reconcile { again: false }),
        NewWork::wish(tenant, now, Work::ReadAudit),
        NewWork::wish(tenant, next_turn(tenant, now, SWEEP_INTERVAL), Work::Sweep),
    ]
}

/// What an uninstall leaves to do, once the retention has passed.
pub fn erase_after(tenant: TenantId, at: Timestamp) -> Vec<NewWork> {
    vec![NewWork::wish(tenant, at, Work::Erase)]
}

/// What looks through the customers of one project now.
pub fn look_through(tenant: TenantId, project: ProjectId, now: Timestamp) -> Vec<NewWork> {
    let organisations = Work::ReadPass { project, via: Via::Organisation, reseed: false };
    let works = [Work::ReadRole { project, reseed: false }, organisations];
    works.into_iter().map(|work| NewWork::wish(tenant, now, work)).collect()
}

/// The tenant's next turn of something that comes every `interval`: at most one interval away, and at another point of it for
/// every tenant, so that a thousand sites do not wake up in the same second.
pub fn next_turn(tenant: TenantId, now: Timestamp, interval: SignedDuration) -> Timestamp {
    let every = interval.as_millis().max(1);
    let since = (i128::from(now.as_millisecond()) - spread(tenant.0, interval).as_millis()).rem_euclid(every);
    let wait = i64::try_from(every - since).unwrap_or(i64::MAX);
    now.checked_add(SignedDuration::from_millis(wait)).unwrap_or(Timestamp::MAX)
}

/// A point of the time given, another one for every number and evenly for consecutive ones.
pub fn spread(number: i64, within: SignedDuration) -> SignedDuration {
    // 2^64 divided by the golden ratio.
    let hash = number.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let point = i128::from(hash) % within.as_millis().max(1);
    SignedDuration::from_millis(i64::try_from(point).unwrap_or(0))
}

/// Why a row waits that found no token to speak to Jira with: it is due as soon as one comes.
pub const TOKEN_ENDED: &str = "token_ended";

/// After so many attempts a row is dead.
pub const MAX_ATTEMPTS: u32 = 8;

/// When to try again after the given attempt: 5 s doubling to 30 min. No jitter: lanes and fair claiming spread the load.
pub fn backoff(attempt: u32) -> SignedDuration {
    SignedDuration::from_secs((5_i64 << attempt.saturating_sub(1).min(9)).min(1800))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_and_is_bounded() {
        let waits: Vec<i64> = (1..=12).map(|n| backoff(n).as_secs()).collect();
        assert_eq!(waits[..4], [5, 10, 20, 40]);
        assert!(waits.windows(2).all(|w| w[0] <= w[1]) && waits.iter().all(|w| *w <= 1800), "{waits:?}");
    }

    #[test]
    fn turns_come_within_the_interval_and_not_all_at_once() {
        let (now, hour) = (Timestamp::UNIX_EPOCH, SignedDuration::from_hours(1));
        let turns: std::collections::BTreeSet<_> = (1..=100).map(|n| next_turn(TenantId(n), now, hour)).collect();
        assert!(turns.len() > 90, "tenants share their turns: {turns:?}");
        for turn in turns {
            assert!(now < turn && turn <= now + hour, "{turn} is not within an hour after {now}");
        }
        let first = next_turn(TenantId(1), now, hour);
        assert_eq!(next_turn(TenantId(1), first, hour), first + hour, "a turn is followed by the next");
    }

    #[test]
    fn one_person_has_one_lane_whatever_the_work() {
        let account = AccountId("qm:a:b".to_owned());
        let at = Timestamp::UNIX_EPOCH;
        let works = [
            Work::Locate { account: account.clone(), hinted_at: at, looked: 0 },
            Work::Examine { project: ProjectId(1), account: account.clone(), fresh: false, quiet: false },
            Work::Request {
                project: ProjectId(1),
                request: "A-1".into(),
                reporter: account.clone(),
                actor: account,
                at,
            },
        ];
        assert!(works.iter().all(|w| w.lane() == "person:qm:a:b"));
    }
}
