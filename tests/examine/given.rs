//! A site, a store and an examiner on one clock; passes over the customers' role as the worker makes them.
//! Knows no verdict.

use crate::jira::given::{Place, Skewed, account};
use crate::store::engines::{self, Engine, Fresh};
use crate::store::given::installation_of;
use diagnosis::{Confidence, Finding, Gap, Moment, Ruling, Via};
use invite_guard::domain::Clock;
use invite_guard::domain::roster::{Pass, PassOutcome, Seat};
use invite_guard::domain::tenant::Tenant;
use invite_guard::examine::{Examination, Examiner, Subject};
use invite_guard::jira::Jira;
use invite_guard::store::Store;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// A site with us installed, seeded by two passes, with its log read.
pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) tenant: Tenant,
    pub(crate) jira: Jira,
    pub(crate) examiner: Examiner,
    fresh: Fresh,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}, SignedDuration::ZERO).await
    }

    /// `before` is done on the site before we are installed there; our clock is ahead of the site's by `ahead`.
    pub(crate) async fn start_with(before: impl FnOnce(&Place), ahead: SignedDuration) -> Self {
        let mut place = Place::start().await;
        before(&place);
        place.clock.advance(SignedDuration::from_mins(10));
        let clock: Arc<dyn Clock> = Arc::new(Skewed(place.clock.clone(), ahead));
        let fresh = engines::fresh(Engine::Sqlite).await;
        let store = Arc::clone(&fresh.store);
        let id = store.install(&installation_of(&place.tenant), clock.now(), &|_| Vec::new()).await.expect("installed");
        let tenant = store.tenant(id).await.expect("readable").expect("there");
        place.tenant = tenant.clone();
        let jira = place.jira_by(clock.clone());
        let examiner = Examiner::new(Arc::clone(&store), jira.clone(), clock);
        let world = Self { place, store, tenant, jira, examiner, fresh };
        for _ in 0..2 {
            world.minutes(1);
            world.pass_everywhere().await;
        }
        world.minutes(1);
        world.place.site.forget_calls();
        world
    }

    pub(crate) fn minutes(&self, minutes: i64) {
        self.place.clock.advance(SignedDuration::from_mins(minutes));
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.place.clock_now()
    }

    async fn pass_everywhere(&self) {
        let site = self.jira.site(&self.tenant);
        for project in site.service_projects(100, false).await.expect("projects are listed") {
            self.pass(&project.key).await;
        }
    }

    /// One completed pass over a project's role.
    pub(crate) async fn pass(&self, project: &str) -> PassOutcome {
        let project = self.place.project(project);
        let members = self.jira.site(&self.tenant).role_members(project).await.expect("the role is read");
        let pass = Pass {
            project,
            via: Via::Role,
            accounts: members.value,
            began: members.asked_at,
            ended: members.answered_at,
            reseed: false,
        };
        self.store.apply_pass(self.tenant.id, &pass).await.expect("the pass is stored")
    }

    /// Somebody's seat in a project's role, as the store has it.
    pub(crate) async fn seat(&self, project: &str, person: &str) -> Seat {
        let seats = self.store.seats(self.tenant.id, &account(person)).await.expect("seats are read");
        let project = self.place.project(project);
        seats.into_iter().find(|seat| seat.project == project).expect("the person has a seat there")
    }

    pub(crate) async fn subject(&self, project: &str, person: &str) -> Subject {
        let seat = self.seat(project, person).await;
        Subject { account: seat.account, added: seat.added, via: seat.via, seats: None }
    }

    /// Examines the add that the store holds.
    pub(crate) async fn examine(&self, project: &str, person: &str) -> Examination {
        let subject = self.subject(project, person).await;
        self.examine_subject(project, subject, false).await
    }

    pub(crate) async fn examine_subject(&self, project: &str, subject: Subject, fresh: bool) -> Examination {
        let project = self.place.project(project);
        let mut examined = self.examiner.examine(&self.tenant, project, &[subject], fresh).await;
        assert_eq!(examined.len(), 1, "one answer for one person");
        examined.remove(0)
    }

    /// Sees somebody in the role now, as a hint would make us look: the window ends here.
    pub(crate) fn notice(&self, person: &str, not_before: Timestamp) -> Subject {
        let added = Moment { not_before, not_after: self.now() };
        Subject { account: account(person), added, via: Via::Role, seats: None }
    }

    pub(crate) async fn end(self) {
        self.place.end().await;
        self.fresh.discard().await;
    }
}

/// What one cause says: blocks or not and how sure, or the gap; `None` when it does not apply.
pub(crate) type Said = Option<Result<(bool, Confidence), Gap>>;

pub(crate) fn said(examination: &Examination, scenario: &str) -> Said {
    let finding = |f: &&Finding| f.scenario.slug == scenario;
    let found = examination.diagnosis.findings.iter().find(finding).expect("every cause says something");
    match found.ruling {
        Ruling::Blocks => Some(Ok((true, found.confidence))),
        Ruling::Clears => Some(Ok((false, found.confidence))),
        Ruling::Undetermined(gap) => Some(Err(gap)),
        Ruling::NotApplicable => None,
    }
}

pub(crate) const BLOCKS: Said = Some(Ok((true, Confidence::Confirmed)));
pub(crate) const LIKELY: Said = Some(Ok((true, Confidence::Likely)));
pub(crate) const CLEARS: Said = Some(Ok((false, Confidence::Confirmed)));

pub(crate) fn gap(gap: Gap) -> Said {
    Some(Err(gap))
}
