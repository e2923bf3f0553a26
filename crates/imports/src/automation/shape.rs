//! A rule's text becomes a tree of components, within bounds; Cloud and Data Center shapes alike.
//! Does not know what a component does, nor keep more of it than its kind and its value's text.

use super::file::{ListFault, list};
use super::kinds::Category;
use super::{MAX_COMPONENTS, MAX_DEPTH, State, Why};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashSet;

/// A rule with its tree.
pub(super) struct RuleShape<'a> {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) state: State,
    pub(super) components: Vec<Component<'a>>,
}

/// A component with what is in it.
pub(super) struct Component<'a> {
    pub(super) category: Category,
    pub(super) kind: String,
    pub(super) value: Option<&'a RawValue>,
    pub(super) children: Vec<Self>,
    pub(super) conditions: Vec<Self>,
}

/// Every field as its own text: a wrong type in a field that we do not need is no reason to skip a rule.
#[derive(Deserialize)]
struct RawRule<'a> {
    #[serde(borrow)]
    uuid: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    #[serde(borrow)]
    enabled: Option<&'a RawValue>,
    #[serde(borrow)]
    components: Option<&'a RawValue>,
    #[serde(borrow)]
    rule: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawComponent<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow, rename = "parentId")]
    parent: Option<&'a RawValue>,
    #[serde(borrow)]
    component: Option<&'a RawValue>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    children: Option<&'a RawValue>,
    #[serde(borrow)]
    conditions: Option<&'a RawValue>,
}

/// Reads a rule; an error carries its name, where it has one, so that people find it.
pub(super) fn rule(raw: &RawValue) -> Result<RuleShape<'_>, (Option<String>, Why)> {
    let mut rule: RawRule<'_> = serde_json::from_str(raw.get()).map_err(|_| (None, Why::NotARule))?;
    if let (Some(inner), None) = (rule.rule, rule.components) {
        rule = serde_json::from_str(inner.get()).map_err(|_| (None, Why::NotARule))?;
    }
    let name = rule.name.and_then(string).map(|name| shown(&name, 255)).filter(|name| !name.is_empty());
    let fail = |why| (name.clone(), why);
    let listed = rule.components.ok_or_else(|| fail(Why::NotARule))?;
    if lies_flat(listed) {
        return Err(fail(Why::FlatComponents));
    }
    let components = components(listed, 1, &mut 0).map_err(fail)?;
    Ok(RuleShape {
        id: rule.uuid.and_then(word).or_else(|| rule.id.and_then(word)),
        state: state(rule.state, rule.enabled),
        name,
        components,
    })
}

fn components<'a>(listed: &'a RawValue, depth: usize, count: &mut usize) -> Result<Vec<Component<'a>>, Why> {
    let elements = list(listed, MAX_COMPONENTS - *count).map_err(|fault| match fault {
        ListFault::NotAList => Why::BrokenComponent,
        ListFault::TooMany => Why::TooManyComponents,
    })?;
    if depth > MAX_DEPTH && !elements.is_empty() {
        return Err(Why::TooDeep);
    }
    *count += elements.len();
    elements.into_iter().map(|element| component(element, depth, count)).collect()
}

fn component<'a>(element: &'a RawValue, depth: usize, count: &mut usize) -> Result<Component<'a>, Why> {
    let raw: RawComponent<'a> = serde_json::from_str(element.get()).map_err(|_| Why::BrokenComponent)?;
    let mut within = |listed: Option<&'a RawValue>| match listed {
        Some(listed) => components(listed, depth + 1, count),
        None => Ok(Vec::new()),
    };
    Ok(Component {
        category: raw.component.and_then(string).map_or(Category::Other, |name| Category::named(&name)),
        kind: raw.kind.ok_or(Why::BrokenComponent)?,
        value: raw.value,
        children: within(raw.children)?,
        conditions: within(raw.conditions)?,
    })
}

/// Whether a component of the outermost list names another one there as its parent. Nobody has seen such an export; were it
/// read as it lies, a mail behind a condition would seem to be sent always.
fn lies_flat(listed: &RawValue) -> bool {
    let Ok(elements) = list(listed, MAX_COMPONENTS) else { return false };
    let parsed = elements.iter().filter_map(|e| serde_json::from_str::<RawComponent<'_>>(e.get()).ok());
    let (ids, parents): (Vec<_>, Vec<_>) =
        parsed.map(|c| (c.id.map(RawValue::get), c.parent.map(RawValue::get))).unzip();
    let ids: HashSet<&str> = ids.into_iter().flatten().collect();
    parents.into_iter().flatten().any(|parent| ids.contains(parent))
}

fn state(state: Option<&RawValue>, enabled: Option<&RawValue>) -> State {
    match state.and_then(string).map(|word| word.to_ascii_uppercase()).as_deref() {
        Some("ENABLED") => return State::Enabled,
        Some("DISABLED") => return State::Disabled,
        _ => {}
    }
    match enabled.map(RawValue::get) {
        Some("true") => State::Enabled,
        Some("false") => State::Disabled,
        _ => State::Unknown,
    }
}

/// A JSON string.
pub(super) fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// An id: a string or a number, and nothing but letters, digits and dashes.
fn word(raw: &RawValue) -> Option<String> {
    let text = string(raw).or_else(|| serde_json::from_str::<u64>(raw.get()).ok().map(|id| id.to_string()))?;
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (!text.is_empty() && text.len() <= 64 && text.chars().all(is_id)).then_some(text)
}

/// Text from a file as a terminal may show it: no control characters, no direction marks, not endless.
fn shown(text: &str, most: usize) -> String {
    let harmless = |c: &char| {
        !c.is_control() && !matches!(*c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.trim().chars().filter(harmless).take(most).collect()
}
