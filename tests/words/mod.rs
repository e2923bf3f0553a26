//! Words as readers get them: complete, without leftovers, and the same as the documentation.
//! Does not know the rules; it takes the findings of the fixtures as they come.

mod ids;

use diagnosis::{
    Arg, Confidence, ExpectedMail, Finding, Overall, Ruling, Sheet, diagnose, diagnose_project, scenarios::REGISTRY,
};
use invite_guard::words::{RenderedFinding, Slots, Words, scenarios_markdown};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The facts of every fixture of every cause, by name.
fn saved_facts() -> Vec<(String, Sheet)> {
    let mut list = Vec::new();
    for scenario in &REGISTRY {
        let folder = root().join("tests/fixtures").join(scenario.slug);
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("a readable folder").path();
            let text = std::fs::read_to_string(&path).expect("a readable fixture");
            let fixture: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let facts =
                serde_json::from_value(fixture["facts"].clone()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            list.push((path.display().to_string(), facts));
        }
    }
    list
}

/// Every finding that the fixtures give.
fn findings() -> Vec<(String, Finding)> {
    let of = |(name, sheet): (String, Sheet)| {
        let notes = diagnose_project(&REGISTRY, &sheet.site, &sheet.project).findings;
        let notes = notes.into_iter().filter(|finding| finding.scenario.note);
        let causes = diagnose(&REGISTRY, sheet.facts()).findings;
        causes.into_iter().chain(notes).map(move |finding| (name.clone(), finding))
    };
    saved_facts().into_iter().flat_map(of).collect()
}

fn finding(file: &str, slug: &str) -> Finding {
    findings()
        .into_iter()
        .find(|(name, finding)| name.ends_with(file) && finding.scenario.slug == slug)
        .unwrap_or_else(|| panic!("no fixture {file} with {slug}"))
        .1
}

const FULL: Slots<'static> = Slots {
    space: "Support",
    site: "example.atlassian.net",
    portal: Some("https://example.atlassian.net/servicedesk/customer/portal/1"),
    customer: Some("Maria"),
};
const BARE: Slots<'static> = Slots { space: "Support", site: "example.atlassian.net", portal: None, customer: None };

fn sentences(rendered: &RenderedFinding) -> Vec<&str> {
    let mut all = vec![rendered.title.as_str(), &rendered.verdict, &rendered.who];
    all.extend(rendered.why.as_deref());
    all.extend(rendered.note.as_deref());
    all.extend(rendered.copy_text.as_deref());
    all.extend(rendered.steps.iter().map(String::as_str));
    all.extend(rendered.links.iter().map(|link| link.title.as_str()));
    all.extend(rendered.evidence.iter().flat_map(|e| [e.statement.as_str(), e.source.as_str()]));
    all
}

#[test]
fn every_finding_reads_without_leftovers() {
    let ids = ids::defined("en");
    let words = Words::for_locale("en");
    for (name, finding) in findings() {
        for slots in [FULL, BARE] {
            let rendered = words.finding(&finding, &slots);
            for sentence in sentences(&rendered) {
                let slug = finding.scenario.slug;
                assert!(!ids.contains(sentence), "{name}: {slug} shows the id `{sentence}`: an argument is missing");
                assert!(!sentence.contains(['{', '}', '$', '\u{2068}']), "{name}: {slug} shows `{sentence}`");
                assert!(!sentence.trim().is_empty(), "{name}: {slug} shows an empty text");
            }
        }
    }
}

#[test]
fn account_ids_stay_out_of_sentences() {
    let words = Words::for_locale("en");
    for (name, sheet) in saved_facts() {
        let creator = sheet.person.creator.known().map(|seen| seen.value.account.clone()).ok();
        for finding in diagnose(&REGISTRY, sheet.facts()).findings {
            let authors: Vec<_> = finding.evidence.iter().filter_map(|e| e.origin.by.clone()).collect();
            let rendered = words.finding(&finding, &FULL);
            for account in creator.iter().chain(&authors) {
                assert!(sentences(&rendered).iter().all(|s| !s.contains(account.as_str())), "{name}: {account}");
            }
        }
    }
}

#[test]
fn a_block_says_cause_evidence_cure_and_where_to_read_on() {
    let said = Words::for_locale("en-US")
        .finding(&finding("notification_disabled/blocks.json", "notification_disabled"), &FULL);
    assert_eq!(said.title, "Invitations are turned off in Support");
    assert_eq!(said.verdict, "Blocked");
    assert!(said.why.as_deref().is_some_and(|why| why.contains("verify their address")), "{:?}", said.why);
    assert_eq!(
        said.evidence[0].statement,
        "Customer invited: off in Support. Recorded in Jira’s audit log; read 23 Nov 2026, 09:41 UTC. \
         Since 21 Nov 2026, 16:20 UTC."
    );
    assert_eq!(said.steps.len(), 3);
    assert!(said.who.contains("admin"), "{}", said.who);
    assert!(said.links[0].url.starts_with("https://support.atlassian.com/"), "{:?}", said.links);
}

#[test]
fn tickets_are_linked_as_atlassian_names_them() {
    let words = Words::for_locale("en");
    let urls = |file, slug| {
        let links = words.finding(&finding(file, slug), &FULL).links;
        links.into_iter().skip(1).map(|link| link.url).collect::<Vec<_>>()
    };
    assert_eq!(
        urls("existing_customer/blocks.json", "existing_customer"),
        ["https://jira.atlassian.com/browse/JSDCLOUD-6329", "https://jira.atlassian.com/browse/JSDCLOUD-2296"]
    );
    assert_eq!(
        urls("created_by_automation/blocks.json", "created_by_automation"),
        ["https://jira.atlassian.com/browse/JSDCLOUD-14353"]
    );
    assert_eq!(
        urls("address_suppressed/blocks.json", "address_suppressed"),
        ["JSDCLOUD-4479", "JSDCLOUD-7933", "ID-8728"].map(|key| format!("https://jira.atlassian.com/browse/{key}"))
    );
}

#[test]
fn the_character_at_fault_is_shown_where_it_can_be_seen() {
    let words = Words::for_locale("en");
    let said = |character: char| {
        let mut finding = finding("malformed_address/blocks.json", "malformed_address");
        for (_, arg) in &mut finding.evidence[0].statement.args {
            if let Arg::Character(faulty) = arg {
                *faulty = character;
            }
        }
        words.finding(&finding, &FULL).evidence[0].statement.clone()
    };
    assert_eq!(said(','), "“,” at place 12 can’t stand there. Checked as it was typed.");
    for hidden in ['\u{202e}', '\u{200b}', '\n', ' '] {
        assert!(said(hidden).starts_with(&format!("“U+{:04X}” at", u32::from(hidden))), "{}", said(hidden));
    }
}

#[test]
fn a_likely_block_never_sounds_sure() {
    let words = Words::for_locale("en");
    for (name, finding) in findings() {
        if finding.ruling == Ruling::Blocks && finding.confidence == Confidence::Likely {
            let said = words.finding(&finding, &FULL);
            assert_eq!(said.verdict, "May be blocked", "{name}");
            assert!(said.title.contains(" may "), "{name}: `{}` sounds sure", said.title);
        }
    }
}

#[test]
fn what_nobody_could_check_comes_with_the_reason_and_a_look_by_hand() {
    let said = Words::for_locale("en")
        .finding(&finding("outgoing_mail_disabled/unknown.json", "outgoing_mail_disabled"), &FULL);
    assert_eq!(said.verdict, "Could not check");
    assert_eq!(said.why.as_deref(), Some("Nobody has answered this yet."));
    assert_eq!(said.steps, ["Ask a Jira admin to look at Settings > System > Outgoing mail."]);
    assert_eq!(said.copy_text, None);
}

#[test]
fn a_cure_that_cannot_work_is_named_nowhere() {
    let finding = finding("existing_customer/blocks_with_mail_off.json", "existing_customer");
    let said = Words::for_locale("en").finding(&finding, &FULL);
    assert!(sentences(&said).iter().all(|s| !s.contains("Forgot your password")), "{said:#?}");
    let copy = said.copy_text.expect("a note with the portal's link");
    assert!(copy.contains("https://example.atlassian.net/servicedesk/customer/portal/1"), "{copy}");
}

#[test]
fn the_four_words_are_the_same_everywhere() {
    let words = Words::for_locale("en");
    let said: Vec<_> = Overall::ALL.iter().map(|word| words.word(*word)).collect();
    assert_eq!(said, ["No block found", "Could not check", "May be blocked", "Blocked"]);
    assert_eq!(words.overall_sentence(Overall::NoBlockFound), "Nothing we can check blocks this invitation.");
}

#[test]
fn the_expected_mail_names_a_sender_only_where_one_is_known() {
    let words = Words::for_locale("en");
    for mail in ExpectedMail::ALL {
        let said = words.expected_mail(*mail);
        let sent = !matches!(mail, ExpectedMail::None | ExpectedMail::Unknown);
        assert_eq!((said.sender.is_some(), said.subject.is_some()), (sent, sent), "{}", mail.name());
    }
}

#[test]
fn an_unknown_locale_reads_english() {
    for locale in ["en", "en-US", "en_GB", "xx-XX", "", "not a locale", "../etc"] {
        let words = Words::for_locale(locale);
        assert_eq!(words.language(), "en", "{locale}");
        assert_eq!(words.word(Overall::Blocked), "Blocked", "{locale}");
    }
}

#[test]
fn the_documentation_is_what_the_scenarios_say() {
    let path = root().join("docs/scenarios.md");
    let made = scenarios_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).expect("docs/scenarios.md can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "{} is not what the scenarios say; run `UPDATE_DOCS=1 cargo test --test {} words` and commit it",
        path.display(),
        binary()
    );
    assert!(!made.contains(['{', '$']), "an argument is missing in the documentation");
}

/// The name of this test binary without its hash.
fn binary() -> String {
    let exe = std::env::current_exe().unwrap_or_default();
    let stem = Path::new(&exe).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    stem.rsplit_once('-').map_or(stem.clone(), |(name, _)| name.to_owned())
}
