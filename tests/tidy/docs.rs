//! What the documents name is there: settings, commands, files, and the places that links lead to.
//! Knows no meaning; a wrong sentence passes.

use super::{root, text};
use invite_guard::config::KEYS;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What looks like a setting and is none: the form of a variable, and a part of a room.
const NO_SETTINGS: [&str; 2] = ["section.key", "store.seats"];

/// README, ARCHITECTURE and everything in docs/.
fn documents() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs")).expect("docs/ is there").flatten().map(|entry| entry.path());
    let mut found: Vec<_> = docs.filter(|path| path.extension().is_some_and(|e| e == "md")).collect();
    found.extend(["README.md", "ARCHITECTURE.md"].map(|name| root().join(name)));
    found.sort();
    found
}

/// Everything between single or triple backticks.
fn code(text: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((_, after)) = rest.split_once('`') {
        let fence = if after.starts_with("``") { "```" } else { "`" };
        let after = &after[fence.len() - 1..];
        let Some((inside, next)) = after.split_once(fence) else { break };
        found.push(inside.to_owned());
        rest = next;
    }
    found
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| c.is_whitespace() || "=(),;\"'".contains(c)).filter(|word| !word.is_empty())
}

#[test]
fn settings_that_documents_name_exist() {
    let known: BTreeSet<&str> = KEYS.iter().map(|key| key.name).collect();
    let sections: BTreeSet<&str> = known.iter().filter_map(|name| name.split('.').next()).collect();
    let mut faults = Vec::new();
    for path in documents() {
        for code in code(&text(&path)) {
            for word in words(&code) {
                let variable = word
                    .strip_prefix("INVITE_GUARD__")
                    .map(|rest| rest.trim_end_matches("_FILE").replacen("__", ".", 1).to_ascii_lowercase());
                let dotted = word.split_once('.').filter(|(section, key)| {
                    sections.contains(section)
                        && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                        && !key.is_empty()
                });
                let named = variable.or(dotted.map(|_| word.to_owned()));
                if let Some(name) =
                    named.filter(|name| !NO_SETTINGS.contains(&name.as_str()) && !known.contains(name.as_str()))
                {
                    faults.push(format!("{}: there is no setting {name}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn commands_that_documents_name_exist() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_invite-guard")).arg("--help").output();
    let help = String::from_utf8_lossy(&help.expect("the program can be started").stdout).into_owned();
    let known: BTreeSet<&str> = help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert!(known.contains("selftest"), "the commands are read from the program's help:\n{help}");
    let mut faults = Vec::new();
    for path in documents() {
        for code in code(&text(&path)) {
            for line in code.lines() {
                let line = line.split('#').next().unwrap_or_default().trim();
                let Some(rest) = line.strip_prefix("target/release/").unwrap_or(line).strip_prefix("invite-guard ")
                else {
                    continue;
                };
                let command = rest.split(' ').next().unwrap_or_default();
                if !known.contains(command) {
                    faults.push(format!("{}: there is no command `invite-guard {command}`", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_that_documents_name_exist() {
    let made = ["deploy/forge/dist"];
    let mut faults = Vec::new();
    for path in documents() {
        for code in code(&text(&path)) {
            for word in words(&code).map(|word| word.trim_end_matches(['.', ':', '/'])) {
                let ours =
                    ["deploy/", "docs/", "tests/", "sandbox/", "demo/"].iter().any(|room| word.starts_with(room));
                let plain = !word.contains(['*', '<', '{', '…']);
                if ours && plain && !made.contains(&word) && !root().join(word).exists() {
                    faults.push(format!("{}: there is no {word}", path.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn links_lead_somewhere() {
    let mut faults = Vec::new();
    for path in documents() {
        let text = text(&path);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.contains(' ') {
                continue;
            }
            let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap_or(Path::new("")).join(file),
            };
            if !target.exists() {
                faults.push(format!("{}: {link} leads nowhere", path.display()));
            } else if let Some(anchor) = anchor.filter(|anchor| !anchors(&super::text(&target)).contains(*anchor)) {
                faults.push(format!("{}: {link}: no heading makes #{anchor}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Anchors of headings, as code hosts make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}
