//! What is detected and how, as a page of Markdown made from the scenario files and their words.
//! Does not know any site: this is the same everywhere.

use super::{Slots, Word, Words};
use diagnosis::{
    Confidence, FactKey, KNOWLEDGE_ARTICLE, Level, Scenario, Severity, Source, scenarios::REGISTRY, ticket_url,
};
use std::fmt::Write as _;

/// The text of `docs/scenarios.md`.
pub fn scenarios_markdown() -> String {
    let words = Words::for_locale("en");
    let mut page = String::from(HEAD);
    for scenario in &REGISTRY {
        page.push_str(&cause(&words, scenario));
    }
    page.push_str(&sources(&words));
    page
}

const HEAD: &str = "# What is detected, and how\n\n\
    Made from the scenario files by `invite-guard scenarios --markdown`; a test keeps it current.\n\n\
    The causes are looked at in this order: site, project, person; within a level error, warning, information. \
    A cause that nobody could check is said so, with what to look at by hand. Only presence is evidence, never absence.\n";

fn cause(words: &Words, scenario: &Scenario) -> String {
    // The page names no site; the words say what stands there.
    let slots = Slots { space: "the space", site: "the site", portal: None, customer: None };
    let args = words.slot_args(&slots);
    let part = |name: &str| words.render(&format!("{}-{name}", scenario.slug), &args);
    let needs: Vec<_> = scenario.needs.iter().map(|key: &FactKey| format!("`{}`", key.name())).collect();
    let mut text = format!("\n## {}\n\n{} *{}*\n\n", scenario.slug, part("what"), standing(scenario));
    for (name, said) in [
        ("Applies", part("applies")),
        ("Blocks when", part("blocks-when")),
        ("Clears when", part("clears-when")),
        ("Facts it needs", needs.join(", ")),
        ("Still sent while it blocks", words.word(scenario.still_sent)),
        ("Who can cure it", words.word(scenario.remedy.who)),
        ("When it can't be checked", part("by-hand")),
        ("Read on", read_on(scenario)),
    ] {
        let _ = writeln!(text, "- **{name}:** {said}");
    }
    text.push_str("\nCure:\n\n");
    for (number, step) in scenario.remedy.steps.iter().enumerate() {
        let left_out: String = step.hangs_on.iter().map(|key| left_out(*key)).collect();
        let _ = writeln!(text, "{}. {}{left_out}", number + 1, words.render(step.text, &args));
    }
    text
}

/// When a step that hangs on this fact is left out.
fn left_out(key: FactKey) -> &'static str {
    match key {
        FactKey::OutgoingMailOn => " (left out while outgoing mail is known to be off)",
        FactKey::AddedVia => " (left out for whoever was noticed as an add)",
        FactKey::InvitedElsewhere => " (left out for whoever was just invited from another space)",
        _ => "",
    }
}

fn standing(scenario: &Scenario) -> String {
    let level = match scenario.level {
        Level::Site => "Concerns the whole site",
        Level::Project => "Concerns one service project",
        Level::Person => "Concerns one person",
    };
    let severity = match scenario.severity {
        Severity::Error => "an error",
        Severity::Warning => "a warning",
        Severity::Information => "information",
    };
    let note = if scenario.note { "; only a note on the project's page" } else { "" };
    format!("{level}; {severity}{note}.")
}

fn read_on(scenario: &Scenario) -> String {
    let article = format!("[Atlassian's article]({KNOWLEDGE_ARTICLE})");
    let tickets = scenario.tickets.iter().map(|key| format!("[{key}]({})", ticket_url(key)));
    std::iter::once(article).chain(tickets).collect::<Vec<_>>().join(", ")
}

fn sources(words: &Words) -> String {
    let mut text = String::from(
        "\n## Sources\n\nThe most that one observation may contribute. It may be worth less (not calibrated on this site, too \
         old), never more; the weakest piece of evidence decides.\n\n\
         | source | how we know | can block at most | can clear at most |\n|---|---|---|---|\n",
    );
    let cap = |confidence: Confidence| match confidence {
        Confidence::Unknown => "–".to_owned(),
        cap => cap.name().to_owned(),
    };
    for source in Source::ALL {
        let (block, clear) = source.cap();
        let how = words.text(&source.id(), &[]);
        let _ = writeln!(text, "| `{}` | {how} | {} | {} |", source.name(), cap(block), cap(clear));
    }
    text
}
