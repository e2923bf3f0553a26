//! Exported automation rules.
//! Rules are built here from small pieces, so that a test shows only what it is about.

mod examples;
mod fixtures;
mod hostile;
mod property;
mod secrets;

use imports::automation::{Reading, Rule, read};
use serde_json::{Value, json};

pub(super) fn component(category: &str, kind: &str, value: Value, children: Vec<Value>) -> Value {
    json!({"component": category, "type": kind, "schemaVersion": 1, "value": value, "children": children, "conditions": []})
}

pub(super) fn action(kind: &str, value: Value) -> Value {
    component("ACTION", kind, value, vec![])
}

pub(super) fn add(email: &str) -> Value {
    action("jira.sd.add.customer", json!({"email": email, "displayName": "Guest", "organization": null}))
}

/// A mail to one recipient, of type COPY for a bare word, SMART for a smart value, else FREE.
pub(super) fn mail(to: &str) -> Value {
    let kind = match to {
        _ if to.contains("{{") => "SMART",
        _ if to.contains('@') => "FREE",
        _ => "COPY",
    };
    action("jira.issue.outgoing.email", json!({"to": [{"type": kind, "value": to}], "cc": [], "bcc": [], "body": "x"}))
}

pub(super) fn variable(name: &str, query: &str) -> Value {
    let value =
        json!({"name": {"type": "FREE", "value": name}, "type": "SMART", "query": {"type": "SMART", "value": query}});
    action("jira.create.variable", value)
}

pub(super) fn condition() -> Value {
    component("CONDITION", "jira.jql.condition", json!("status = Open"), vec![])
}

/// An if/else; `otherwise`: the last block has no conditions.
pub(super) fn either(blocks: Vec<Vec<Value>>, otherwise: bool) -> Value {
    let last = blocks.len() - 1;
    let block = |(index, children)| {
        let mut block =
            component("CONDITION_BLOCK", "jira.condition.if.block", json!({"conditionMatchType": "ALL"}), children);
        if !(otherwise && index == last && index > 0) {
            block["conditions"] = json!([condition()]);
        }
        block
    };
    let blocks = blocks.into_iter().enumerate().map(block).collect();
    component("CONDITION", "jira.condition.container.block", json!({}), blocks)
}

pub(super) fn branch(children: Vec<Value>) -> Value {
    component("BRANCH", "jira.issue.related", json!({"relatedType": "linked"}), children)
}

pub(super) fn rule(components: &[Value]) -> Value {
    json!({"uuid": "01990000-0000-7000-8000-00000000000a", "name": "A rule", "state": "ENABLED", "components": components})
}

pub(super) fn export(rules: &[Value]) -> Vec<u8> {
    json!({"cloud": true, "rules": rules}).to_string().into_bytes()
}

pub(super) fn reading(bytes: &[u8]) -> Reading {
    read(bytes).unwrap_or_else(|error| panic!("the file should be readable: {error}"))
}

/// The verdict on a rule of these components.
pub(super) fn judged(components: &[Value]) -> Rule {
    let reading = reading(&export(&[rule(components)]));
    reading.rules.into_iter().next().unwrap_or_else(|| panic!("the rule was skipped: {:?}", reading.skipped))
}
