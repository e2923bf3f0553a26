//! How a project and the site are set up, as Jira tells it, and what that does to whoever is added.

use invite_guard_sandbox::{AddBy, MailKind, Plan, ProjectType};
use serde_json::{Value, json};

use crate::app::Bench;

const SCHEME: &str = "/rest/api/3/project/HELP/permissionscheme?expand=permissions";

fn of_portal(scheme: &Value) -> Vec<&str> {
    let grants = scheme["permissions"].as_array().into_iter().flatten();
    let portal = grants.filter(|grant| grant["holder"]["type"] == "sd.customer.portal.only");
    portal.filter_map(|grant| grant["permission"].as_str()).collect()
}

#[tokio::test]
async fn the_scheme_tells_what_portal_customers_may() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    assert!(of_portal(&bench.get(SCHEME).await.body).contains(&"BROWSE_PROJECTS"));
    let without = "/rest/api/3/project/HELP/permissionscheme";
    assert_eq!(bench.get(without).await.body["permissions"], Value::Null, "grants come when they are asked for");
    bench.site.set_portal_access("HELP", false);
    assert!(!of_portal(&bench.get(SCHEME).await.body).contains(&"BROWSE_PROJECTS"));
    bench.site.set_team_managed("HELP", true);
    let scheme = bench.get(SCHEME).await.body;
    assert_eq!((scheme["scope"]["type"].as_str(), of_portal(&scheme)), (Some("PROJECT"), vec!["CREATE_ISSUES"; 0]));
    assert_eq!(bench.get("/rest/api/3/project/HELP").await.body["style"], "next-gen");
    bench.site.set_app_permission("HELP", "ADMINISTER_PROJECTS", false);
    assert_eq!(bench.get(SCHEME).await.status, 200, "Administer Jira is enough");
    bench.site.set_app_global_permission("ADMINISTER", false);
    assert_eq!(bench.get(SCHEME).await.status, 403);
    bench.site.set_app_permission("HELP", "BROWSE_PROJECTS", false);
    assert_eq!(bench.get(SCHEME).await.status, 404, "a project that may not be seen is not there");
    bench.assert_valid();
}

#[tokio::test]
async fn sender_and_plan_are_told() {
    let bench = Bench::new().await;
    let id = bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let email = format!("/rest/api/3/project/{id}/email");
    assert_eq!(bench.get(&email).await.body["emailAddressStatus"], Value::Null);
    let remark = "Email address or domain not verified.";
    bench.site.set_sender("HELP", Some(("help@desk.example", &[remark])));
    assert_eq!(bench.get(&email).await.body["emailAddressStatus"], json!([remark]));
    let plans = async || bench.get("/rest/api/3/instance/license").await.body["applications"].to_string();
    assert!(plans().await.contains("PAID"));
    bench.site.set_plan(Plan::Free);
    assert!(!plans().await.contains("PAID"));
    bench.assert_valid();
}

#[tokio::test]
async fn whoever_is_kept_out_gets_no_mail() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let add = |address: Option<&str>| bench.site.add_customer_at("HELP", AddBy::Agent, address).truth;
    bench.site.set_portal_access("HELP", false);
    let kept = add(None);
    assert_eq!((kept.mail, kept.causes), (None, vec!["portal_permission_missing"]));
    bench.site.set_team_managed("HELP", true);
    assert_eq!(add(None).mail, Some(MailKind::Invitation), "no scheme decides there");
    bench.site.set_portal_only_accounts(true, &["desk.example"]);
    assert_eq!(add(Some("in@desk.example")).mail, Some(MailKind::Invitation));
    let other = add(Some("out@other.example"));
    assert_eq!((other.mail, other.causes), (None, vec!["access_restricted"]));
    bench.site.set_portal_only_accounts(false, &[]);
    assert_eq!(add(Some("also@desk.example")).causes, ["access_restricted"]);
}
