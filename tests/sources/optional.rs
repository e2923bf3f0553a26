//! Sources that the operator switches on: off they make no call; on they are careful, capped, and over when they misbehave.
//! Asserts what calls Jira saw and what the cases then say.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::{Confidence, Gap, Ruling, Source};
use invite_guard::domain::calibration::CalibrationState;
use invite_guard::domain::{Clock, ProjectId};
use invite_guard::examine::Optional;
use invite_guard_sandbox::{Fault, NotifyMood};
use jiff::SignedDuration;

const BOTH: Optional = Optional { mail_probe: true, internal_endpoints: true };
const PROBE: Optional = Optional { mail_probe: true, internal_endpoints: false };
const INTERNAL: Optional = Optional { mail_probe: false, internal_endpoints: true };
const NOTIFY: &str = "/rest/api/3/issue/{issueIdOrKey}/notify";
const TOGGLE: &str =
    "/rest/servicedesk/notifications/1/account-notifications/{projectKey}/notification/invite-customer";
const TOGGLE_CALL: &str = "GET /rest/servicedesk/notifications/1/account-notifications/*/notification/invite-customer";
const MAIL: &str = "outgoing_mail_disabled";
const INVITED: &str = "notification_disabled";

/// What is done to the site before it is asked.
type Bend = Box<dyn FnOnce(&World)>;

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

impl World {
    fn probes(&self) -> usize {
        self.site.count_calls("POST", NOTIFY)
    }

    fn toggles_read(&self) -> usize {
        self.site.count_calls("GET", TOGGLE)
    }

    async fn add(&self) -> String {
        let account = self.invite(PROJECT).account_id;
        self.deliver().await;
        account
    }

    /// What the person's case says about a cause.
    async fn says(&self, account: &str, slug: &str) -> Result<(bool, Confidence), Gap> {
        let case = self.case(account).await.expect("the add was noticed");
        let finding = case.findings.iter().find(|finding| finding.scenario.slug == slug).expect("judged");
        match finding.ruling {
            Ruling::Blocks => Ok((true, finding.confidence)),
            Ruling::Clears => Ok((false, finding.confidence)),
            Ruling::Undetermined(gap) => Err(gap),
            Ruling::NotApplicable => panic!("{slug} does not concern somebody who was invited"),
        }
    }

    async fn again(&self, account: &str, slug: &str) -> Result<(bool, Confidence), Gap> {
        self.recheck(PROJECT, account).await;
        self.settle().await;
        self.says(account, slug).await
    }

    async fn standing(&self, source: Source, state: CalibrationState) {
        self.store.calibrate(self.id(), source, state, None, self.clock.now()).await.expect("kept");
    }

    async fn trouble(&self, source: Source, project: Option<ProjectId>) -> Option<Gap> {
        let looks = self.store.looks(self.id(), source).await.expect("looks can be read");
        looks.into_iter().find(|look| look.project == project).expect("somebody looked").trouble
    }
}

const BLOCKS_LIKELY: Result<(bool, Confidence), Gap> = Ok((true, Confidence::Likely));
const BLOCKS: Result<(bool, Confidence), Gap> = Ok((true, Confidence::Confirmed));
const CLEAR_LIKELY: Result<(bool, Confidence), Gap> = Ok((false, Confidence::Likely));

#[tokio::test]
async fn off_they_make_no_call_and_every_cause_stands() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_internal_endpoints(true);
    world.site.set_outgoing_mail(false);
    let person = world.add().await;
    assert_eq!(world.says(&person, MAIL).await, Err(Gap::NotAsked));
    world.pass(hours(7)).await;
    assert_eq!((world.probes(), world.toggles_read()), (0, 0));
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn the_probe_asks_once_in_six_hours_and_confirms_only_when_proven_and_from_both_sides() {
    let world = World::start_with(Engine::Sqlite, PROBE).await;
    world.site.set_outgoing_mail(false);
    world.pass(hours(6)).await; // whatever looked at the start is over
    let first = world.add().await;
    assert_eq!(world.says(&first, MAIL).await, BLOCKS_LIKELY, "unproven");
    world.standing(Source::MailProbe, CalibrationState::Proven).await;
    assert_eq!(world.again(&first, MAIL).await, BLOCKS_LIKELY, "seen at the add only");
    world.pass(hours(3)).await;
    let second = world.add().await;
    let asked = world.probes();
    assert_eq!(world.says(&second, MAIL).await, BLOCKS_LIKELY, "seen before the add only");
    assert_eq!(world.probes(), asked, "not again within six hours");
    world.pass(hours(3)).await;
    let third = world.add().await;
    assert_eq!(world.probes(), asked + 1, "once in six hours");
    assert_eq!(world.again(&second, MAIL).await, BLOCKS, "proven, and seen before and after the add");
    assert!(world.says(&third, MAIL).await.is_ok_and(|(blocks, _)| blocks));
    world.standing(Source::MailProbe, CalibrationState::Refuted).await;
    assert_eq!(world.again(&second, MAIL).await, Err(Gap::NotAsked), "what was seen is not used either");
    world.pass(hours(7)).await;
    world.add().await;
    assert_eq!(world.probes(), asked + 1, "nobody asks a source that was refuted");
    assert_eq!(world.toggles_read(), 0, "the other source is off");
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn the_first_mail_that_is_ever_queued_ends_the_probe_for_good() {
    let world = World::start_with(Engine::Sqlite, PROBE).await;
    world.pass(hours(6)).await;
    let before = world.probes();
    world.site.set_notify(NotifyMood::QueuesEverything);
    world.pass(hours(6)).await;
    let person = world.add().await;
    assert_eq!(world.probes(), before + 1);
    assert_eq!(world.says(&person, MAIL).await, Err(Gap::NotAsked), "and what it said earlier is not used any more");
    world.site.set_notify(NotifyMood::Proper);
    let stopped = world.store.calibrations(world.id()).await.expect("readable");
    assert!(stopped.iter().any(|known| known.source == Source::MailProbe && known.stopped_at.is_some()));
    // An admin who calibrates, time, a restart, another replica: nothing brings it back.
    world.standing(Source::MailProbe, CalibrationState::Proven).await;
    world.pass(hours(24)).await;
    world.site.reinstall().await.expect("installed again");
    let restarted = world.another_worker();
    world.invite(PROJECT);
    world.site.deliver_all().await;
    restarted.drain().await;
    assert_eq!(world.probes(), before + 1);
    assert_eq!(world.site.mails_by_app().len(), 1, "the one that ended it");
    world.end().await;
}

#[tokio::test]
async fn an_answer_of_the_probe_that_says_nothing_about_mail_is_a_gap() {
    let world = World::start_with(Engine::Sqlite, PROBE).await;
    let odd = |fault| move |world: &World| world.site.misbehave("POST /rest/api/3/issue/*/notify", fault, 1);
    let cases: Vec<(&str, Bend)> = vec![
        ("403 about something else", Box::new(|w| w.site.set_notify(NotifyMood::Refuses("No scope.".to_owned())))),
        ("a page", Box::new(odd(Fault::Status(500)))),
        ("garbage", Box::new(odd(Fault::CloseConnection))),
        ("no right", Box::new(odd(Fault::Status(401)))),
        ("a redirect", Box::new(odd(Fault::Redirect("https://elsewhere.example/".to_owned())))),
    ];
    for (name, bend) in cases {
        let before = world.probes();
        bend(&world);
        world.pass(hours(7)).await; // what was seen until now is too old to count
        let person = world.add().await;
        assert_eq!(world.probes(), before + 1, "{name}: it was asked");
        assert_eq!(world.trouble(Source::MailProbe, None).await, Some(Gap::Unavailable), "{name}");
        assert!(world.says(&person, MAIL).await.is_err(), "{name}");
        world.site.set_notify(NotifyMood::Proper);
    }
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn the_undocumented_switch_confirms_only_when_proven_and_from_both_sides() {
    let world = World::start_with(Engine::Sqlite, BOTH).await;
    world.site.set_customer_invited_unrecorded(PROJECT, false);
    world.pass(hours(2)).await;
    let first = world.add().await;
    assert_eq!(world.says(&first, INVITED).await, BLOCKS_LIKELY, "unproven");
    world.standing(Source::JiraInternal, CalibrationState::Proven).await;
    assert_eq!(world.again(&first, INVITED).await, BLOCKS_LIKELY, "seen from one side");
    world.pass(SignedDuration::from_mins(20)).await;
    let second = world.add().await;
    world.pass(SignedDuration::from_mins(20)).await;
    assert_eq!(world.again(&second, INVITED).await, BLOCKS, "seen before and after");
    world.site.set_customer_invited_unrecorded(PROJECT, true);
    world.pass(hours(2)).await;
    let third = world.add().await;
    world.pass(SignedDuration::from_mins(5)).await;
    assert_eq!(world.again(&third, INVITED).await, CLEAR_LIKELY, "never more than likely to clear");
    world.standing(Source::JiraInternal, CalibrationState::Refuted).await;
    let read = world.toggles_read();
    assert_eq!(world.again(&second, INVITED).await, Err(Gap::NotAsked));
    assert_eq!(world.toggles_read(), read, "nobody reads a source that was refuted");
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn an_answer_that_does_not_hold_the_switch_is_a_gap_never_off() {
    let world = World::start_with(Engine::Sqlite, INTERNAL).await;
    let project = Some(world.project(PROJECT));
    let odd = |fault| move |world: &World| world.site.misbehave(TOGGLE_CALL, fault, usize::MAX);
    let cases: Vec<(&str, Gap, Bend)> = vec![
        ("absent", Gap::NotExposed, Box::new(|w| w.site.set_internal_endpoints(false))),
        ("forbidden", Gap::Forbidden, Box::new(|w| w.site.set_app_permission(PROJECT, "ADMINISTER_PROJECTS", false))),
        ("page", Gap::Unavailable, Box::new(odd(Fault::Html))),
        ("shape", Gap::Unavailable, Box::new(odd(Fault::WrongShape))),
        ("garbage", Gap::Unavailable, Box::new(odd(Fault::Garbage))),
        ("gone", Gap::NotExposed, Box::new(odd(Fault::Status(410)))),
        ("broken", Gap::Unavailable, Box::new(odd(Fault::Status(500)))),
    ];
    for (name, gap, bend) in cases {
        bend(&world);
        world.pass(hours(2)).await;
        let person = world.add().await;
        assert_eq!(world.trouble(Source::JiraInternal, project).await, Some(gap), "{name}");
        assert!(world.says(&person, INVITED).await.is_err(), "{name}");
        world.site.behave();
        world.site.set_internal_endpoints(true);
        world.site.set_app_permission(PROJECT, "ADMINISTER_PROJECTS", true);
    }
    assert_eq!(world.probes(), 0, "the other source is off");
    world.check().await;
    world.end().await;
}
