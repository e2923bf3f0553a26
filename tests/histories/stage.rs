//! Plays what can happen on a site, and keeps the ledger.
//! Judges nothing; see `ledger`.

use super::ledger::{Add, Ledger, Statement, Tally};
use super::steps::{Chronicle, Hints, SiteStep, Start, Step, Trouble, Way};
use crate::harness::{Bent, By, MANIFEST, World};
use crate::store::engines::Engine;
use diagnosis::{FactKey, Overall, Source};
use invite_guard::domain::Clock;
use invite_guard::domain::calibration::CalibrationState;
use invite_guard::domain::work::Work;
use invite_guard::examine::Optional;
use invite_guard_sandbox::{
    AddBy, Added, CustomerAccess, Fault, HoldAt, Matcher, ProjectType, Reason, RestCaller, UserKind,
};
use jiff::SignedDuration;

/// Jira keeps records at least so long.
const RETENTION: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Calls that go wrong.
const CALLS: [&str; 5] = [
    "GET /rest/api/3/auditing/record",
    "GET /rest/api/3/user",
    "GET /rest/api/3/project/*/role/*",
    "GET /rest/api/3/project/search",
    "/**",
];

fn fault(n: usize) -> Fault {
    let faults = [
        Fault::Status(500),
        Fault::Throttled(Reason::Burst, 5),
        Fault::Throttled(Reason::QuotaGlobal, 120),
        Fault::Unavailable(30),
        Fault::Garbage,
        Fault::WrongShape,
        Fault::Html,
        Fault::CloseConnection,
        Fault::Status(403),
        Fault::Status(404),
    ];
    faults[n % faults.len()].clone()
}

/// The people and projects of one history.
#[derive(Debug)]
struct Cast {
    desks: Vec<String>,
    people: Vec<String>,
}

/// A site with several histories.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) ledger: Ledger,
    casts: Vec<Cast>,
    app: String,
    mail_on: bool,
    mail_told: bool,
    audit: bool,
    administers: bool,
    troubled: bool,
    projects: usize,
    pub(super) tally: Tally,
}

impl Stage {
    /// Our clock is ahead of the site's; on top of what everybody has these optional sources are on, as far as they are proven.
    pub(super) async fn open(chronicle: &Chronicle, by: By, ahead: SignedDuration, proven: Option<bool>) -> Self {
        let on = proven.is_some();
        let optional = Optional { mail_probe: on, internal_endpoints: on };
        let world = World::start_bent(Engine::Sqlite, Bent { by, optional, ahead }).await;
        if proven == Some(true) {
            for source in [Source::MailProbe, Source::JiraInternal] {
                let now = world.clock.now();
                let kept = world.store.calibrate(world.id(), source, CalibrationState::Proven, None, now);
                kept.await.expect("calibrations are kept");
            }
        }
        let app = world.site.add_user(UserKind::App);
        let mut stage = Self {
            world,
            ledger: Ledger::default(),
            casts: Vec::new(),
            app,
            mail_on: true,
            mail_told: false,
            audit: true,
            administers: true,
            troubled: false,
            projects: 0,
            tally: Tally::default(),
        };
        for history in &chronicle.histories {
            let desks = history.starts.iter().map(|start| stage.new_desk(*start)).collect();
            stage.casts.push(Cast { desks, people: Vec::new() });
        }
        stage.world.wish(Work::Reconcile { again: false }).await;
        // Found, seeded, and dated by a second look.
        stage.world.pass_in_steps(3, SignedDuration::from_secs(5)).await;
        stage
    }

    fn new_desk(&mut self, start: Start) -> String {
        self.projects += 1;
        let (site, key) = (&self.world.site, format!("DESK{}", self.projects));
        site.add_project(&key, &key, ProjectType::ServiceDesk);
        match start {
            Start::Untouched => {}
            Start::OffUnrecorded => site.set_customer_invited_unrecorded(&key, false),
            Start::OffRecorded => site.set_customer_invited(&key, false),
            Start::OnRecorded => {
                site.set_customer_invited(&key, false);
                self.world.clock.advance(SignedDuration::from_secs(1));
                site.set_customer_invited(&key, true);
            }
        }
        key
    }

    /// Plays everything; what is found wrong.
    pub(super) async fn play(&mut self, chronicle: &Chronicle) -> Vec<String> {
        let rounds = chronicle.site.len().max(chronicle.histories.iter().map(|h| h.steps.len()).max().unwrap_or(0));
        for round in 0..rounds {
            for (cast, history) in chronicle.histories.iter().enumerate() {
                if let Some(step) = history.steps.get(round) {
                    self.step(cast, *step).await;
                }
            }
            let site = chronicle.site.get(round).copied().unwrap_or(SiteStep::Minutes(1));
            self.site_step(site).await;
            if matches!(site, SiteStep::Look) {
                let faults = self.look().await;
                if !faults.is_empty() {
                    return faults.into_iter().map(|fault| format!("after round {round}: {fault}")).collect();
                }
            }
        }
        self.site_step(SiteStep::NoTrouble).await;
        self.site_step(SiteStep::Minutes(3)).await;
        self.site_step(SiteStep::Days(1)).await;
        let faults = self.look().await;
        self.count().await;
        faults
    }

    async fn step(&mut self, cast: usize, step: Step) {
        let desk = |stage: &Self, n: usize| stage.casts[cast].desks[n % stage.casts[cast].desks.len()].clone();
        let person = |stage: &Self, n: usize| {
            let people = &stage.casts[cast].people;
            (!people.is_empty()).then(|| people[n % people.len()].clone())
        };
        match step {
            Step::Nothing => {}
            Step::NewDesk => {
                let key = self.new_desk(Start::Untouched);
                self.casts[cast].desks.push(key);
            }
            Step::Toggle { desk: n, on } => self.world.site.set_customer_invited(&desk(self, n), on),
            Step::StateToggle { desk: n } => self.state_toggle(&desk(self, n)).await,
            Step::Access { desk: n, open } => {
                let access = if open { CustomerAccess::AnyoneWithAccount } else { CustomerAccess::CustomersMyTeamAdds };
                self.world.site.set_customer_access(&desk(self, n), access);
            }
            Step::Add { desk: n, way, hints } => {
                let key = desk(self, n);
                let account = self.add(&key, Some(way), self.by(way, &key)).await;
                self.casts[cast].people.push(account);
                self.hints(hints).await;
            }
            Step::AddKnown { desk: n, who, silent, hints } => {
                let (key, Some(account)) = (desk(self, n), person(self, who)) else { return };
                // Who is there already is not added by a second time.
                if self.world.site.customers_in_role(&key).contains(&account) {
                    return;
                }
                if silent {
                    let address = self.world.site.person(&account).map(|p| p.address).unwrap_or_default();
                    let by = AddBy::Rest(RestCaller::App(self.app.clone()));
                    self.note(&key, None, |site| site.add_customer_at(&key, by, Some(&address)));
                } else {
                    self.add(&key, None, AddBy::Existing(account)).await;
                }
                self.hints(hints).await;
            }
            Step::Remove { desk: n, who } => {
                if let Some(account) = person(self, who) {
                    self.world.site.remove_customer(&desk(self, n), &account);
                }
            }
            Step::Request { desk: n, who, own, hints } => {
                let (key, Some(account)) = (desk(self, n), person(self, who)) else { return };
                if !self.world.site.customers_in_role(&key).contains(&account) {
                    return;
                }
                if own {
                    self.world.site.raise_request(&key, &account);
                } else {
                    self.world.raise_for(&key, &account);
                }
                self.hints(hints).await;
            }
        }
    }

    fn by(&self, way: Way, desk: &str) -> AddBy {
        match way {
            Way::Agent => AddBy::Agent,
            Way::Automation => AddBy::Automation,
            Way::RestByApp => AddBy::Rest(RestCaller::App(self.app.clone())),
            Way::RestByPerson => AddBy::Rest(RestCaller::User(self.world.site.admin())),
            Way::People => AddBy::People,
            Way::Organisation => AddBy::Organisation(format!("Customers of {desk}")),
            Way::Email => AddBy::Email,
            Way::SelfSignup => AddBy::SelfSignup,
        }
    }

    async fn add(&mut self, desk: &str, way: Option<Way>, by: AddBy) -> String {
        self.note(desk, way, |site| site.add_customer(desk, by))
    }

    fn note(
        &mut self,
        desk: &str,
        way: Option<Way>,
        add: impl FnOnce(&invite_guard_sandbox::Sandbox) -> Added,
    ) -> String {
        let toggle_on = self.world.site.customer_invited(desk);
        let added = add(&self.world.site);
        self.ledger.adds.push(Add {
            desk: desk.to_owned(),
            account: added.account_id.clone(),
            way,
            truth: added.truth,
            mail_on: self.mail_on,
            toggle_on,
            told: self.mail_told && self.ledger.can_read(),
        });
        added.account_id
    }

    async fn state_toggle(&mut self, desk: &str) {
        let on = self.world.site.customer_invited(desk);
        self.world.state(FactKey::InviteNotificationOn, Some(self.world.project(desk)), on).await;
        let (slug, at) = ("notification_disabled", self.world.clock.now());
        self.ledger.statements.push(Statement { slug, desk: Some(desk.to_owned()), at });
    }

    async fn hints(&self, hints: Hints) {
        let site = &self.world.site;
        match hints {
            Hints::Delivered => drop(site.deliver_all().await),
            Hints::Twice => drop(site.deliver_twice().await),
            Hints::Dropped => drop(site.drop_all()),
            Hints::Backwards => {
                for delivery in site.pending().iter().rev() {
                    site.deliver(delivery.id).await;
                }
            }
            Hints::Later => return,
        }
        self.world.settle().await;
    }

    async fn site_step(&mut self, step: SiteStep) {
        let hour = SignedDuration::from_hours(1);
        match step {
            SiteStep::Mail(on) => {
                self.mail_told &= self.mail_on == on;
                self.mail_on = on;
                self.world.site.set_outgoing_mail(on);
            }
            SiteStep::StateMail => {
                self.mail_told = true;
                self.world.state(FactKey::OutgoingMailOn, None, self.mail_on).await;
                let (slug, at) = ("outgoing_mail_disabled", self.world.clock.now());
                self.ledger.statements.push(Statement { slug, desk: None, at });
            }
            SiteStep::Audit(available) => {
                self.audit = available;
                self.world.site.set_audit_available(available);
            }
            SiteStep::ForgetOld => self.world.site.forget_audit_before(self.world.clock.now() - RETENTION),
            SiteStep::Administer(granted) => {
                self.administers = granted;
                self.world.site.set_app_global_permission("ADMINISTER", granted);
            }
            SiteStep::Trouble(Trouble { call, fault: n, times }) => {
                self.troubled = true;
                self.world.site.misbehave(CALLS[call % CALLS.len()], fault(n), times);
            }
            SiteStep::NoTrouble => {
                self.troubled = false;
                self.world.site.behave();
            }
            SiteStep::Deliver(hints) => self.hints(hints).await,
            SiteStep::Reinstall => self.reinstall().await,
            SiteStep::Kill(n) => self.kill(n).await,
            SiteStep::Seconds(n) => self.world.pass(SignedDuration::from_secs(n)).await,
            SiteStep::Minutes(n) => self.world.pass_in_steps(n, SignedDuration::from_mins(1)).await,
            SiteStep::Hours(n) => self.world.pass_in_steps(n, hour).await,
            SiteStep::Days(n) => self.world.pass_in_steps(4 * n, hour * 6).await,
            SiteStep::Silence(n) => self.world.pass(hour * i32::try_from(n).unwrap_or(1)).await,
            SiteStep::Look => self.world.settle().await,
        }
        let can = self.audit && self.administers && !self.troubled;
        if self.ledger.can_read() != can {
            self.ledger.readable.push((self.world.clock.now(), can));
        }
    }

    /// A new secret, or another version.
    async fn reinstall(&self) {
        let site = &self.world.site;
        let done = if site.has_forge() { site.upgrade_forge(MANIFEST).await } else { site.reinstall().await };
        done.expect("the app takes its reinstall");
    }

    /// The worker dies when the site has answered the n-th call and the answer is not read yet.
    async fn kill(&mut self, n: usize) {
        self.world.clock.advance(SignedDuration::from_mins(1));
        let mut held = self.world.site.hold_matching(Matcher::any(), n, HoldAt::AfterApplying);
        tokio::select! {
            () = self.world.settle() => {}
            _ = held.arrived() => {}
        }
        held.drop_connection();
        self.world.worker = self.world.another_worker();
        self.world.pass(SignedDuration::from_mins(2)).await; // its leases lapse
    }

    /// Compares every case with what is true.
    async fn look(&mut self) -> Vec<String> {
        let mut pairs: Vec<(String, String)> =
            self.ledger.adds.iter().map(|add| (add.desk.clone(), add.account.clone())).collect();
        pairs.sort();
        pairs.dedup();
        let mut faults = Vec::new();
        for (desk, account) in &pairs {
            if let Some(case) = self.world.case_in(desk, account).await {
                faults.extend(self.ledger.faults(desk, account, &case, &mut self.tally));
            }
        }
        faults
    }

    /// How much was said at the end.
    async fn count(&mut self) {
        self.tally.adds = self.ledger.adds.len();
        for add in &self.ledger.adds {
            let Some(case) = self.world.case_in(&add.desk, &add.account).await else { continue };
            self.tally.cases += 1;
            if self.ledger.counts_as_told(add) && self.ledger.can_read() {
                self.tally.readable += 1;
                self.tally.decided += usize::from(case.overall != Some(Overall::CouldNotCheck));
            }
        }
    }
}
