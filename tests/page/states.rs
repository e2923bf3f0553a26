//! What each state says. The snapshots are for reading: a change in them is a change of the page.
//! Knows no colour and no place on the screen.

use super::{all_states, at, case, names, page_of, panel_of};
use diagnosis::{Diagnosis, Route};
use invite_guard::web::panel::{health, issue};
use invite_guard::words::Words;

/// The text of a fragment, a line per element that holds some, so that a snapshot reads like the page.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => {
                inside = true;
                text.push('\n');
            }
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_state_reads_as_it_should() {
    for (name, fragment) in all_states() {
        insta::assert_snapshot!(name, text_of(&fragment.html));
    }
}

#[test]
fn the_markup_of_a_page_and_of_a_panel_is_as_reviewed() {
    for (name, fragment) in all_states() {
        if matches!(name, "page-project-blocks" | "panel-blocked" | "settings-full" | "site-full") {
            insta::assert_snapshot!(format!("{name}-markup"), fragment.html);
        }
    }
}

#[test]
fn only_the_worst_card_is_open_and_it_is_the_first() {
    for (name, fragment) in all_states() {
        let cards: Vec<&str> = fragment.html.split("<details class=\"card ").skip(1).collect();
        let open = |card: &&str| card.split('>').next().is_some_and(|tag| tag.contains(" open"));
        let count = cards.iter().filter(|card| open(card)).count();
        assert!(count <= 1, "{name}: {count} cards are open; a reader starts with the worst one");
        assert_eq!(cards.first().is_some_and(open), count == 1, "{name}: the open card comes first");
    }
}

#[test]
fn no_state_promises_that_mail_arrives() {
    for (name, fragment) in all_states() {
        let text = text_of(&fragment.html).to_lowercase();
        for promise in ["will arrive", "will be sent", "will receive", "has been delivered"] {
            let quoted = text.replace("even if the dialog says one will be sent", "");
            assert!(!quoted.contains(promise), "{name} promises \"{promise}\"; nobody can know that");
        }
    }
}

#[test]
fn a_person_without_a_shown_name_is_never_shown_by_account_id() {
    let words = Words::for_locale("en");
    let mut page = page_of(
        "notification_disabled/blocks.json",
        vec![case("qm:1:secret", "created_by_automation/blocks.json", 38)],
    );
    page.names = names("");
    page.names.0.clear();
    let text = text_of(&health::render(&page, &words).expect("the page renders").html);
    let mut panel = panel_of(Some(case("qm:1:secret", "created_by_automation/blocks.json", 38)));
    panel.names.0.clear();
    let beside = text_of(&issue::render(&panel, &words).expect("the panel renders").html);
    for text in [text, beside] {
        assert!(!text.contains("qm:1:secret"), "an account id says nothing to a reader:\n{text}");
        assert!(text.contains("without a shown name"), "the lack of a name is said:\n{text}");
    }
}

#[test]
fn the_cure_that_cannot_work_is_not_offered() {
    let words = Words::for_locale("en");
    let case = case("qm:1:a", "existing_customer/blocks_with_mail_off.json", 38);
    let text = text_of(&issue::render(&panel_of(Some(case)), &words).expect("the panel renders").html);
    assert!(!text.contains("Forgot your password"), "the portal hides that link while no mail is sent:\n{text}");
}

#[test]
fn the_cause_that_lies_higher_leads_and_what_is_sure_beside_it_is_told_too() {
    let words = Words::for_locale("en");
    let mut person = case("qm:1:b", "existing_customer/blocks_by_audit.json", 36);
    let off = case("qm:1:b", "notification_disabled/blocks_likely_changed_in_window.json", 36);
    let likely = off.findings.iter().find(|f| f.scenario.slug == "notification_disabled").expect("a finding").clone();
    let sure = person.findings.iter().find(|f| f.scenario.slug == "existing_customer").expect("a finding").clone();
    person.observe(&Diagnosis { findings: vec![sure, likely] }, Route::Unknown, at("2026-11-23T09:42:00Z"));
    let page = page_of("notification_disabled/clears.json", vec![person.clone()]);
    let page = text_of(&health::render(&page, &words).expect("the page renders").html);
    assert!(page.contains("while invitations were turned off"), "the project's cause has the card:\n{page}");
    let also = "Also: Bo Beispiel already has an account";
    assert_eq!(page.matches(also).count(), 1, "on one card only, and nothing that blocks is hidden:\n{page}");
    let people = page.split("Recently added").nth(1).expect("a list of adds");
    assert!(people.contains("UTC\nBlocked\n"), "the word about the person goes by what is sure:\n{people}");
    let panel = issue::render(&panel_of(Some(person)), &words).expect("the panel renders").html;
    assert!(panel.contains("<h1 tabindex=\"-1\">Invitations may be turned off in Support"), "the same leads:\n{panel}");
    assert!(panel.contains("class=\"others\" open"), "the sure cause is not hidden:\n{panel}");
}

#[test]
fn a_block_that_nobody_could_look_at_again_is_told_as_it_stood() {
    let words = Words::for_locale("en");
    let mut person = case("qm:1:b", "notification_disabled/blocks.json", 36);
    let gap = case("qm:1:b", "notification_disabled/unknown.json", 36);
    person.observe(&Diagnosis { findings: gap.findings }, gap.route, at("2026-11-23T09:42:00Z"));
    let panel = text_of(&issue::render(&panel_of(Some(person)), &words).expect("the panel renders").html);
    assert!(panel.contains("Invitations are turned off in Support"), "{panel}");
    assert!(!panel.contains("couldn’t check whether invitations"), "one cause is told once, in one way:\n{panel}");
}
