//! The house holds its own rules: rooms import downhill only, files stay readable, everything has its words and fixtures.
//! Knows no behaviour; it reads files.

mod docs;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which rooms a room may import; the map of ARCHITECTURE.md. `diagnosis` and `atlassian-jwt` are crates: cargo holds those walls.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("outbound", &[]),
    ("config", &[]),
    ("telemetry", &["config"]),
    ("words", &[]),
    ("store", &["domain"]),
    ("jira", &["domain", "outbound"]),
    ("mail", &["domain", "outbound"]),
    ("sources", &["domain", "store", "jira", "mail"]),
    ("examine", &["domain", "store", "jira", "mail", "sources"]),
    ("publish", &["domain", "store", "jira", "words"]),
    ("worker", &["domain", "store", "jira", "examine", "publish"]),
    ("web", &["domain", "store", "jira", "examine", "words", "outbound"]),
    (
        "app",
        &[
            "config",
            "telemetry",
            "domain",
            "outbound",
            "store",
            "jira",
            "mail",
            "sources",
            "examine",
            "publish",
            "worker",
            "web",
            "words",
        ],
    ),
    // The self-test asks a site and tells what came of it.
    ("cli", &["config", "telemetry", "domain", "store", "jira", "examine", "app", "words"]),
];

/// About 400; beyond this a file has become two.
const LINES: usize = 450;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                found.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn ours() -> Vec<PathBuf> {
    ["src", "crates", "sandbox", "demo", "tests", "benches"]
        .iter()
        .flat_map(|folder| rust_files(&root().join(folder)))
        .collect()
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{} cannot be read: {e}", path.display()))
}

fn room_of(path: &Path) -> Option<String> {
    let inside = path.strip_prefix(root().join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?;
    Some(first.trim_end_matches(".rs").to_owned()).filter(|room| room != "lib" && room != "main")
}

#[test]
fn rooms_import_downhill_only() {
    let mut faults = Vec::new();
    for path in rust_files(&root().join("src")) {
        let Some(room) = room_of(&path) else { continue };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room) else {
            faults.push(format!(
                "{}: room `{room}` is not on the map; add it to ARCHITECTURE.md and to ARROWS",
                path.display()
            ));
            continue;
        };
        for (number, line) in text(&path).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for (at, _) in code.match_indices("crate::") {
                let names = imported(&code[at + "crate::".len()..]);
                for other in names.iter().filter(|n| ARROWS.iter().any(|(name, _)| name == n)) {
                    if *other != room && !allowed.contains(&other.as_str()) {
                        faults.push(format!("{}:{}: `{room}` may not import `{other}`", path.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "imports run uphill; move the code or the wall (ARCHITECTURE.md):\n{}",
        faults.join("\n")
    );
}

/// First path segments after `crate::`, also of a group `{a::b, c}` on one line.
fn imported(rest: &str) -> Vec<String> {
    let word = |s: &str| s.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    match rest.strip_prefix('{') {
        Some(group) => group.split(',').map(word).collect(),
        None => vec![word(rest)],
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_readable() {
    let mut faults = Vec::new();
    for path in ours() {
        let text = text(&path);
        if !text.starts_with("//!") {
            faults.push(format!("{}: starts without `//!`; say what it is and what it does not know", path.display()));
        }
        let lines = text.lines().count();
        if lines > LINES {
            faults.push(format!("{}: {lines} lines; split it", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_map_shows_every_room() {
    let map = text(&root().join("ARCHITECTURE.md"));
    let rooms: BTreeSet<String> = rust_files(&root().join("src")).iter().filter_map(|p| room_of(p)).collect();
    let missing: Vec<_> = rooms.iter().filter(|room| !map.contains(&format!("`{room}`"))).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not mention {missing:?}");
}

#[test]
fn every_scenario_has_fixtures_and_a_docs_anchor() {
    let docs = text(&root().join("docs/scenarios.md"));
    for scenario in &diagnosis::scenarios::REGISTRY {
        let slug = scenario.slug;
        let fixtures = std::fs::read_dir(root().join("tests/fixtures").join(slug)).map(|d| d.count()).unwrap_or(0);
        assert!(fixtures > 0, "tests/fixtures/{slug}/ holds no fixture");
        assert!(docs.contains(slug), "docs/scenarios.md does not mention {slug}; run the docs test with UPDATE_DOCS=1");
    }
    let slugs: BTreeSet<_> = diagnosis::scenarios::REGISTRY.iter().map(|s| s.slug).collect();
    assert_eq!(slugs.len(), diagnosis::scenarios::REGISTRY.len(), "slugs are unique");
}

#[test]
fn the_sandbox_imports_nothing_of_ours() {
    let manifest = text(&root().join("sandbox/Cargo.toml"));
    for ours in ["diagnosis", "atlassian-jwt", "invite-guard.workspace", "invite-guard ="] {
        assert!(
            !manifest.contains(ours),
            "sandbox/Cargo.toml names {ours}: the judge may not share code with the judged"
        );
    }
}

#[test]
fn only_outbound_builds_http_clients() {
    for path in rust_files(&root().join("src")) {
        let outbound = room_of(&path).is_some_and(|room| room == "outbound");
        let builds =
            ["reqwest::Client::", "Client::builder()", "ClientBuilder"].iter().any(|m| text(&path).contains(m));
        assert!(
            outbound || !builds,
            "{}: builds an HTTP client; only `outbound` may, since it refuses private addresses",
            path.display()
        );
    }
}

#[test]
fn nothing_committed_names_a_machine() {
    let mut faults = Vec::new();
    let listed = std::process::Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let Ok(listed) = listed else { return };
    for name in String::from_utf8_lossy(&listed.stdout).lines() {
        let path = root().join(name);
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let machine = ["/work", "/"].concat(); // so that this line does not find itself
        if text.lines().any(|l| l.contains(&machine) && !l.contains("https://") && !l.contains("http://"))
            && !name.ends_with("Cargo.lock")
        {
            faults.push(name.to_owned());
        }
    }
    assert!(faults.is_empty(), "machine paths in {faults:?}");
}
