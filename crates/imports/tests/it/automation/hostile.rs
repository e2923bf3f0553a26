//! Files that are none, or are meant to hurt: a clear error, nothing half-read, bounded work.
//! Knows no verdict.

use super::{add, branch, export, mail, reading, rule};
use imports::automation::{Fault, MAX_BYTES, MAX_COMPONENTS, MAX_DEPTH, MAX_RULES, State, Verdict, Why, read};
use rstest::rstest;
use serde_json::{Value, json};

fn utf16(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[rstest]
#[case::empty(b"".to_vec(), Fault::Empty)]
#[case::blank(b"\xef\xbb\xbf \n ".to_vec(), Fault::Empty)]
#[case::zip(b"PK\x03\x04rules.json".to_vec(), Fault::Archive)]
#[case::gzip(b"\x1f\x8b\x08\x00".to_vec(), Fault::Archive)]
#[case::utf16_with_mark([b"\xff\xfe".to_vec(), utf16("{}", true)].concat(), Fault::Utf16)]
#[case::utf16_little(utf16("{\"rules\":[]}", true), Fault::Utf16)]
#[case::utf16_big(utf16("[]", false), Fault::Utf16)]
#[case::text(b"name,state\nA,ENABLED".to_vec(), Fault::NotJson)]
#[case::html(b"<!doctype html>".to_vec(), Fault::NotJson)]
#[case::two_documents(b"{\"rules\":[]}{}".to_vec(), Fault::NotJson)]
#[case::string(b"\"rules\"".to_vec(), Fault::NotRules)]
#[case::number(b"7".to_vec(), Fault::NotRules)]
#[case::null(b"null".to_vec(), Fault::NotRules)]
#[case::something_else(b"{\"issues\":[]}".to_vec(), Fault::NotRules)]
#[case::rules_is_no_list(b"{\"rules\":{\"a\":1}}".to_vec(), Fault::NotRules)]
#[case::summary(b"{\"links\":{},\"data\":[{\"uuid\":\"u\",\"name\":\"n\",\"state\":\"ENABLED\"}]}".to_vec(), Fault::Summary)]
#[case::too_many_rules(format!("[{}1]", "1,".repeat(MAX_RULES)).into_bytes(), Fault::TooManyRules)]
#[case::too_large(vec![b' '; MAX_BYTES + 1], Fault::TooLarge)]
#[case::deep_brackets("[".repeat(200_000).into_bytes(), Fault::NotJson)]
fn a_file_that_is_none_is_told_so(#[case] file: Vec<u8>, #[case] fault: Fault) {
    assert_eq!(read(&file).map_err(|error| error.fault), Err(fault));
}

#[test]
fn a_fault_is_told_with_its_place() {
    let told = |file: &[u8]| read(file).map_err(|error| error.to_string());
    assert_eq!(told(b"{\"rules\": [\n  {\"name\": \"a\",}\n]}"), Err("not_json at line 2, column 16".to_owned()));
    assert_eq!(told(b"{\n\"name\": \"\xff\"}"), Err("not_utf8 at line 2, column 10".to_owned()));
    let cut = export(&[rule(&[add("a@example.com")])]);
    let error = read(&cut[..cut.len() / 2]).expect_err("a truncated file is refused whole");
    assert_eq!((error.fault, error.line), (Fault::NotJson, Some(1)));
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let file = [b"\xef\xbb\xbf\r\n".to_vec(), export(&[rule(&[add("a@example.com")])])].concat();
    assert_eq!(reading(&file).silent().count(), 1);
}

fn nested(levels: usize) -> Value {
    (1..levels).fold(add("a@example.com"), |inner, _| branch(vec![inner]))
}

#[rstest]
#[case::number(json!(7), Why::NotARule)]
#[case::summary(json!({"uuid": "u", "name": "A rule", "state": "ENABLED"}), Why::NotARule)]
#[case::components_is_no_list(json!({"name": "A rule", "components": {"a": 1}}), Why::BrokenComponent)]
#[case::component_is_null(rule(&[Value::Null]), Why::BrokenComponent)]
#[case::no_type(rule(&[json!({"component": "ACTION"})]), Why::BrokenComponent)]
#[case::children_is_text(rule(&[json!({"type": "jira.issue.related", "children": "x"})]), Why::BrokenComponent)]
#[case::too_deep(rule(&[nested(MAX_DEPTH + 1)]), Why::TooDeep)]
#[case::far_too_deep(rule(&[nested(60)]), Why::TooDeep)]
#[case::too_many(rule(&vec![add("a@example.com"); MAX_COMPONENTS + 1]), Why::TooManyComponents)]
#[case::flat(rule(&[json!({"id": "1", "type": "jira.issue.related"}), json!({"id": "2", "parentId": "1", "type": "jira.sd.add.customer"})]), Why::FlatComponents)]
fn a_broken_rule_hides_no_other(#[case] broken: Value, #[case] why: Why) {
    let good = rule(&[add("a@example.com")]);
    let read = reading(&export(&[good.clone(), broken, good]));
    assert_eq!((read.read, read.silent().count()), (2, 2), "{read:?}");
    assert_eq!(read.skipped.iter().map(|s| (s.place.as_str(), s.why)).collect::<Vec<_>>(), [("rules[1]", why)]);
}

#[test]
fn the_stated_bounds_are_within_bounds() {
    let deep = reading(&export(&[rule(&[nested(MAX_DEPTH)])]));
    assert_eq!(deep.rules[0].findings[0].path.len(), MAX_DEPTH);
    let wide = reading(&export(&[rule(&vec![add("a@example.com"); MAX_COMPONENTS])]));
    let rule = &wide.rules[0];
    assert_eq!((rule.adds, rule.findings.len() + rule.unlisted), (MAX_COMPONENTS, MAX_COMPONENTS));
    assert!(rule.findings.len() <= 20, "what is listed is bounded");
}

#[test]
fn brackets_in_a_value_nest_as_they_like() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let file = format!(
        "{{\"rules\":[{{\"name\":\"n\",\"state\":\"ENABLED\",\"x\":{deep},\"components\":[{{\"component\":\"ACTION\",\"type\":\"jira.sd.add.customer\",\"value\":{deep}}}]}}]}}"
    );
    let reading = reading(file.as_bytes());
    assert_eq!(reading.silent().count(), 1, "whom it adds cannot be read, but it mails nobody: {reading:?}");
}

#[test]
fn names_and_states_of_any_form() {
    let rules = [
        json!({"id": 7, "name": "\u{1b}[31mred\u{202e}\n ", "enabled": true, "components": []}),
        json!({"uuid": {}, "id": "b", "name": ["x"], "state": "disabled", "components": [], "trigger": 5}),
        json!({"name": "n".repeat(9000), "state": 1, "components": [add("a@example.com"), mail("b@example.com")]}),
    ];
    let reading = reading(&export(&rules));
    let told: Vec<_> = reading.rules.iter().map(|r| (r.id.as_deref(), r.state, r.verdict)).collect();
    let expected = [
        (Some("7"), State::Enabled, Verdict::AddsNobody),
        (Some("b"), State::Disabled, Verdict::AddsNobody),
        (None, State::Unknown, Verdict::MayBeSilent),
    ];
    assert_eq!(told, expected, "a rule whose state is not told may run");
    assert_eq!(reading.rules[0].name.as_deref(), Some("[31mred"), "nothing that a terminal would obey");
    assert_eq!(reading.rules[2].name.as_ref().map(String::len), Some(255));
}

#[test]
fn unknown_types_are_counted_and_bounded() {
    let many: Vec<_> = (0..450).map(|n| super::action(&format!("com.acme.step-{n}"), json!({}))).collect();
    let more: Vec<_> = (450..900).map(|n| super::action(&format!("com.acme.step-{n}"), json!({}))).collect();
    let twice = super::action("com.acme.twice", json!({}));
    let reading = reading(&export(&[rule(&[twice.clone(), twice]), rule(&many), rule(&more)]));
    assert_eq!((reading.unknown[0].kind.as_str(), reading.unknown[0].count), ("…", 401));
    assert_eq!((reading.unknown[1].kind.as_str(), reading.unknown[1].count), ("com.acme.twice", 2));
    assert!(reading.unknown.len() <= 501, "{}", reading.unknown.len());
}

/// Everybody pending is carried into each of many blocks, in as many rules as a quarter of the largest file holds.
#[test]
fn slow_the_worst_file_is_judged_in_a_bearable_time() {
    let many = |n: usize, prefix: &str| {
        (0..n)
            .map(|i| json!({"type": "jira.sd.add.customer", "value": {"email": format!("{prefix}{i}@e.x")}}))
            .collect::<Vec<_>>()
    };
    let blocks: Vec<_> = many(140, "b")
        .into_iter()
        .map(|inner| json!({"type": "jira.condition.if.block", "children": [inner]}))
        .collect();
    let mut components = many(200, "a");
    components.push(json!({"type": "jira.condition.container.block", "children": blocks}));
    let one = json!({"state": "ENABLED", "components": components}).to_string();
    let fit = MAX_BYTES / 4 / (one.len() + 1);
    let file = format!("[{}]", vec![one; fit].join(","));
    let reading = reading(file.as_bytes());
    assert_eq!((reading.read, reading.silent().count()), (fit, fit));
    let listed: usize = reading.rules.iter().map(|rule| rule.findings.len()).sum();
    assert!(listed <= 2000, "{listed} findings of one file are listed");
}
