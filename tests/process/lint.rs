//! `lint-automation` as an admin runs it: what it prints and how it exits.
//! Knows no verdict that the tests of the crate `imports` do not know better.

use super::program::{command, run};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

fn fixture(name: &str) -> String {
    format!("{}/crates/imports/tests/fixtures/automation/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn lint(arguments: &[&str]) -> (Option<i32>, String, String) {
    told(run(&[&["lint-automation"], arguments].concat(), &[]))
}

fn told(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, bytes).expect("a file in a temporary folder");
    path.to_string_lossy().into_owned()
}

#[test]
fn rules_are_told_by_name_with_path_and_reason() {
    let (code, out, err) = lint(&[&fixture("cloud-export.json")]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "the only silent rule is disabled:\n{out}");
    assert!(out.contains("Disabled, does not count: Disabled, still adds customers"), "{out}");

    let (code, out, err) = lint(&[&fixture("cloud-export.json"), &fixture("data-center-export.json")]);
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    for expected in [
        "Silent: Welcome only new domains",
        "Step 2 (jira.issue.servicedesk.customer.add) adds a customer: a condition before the “Send email” step",
        "The condition is step 3 (jira.comparator.condition).",
        "May be silent: Linked items: add each reporter",
        "within 1 jira.issue.related adds a customer: no “Send email” step follows. Not certain: a web request follows",
        "Mails everybody it adds: Partner desk: add and welcome",
        "Not judged: rules[4] (Broken by hand): a step has not the form of one",
        "execute-script-issue-action-v2 (1)",
    ] {
        assert!(out.contains(expected), "`{expected}` is not in\n{out}");
    }
    for secret in ["dc-header-secret", "dc-body-secret", "dc-mail-body", "guest@example.com", "hooks.example.com"] {
        assert!(!out.contains(secret), "{secret} came out:\n{out}");
    }
}

#[test]
fn the_exit_code_tells_the_worst() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let broken = written(folder.path(), "broken.json", b"{\"rules\": [\n  {\"name\": \"a\",}\n]}");
    let partly = written(folder.path(), "partly.json", b"{\"rules\":[{\"name\":\"P\",\"components\":7}]}");
    let (fine, silent) = (fixture("cloud-export.json"), fixture("cloud-get-rule.json"));

    let (code, _, err) = lint(&[&fine, &broken]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("not JSON") && err.contains("line 2, column 16"), "{err}");
    assert_eq!(lint(&["nowhere.json"]).0, Some(2), "no such file");
    assert_eq!(lint(&[]).0, Some(2), "no file named");
    assert_eq!(lint(&[&silent, &broken]).0, Some(1), "a silent rule is worse than a file that cannot be read");
    assert_eq!(lint(&[&fine, &partly]).0, Some(3), "a rule that cannot be judged is no clean bill");
    assert_eq!(lint(&[&partly, &silent]).0, Some(1));
}

#[test]
fn standard_input_and_json() {
    let mut child = command(&["lint-automation", "--json", "-"], &[])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let rules = std::fs::read(fixture("cloud-get-rule.json")).expect("a fixture");
    child.stdin.take().expect("a pipe").write_all(&rules).expect("it reads what it is given");
    let (code, out, err) = told(child.wait_with_output().expect("it ends"));
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    let said: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let file = &said["files"][0];
    assert_eq!((&file["file"], &file["silent"], &file["read"]), (&"-".into(), &1.into(), &1.into()), "{file}");
    let finding = &file["rules"][0]["findings"][0];
    assert_eq!((&finding["reason"], &finding["path"][0]["position"]), (&"no_mail".into(), &"1".into()), "{finding}");
}
