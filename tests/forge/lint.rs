//! Atlassian's own validator judges the manifest through `deploy/forge/lint/run`, and is seen to refuse broken ones.
//! Knows nothing of the manifest's meaning.

use super::manifest::with_connect;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the script says when Node, npm or the network is missing.
const NOT_JUDGED: Option<i32> = Some(2);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn lint(manifests: &[PathBuf]) -> Output {
    Command::new(root().join("deploy/forge/lint/run")).args(manifests).output().expect("the script can be started")
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file in a temporary folder");
    path
}

#[test]
#[allow(clippy::print_stderr, reason = "a proof that is skipped must be seen")]
fn slow_atlassians_validator_passes_ours_and_refuses_broken_ones() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ours = std::fs::read_to_string(root().join("manifest.yml")).expect("the manifest is there");
    // JSON is YAML, and the validator does not mind which it reads.
    let connect = written(folder.path(), "with-connect.yml", &with_connect().to_string());
    let fine = lint(&[root().join("manifest.yml"), connect]);
    let told = |output: &Output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    if fine.status.code() == NOT_JUDGED {
        assert!(std::env::var_os("CI").is_none(), "Atlassian's validator cannot be run:\n{}", told(&fine));
        eprintln!("SKIPPED: manifest.yml is not judged by Atlassian's validator:\n{}", told(&fine));
        return;
    }
    assert_eq!(fine.status.code(), Some(0), "{}", told(&fine));

    let broken = [
        ("eud.yml", "    storage:\n", "    storages:\n", "storages"),
        ("no-eud.yml", "      inScopeEUD: true\n", "      other: true\n", "inScopeEUD"),
        ("module.yml", "jira:adminPage:", "jira:adminSpage:", "jira:adminSpage"),
        ("scope.yml", "- read:jira-work #", "- read:jira-works #", "read:jira-works"),
        ("endpoint.yml", "endpoint: tick", "endpoint: tock", "tock"),
        ("condition.yml", "projectType: service_desk", "projectKind: service_desk", "projectKind"),
    ];
    let copies: Vec<PathBuf> = broken
        .iter()
        .map(|(name, from, to, _)| {
            assert!(ours.contains(from), "{name}: the manifest has no {from:?} to break");
            written(folder.path(), name, &ours.replace(from, to))
        })
        .collect();
    let refused = lint(&copies);
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    let out = told(&refused);
    for (name, _, _, fault) in broken {
        let named = out.lines().any(|line| line.contains(name) && line.contains("error: ") && line.contains(fault));
        assert!(named, "{name}: no error names {fault}:\n{out}");
        assert!(out.lines().any(|line| line.contains(name) && line.ends_with("NOT valid")), "{name} passed:\n{out}");
    }
}
