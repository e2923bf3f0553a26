//! What a fact was when somebody was added: the history of a site's or project's fact, judged as of a window.
//! Knows no store and no clock; pure.

mod observed;

pub use observed::{Trusted, with_observations};

use super::ProjectId;
use super::audit::AuditMark;
use diagnosis::{Confidence, Fact, FactKey, Gap, Moment, Observed, Origin, Source};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How long an admin's statement counts (rules.md section 1).
pub const STATEMENT_FRESH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One line of a fact's history: a change that the audit log tells, or a dated statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Which fact.
    pub key: FactKey,
    /// Of which project; `None` for a site's fact.
    pub project: Option<ProjectId>,
    /// The value from then on.
    pub value: Value,
    /// The value until then, where the source tells it (audit records do).
    pub before: Option<Value>,
    /// Who says so.
    pub source: Source,
    /// When it became so, where the source tells it.
    pub since: Option<Timestamp>,
    /// When we, or the admin, saw it.
    pub observed_at: Timestamp,
    /// Account id of whoever changed or stated it.
    pub by: Option<String>,
}

/// What the fact was in the window. The audit log answers where it was read without a hole up to the window's end; then an
/// admin's statement. Where both speak of the time up to the window's end and differ, the newer one counts, as likely. What
/// somebody says after the window never outweighs a log that covers it.
pub fn as_of(key: FactKey, lines: &[Line], window: Moment, audit: &AuditMark) -> Fact<Value> {
    let window = Moment { not_before: window.not_before.min(window.not_after), ..window };
    let changes = logged_changes(key, lines);
    let logged = by_audit(key, &changes, window, audit);
    let stated = by_statement(key, lines, &changes, window);
    match (logged, stated) {
        (Fact::Known(logged), Fact::Known(stated)) if logged.value != stated.value => {
            if stated.origin.observed_at > window.not_after { Fact::Known(logged) } else { newer(logged, stated) }
        }
        (Fact::Known(logged), _) => Fact::Known(logged),
        (_, Fact::Known(stated)) => Fact::Known(stated),
        (Fact::Unknown(logged), Fact::Unknown(stated)) => Fact::Unknown(worse(logged, stated)),
    }
}

/// A missing right or a failed reading explains more than "nobody was asked".
fn worse(a: Gap, b: Gap) -> Gap {
    if a == Gap::NotAsked { b } else { a }
}

/// Both spoke in time and cannot both be right. A log that only tells what was before its next record speaks of that moment.
fn newer(logged: Observed<Value>, stated: Observed<Value>) -> Fact<Value> {
    let log_is_newer = logged.origin.since.is_none_or(|changed| changed >= stated.origin.observed_at);
    let mut winner = if log_is_newer { logged } else { stated };
    winner.origin.at_most = winner.origin.at_most.min(Confidence::Likely);
    Fact::Known(winner)
}

/// The log's changes of this fact with their times, oldest first.
fn logged_changes(key: FactKey, lines: &[Line]) -> Vec<(Timestamp, &Line)> {
    let mut changes: Vec<(Timestamp, &Line)> = lines
        .iter()
        .filter(|l| l.key == key && l.source == Source::AuditLog)
        .filter_map(|l| l.since.map(|since| (since, l)))
        .collect();
    changes.sort_by_key(|(since, _)| *since);
    changes
}

/// A value with its start and author, where they are known.
type Held<'l> = (&'l Value, Option<Timestamp>, Option<String>);

fn by_audit(key: FactKey, changes: &[(Timestamp, &Line)], window: Moment, audit: &AuditMark) -> Fact<Value> {
    let Some(coverage) = audit.coverage.filter(|c| c.until >= window.not_after) else {
        return Fact::Unknown(audit.trouble.unwrap_or(if changes.is_empty() { Gap::NotAsked } else { Gap::Stale }));
    };
    let first_after = changes.partition_point(|(since, _)| *since <= window.not_after);
    // A change at the very instant at which a window begins may have come after the add; one moment is as it was left.
    let moment = window.not_before == window.not_after;
    let settled = |since: Timestamp| since < window.not_before || (moment && since == window.not_before);
    let first_inside = untie(changes, changes.partition_point(|(since, _)| settled(*since)));
    let inside: Vec<Held<'_>> =
        changes[first_inside..first_after].iter().map(|(at, l)| (&l.value, Some(*at), l.by.clone())).collect();
    let settled = first_inside.checked_sub(1).map(|i| changes[i]);
    // The next change tells what held until then, if no other can be missing between.
    let by_next = || {
        let (since, next) = changes.get(first_inside)?;
        let tied = changes[first_inside..].iter().take_while(|(at, _)| at == since);
        let whole = coverage.spans(window.not_before, *since) && tied.into_iter().all(|(_, l)| l.before == next.before);
        next.before.as_ref().filter(|_| whole).map(|v| (v, None, None))
    };
    let start: Option<Held<'_>> = match settled {
        Some((since, line)) if coverage.from <= since => Some((&line.value, Some(since), line.by.clone())),
        _ => by_next(),
    };
    let origin =
        |since, by, at_most| Origin { source: Source::AuditLog, observed_at: coverage.until, since, by, at_most };
    let known = |(value, since, by): Held<'_>, at_most| Fact::of(value.clone(), origin(since, by, at_most));
    match start {
        Some(start) if inside.iter().all(|(value, ..)| *value == start.0) => known(start, Confidence::Confirmed),
        // It changed while the person was being added, or did so from something unknown: the value that blocks is reported,
        // as likely, with that change.
        start => match start.iter().chain(&inside).find(|(value, ..)| key.is_blocking(value)) {
            Some(blocks) => known(blocks.clone(), Confidence::Likely),
            None if start.is_some() => {
                inside.last().map_or(Fact::Unknown(Gap::NotAsked), |l| known(l.clone(), Confidence::Likely))
            }
            // Nothing that was read reaches back to the window's start: an earlier record may be in a hole.
            None if settled.is_some() || !inside.is_empty() || coverage.from > window.not_before => {
                Fact::Unknown(if changes.is_empty() { Gap::NotAsked } else { Gap::Stale })
            }
            None => Fact::Unknown(Gap::NotAsked),
        },
    }
}

/// Changes at one instant have no order that could be relied on: if the last ones before the window differ, they count as inside
/// of it, where nothing is confirmed.
fn untie(changes: &[(Timestamp, &Line)], first_inside: usize) -> usize {
    let Some((last, line)) = first_inside.checked_sub(1).map(|i| changes[i]) else { return first_inside };
    let tied = changes.partition_point(|(since, _)| *since < last);
    if changes[tied..first_inside].iter().all(|(_, other)| other.value == line.value) { first_inside } else { tied }
}

fn by_statement(key: FactKey, lines: &[Line], changes: &[(Timestamp, &Line)], window: Moment) -> Fact<Value> {
    let mut stated: Vec<&Line> = lines.iter().filter(|l| l.key == key && l.source == Source::AdminStatement).collect();
    stated.sort_by_key(|l| l.observed_at);
    let (in_time, after) = stated.split_at(stated.partition_point(|l| l.observed_at <= window.not_after));
    let known = |line: &Line, at_most| {
        let origin = Origin::new(line.source, line.observed_at).at_most(at_most);
        let origin = Origin { since: line.since, by: line.by.clone(), ..origin };
        Fact::of(line.value.clone(), origin)
    };
    // What the log is known to have changed since, nobody's older word tells any more.
    let overtaken = |line: &Line| {
        changes
            .iter()
            .any(|(at, change)| line.observed_at < *at && *at <= window.not_after && change.value != line.value)
    };
    let fresh =
        |line: &&&Line| window.not_after.duration_since(line.observed_at) <= STATEMENT_FRESH && !overtaken(line);
    let before = in_time.iter().rev().find(|l| l.observed_at <= window.not_before);
    let inside = in_time.iter().filter(|l| l.observed_at > window.not_before);
    let mut candidates = before.into_iter().chain(inside).filter(fresh);
    let Some(first) = candidates.next() else {
        let gap = if in_time.is_empty() { Gap::NotAsked } else { Gap::Stale };
        return later(after, changes, window, known).unwrap_or(Fact::Unknown(gap));
    };
    let rest: Vec<&&Line> = candidates.collect();
    if first.observed_at <= window.not_before && rest.iter().all(|l| l.value == first.value) {
        return known(first, Confidence::Confirmed);
    }
    // Said, or said otherwise, while the person was being added: as likely, and the value that blocks where there is one.
    let blocks = std::iter::once(&first).chain(&rest).find(|l| key.is_blocking(&l.value));
    known(blocks.or(rest.last()).unwrap_or(&first), Confidence::Likely)
}

/// Somebody said so only after the add: it was probably so before, unless the log tells that it changed between.
fn later(
    after: &[&Line],
    changes: &[(Timestamp, &Line)],
    window: Moment,
    known: impl Fn(&Line, Confidence) -> Fact<Value>,
) -> Option<Fact<Value>> {
    let first = after.first()?;
    let changed = changes.iter().any(|(at, _)| window.not_before < *at && *at <= first.observed_at);
    let near = first.observed_at.duration_since(window.not_after) <= STATEMENT_FRESH;
    (near && !changed).then(|| known(first, Confidence::Likely))
}

#[cfg(test)]
mod tests;
