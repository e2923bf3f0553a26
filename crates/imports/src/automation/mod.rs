//! Exported automation rules: which of them add customers without mailing them afterwards.
//! Does not know whether a rule ever ran, nor what a step of an unknown type does.
//!
//! A rule is silent when some path through it reaches an *add customer* step and no *send e-mail* step to the same address
//! later on that path, at the same or an outer level. How the paths run is told in `paths`.

mod address;
mod file;
mod kinds;
mod paths;
mod pending;
mod reading;
mod shape;
mod variables;

pub use reading::{
    About, Doubt, Fault, Finding, Note, Reading, Reason, Rule, Skipped, State, Step, Unknown, Unreadable, Verdict, Why,
};

use shape::RuleShape;
use std::collections::HashMap;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Most rules in a file.
pub const MAX_RULES: usize = 10_000;
/// Most components of a rule; Jira Cloud allows 65.
pub const MAX_COMPONENTS: usize = 500;
/// Deepest nesting of components; Jira's editor makes about 5.
pub const MAX_DEPTH: usize = 40;
/// Most silent paths listed for a rule, and in all; more are counted.
const MAX_FINDINGS: (usize, usize) = (20, 2_000);
/// Most unknown types told apart.
const MAX_UNKNOWN: usize = 500;

/// Reads and judges a file: an export (`{cloud, rules}`, `{rules}` or a bare list), or one rule as the REST API gives it
/// (`{rule}`) or bare. A broken rule is skipped; a broken file is an error.
pub fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let text = file::text(bytes)?;
    let mut reading = Reading::default();
    let mut unknown = HashMap::new();
    let mut listed = 0;
    for (index, raw) in file::rules(text)?.into_iter().enumerate() {
        match shape::rule(raw) {
            Ok(shape) => {
                let mut rule = judge(&shape, &mut unknown);
                let room = MAX_FINDINGS.0.min(MAX_FINDINGS.1 - listed);
                rule.unlisted = rule.findings.len().saturating_sub(room);
                rule.findings.truncate(room);
                rule.notes.truncate(room);
                listed += rule.findings.len();
                reading.rules.push(rule);
            }
            Err((name, why)) => reading.skipped.push(Skipped { place: format!("rules[{index}]"), name, why }),
        }
    }
    reading.read = reading.rules.len();
    reading.unknown = unknown.into_iter().map(|(kind, count)| Unknown { kind, count }).collect();
    reading.unknown.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.kind.cmp(&b.kind)));
    Ok(reading)
}

fn judge(shape: &RuleShape<'_>, unknown: &mut HashMap<String, usize>) -> Rule {
    let judged = paths::judge(&shape.components);
    for kind in judged.unknown {
        let kind = if unknown.len() < MAX_UNKNOWN || unknown.contains_key(&kind) { kind } else { "…".to_owned() };
        *unknown.entry(kind).or_insert(0) += 1;
    }
    let mut findings = judged.findings;
    if shape.state == State::Unknown {
        findings.iter_mut().for_each(|finding| finding.doubts.push(Doubt::StateUnknown));
    }
    let verdict = match judged.adds {
        0 => Verdict::AddsNobody,
        _ if findings.is_empty() => Verdict::Mailed,
        _ if findings.iter().any(Finding::is_sure) => Verdict::Silent,
        _ => Verdict::MayBeSilent,
    };
    Rule {
        id: shape.id.clone(),
        name: shape.name.clone(),
        state: shape.state,
        adds: judged.adds,
        verdict,
        findings,
        unlisted: 0,
        notes: judged.notes,
    }
}
