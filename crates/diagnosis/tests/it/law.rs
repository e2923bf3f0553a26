//! The law of forgetting, in one place: from fewer facts no verdict is surer.
//! Does not know where its facts come from; fixtures and random facts are both held to it.
//!
//! "Surer" is an order, not a number, since a verdict points somewhere:
//! - `undetermined` is the least sure of all: whatever is forgotten may become undetermined.
//! - `blocks` from fewer facts needs `blocks`, at least as sure, from all of them.
//! - `clears` from fewer facts needs `clears`, at least as sure, or `not_applicable`: both say "not this cause".
//! - `not_applicable` from fewer facts needs `not_applicable`: it is as firm a no as there is.
//! - Two exceptions, made by the rules. The **route** decides whom a cause concerns, and an unknown route concerns everybody:
//!   forgetting it may turn `not_applicable` into `blocks`, on the evidence of that block. A **flow known to mail afterwards**
//!   excuses what Automation does silently by nature: forgetting that export may turn `clears` into `blocks` again.
//!
//! - A third: a **rule's word** says that it added somebody, whether or not it made the account. That the account was there
//!   before only decides under which cause the silence is told, so forgetting that may bring the other cause forth.
//!
//! The overall word follows: it never moves to a surer word of either direction, but for these exceptions.

use diagnosis::{Diagnosis, FactKey, Finding, Overall, Ruling, Sheet, Source, diagnose, scenarios::REGISTRY};

pub(crate) fn finding<'d>(diagnosis: &'d Diagnosis, slug: &str) -> &'d Finding {
    diagnosis.findings.iter().find(|f| f.scenario.slug == slug).expect("every cause of the registry is judged")
}

fn surer(all: &Finding, fewer: &Finding, forgotten: FactKey) -> bool {
    match (fewer.ruling, all.ruling) {
        (Ruling::Undetermined(_), _) => false,
        (Ruling::Blocks, Ruling::Blocks) | (Ruling::Clears, Ruling::Clears) => fewer.confidence > all.confidence,
        (Ruling::Clears | Ruling::NotApplicable, Ruling::NotApplicable) => false,
        _ => !revived(all, fewer, forgotten),
    }
}

/// The three exceptions.
fn revived(all: &Finding, fewer: &Finding, forgotten: FactKey) -> bool {
    match (all.ruling, fewer.ruling) {
        (Ruling::NotApplicable, Ruling::Blocks) => match forgotten {
            FactKey::MailRoute => true,
            FactKey::KnownBefore => fewer.evidence.iter().any(|e| e.origin.source == Source::AutomationRule),
            _ => false,
        },
        (Ruling::Clears, Ruling::Blocks) => forgotten == FactKey::SilentRule,
        _ => false,
    }
}

fn surer_word(all: Overall, fewer: Overall) -> bool {
    match fewer {
        Overall::CouldNotCheck => false,
        Overall::NoBlockFound => all != Overall::NoBlockFound,
        Overall::MayBeBlocked | Overall::Blocked => fewer > all,
    }
}

/// What is wrong when this fact is forgotten; empty when the law holds.
pub(crate) fn broken(sheet: &Sheet, key: FactKey) -> Vec<String> {
    let mut without = sheet.clone();
    without.forget(key);
    let (all, fewer) = (diagnose(&REGISTRY, sheet.facts()), diagnose(&REGISTRY, without.facts()));
    let mut wrong = Vec::new();
    let mut exempt = false;
    for scenario in REGISTRY.iter().filter(|scenario| !scenario.note) {
        let (before, after) = (finding(&all, scenario.slug), finding(&fewer, scenario.slug));
        let told = format!(
            "{}: {:?} {:?} became {:?} {:?} without {}",
            scenario.slug,
            before.ruling,
            before.confidence,
            after.ruling,
            after.confidence,
            key.name()
        );
        exempt |= revived(before, after, key);
        if surer(before, after, key) {
            wrong.push(format!("surer from fewer facts: {told}"));
        }
        let same =
            before.ruling == after.ruling && before.confidence == after.confidence && before.evidence == after.evidence;
        if !same && !scenario.needs.contains(&key) {
            wrong.push(format!("read, but not in `needs`: {told}"));
        }
        let step_reads = scenario.remedy.steps.iter().any(|step| step.hangs_on.contains(&key));
        if before.steps != after.steps && !step_reads {
            wrong.push(format!("steps changed by a fact that none of them names: {told}"));
        }
    }
    if surer_word(all.overall(), fewer.overall()) && !exempt {
        wrong.push(format!("{:?} became {:?} without {}", all.overall(), fewer.overall(), key.name()));
    }
    wrong
}
