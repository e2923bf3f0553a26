//! What a fact was when somebody was added: the history of a site's or project's fact, judged as of a window.
//! Knows no store and no clock; pure.

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
/// admin's statement. Where both speak and differ, the newer one counts, as likely.
pub fn as_of(key: FactKey, lines: &[Line], window: Moment, audit: &AuditMark) -> Fact<Value> {
    let stated = by_statement(key, lines, window);
    let logged = by_audit(key, lines, window, audit);
    match (logged, stated) {
        (Fact::Known(logged), Fact::Known(stated)) if logged.value != stated.value => {
            Fact::Known(newer(logged, stated))
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

fn newer(logged: Observed<Value>, stated: Observed<Value>) -> Observed<Value> {
    let changed = logged.origin.since.unwrap_or(Timestamp::MIN);
    let mut winner = if stated.origin.observed_at > changed { stated } else { logged };
    winner.origin.at_most = winner.origin.at_most.min(Confidence::Likely);
    winner
}

fn by_audit(key: FactKey, lines: &[Line], window: Moment, audit: &AuditMark) -> Fact<Value> {
    let mut changes: Vec<(Timestamp, &Line)> = lines
        .iter()
        .filter(|l| l.key == key && l.source == Source::AuditLog)
        .filter_map(|l| l.since.map(|since| (since, l)))
        .collect();
    changes.sort_by_key(|(since, _)| *since);
    let Some(coverage) = audit.coverage.filter(|c| c.until >= window.not_after) else {
        return Fact::Unknown(audit.trouble.unwrap_or(if changes.is_empty() { Gap::NotAsked } else { Gap::Stale }));
    };
    let until = |at: Timestamp| changes.partition_point(|(since, _)| *since <= at);
    let (first_inside, first_after) = (until(window.not_before), until(window.not_after));
    let inside = &changes[first_inside..first_after];
    let settled = first_inside.checked_sub(1).map(|i| changes[i]);
    // What held at the window's start: the last change before it, else what the next change says it was until then.
    let start = match settled {
        Some((since, line)) if coverage.from <= since => Some((&line.value, Some(since), line.by.clone())),
        _ if coverage.from <= window.not_before => {
            changes.get(first_inside).and_then(|(_, next)| next.before.as_ref()).map(|v| (v, None, None))
        }
        Some(_) => return Fact::Unknown(Gap::Stale), // a later record may have been in the hole
        None => None,
    };
    let origin =
        |since, by, at_most| Origin { source: Source::AuditLog, observed_at: coverage.until, since, by, at_most };
    match (start, inside) {
        (None, []) => Fact::Unknown(Gap::NotAsked),
        (Some((value, since, by)), []) => {
            Fact::Known(Observed { value: value.clone(), origin: origin(since, by, Confidence::Confirmed) })
        }
        // It changed while the person was being added: the value that blocks is reported, as likely, with that change.
        (start, inside) => {
            let values = start.into_iter().chain(inside.iter().map(|(at, l)| (&l.value, Some(*at), l.by.clone())));
            let mut values: Vec<_> = values.collect();
            let same = values.windows(2).all(|w| w[0].0 == w[1].0);
            let pick = values.iter().position(|(v, ..)| **v == Value::Bool(false)).unwrap_or(0);
            let (value, since, by) = values.swap_remove(pick);
            let at_most = if same { Confidence::Confirmed } else { Confidence::Likely };
            Fact::Known(Observed { value: value.clone(), origin: origin(since, by, at_most) })
        }
    }
}

fn by_statement(key: FactKey, lines: &[Line], window: Moment) -> Fact<Value> {
    let mut stated: Vec<&Line> = lines.iter().filter(|l| l.key == key && l.source == Source::AdminStatement).collect();
    stated.sort_by_key(|l| l.observed_at);
    let in_time = stated.partition_point(|l| l.observed_at <= window.not_after);
    let known = |line: &Line, at_most| {
        let origin = Origin {
            source: line.source,
            observed_at: line.observed_at,
            since: line.since,
            by: line.by.clone(),
            at_most,
        };
        Fact::Known(Observed { value: line.value.clone(), origin })
    };
    if let Some(last) = in_time.checked_sub(1).map(|i| stated[i]) {
        if window.not_before.duration_since(last.observed_at) > STATEMENT_FRESH {
            return later(&stated[in_time..], window, known).unwrap_or(Fact::Unknown(Gap::Stale));
        }
        let before_window = stated[..in_time].iter().rev().find(|l| l.observed_at <= window.not_before);
        let changed_inside =
            last.observed_at > window.not_before && before_window.is_some_and(|l| l.value != last.value);
        return known(last, if changed_inside { Confidence::Likely } else { Confidence::Confirmed });
    }
    later(&stated, window, known).unwrap_or(Fact::Unknown(Gap::NotAsked))
}

/// Somebody said so only after the add: it was probably so before.
fn later(after: &[&Line], window: Moment, known: impl Fn(&Line, Confidence) -> Fact<Value>) -> Option<Fact<Value>> {
    let first = after.first()?;
    (first.observed_at.duration_since(window.not_after) <= STATEMENT_FRESH).then(|| known(first, Confidence::Likely))
}
