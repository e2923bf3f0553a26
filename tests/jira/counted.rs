//! What a call costs is counted as Jira counts it, under labels that name no tenant, project or person.
//! Knows no limit; see `limits`.

use super::given::{PROJECT, Place, account};
use invite_guard_sandbox::{AddBy, Fault, Reason};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;

#[tokio::test]
async fn calls_points_and_limits_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    // The test runs on this one thread.
    let _guard = metrics::set_default_local_recorder(&recorder);
    let place = Place::start().await;
    let client = place.client();
    let project = place.project(PROJECT);
    let person = place.site.add_customer(PROJECT, AddBy::Agent).account_id;
    let request = place.site.raise_request(PROJECT, &person);
    let before = place.site.points_used();

    client.user(&account(&person)).await.expect("a user");
    client.role_members(project).await.expect("a role");
    client.audit_page(None, None, None, 0).await.expect("a page");
    client.newest_unresolved_request(project, &account(&person)).await.expect("a search");
    client.issue(&request).await.expect("an item");
    client.set_issue_property(&request, "invite-guard.case", &json!({})).await.expect("a property");
    client.service_projects(10, true).await.expect("projects");
    let spent = place.site.points_used() - before;

    place.site.misbehave("GET /rest/api/3/myself", Fault::Throttled(Reason::Burst, 5), 1);
    client.myself().await.expect_err("throttled");
    let shown = recorder.handle().render();
    let value = |line: &str| {
        let found = shown
            .lines()
            .find_map(|shown| shown.strip_prefix(line))
            .unwrap_or_else(|| panic!("{line} is missing in\n{shown}"));
        found.trim().parse::<u64>().unwrap_or_else(|_| panic!("{line}{found} is no number"))
    };
    let calls = |endpoint: &str, status: u16| {
        value(&format!("invite_guard_jira_requests_total{{endpoint=\"{endpoint}\",status=\"{status}\"}}"))
    };
    assert_eq!(calls("/rest/api/3/user", 200), 1);
    assert_eq!(calls("/rest/api/3/project/{project}/role/{role}", 200), 1);
    assert_eq!(calls("/rest/api/3/myself", 429), 1);
    assert_eq!(value("invite_guard_jira_throttled_total{reason=\"jira-burst-based\"}"), 1);
    let counted = value("invite_guard_jira_points_total");
    assert!(counted >= spent, "{counted} points counted, Jira counted {spent}: too few lets the quota run out unseen");
    assert!(counted <= spent + 2, "{counted} points counted, Jira counted {spent}");
    for name in [person.as_str(), PROJECT, &request, &project.to_string(), &place.site.client_key()] {
        assert!(!shown.contains(name), "a label names {name}:\n{shown}");
    }
    place.end().await;
}
