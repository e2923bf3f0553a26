//! The self-test and the site's health: what each source sees and why not, opt-in sources proven or refuted by an admin's
//! word, projects worst first, alarms.
//! Knows no verdict about anybody.

use super::given::{by, world, world_with};
use crate::harness::{By, PROJECT, World};
use invite_guard::examine::Optional;
use invite_guard_sandbox::{NotifyMood, ProjectType};
use jiff::SignedDuration;
use serde_json::{Value, json};

const BOTH: Optional = Optional { mail_probe: true, internal_endpoints: true };
const NOTIFY: &str = "/rest/api/3/issue/{issueIdOrKey}/notify";

/// What an admin does on the site's page. A trait, since the module is compiled for each door.
trait OnTheSite {
    async fn on_site(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value);
    async fn tested(&self, body: Value) -> Value;
    async fn stated(&self) -> usize;
}

impl OnTheSite for World {
    async fn on_site(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.api(&self.site.admin(), method, &format!("/site{path}"), body).await;
        let body = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("not JSON: {}", answer.body));
        (answer.status, body)
    }

    async fn tested(&self, body: Value) -> Value {
        let (status, answer) = self.on_site("POST", "/selftest", Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    async fn stated(&self) -> usize {
        let (_, answer) = self.on_site("GET", "/statements", None).await;
        answer["items"].as_array().expect("a list").len()
    }
}

fn source<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let sources = answer["sources"].as_array().expect("a list");
    sources.iter().find(|source| source["name"] == name).unwrap_or_else(|| panic!("no {name} in {answer}"))
}

fn state(answer: &Value, name: &str) -> String {
    source(answer, name)["state"].as_str().expect("a word").to_owned()
}

fn why(answer: &Value, name: &str) -> String {
    source(answer, name)["why"].as_str().expect("a sentence").to_owned()
}

/// Undocumented resources cannot be reached by Forge, and the self-test says so.
fn out_of_reach(answer: &Value, name: &str) -> bool {
    let by_forge = by() == By::Forge && name == "jira_internal";
    if by_forge {
        assert_eq!(state(answer, name), "unavailable", "{answer}");
        assert!(why(answer, name).contains("by Forge never can"), "{answer}");
    }
    by_forge
}

#[tokio::test]
async fn opt_in_sources_are_proven_or_refuted_by_what_an_admin_says() {
    let world = world_with(BOTH).await;
    let toggle = |on: bool| json!({world.project(PROJECT).to_string(): {"invite_notification_on": on}});
    world.pass(SignedDuration::from_hours(7)).await;
    let first = world.tested(json!({})).await;
    for name in ["jira_rest", "audit_log", "roster"] {
        assert_eq!(state(&first, name), "proven", "{first}");
    }
    for (name, fact) in [("mail_probe", "outgoing_mail_on"), ("jira_internal", "invite_notification_on")] {
        if out_of_reach(&first, name) {
            continue;
        }
        assert_eq!(state(&first, name), "unproven", "{first}");
        assert_eq!(source(&first, name)["sees"], json!([fact]), "{first}");
    }
    assert_eq!(
        (state(&first, "admin_statement").as_str(), state(&first, "webhook").as_str()),
        ("unavailable", "unproven")
    );
    assert_eq!(world.stated().await, 0);

    let agreed = world.tested(json!({"statements": {"outgoing_mail_on": true}, "projects": toggle(true)})).await;
    for name in ["mail_probe", "jira_internal", "admin_statement"] {
        assert!(out_of_reach(&agreed, name) || state(&agreed, name) == "proven", "{agreed}");
    }
    assert_eq!(world.stated().await, 1, "it is an admin's dated word as well");

    world.pass(SignedDuration::from_hours(1)).await;
    world.site.set_outgoing_mail(false);
    let older = world.tested(json!({"statements": {"outgoing_mail_on": false}})).await;
    assert_eq!(state(&older, "mail_probe"), "proven", "an answer of an hour ago may have been right");
    assert!(why(&older, "mail_probe").contains("Its last answer is from"), "{older}");

    world.pass(SignedDuration::from_hours(6)).await;
    let wrong = world.tested(json!({"statements": {"outgoing_mail_on": true}, "projects": toggle(false)})).await;
    let internal = "jira_internal";
    assert!(out_of_reach(&wrong, internal) || state(&wrong, internal) == "refuted", "{wrong}");
    let probe = state(&wrong, "mail_probe");
    assert!(probe == "refuted" || why(&wrong, "mail_probe").contains("Its last answer"), "{wrong}");
    let right = world.tested(json!({"statements": {"outgoing_mail_on": false}, "projects": toggle(true)})).await;
    assert!(out_of_reach(&right, internal) || state(&right, internal) == "proven", "{right}");
    assert_eq!(state(&right, "mail_probe"), "proven", "{right}");
    assert!(world.site.count_calls("POST", NOTIFY) <= 4, "once in six hours, whoever asks");

    let person = world.invite(PROJECT).account_id;
    world.deliver().await;
    let seen = world.tested(json!({"accountId": person})).await;
    assert_eq!(seen["account"], json!({"accountId": person, "seenBy": ["audit_log", "roster"]}));
    let nobody = world.tested(json!({"accountId": "qm:nobody:1"})).await;
    assert_eq!(nobody["account"]["seenBy"], json!([]));
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn what_is_off_or_lacks_a_right_says_so() {
    let world = world().await;
    let off = world.tested(json!({"statements": {"outgoing_mail_on": true}})).await;
    for name in ["mail_probe", "jira_internal"] {
        assert_eq!((state(&off, name).as_str(), &source(&off, name)["sees"]), ("unavailable", &json!([])), "{off}");
        assert!(why(&off, name).contains("(sources."), "{off}");
    }
    assert_eq!(world.stated().await, 1);
    world.site.set_audit_available(false);
    let blind = world.tested(json!({})).await;
    assert_eq!(
        (state(&blind, "audit_log").as_str(), &source(&blind, "audit_log")["sees"]),
        ("unavailable", &json!([]))
    );
    assert!(why(&blind, "audit_log").contains("Administer Jira"), "{blind}");
    for bad in [
        json!({"statements": {"weather": true}}),
        json!({"statements": {"outgoing_mail_on": "yes"}}),
        json!({"statements": {"outgoing_mail_on": true}, "projects": {"99999": {"invite_notification_on": true}}}),
        json!({"statements": {"outgoing_mail_on": true}, "projects": {"HELP": {"invite_notification_on": true}}}),
        json!({"projects": {world.project(PROJECT).to_string(): {"outgoing_mail_on": true}}}),
        json!({"accountId": "some body"}),
        json!({"colour": "red"}),
        json!([]),
    ] {
        let (status, answer) = world.on_site("POST", "/selftest", Some(bad.clone())).await;
        assert_eq!(status, 400, "{bad}: {answer}");
    }
    assert_eq!(world.stated().await, 1, "of a wrong body nothing is taken");
    assert_eq!(world.site.count_calls("POST", NOTIFY), 0);
    world.check().await;
    world.end().await;
}

#[tokio::test]
async fn a_site_shows_its_projects_worst_first_and_its_alarms() {
    let world = world_with(BOTH).await;
    world.site.set_app_permission(PROJECT, "ADMINISTER_PROJECTS", false);
    for number in 0..10 {
        world.site.add_project(&format!("DESK{number}"), "A desk", ProjectType::ServiceDesk);
    }
    world.site.set_customer_invited("DESK7", false);
    world.pass(SignedDuration::from_hours(24)).await;
    world.site.forget_calls();
    let (status, health) = world.on_site("GET", "/health", None).await;
    assert_eq!(status, 200, "{health}");
    let projects = health["projects"].as_array().expect("a list");
    assert_eq!((projects.len(), &projects[0]["key"]), (11, &json!("DESK7")), "{health}");
    assert_eq!(
        (&projects[0]["overall"], &projects[0]["primary"]),
        (&json!("blocked"), &json!("notification_disabled"))
    );
    let findings = health["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|finding| finding["scenario"] == "outgoing_mail_disabled"), "{health}");
    assert_eq!((&health["alarms"], &health["notes"]), (&json!([]), &json!([])), "{health}");
    let calls = world.site.calls().len();
    assert!(calls <= 6, "{calls} calls: the number of projects must not matter");
    world.site.forget_calls();
    let page = world.panel(&world.site.admin(), "/site").await;
    assert!(page.contains("A desk (DESK7)") && page.contains("Invitations from one space"), "{page}");
    let calls = world.site.calls().len();
    assert!(calls <= 8, "{calls} calls: the names of all projects are one");
    let lacking = world.tested(json!({})).await;
    let internal = "jira_internal";
    assert!(out_of_reach(&lacking, internal) || why(&lacking, internal).contains("Administer projects"), "{lacking}");

    world.pass(SignedDuration::from_hours(7)).await;
    world.site.set_notify(NotifyMood::QueuesEverything);
    let asked = world.site.count_calls("POST", NOTIFY);
    world.pass(SignedDuration::from_hours(7)).await;
    let ended = world.tested(json!({"statements": {"outgoing_mail_on": true}})).await;
    assert_eq!(world.site.count_calls("POST", NOTIFY), asked + 1);
    assert_eq!(
        (state(&ended, "mail_probe").as_str(), ended["alarms"][0]["source"].as_str()),
        ("unavailable", Some("mail_probe"))
    );
    world.pass(SignedDuration::from_hours(24)).await;
    let (_, health) = world.on_site("GET", "/health", None).await;
    assert_eq!(health["alarms"].as_array().map(Vec::len), Some(1), "{health}");
    assert!(health["alarms"][0]["text"].as_str().is_some_and(|text| text.contains("switched off for good")));
    assert_eq!(world.site.count_calls("POST", NOTIFY), asked + 1, "and never again");
    assert_eq!(world.site.mails_by_app().len(), 1, "the one that ended it");
    world.end().await;
}
