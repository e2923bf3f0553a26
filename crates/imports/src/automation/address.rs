//! Whom a step adds or mails, made comparable: `COPY reporter` and `{{ issue.reporter.emailAddress }}` are the same person.
//! Does not know an address behind a smart value; what cannot be compared is said to be so.

use serde_json::Value;
use serde_json::value::RawValue;

/// Longest value that is looked into, in bytes; a mail with a longer one has recipients that we cannot read.
const MAX_VALUE: usize = 1024 * 1024;

/// One person, as a rule names them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// An address, written out.
    Address(String),
    /// A smart value of the item that `issue` is, or a variable: `reporter`, `customer`.
    Here(String),
    /// Within a loop: a smart value of the item that started the rule.
    Trigger(String),
    /// An account, a group, or text around a smart value.
    Other(String),
}

impl Who {
    /// The variable that a smart value may begin with.
    pub(super) fn head(&self) -> Option<&str> {
        match self {
            Self::Here(path) => path.split('.').next(),
            _ => None,
        }
    }

    /// Whether the two are surely different people: addresses written out, or somebody of the team.
    pub(super) fn surely_not(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Address(a), Self::Address(b)) => a != b,
            (a, b) => a.is_team() != b.is_team(),
        }
    }

    fn is_team(&self) -> bool {
        const TEAM: [&str; 4] = ["assignee", "project.lead", "components.lead", "component.lead"];
        matches!(self, Self::Here(path) | Self::Trigger(path) if TEAM.contains(&path.as_str()))
    }
}

/// The value of a component: JSON, or JSON as text.
pub(super) fn value(raw: Option<&RawValue>) -> Option<Value> {
    let raw = raw.filter(|raw| raw.get().len() <= MAX_VALUE)?;
    match serde_json::from_str(raw.get()).ok()? {
        // JSON as text, unless the text is a smart value, which begins like JSON.
        Value::String(text) => Some(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        value => Some(value),
    }
}

/// Whom an *add customer* step adds; empty when that cannot be read.
pub(super) fn added(raw: Option<&RawValue>, looping: bool) -> Vec<Who> {
    let Some(value) = value(raw) else { return Vec::new() };
    if value.is_string() {
        return people(&value, looping).unwrap_or_default();
    }
    ["email", "emailAddress", "customer", "customers"]
        .iter()
        .filter_map(|field| value.get(field))
        .map(|who| people(who, looping).unwrap_or_default())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// Whom a mail goes to, and whether that is all of them: a recipient may stand there in a form that we cannot read.
pub(super) fn mailed(raw: Option<&RawValue>, looping: bool) -> (Vec<Who>, bool) {
    let Some(value) = value(raw) else { return (Vec::new(), false) };
    let fields = ["to", "cc", "bcc"].map(|field| value.get(field));
    let mut all = Vec::new();
    let mut complete = fields.iter().any(Option::is_some);
    for field in fields {
        let each = match field {
            None | Some(Value::Null) => continue,
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        for who in each {
            match people(who, looping) {
                Some(found) => all.extend(found),
                None => complete = false,
            }
        }
    }
    (all, complete)
}

/// The name and the expression of a variable.
pub(super) fn variable(raw: Option<&RawValue>) -> Option<(String, String)> {
    let value = value(raw)?;
    let text = |fields: &[&str]| {
        let found = fields.iter().find_map(|field| value.get(field))?;
        found.as_str().or_else(|| found.get("value").and_then(Value::as_str)).map(str::to_owned)
    };
    let name = text(&["name", "variableName"])?;
    Some((name.trim().to_lowercase(), text(&["query", "smartValue", "variableValue", "value"]).unwrap_or_default()))
}

/// The name under which a loop over values gives each of them.
pub(super) fn loop_variable(raw: Option<&RawValue>) -> Option<String> {
    variable(raw).map(|(name, _)| name)
}

/// Whether a web request is our own, which tells us of the add and mails nobody.
pub(super) fn is_own_request(raw: Option<&RawValue>) -> bool {
    let url = value(raw).and_then(|value| value.get("url").and_then(Value::as_str).map(str::to_owned));
    url.is_some_and(|url| url.trim_end_matches('/').ends_with("/ingest/automation"))
}

fn people(value: &Value, looping: bool) -> Option<Vec<Who>> {
    match value {
        Value::String(text) => Some(written(text, looping)),
        Value::Array(list) => {
            list.iter().map(|one| people(one, looping)).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
        Value::Object(one) => {
            let kind = one.get("type").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
            let text = one.get("value").and_then(Value::as_str)?;
            match kind.as_str() {
                "COPY" => Some(vec![smart(text, looping)]),
                "ID" | "NAME" => Some(vec![Who::Other(text.to_lowercase())]),
                "REFERENCE" => None,
                _ => Some(written(text, looping)),
            }
        }
        _ => None,
    }
}

/// People in a text field: addresses and smart values, with commas or semicolons between them.
fn written(text: &str, looping: bool) -> Vec<Who> {
    let mut depth = 0_usize;
    let parts = text.split(|c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (c == ',' || c == ';')
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).map(|part| one(part, looping)).collect()
}

fn one(part: &str, looping: bool) -> Who {
    // `Guest <guest@example.com>`
    let part = match (part.rfind('<'), part.ends_with('>')) {
        (Some(open), true) => part[open + 1..part.len() - 1].trim(),
        _ => part,
    };
    if !part.contains('{') {
        return Who::Address(part.trim_start_matches("mailto:").to_lowercase());
    }
    let inner = part.trim_matches(|c| c == '{' || c == '}');
    if inner.contains(['{', '}']) || !part.starts_with('{') || !part.ends_with('}') {
        return Who::Other(part.split_whitespace().collect::<String>().to_lowercase());
    }
    smart(inner, looping)
}

/// A smart value without its braces, in one spelling.
pub(super) fn smart(inner: &str, looping: bool) -> Who {
    let mut path = inner.split_whitespace().collect::<String>().to_lowercase();
    while let Some(shorter) = [".tolowercase()", ".touppercase()", ".trim()", ".asstring", ".tolowercase", ".trim"]
        .iter()
        .find_map(|suffix| path.strip_suffix(suffix))
    {
        path = shorter.to_owned();
    }
    let (of_trigger, path) = match path.strip_prefix("triggerissue.") {
        Some(rest) => (looping, rest),
        None => (false, path.strip_prefix("issue.").unwrap_or(&path)),
    };
    let path = path.strip_prefix("fields.").unwrap_or(path);
    let person = [".emailaddress", ".email", ".accountid"].iter().find_map(|suffix| path.strip_suffix(suffix));
    let path = person.unwrap_or(path).to_owned();
    if of_trigger { Who::Trigger(path) } else { Who::Here(path) }
}

/// What a variable's expression names, if it names one person.
pub(super) fn expression(text: &str, looping: bool) -> Option<Who> {
    match written(text, looping).as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}
