//! The rights of rules.md section 7, as Jira tells them; and that a failed question is a no.
//! Knows no answer's content.

use super::given::{bench, rights_asked};
use crate::connect::bench::Bench;
use invite_guard_sandbox::{Fault, ProjectType, UserKind};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Every call with a body that would be right, and who may: agent, project admin, Jira admin.
fn calls(bench: &Bench) -> Vec<(&'static str, String, Option<Value>, [u16; 3])> {
    let organisation = bench.site.add_organisation("HELP", "Example customers");
    let statement = || Some(json!({"fact": "invite_notification_on", "value": false}));
    let mail = || Some(json!({"fact": "outgoing_mail_on", "value": false}));
    let site = "/api/v1/site/statements".to_owned();
    vec![
        ("GET", bench.api("/health"), None, [200, 200, 200]),
        ("GET", bench.api("/customers"), None, [200, 200, 200]),
        ("GET", bench.api("/settings"), None, [200, 200, 200]),
        ("POST", bench.api("/recheck"), Some(json!({"accountId": "qm:nobody:1"})), [404, 404, 404]),
        ("POST", bench.api("/customers/qm:nobody:1/handled"), Some(json!({"how": "link_sent"})), [404, 404, 404]),
        ("PUT", bench.api("/settings"), Some(json!({"retentionDays": 30})), [403, 200, 200]),
        ("GET", bench.api("/statements"), None, [403, 200, 200]),
        ("POST", bench.api("/statements"), statement(), [403, 200, 200]),
        ("POST", bench.api("/checks"), Some(json!({"addresses": ["nobody@acme.example"]})), [200, 200, 200]),
        ("GET", bench.api("/ingest-secrets"), None, [403, 200, 200]),
        ("POST", bench.api("/ingest-secrets"), None, [403, 200, 200]),
        ("DELETE", bench.api("/ingest-secrets/nobodys"), None, [403, 404, 404]),
        ("GET", bench.api("/trail"), None, [200, 200, 200]),
        ("GET", "/api/v1/site/trail".to_owned(), None, [403, 403, 200]),
        ("GET", bench.api("/missed"), None, [200, 200, 200]),
        ("POST", bench.api("/scans"), None, [403, 202, 202]),
        ("GET", bench.api("/scans/x"), None, [403, 404, 404]),
        ("DELETE", bench.api("/scans/x"), None, [403, 404, 404]),
        ("GET", "/api/v1/site/health".to_owned(), None, [403, 403, 200]),
        ("POST", "/api/v1/site/selftest".to_owned(), Some(json!({})), [403, 403, 200]),
        ("POST", bench.api("/imports/automation"), Some(json!({})), [403, 400, 400]),
        ("POST", bench.api("/imports/notification-log"), Some(json!({})), [403, 400, 400]),
        ("GET", site.clone(), None, [403, 403, 200]),
        ("POST", site, mail(), [403, 403, 200]),
        ("GET", format!("/panel/projects/{}/health", bench.project), None, [200, 200, 200]),
        ("GET", format!("/panel/projects/{}/settings", bench.project), None, [200, 200, 200]),
        ("GET", format!("/panel/projects/{}/organisations/{organisation}", bench.project), None, [200, 200, 200]),
        ("GET", "/panel/site".to_owned(), None, [403, 403, 200]),
    ]
}

#[tokio::test]
async fn each_call_needs_its_right() {
    let bench = bench().await;
    let people = [bench.agent(), bench.project_admin(), bench.site.admin()];
    for (method, path, body, expected) in calls(&bench) {
        for (person, status) in people.iter().zip(expected) {
            let answer = bench.call(person, method, &path, body.clone()).await;
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_frame_for_admins_refuses_everybody_else_by_itself() {
    let bench = Bench::new().await;
    let (agent, admin, site_admin) = (bench.agent(), bench.project_admin(), bench.site.admin());
    let own = format!("project={}", bench.project);
    for (path, query, person, status) in [
        ("/connect/settings", own.as_str(), &admin, 200),
        ("/connect/settings", own.as_str(), &site_admin, 200),
        ("/connect/settings", own.as_str(), &agent, 403),
        ("/connect/settings", "project=99999", &admin, 404),
        ("/connect/settings", "project=HELP", &admin, 404),
        ("/connect/settings", "", &admin, 404),
        ("/connect/site", "", &site_admin, 200),
        ("/connect/site", "", &admin, 403),
        ("/connect/site", "", &agent, 403),
    ] {
        let url = bench.site.frame_url(path, person, query);
        let answer = bench.client.get(&url).send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{path}?{query}");
    }
}

#[tokio::test]
async fn an_agent_sees_no_secret_and_what_admins_see_is_asked_anew() {
    let bench = bench().await;
    let (agent, admin) = (bench.agent(), bench.project_admin());
    let made = bench.call(&admin, "POST", &bench.api("/ingest-secrets"), None).await;
    let made: Value = serde_json::from_str(&made.body).expect("JSON");
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/panel/projects/{}/settings", bench.project);
    assert!(bench.get(&admin, &path).await.body.contains(&id));
    assert!(!bench.get(&agent, &path).await.body.contains(&id), "secrets are for admins");
    bench.site.set_permission(&admin, "HELP", "ADMINISTER_PROJECTS", false);
    bench.site.set_permission(&admin, "HELP", "SERVICEDESK_AGENT", true);
    assert!(!bench.get(&admin, &path).await.body.contains(&id), "no right of a minute ago");
}

#[tokio::test]
async fn who_may_not_see_the_project_finds_nothing_and_who_may_is_told_no() {
    let bench = bench().await;
    let outsider = bench.site.add_user(UserKind::Outsider);
    for (method, path, body, _) in calls(&bench).into_iter().filter(|(_, path, ..)| !path.contains("/site")) {
        assert_eq!(bench.call(&outsider, method, &path, body).await.status, 404, "{method} {path} by an outsider");
    }
    bench.site.set_permission(&outsider, "HELP", "BROWSE_PROJECTS", true);
    for (method, path, body, _) in calls(&bench) {
        assert_eq!(bench.call(&outsider, method, &path, body).await.status, 403, "{method} {path} by a reader");
    }
}

#[tokio::test]
async fn what_is_no_service_project_is_not_there() {
    let bench = bench().await;
    let software = bench.site.add_project("CODE", "Code", ProjectType::Software);
    let admin = bench.site.admin();
    for project in [software.to_string(), "99999".to_owned(), "HELP".to_owned(), "-1".to_owned(), "9".repeat(40)] {
        for rest in ["health", "customers", "settings", "statements"] {
            let answer = bench.get(&admin, &format!("/api/v1/projects/{project}/{rest}")).await;
            assert_eq!(answer.status, 404, "{project}/{rest}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_failed_permission_call_is_a_no() {
    for fault in
        [Fault::Status(500), Fault::Status(403), Fault::Garbage, Fault::Html, Fault::WrongShape, Fault::CloseConnection]
    {
        let bench = bench().await;
        let admin = bench.site.admin();
        bench.site.misbehave(rights_asked(), fault.clone(), usize::MAX);
        for (method, path, body, _) in calls(&bench) {
            let answer = bench.call(&admin, method, &path, body).await;
            assert!(matches!(answer.status, 403 | 404), "{fault:?}: {method} {path} answered {}", answer.status);
        }
    }
}

#[tokio::test]
async fn the_agents_right_is_remembered_for_a_minute_and_administering_never() {
    let bench = bench().await;
    let (agent, admin) = (bench.agent(), bench.project_admin());
    let put = || Some(json!({"retentionDays": 30}));
    assert_eq!(bench.get(&agent, &bench.api("/settings")).await.status, 200);
    assert_eq!(bench.call(&admin, "PUT", &bench.api("/settings"), put()).await.status, 200);
    bench.site.set_permission(&agent, "HELP", "SERVICEDESK_AGENT", false);
    bench.site.set_permission(&admin, "HELP", "ADMINISTER_PROJECTS", false);
    assert_eq!(bench.get(&agent, &bench.api("/settings")).await.status, 200, "still remembered");
    assert_eq!(bench.call(&admin, "PUT", &bench.api("/settings"), put()).await.status, 403, "asked anew");
    bench.clock.forward(SignedDuration::from_secs(60));
    assert_eq!(bench.get(&agent, &bench.api("/settings")).await.status, 403, "not after a minute");
    let other = bench.site.add_project("OTHER", "Other", ProjectType::ServiceDesk);
    let path = format!("/api/v1/projects/{other}/settings");
    assert_eq!(bench.get(&agent, &path).await.status, 404, "a right in one project is none in another");
}

#[tokio::test]
async fn a_work_item_is_shown_only_in_its_project_and_to_who_may_see_it() {
    let bench = bench().await;
    let agent = bench.agent();
    bench.site.add_project("OTHER", "Other", ProjectType::ServiceDesk);
    let there = bench.site.raise_request("OTHER", &bench.site.admin());
    assert_eq!(bench.get(&agent, &bench.api(&format!("/issues/{there}"))).await.status, 404, "of another project");
    for odd in ["HELP-999", "nonsense", "HELP-1%20OR%201=1", "..%2Fmyself"] {
        assert_eq!(bench.get(&agent, &bench.api(&format!("/issues/{odd}"))).await.status, 404, "{odd}");
    }
}

#[tokio::test]
async fn an_open_panel_asks_jira_about_its_item_once_a_minute() {
    let bench = bench().await;
    let agent = bench.agent();
    let key = bench.site.raise_request("HELP", &bench.site.admin());
    let path = bench.api(&format!("/issues/{key}"));
    for _ in 0..3 {
        assert_eq!(bench.get(&agent, &path).await.status, 204);
    }
    assert_eq!(bench.site.count_calls("GET", "/rest/api/3/issue/{issueIdOrKey}"), 1);
    let other = bench.agent();
    bench.site.set_permission(&other, "HELP", "BROWSE_PROJECTS", false);
    assert_eq!(bench.get(&other, &path).await.status, 404, "what one may see is no answer to another");
    bench.site.set_permission(&agent, "HELP", "BROWSE_PROJECTS", false);
    bench.clock.forward(SignedDuration::from_secs(60));
    assert_eq!(bench.get(&agent, &path).await.status, 404);
}
