//! A file's bytes become the texts of its rules, whichever wrapper it has.
//! Does not know what is in a rule.

use super::{Fault, MAX_BYTES, MAX_RULES, Unreadable};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The text of a file, without its byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::new(Fault::TooLarge));
    }
    if [
        &b"PK\x03\x04"[..],
        b"PK\x05\x06",
        b"\x1f\x8b",
        b"7z\xbc\xaf",
        b"Rar!",
        b"BZh",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
    ]
    .iter()
    .any(|magic| bytes.starts_with(magic))
    {
        return Err(Unreadable::new(Fault::Archive));
    }
    // A byte order mark, or JSON's first character beside a zero byte.
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.iter().take(4).any(|byte| *byte == 0) {
        return Err(Unreadable::new(Fault::Utf16));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        Unreadable::at(Fault::NotUtf8, line, column)
    })?;
    if text.trim().is_empty() { Err(Unreadable::new(Fault::Empty)) } else { Ok(text) }
}

/// What may stand around rules. `data` is the REST API's summary, which has no steps.
#[derive(Deserialize)]
struct Wrapper<'a> {
    #[serde(borrow)]
    rules: Option<&'a RawValue>,
    #[serde(borrow)]
    rule: Option<&'a RawValue>,
    #[serde(borrow)]
    components: Option<&'a RawValue>,
    #[serde(borrow)]
    trigger: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// The rules of a file, each as its own text.
pub(super) fn rules(text: &str) -> Result<Vec<&RawValue>, Unreadable> {
    // One pass over the whole text first, so that a fault anywhere is told with its place in the file.
    let whole: &RawValue = serde_json::from_str(text).map_err(|error| {
        // serde_json's own words may repeat what stands in the file; line and column do not.
        Unreadable::at(Fault::NotJson, error.line(), error.column())
    })?;
    let listed = |raw| match list(raw, MAX_RULES) {
        Ok(rules) => Ok(rules),
        Err(ListFault::TooMany) => Err(Unreadable::new(Fault::TooManyRules)),
        Err(ListFault::NotAList) => Err(Unreadable::new(Fault::NotRules)),
    };
    if whole.get().starts_with('[') {
        return listed(whole);
    }
    let wrapper: Wrapper<'_> = serde_json::from_str(whole.get()).map_err(|_| Unreadable::new(Fault::NotRules))?;
    match wrapper {
        Wrapper { rules: Some(rules), .. } => listed(rules),
        Wrapper { rule: Some(rule), .. } => Ok(vec![rule]),
        Wrapper { components: Some(_), .. } | Wrapper { trigger: Some(_), .. } => Ok(vec![whole]),
        Wrapper { data: Some(_), .. } => Err(Unreadable::new(Fault::Summary)),
        _ => Err(Unreadable::new(Fault::NotRules)),
    }
}

/// Why a list is not one.
pub(super) enum ListFault {
    /// It is something else.
    NotAList,
    /// It is longer than it may be.
    TooMany,
}

/// The elements of a list, each as its own text; at most so many, so that memory stays bounded.
pub(super) fn list(raw: &RawValue, most: usize) -> Result<Vec<&RawValue>, ListFault> {
    struct Elements(usize);
    impl<'de> Visitor<'de> for Elements {
        type Value = (Vec<&'de RawValue>, bool);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut found = Vec::new();
            while found.len() < self.0 {
                match list.next_element()? {
                    Some(element) => found.push(element),
                    None => return Ok((found, false)),
                }
            }
            let mut more = false;
            while list.next_element::<IgnoredAny>()?.is_some() {
                more = true;
            }
            Ok((found, more))
        }
    }
    let mut json = serde_json::Deserializer::from_str(raw.get());
    match json.deserialize_seq(Elements(most)) {
        Ok((found, false)) => Ok(found),
        Ok((_, true)) => Err(ListFault::TooMany),
        Err(_) => Err(ListFault::NotAList),
    }
}
