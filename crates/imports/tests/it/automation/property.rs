//! Random nested rules against a simple judgement: walk every path, and look whether each add is followed by a mail.
//! Shares nothing with the crate but the JSON.

use super::{add, branch, condition, either, judged, mail};
use imports::automation::Rule;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A rule as the simple judgement sees it. People are numbers.
#[derive(Clone, Debug)]
enum Node {
    Add(usize),
    Mail(usize),
    Log,
    Condition,
    Either(Vec<Vec<Node>>, bool),
    Branch(Vec<Node>),
}

/// What happens on a path: an add at a position, or a mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Added(String, usize),
    Mailed(usize),
}

type Path = Vec<Event>;

/// All paths through a list: those that reach its end, and those that a condition ends.
fn paths(list: &[Node], outer: &str) -> (BTreeSet<Path>, BTreeSet<Path>) {
    let mut going = BTreeSet::from([Path::new()]);
    let mut ended = BTreeSet::new();
    for (index, node) in list.iter().enumerate() {
        let position = format!("{outer}{}", index + 1);
        let (on, off) = node_paths(node, &position);
        ended.extend(going.iter().flat_map(|path| off.iter().map(move |more| [path.clone(), more.clone()].concat())));
        going =
            going.iter().flat_map(|path| on.iter().map(move |more| [path.clone(), more.clone()].concat())).collect();
    }
    (going, ended)
}

fn node_paths(node: &Node, position: &str) -> (BTreeSet<Path>, BTreeSet<Path>) {
    let one = |event| (BTreeSet::from([vec![event]]), BTreeSet::new());
    let nothing = BTreeSet::from([Path::new()]);
    match node {
        Node::Add(who) => one(Event::Added(position.to_owned(), *who)),
        Node::Mail(who) => one(Event::Mailed(*who)),
        Node::Log => (nothing, BTreeSet::new()),
        Node::Condition => (nothing.clone(), nothing),
        Node::Either(blocks, otherwise) => {
            let mut on = if *otherwise && blocks.len() > 1 { BTreeSet::new() } else { nothing };
            let mut off = BTreeSet::new();
            for (index, block) in blocks.iter().enumerate() {
                let (more_on, more_off) = paths(block, &format!("{position}.{}.", index + 1));
                on.extend(more_on);
                off.extend(more_off);
            }
            (on, off)
        }
        // No run, or one; a condition ends only the run.
        Node::Branch(list) => {
            let (on, off) = paths(list, &format!("{position}."));
            (nothing.into_iter().chain(on).chain(off).collect(), BTreeSet::new())
        }
    }
}

/// Positions of adds that some path leaves without a mail.
fn silent(list: &[Node]) -> BTreeSet<String> {
    let (on, off) = paths(list, "");
    let mut found = BTreeSet::new();
    for path in on.iter().chain(&off) {
        for (at, event) in path.iter().enumerate() {
            let Event::Added(position, who) = event else { continue };
            if !path[at..].contains(&Event::Mailed(*who)) {
                found.insert(position.clone());
            }
        }
    }
    found
}

/// Spellings of each person; whichever is taken, the verdict is the same.
const PEOPLE: [&[&str]; 4] = [
    &["{{issue.reporter.emailAddress}}", "{{ reporter.emailAddress }}", "{{issue.fields.reporter.emailAddress}}"],
    &["{{customer}}", "{{ Customer }}"],
    &["guest@example.com", "Guest <guest@example.com>", "GUEST@example.com"],
    &["other@example.com"],
];

fn spelt(who: usize, turn: &mut usize) -> &'static str {
    *turn += 1;
    PEOPLE[who][*turn % PEOPLE[who].len()]
}

fn json_of(node: &Node, turn: &mut usize) -> Value {
    let all = |list: &[Node], turn: &mut usize| list.iter().map(|node| json_of(node, turn)).collect::<Vec<_>>();
    let mut value = match node {
        Node::Add(who) => add(spelt(*who, turn)),
        Node::Mail(0) if turn.is_multiple_of(2) => mail("reporter"),
        Node::Mail(who) => mail(spelt(*who, turn)),
        Node::Log => super::action("codebarrel.action.log", json!("log")),
        Node::Condition => condition(),
        Node::Either(blocks, otherwise) => either(blocks.iter().map(|block| all(block, turn)).collect(), *otherwise),
        Node::Branch(list) => branch(all(list, turn)),
    };
    if matches!(node, Node::Add(_) | Node::Mail(_)) && turn.is_multiple_of(3) {
        value["value"] = Value::String(value["value"].to_string()); // as some exports have it
    }
    value
}

fn found(rule: &Rule) -> BTreeSet<String> {
    rule.findings.iter().filter_map(|finding| finding.path.last()).map(|step| step.position.clone()).collect()
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let who = 0..PEOPLE.len();
    let leaf = prop_oneof![
        3 => who.clone().prop_map(Node::Add),
        5 => who.prop_map(Node::Mail),
        1 => Just(Node::Log),
        1 => Just(Node::Condition),
    ];
    let tree = leaf.prop_recursive(3, 14, 4, |inner| {
        let list = prop::collection::vec(inner, 0..4);
        prop_oneof![
            2 => (prop::collection::vec(list.clone(), 1..4), any::<bool>()).prop_map(|(b, o)| Node::Either(b, o)),
            1 => list.prop_map(Node::Branch),
        ]
    });
    prop::collection::vec(tree, 1..6)
}

/// The crate's judgement equals the simple one.
fn compare(list: &[Node], mut turn: usize) -> Result<(), TestCaseError> {
    let components: Vec<_> = list.iter().map(|node| json_of(node, &mut turn)).collect();
    let rule = judged(&components);
    prop_assume!(rule.unlisted == 0);
    prop_assert_eq!(found(&rule), silent(list), "{:#?}", rule);
    prop_assert_eq!(rule.verdict.is_silent(), !rule.findings.is_empty());
    Ok(())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_rule_is_silent_exactly_where_some_path_leaves_an_add_without_a_mail(list in nodes(), turn in 0_usize..12) {
        compare(&list, turn)?;
    }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn slow_many_rules_are_judged_as_by_the_simple_judgement(list in nodes(), turn in 0_usize..12) {
        compare(&list, turn)?;
    }
}
