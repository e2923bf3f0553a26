//! What sources that say "now" add to a fact as of an add: they looked at some moments, and only near ones count.
//! Knows no source's way of looking; pure. It never raises: what the audit log says of the window stands, whatever was seen
//! at other moments.

use super::Line;
use crate::domain::calibration::{TO_BE_PROVEN, fresh_for};
use diagnosis::{Confidence, Fact, FactKey, Gap, Moment, Observed, Origin, Source};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// What each source that says "now" is worth on the site; `None`: not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    /// The outgoing-mail probe.
    pub mail_probe: Option<Confidence>,
    /// Undocumented resources.
    pub internal: Option<Confidence>,
}

impl Trusted {
    fn worth(self, source: Source) -> Option<Confidence> {
        match source {
            Source::MailProbe => self.mail_probe,
            Source::JiraInternal => self.internal,
            _ => None,
        }
    }
}

/// Adds what was seen near the window to what log and statements say of it. `lag`: a look at most this long before the window
/// counts as one at it, for a page about now.
pub fn with_observations(
    judged: Fact<Value>,
    key: FactKey,
    lines: &[Line],
    window: Moment,
    trusted: Trusted,
    lag: SignedDuration,
) -> Fact<Value> {
    let window = Moment { not_before: window.not_before.min(window.not_after), ..window };
    let used = TO_BE_PROVEN.into_iter().filter_map(|source| Some((source, trusted.worth(source)?)));
    used.fold(judged, |judged, (source, worth)| beside(judged, seen(key, lines, window, source, worth, lag)))
}

/// What one source saw: in full where it saw the same before and after the window, as likely from one side.
fn seen(
    key: FactKey,
    lines: &[Line],
    window: Moment,
    source: Source,
    worth: Confidence,
    lag: SignedDuration,
) -> Fact<Value> {
    let Some(fresh) = fresh_for(source) else { return Fact::Unknown(Gap::NotAsked) };
    let mut looks: Vec<&Line> = lines.iter().filter(|line| line.key == key && line.source == source).collect();
    looks.sort_by_key(|line| line.observed_at);
    // Somebody who knows better says that it changed between.
    let undone = |look: &Line, from: Timestamp, until: Timestamp| {
        lines.iter().filter(|line| line.key == key && fresh_for(line.source).is_none()).any(|line| {
            let at = line.since.unwrap_or(line.observed_at);
            from <= at && at <= until && line.value != look.value
        })
    };
    let Moment { not_before, not_after } = window;
    let (by_then, later) = looks.split_at(looks.partition_point(|look| look.observed_at <= not_after));
    let holds_until_the_end = |look: &&&Line| {
        not_after.duration_since(look.observed_at) <= fresh && !undone(look, look.observed_at, not_after)
    };
    // A look at the very instant of the add is on neither side of it.
    let before = by_then.iter().rev().find(|look| look.observed_at < not_before).filter(holds_until_the_end);
    let inside = by_then.iter().filter(|look| look.observed_at >= not_before).filter(holds_until_the_end);
    let held_since_the_start = |look: &&&Line| {
        look.observed_at.duration_since(not_before) <= fresh && !undone(look, not_before, look.observed_at)
    };
    let after = later.first().filter(held_since_the_start);
    let counting: Vec<&Line> = before.into_iter().chain(inside).chain(after).copied().collect();
    let Some(newest) = counting.last() else {
        return Fact::Unknown(if looks.is_empty() { Gap::NotAsked } else { Gap::Stale });
    };
    let told = |look: &Line, worth| Fact::of(look.value.clone(), Origin::new(source, look.observed_at).at_most(worth));
    if counting.iter().any(|look| look.value != newest.value) {
        let blocks = counting.iter().find(|look| look.value == Value::Bool(false)).unwrap_or(newest);
        return told(blocks, Confidence::Likely.min(worth));
    }
    let at_it = !lag.is_zero() && not_after.duration_since(newest.observed_at).abs() <= lag;
    let both_sides = at_it || (before.is_some() && after.is_some());
    told(newest, if both_sides { worth } else { Confidence::Likely.min(worth) })
}

/// A log that speaks of the window stands. Of two others that agree the one that is worth more is told; where they differ, the
/// value that blocks, as likely.
fn beside(judged: Fact<Value>, seen: Fact<Value>) -> Fact<Value> {
    match (judged, seen) {
        (Fact::Known(judged), _) if judged.origin.source == Source::AuditLog => Fact::Known(judged),
        (Fact::Known(judged), Fact::Known(seen)) if judged.value == seen.value => {
            Fact::Known(if seen.origin.at_most > judged.origin.at_most { seen } else { judged })
        }
        (Fact::Known(judged), Fact::Known(seen)) => {
            let blocks = |told: &Observed<Value>| told.value == Value::Bool(false);
            let mut told = if blocks(&seen) && !blocks(&judged) { seen } else { judged };
            told.origin.at_most = told.origin.at_most.min(Confidence::Likely);
            Fact::Known(told)
        }
        (Fact::Unknown(_), Fact::Known(seen)) => Fact::Known(seen),
        (Fact::Unknown(Gap::NotAsked), Fact::Unknown(gap)) => Fact::Unknown(gap),
        (judged, Fact::Unknown(_)) => judged,
    }
}

#[cfg(test)]
mod tests;
