//! Atlassian Document Format, the few node kinds that our comments use.
//! Knows no words and no Jira call. There is no mention here on purpose: a mention notifies somebody.

use serde_json::{Value, json};

/// A whole document.
pub(super) fn doc(content: Vec<Value>) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

/// A paragraph of inline nodes.
pub(super) fn paragraph(inline: Vec<Value>) -> Value {
    json!({"type": "paragraph", "content": inline})
}

/// A coloured box: `info`, `note`, `success`, `warning` or `error`.
pub(super) fn panel(kind: &str, content: Vec<Value>) -> Value {
    json!({"type": "panel", "attrs": {"panelType": kind}, "content": content})
}

/// Points.
pub(super) fn bullets(items: Vec<Vec<Value>>) -> Value {
    json!({"type": "bulletList", "content": items.into_iter().map(item).collect::<Vec<_>>()})
}

/// Numbered steps.
pub(super) fn steps(items: Vec<Vec<Value>>) -> Value {
    json!({"type": "orderedList", "attrs": {"order": 1}, "content": items.into_iter().map(item).collect::<Vec<_>>()})
}

fn item(inline: Vec<Value>) -> Value {
    json!({"type": "listItem", "content": [paragraph(inline)]})
}

/// Plain text. Jira refuses an empty text node, so a space stands for nothing.
pub(super) fn text(text: &str) -> Value {
    json!({"type": "text", "text": if text.is_empty() { " " } else { text }})
}

/// Bold text.
pub(super) fn strong(bold: &str) -> Value {
    marked(bold, json!({"type": "strong"}))
}

/// A link with its words.
pub(super) fn link(words: &str, url: &str) -> Value {
    marked(words, json!({"type": "link", "attrs": {"href": url}}))
}

/// Text in which an address is a link: Jira makes none out of plain text.
pub(super) fn linked(said: &str, url: Option<&str>) -> Vec<Value> {
    match url.filter(|url| !url.is_empty()).and_then(|url| Some((url, said.split_once(url)?))) {
        None => vec![text(said)],
        Some((url, (before, after))) => {
            let around = |said: &str| (!said.is_empty()).then(|| text(said));
            [around(before), Some(link(url, url)), around(after)].into_iter().flatten().collect()
        }
    }
}

fn marked(words: &str, mark: Value) -> Value {
    let mut node = text(words);
    node["marks"] = json!([mark]);
    node
}
