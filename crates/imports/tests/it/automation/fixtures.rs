//! Whole exports, judged as a person would who reads them.
//! The expected verdicts are written down here, rule by rule.

use super::reading;
use imports::automation::{Doubt, Reason, State, Verdict, Why};

const CLOUD: &[u8] = include_bytes!("../../fixtures/automation/cloud-export.json");
const ONE: &[u8] = include_bytes!("../../fixtures/automation/cloud-get-rule.json");
const DATA_CENTER: &[u8] = include_bytes!("../../fixtures/automation/data-center-export.json");
const TYPES: &str = include_str!("../../fixtures/automation/component-types.json");

#[test]
fn a_cloud_export_is_judged_as_a_person_would() {
    let reading = reading(CLOUD);
    let told: Vec<_> = reading.rules.iter().map(|r| (r.name.as_deref().unwrap_or(""), r.state, r.verdict)).collect();
    let expected = [
        // The mail goes to `COPY reporter`, who is the person added.
        ("Add customer from request", State::Enabled, Verdict::Mailed),
        // Add and mail stand in the same block.
        ("Add customer inside a condition", State::Enabled, Verdict::Mailed),
        // No mail, but the rule does not run.
        ("Disabled, still adds customers", State::Disabled, Verdict::Silent),
        ("Unrelated", State::Enabled, Verdict::AddsNobody),
    ];
    assert_eq!(told, expected);
    assert_eq!(reading.silent().count(), 0, "a disabled rule does not count");
    assert_eq!((reading.unknown.len(), reading.skipped.len()), (0, 0), "{reading:?}");
}

#[test]
fn a_rule_of_the_rest_api_is_judged_bare_and_wrapped() {
    let wrapped: serde_json::Value = serde_json::from_slice(ONE).expect("JSON");
    let bare = wrapped["rule"].to_string().into_bytes();
    let list = serde_json::json!([wrapped, wrapped["rule"]]).to_string().into_bytes();
    for (file, rules) in [(ONE, 1), (&bare, 1), (&list, 2)] {
        let reading = reading(file);
        assert_eq!(reading.silent().count(), rules, "it adds the reporter and mails nobody: {reading:?}");
        for rule in reading.silent() {
            assert_eq!(rule.id.as_deref(), Some("01990000-0000-7000-8000-000000000001"));
            assert_eq!((rule.verdict, rule.findings[0].reason), (Verdict::Silent, Reason::NoMail));
            assert_eq!(rule.findings[0].path[0].position, "1");
            assert_eq!(rule.findings[0].path[0].kind, "jira.sd.add.customer");
        }
    }
}

#[test]
fn a_data_center_export_is_judged_as_a_person_would() {
    let reading = reading(DATA_CENTER);
    let told: Vec<_> = reading.rules.iter().map(|r| (r.id.as_deref().unwrap_or(""), r.verdict)).collect();
    let expected = [
        ("41", Verdict::Mailed),      // values are JSON as text
        ("42", Verdict::MayBeSilent), // each reporter is added in a branch; the web request after it may mail them
        ("43", Verdict::Silent),      // the condition between may end the rule
        ("44", Verdict::MayBeSilent), // a script of an unknown type may mail
    ];
    assert_eq!(told, expected);
    let (linked, domains, script) =
        (&reading.rules[1].findings[0], &reading.rules[2].findings[0], &reading.rules[3].findings[0]);
    assert_eq!((linked.reason, linked.doubts.as_slice()), (Reason::NoMail, &[Doubt::WebRequest][..]));
    assert_eq!(linked.path.iter().map(|s| s.position.as_str()).collect::<Vec<_>>(), ["1", "1.2"]);
    assert_eq!(domains.reason, Reason::ConditionBetween);
    assert_eq!(domains.stops_at.as_ref().map(|step| step.position.as_str()), Some("3"));
    assert_eq!((script.reason, script.doubts.as_slice()), (Reason::NoMail, &[Doubt::UnknownStep][..]));
    let unknown: Vec<_> = reading.unknown.iter().map(|u| (u.kind.as_str(), u.count)).collect();
    assert_eq!(unknown, [("com.onresolve.jira.groovy.groovyrunner:execute-script-issue-action-v2", 1)]);
    let skipped = &reading.skipped[0];
    assert_eq!((skipped.place.as_str(), skipped.why), ("rules[4]", Why::BrokenComponent));
    assert_eq!(skipped.name.as_deref(), Some("Broken by hand"), "people find it by its name");
}

#[test]
fn every_type_seen_in_the_wild_is_known() {
    let seen: serde_json::Value = serde_json::from_str(TYPES).expect("JSON");
    let actions = seen["actions"].as_array().expect("actions").iter().filter_map(|a| a["type"].as_str());
    let containers = seen["containers"].as_array().expect("containers").iter().filter_map(|c| c.as_str());
    let components: Vec<_> = actions.chain(containers).map(|kind| super::action(kind, serde_json::json!({}))).collect();
    assert!(components.len() >= 8, "the list has shrunk");
    let reading = reading(&super::export(&[super::rule(&components)]));
    assert_eq!(reading.unknown, [], "types that public sources name");
    assert_eq!(reading.rules[0].adds, 2, "both names of the add");
    let mut example = seen["data_center_email_example"].clone();
    let judged = super::judged(&[super::add("GUEST@example.com"), example.take()]);
    assert_eq!(judged.verdict, Verdict::Mailed, "FREE recipients beside others");
}
