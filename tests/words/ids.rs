//! Message ids: every one that code can ask for is there, and none is there that nobody asks for.
//! Does not know what the messages say.

use super::{findings, root};
use diagnosis::{Confidence, ExpectedMail, FactKey, Gap, Overall, Route, Source, Who, scenarios::REGISTRY};
use invite_guard::words::Word;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut list = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            list.extend(files(&path, endings));
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e)) {
            list.push(path);
        }
    }
    list
}

fn locales() -> PathBuf {
    root().join("src/words/locales")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Ids of messages and terms: what stands at the start of a line before `=`.
fn ids_in(text: &str) -> BTreeSet<String> {
    let id = |line: &str| {
        let (id, _) = line.split_once('=')?;
        let id = id.trim_end();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (!id.is_empty() && !id.starts_with(' ') && id.chars().all(plain)).then(|| id.to_owned())
    };
    text.lines().filter_map(id).collect()
}

/// Messages and terms that other messages refer to.
fn referred_in(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| {
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    text.match_indices('{').map(|(at, _)| name(&text[at + 1..])).filter(|name| !name.is_empty()).collect()
}

pub(super) fn defined(locale: &str) -> BTreeSet<String> {
    files(&locales().join(locale), &["ftl"]).iter().flat_map(|path| ids_in(&read(path))).collect()
}

fn list<W: Word + 'static>(all: &[W]) -> BTreeSet<String> {
    all.iter().map(|word| word.id()).collect()
}

/// What the code asks for whatever it is given.
fn asked() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    ids.extend(list(Overall::ALL));
    ids.extend(list(Confidence::ALL));
    ids.extend(list(Gap::ALL));
    ids.extend(list(Source::ALL));
    ids.extend(list(Who::ALL));
    ids.extend(list(Route::ALL));
    ids.extend(list(FactKey::ALL));
    ids.extend(list(ExpectedMail::ALL));
    ids.extend(Overall::ALL.iter().map(|word| format!("{}-sentence", word.id())));
    for id in [
        "verdict-not_applicable",
        "when",
        "seen-since",
        "learn-more",
        "slot-customer",
        "slot-customer-start",
        "slot-portal",
    ] {
        ids.insert(id.to_owned());
    }
    for scenario in &REGISTRY {
        for part in ["title", "title-likely", "why", "clear", "unchecked", "by-hand", "not-applicable"] {
            ids.insert(format!("{}-{part}", scenario.slug));
        }
        for part in ["what", "applies", "blocks-when", "clears-when"] {
            ids.insert(format!("{}-{part}", scenario.slug));
        }
        if !scenario.note {
            ids.insert(format!("page-people-{}", scenario.slug));
        }
        ids.extend(scenario.remedy.steps.iter().map(|step| step.text.to_owned()));
        ids.extend(scenario.remedy.copy.map(str::to_owned));
    }
    ids.extend(automation());
    ids.extend(findings().into_iter().flat_map(|(_, f)| f.evidence).map(|evidence| evidence.statement.id));
    ids
}

/// The closed lists of exported rules.
fn automation() -> BTreeSet<String> {
    use imports::automation::{About, Doubt, Fault, Reason, State, Verdict, Why};
    let mut ids: BTreeSet<String> = Reason::ALL.iter().map(|word| word.message_id()).collect();
    ids.extend(Doubt::ALL.iter().map(|word| word.message_id()));
    ids.extend(About::ALL.iter().map(|word| word.message_id()));
    ids.extend(Why::ALL.iter().map(|word| word.message_id()));
    ids.extend(Fault::ALL.iter().map(|word| word.message_id()));
    ids.extend(State::ALL.iter().map(|word| word.message_id()));
    ids.extend(Verdict::ALL.iter().map(|word| word.message_id()));
    ids
}

/// What the code uses when it is there.
fn optional() -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for mail in ExpectedMail::ALL {
        ids.extend(["sender", "subject"].map(|part| format!("{}-{part}", mail.id())));
    }
    for scenario in &REGISTRY {
        ids.insert(format!("{}-note", scenario.slug));
        ids.extend(scenario.remedy.copy.map(|id| format!("{id}-short")));
    }
    ids
}

#[test]
fn every_id_that_code_can_produce_has_words() {
    let missing: Vec<_> = asked().difference(&defined("en")).cloned().collect();
    assert!(missing.is_empty(), "no words in src/words/locales/en for {missing:#?}");
}

fn asked_for(sources: &str, id: &str) -> bool {
    let composed = |(at, _): (usize, &str)| sources.contains(&format!("\"{}-{{", &id[..at]));
    sources.contains(&format!("\"{id}\"")) || id.match_indices('-').any(composed)
}

#[test]
fn every_string_is_used() {
    let own = [
        "page.ftl",
        "settings.ftl",
        "overview.ftl",
        "organisation.ftl",
        "comment.ftl",
        "api.ftl",
        "automation.ftl",
        "imports.ftl",
        "site.ftl",
    ];
    let all = files(&locales().join("en"), &["ftl"]);
    let referred: BTreeSet<_> = all.iter().flat_map(|path| referred_in(&read(path))).collect();
    let sources: String = files(&root().join("src"), &["rs", "html"]).iter().map(|path| read(path)).collect();
    let (asked, optional) = (asked(), optional());
    let mut unused = Vec::new();
    for path in all {
        let named = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        for id in ids_in(&read(&path)) {
            // The page's and the comments' own strings are asked for by literal id or as `"prefix-{word}"`; the others by
            // the diagnosis. The nouns are a glossary and may wait for their first use.
            let literal = own.contains(&named.as_str()) && asked_for(&sources, &id);
            let literal = literal || named == "nouns.ftl";
            if !literal && !asked.contains(&id) && !optional.contains(&id) && !referred.contains(&id) {
                unused.push(format!("{named}: {id}"));
            }
        }
    }
    assert!(unused.is_empty(), "nobody asks for these strings; take them out or use them:\n{}", unused.join("\n"));
}

#[test]
fn every_reference_between_strings_leads_somewhere() {
    let defined = defined("en");
    for path in files(&locales().join("en"), &["ftl"]) {
        for name in referred_in(&read(&path)) {
            assert!(defined.contains(&name), "{}: {{ {name} }} is defined nowhere", path.display());
        }
    }
}

#[test]
fn no_id_is_defined_twice() {
    let mut seen = BTreeSet::new();
    for path in files(&locales().join("en"), &["ftl"]) {
        for id in ids_in(&read(&path)) {
            assert!(
                seen.insert(id.clone()),
                "{}: `{id}` is in another file too; only one of them is shown",
                path.display()
            );
        }
    }
}

#[test]
fn no_language_has_strings_that_english_lacks() {
    let english = defined("en");
    for entry in std::fs::read_dir(locales()).expect("the locales").flatten() {
        let locale = entry.file_name().to_string_lossy().into_owned();
        let extra: Vec<_> = defined(&locale).difference(&english).cloned().collect();
        assert!(extra.is_empty(), "src/words/locales/{locale} has strings that nobody asks for: {extra:?}");
    }
}
