//! Saved facts with the findings they must give: one folder a cause, one file a case, in `tests/fixtures` of the workspace.
//! Does not know the rules; each file says in words what it is about.

use diagnosis::{
    Diagnosis, Finding, Sheet, StoredFinding, diagnose, diagnose_project, expected_mail, scenarios::REGISTRY,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixture {
    #[serde(skip)]
    pub(crate) name: String,
    about: String,
    pub(crate) facts: Sheet,
    expect: Expected,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    overall: String,
    expected_mail: String,
    primary: Option<String>,
    not_checked: Vec<String>,
    findings: Vec<ExpectedFinding>,
    /// What the notes on the project's page say, where a fixture is about one.
    #[serde(default)]
    notes: Option<Vec<ExpectedFinding>>,
    /// Steps of the causes named here; the others' are not looked at.
    #[serde(default)]
    steps: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedFinding {
    scenario: String,
    ruling: String,
    confidence: String,
    gap: Option<String>,
}

// Files, not the world: the ban on reading them is for the crate itself.
#[allow(clippy::disallowed_methods)]
pub(crate) fn all() -> Vec<Fixture> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut list = Vec::new();
    for scenario in &REGISTRY {
        let folder = root.join(scenario.slug);
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|e| panic!("{}: {e}. Every cause needs a folder of fixtures there", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            let text = std::fs::read_to_string(&path).expect("a readable fixture");
            let mut fixture: Fixture =
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let file = path.file_stem().expect("a file name").to_string_lossy();
            fixture.name = format!("{}/{file}", scenario.slug);
            list.push(fixture);
        }
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    list
}

fn said(sheet: &Sheet, expect: &Expected) -> Expected {
    let diagnosis: Diagnosis = diagnose(&REGISTRY, sheet.facts());
    let page = diagnose_project(&REGISTRY, &sheet.site, &sheet.project);
    let notes = page.findings.iter().filter(|finding| finding.scenario.note);
    let finding = |f: &diagnosis::Finding| ExpectedFinding {
        scenario: f.scenario.slug.to_owned(),
        ruling: f.ruling.name().to_owned(),
        confidence: f.confidence.name().to_owned(),
        gap: f.ruling.gap().map(|gap| gap.name().to_owned()),
    };
    let steps = diagnosis.findings.iter().filter(|f| expect.steps.contains_key(f.scenario.slug));
    Expected {
        overall: diagnosis.overall().name().to_owned(),
        expected_mail: expected_mail(&diagnosis, sheet.person.route()).name().to_owned(),
        primary: diagnosis.primary().map(|f| f.scenario.slug.to_owned()),
        not_checked: diagnosis.not_checked().into_iter().map(str::to_owned).collect(),
        findings: diagnosis.findings.iter().map(finding).collect(),
        notes: expect.notes.as_ref().map(|_| notes.map(finding).collect()),
        steps: steps
            .map(|f| (f.scenario.slug.to_owned(), f.steps.iter().map(|s| s.text.to_owned()).collect()))
            .collect(),
    }
}

#[test]
fn every_fixture_gives_its_findings_in_order() {
    let mut wrong = Vec::new();
    for fixture in all() {
        let said = said(&fixture.facts, &fixture.expect);
        if said != fixture.expect {
            wrong.push(format!("{}: {}\nexpected {:#?}\nsaid {said:#?}", fixture.name, fixture.about, fixture.expect));
        }
    }
    assert!(wrong.is_empty(), "{} fixtures are judged differently:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_cause_has_a_fixture_for_each_ruling() {
    for scenario in &REGISTRY {
        let rulings: BTreeSet<&str> = all()
            .iter()
            .filter(|fixture| fixture.name.starts_with(scenario.slug))
            .flat_map(|fixture| all_findings(&fixture.facts))
            .filter(|finding| finding.scenario.slug == scenario.slug)
            .map(|finding| finding.ruling.name())
            .collect();
        let mut due = BTreeSet::from(["blocks", "clears", "not_applicable", "undetermined"]);
        match scenario.slug {
            // A good address, a domain that takes mail and an active account are no proof that mail arrives.
            "malformed_address" | "undeliverable_domain" | "inactive_account" => due.remove("clears"),
            // A note is about everybody.
            _ if scenario.note => due.remove("not_applicable"),
            _ => false,
        };
        assert_eq!(rulings, due, "tests/fixtures/{} must show each ruling of its own cause", scenario.slug);
    }
}

/// What a person's causes say, and the notes of the project's page.
fn all_findings(sheet: &Sheet) -> Vec<Finding> {
    let mut findings = diagnose(&REGISTRY, sheet.facts()).findings;
    let page = diagnose_project(&REGISTRY, &sheet.site, &sheet.project).findings;
    findings.extend(page.into_iter().filter(|finding| finding.scenario.note));
    findings
}

#[test]
fn saved_facts_read_back_as_they_were() {
    for fixture in all() {
        let text = serde_json::to_string(&fixture.facts).expect("facts are JSON");
        let again: Sheet = serde_json::from_str(&text).expect("saved facts are readable");
        assert_eq!(again, fixture.facts, "{}", fixture.name);
    }
}

#[test]
fn findings_that_were_kept_read_back_as_they_were() {
    for fixture in all() {
        for finding in all_findings(&fixture.facts) {
            let text = serde_json::to_string(&StoredFinding::from(&finding)).expect("findings are JSON");
            let kept: StoredFinding = serde_json::from_str(&text).expect("kept findings are readable");
            let again = kept.into_finding().expect("this version knows its own causes");
            assert_eq!(format!("{again:?}"), format!("{finding:?}"), "{}", fixture.name);
        }
    }
}
