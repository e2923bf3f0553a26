//! `selftest` in the terminal: what it prints, what it marks, and how it exits.
//! Knows no server but the one that takes the install.

use super::program::{Program, run};
use invite_guard_sandbox::{Options, ProjectType, Sandbox};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_tested_from_the_terminal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = Sandbox::start(Options::default()).await.expect("a sandbox");
    site.add_project("HELP", "Help desk", ProjectType::ServiceDesk);
    let url = format!("sqlite://{}", folder.path().join("guard.db").display());
    let host = site.base_url().trim_start_matches("http://").to_owned();
    let settings = [
        ("STORE__URL", url.as_str()),
        ("SECRETS__KEYS", crate::store::engines::KEY),
        ("CONNECT__TENANT_HOSTS", &host),
        ("SOURCES__MAIL_PROBE", "on"),
    ];
    let selftest = |arguments: &[&str]| {
        let output = run(&[&["selftest"], arguments].concat(), &settings);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, told) = selftest(&[]);
    assert_eq!(code, Some(2), "nobody is installed: {told}");

    let mut program = Program::start(&site, folder.path()).await;
    site.install(&program.url).await.expect("installed");
    super::program::wait_until("the project was seen", || {
        std::future::ready(site.count_calls("GET", "/rest/api/3/project/{projectIdOrKey}/role/{id}") > 0)
    })
    .await;
    assert_eq!(program.stop().await, Some(0));

    let base = site.base_url();
    let (code, told, error) = selftest(&["--tenant", &base, "--say", "outgoing_mail_on=true", "--json"]);
    assert_eq!(code, Some(0), "{told}{error}");
    let answer: Value = serde_json::from_str(&told).expect("JSON");
    let source = |name: &str| {
        let sources = answer["sources"].as_array().expect("a list").iter();
        sources.into_iter().find(|source| source["name"] == name).cloned().expect("every source has a line")
    };
    assert_eq!(source("mail_probe")["state"], "proven", "{told}");
    assert_eq!(source("audit_log")["state"], "proven", "{told}");
    assert_eq!(source("jira_internal")["state"], "unavailable", "it is off");
    let (_, table, _) = selftest(&[]);
    assert!(table.contains("mail_probe       proven"), "{table}");

    assert_eq!(selftest(&["--say", "NONE:invite_notification_on=true"]).0, Some(2), "no such project");
    assert_eq!(selftest(&["--say", "outgoing_mail_on=maybe"]).0, Some(2), "not a value");
    site.set_audit_available(false);
    assert_eq!(selftest(&[]).0, Some(3), "a permission is missing");
    site.stop().await;
    let (code, told, _) = selftest(&[]);
    assert_eq!(code, Some(3), "Jira does not answer: {told}");
}
