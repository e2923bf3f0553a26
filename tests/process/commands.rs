//! Commands that do one thing and leave: what they print and how they exit.
//! Knows no server.

use super::program::{Program, run};
use invite_guard_sandbox::{Options, Sandbox};
use rstest::rstest;
use std::process::Output;

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[rstest]
#[case::no_command(&[], &[])]
#[case::no_such_command(&["fly"], &[])]
#[case::wrong_setting(&["config"], &[("WORKER__CONCURRENCY", "many")])]
#[case::postgres_without_keys(&["serve"], &[("STORE__URL", "postgres://localhost/x")])]
#[case::roles_on_sqlite(&["serve", "--role", "web"], &[("STORE__URL", "sqlite://never.db")])]
#[case::no_such_file(&["--config", "nowhere.toml", "config"], &[])]
fn wrong_usage_and_settings_exit_with_2(#[case] arguments: &[&str], #[case] settings: &[(&str, &str)]) {
    let output = run(arguments, settings);
    assert_eq!(code(&output), Some(2), "{}", err(&output));
    assert!(!err(&output).is_empty(), "it says what is wrong");
}

#[test]
fn a_wrong_setting_is_told_in_one_line() {
    let output = run(&["config"], &[("JIRA__TIMEOUT", "soon")]);
    let told = err(&output);
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(
        told.contains("jira.timeout") && told.contains("INVITE_GUARD__JIRA__TIMEOUT") && told.contains("100ms"),
        "{told}"
    );
}

#[test]
fn an_unreachable_store_exits_with_3() {
    let key = crate::store::engines::KEY;
    let output =
        run(&["tenants"], &[("STORE__URL", "postgres://guard:hidden@127.0.0.1:1/guard"), ("SECRETS__KEYS", key)]);
    assert_eq!(code(&output), Some(3), "{}", err(&output));
    assert!(!err(&output).contains("hidden"), "no password in messages: {}", err(&output));
}

#[test]
fn config_shows_sources_and_hides_secrets() {
    let key = crate::store::engines::KEY;
    let settings =
        [("SECRETS__KEYS", key), ("STORE__URL", "postgres://guard:hidden@127.0.0.1:1/guard"), ("SERVER__BINT", "x")];
    for arguments in [&["config"][..], &["config", "--json"]] {
        let output = run(arguments, &settings);
        assert_eq!(code(&output), Some(0), "{}", err(&output));
        let shown = out(&output);
        assert!(shown.contains("***") && !shown.contains("AAAA") && !shown.contains("hidden"), "{shown}");
        assert!(shown.contains("INVITE_GUARD__SECRETS__KEYS"), "{shown}");
        assert!(err(&output).contains("server.bint"), "a misspelt key is told: {}", err(&output));
    }
}

#[test]
fn scenarios_are_printed_as_documented() {
    let output = run(&["scenarios", "--markdown"], &[]);
    let documented = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenarios.md")).expect("docs");
    assert_eq!(out(&output).trim(), documented.trim(), "run the words tests with UPDATE_DOCS=1");
    let json: serde_json::Value = serde_json::from_str(&out(&run(&["scenarios", "--json"], &[]))).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(diagnosis::scenarios::REGISTRY.len()));
}

#[test]
fn every_setting_is_documented() {
    let documented = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.md")).expect("docs");
    for key in invite_guard::config::KEYS {
        assert!(documented.contains(&format!("`{}`", key.name)), "docs/settings.md lacks {}", key.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_and_queue_are_shown_without_secrets() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("guard.db").display());
    let settings = [("STORE__URL", url.as_str()), ("SECRETS__KEYS", crate::store::engines::KEY)];
    assert_eq!(out(&run(&["migrate"], &settings)).trim(), "the database is up to date");
    assert_eq!(out(&run(&["tenants"], &settings)).trim(), "no installation yet");
    assert_eq!(out(&run(&["queue", "list", "--json"], &settings)).trim(), "[]");
    assert_eq!(code(&run(&["queue", "retry", "7"], &settings)), Some(2), "there is no row 7");

    let site = Sandbox::start(Options::default()).await.expect("a sandbox");
    let mut program = Program::start(&site, folder.path()).await;
    site.install(&program.url).await.expect("installed");
    assert_eq!(program.stop().await, Some(0), "an orderly stop exits with 0");
    let shown = out(&run(&["tenants", "--json"], &settings));
    assert!(shown.contains(&site.base_url()) && shown.contains("active"), "{shown}");
    assert!(!shown.contains(&site.shared_secret()), "never a secret");
    site.stop().await;
}

/// A mail provider of the operator's own is told the addresses of one site's customers, never of several sites'.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_provider_is_refused_where_several_sites_are_installed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("guard.db").display());
    let keys = crate::store::engines::keys();
    let store = invite_guard::store::open(&url, 2, keys).await.expect("a store");
    for name in ["one", "two"] {
        let installation = invite_guard::domain::tenant::Installation {
            client_key: name.to_owned(),
            app_key: "invite-guard".to_owned(),
            base_url: format!("https://{name}.atlassian.net/").parse().expect("a URL"),
            display_url: None,
            help_center_url: None,
            shared_secret: "0123456789abcdef0123456789abcdef".to_owned().into(),
            installation_id: None,
            cloud_id: None,
        };
        store.install(&installation, jiff::Timestamp::now(), &|_| Vec::new()).await.expect("installs");
    }
    drop(store);
    let settings = [
        ("STORE__URL", url.as_str()),
        ("SECRETS__KEYS", crate::store::engines::KEY),
        ("SERVER__BIND", "127.0.0.1:0"),
        ("MAIL__SENDGRID_KEY", "SG.hidden"),
    ];
    let output = run(&["serve"], &settings);
    assert_eq!(code(&output), Some(2), "{}", err(&output));
    let told = err(&output);
    assert!(told.contains("mail.sendgrid_key") && told.contains("2 sites") && !told.contains("SG.hidden"), "{told}");
}
