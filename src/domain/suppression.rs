//! Whether an address was blocked when its owner was added: rows of imported logs and an admin's words, judged as of the add.
//! Knows no address, no store and no clock; pure. That no row tells of an address says nothing.

use super::ProjectId;
use super::history::STATEMENT_FRESH;
use super::mark::{MARK_KEPT, MarkKind, MarkedRow, ROW_FRESH};
use super::person_line::PersonLine;
use diagnosis::{Confidence, Fact, FactKey, Gap, Moment, Origin, Source};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A row whose date is no wider than this tells the time, not only the day.
const TIGHT: SignedDuration = SignedDuration::from_secs(60);

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct Add {
    /// Where.
    pub project: ProjectId,
    /// When.
    pub window: Moment,
}

/// Whether the address was blocked at the add. A block stands until something says that it is over, so a row from before the add
/// counts in full (21 days, rules.md section 1); one from after it tells that the address may have been blocked before.
pub fn as_of(add: Add, rows: &[MarkedRow], said: &[PersonLine], now: Timestamp) -> Fact<bool> {
    let window = Moment { not_before: add.window.not_before.min(add.window.not_after), ..add.window };
    let add = Add { window, ..add };
    let rows: Vec<&MarkedRow> = rows.iter().filter(|row| age(now, row) <= MARK_KEPT).collect();
    let said: Vec<(bool, &PersonLine)> = said
        .iter()
        .filter(|line| is_statement(line, add.project))
        .filter_map(|l| Some((l.value.as_bool()?, l)))
        .collect();
    let freed = freed(add, &rows, &said);
    let over = |at: Timestamp| freed.is_some_and(|freed| at < freed);
    let by_rows =
        rows.iter().filter(|row| !over(row.dated.not_before)).filter_map(|row| row_blocks(add, row, &rows, now));
    let stated = said.iter().filter(|(blocked, line)| *blocked && !over(line.observed_at));
    let by_word = stated.filter_map(|(_, line)| word_blocks(add, line));
    // The surest, and of equals the newest.
    if let Some(origin) = by_rows.chain(by_word).max_by_key(|origin| (origin.at_most, origin.observed_at)) {
        return Fact::of(true, origin);
    }
    said_free(add, &said)
        .or_else(|| row_frees(add, &rows))
        .map_or(Fact::Unknown(Gap::NotExposed), |o| Fact::of(false, o))
}

fn age(now: Timestamp, row: &MarkedRow) -> SignedDuration {
    now.duration_since(row.dated.not_before)
}

/// An admin speaks for their own project: what is said in another one is not this one's.
fn is_statement(line: &PersonLine, project: ProjectId) -> bool {
    line.key == FactKey::AddressSuppressed && line.source == Source::AdminStatement && line.project == project
}

/// Until when every block is known to be over. A row frees the address from its date on, so only one before the add counts; an
/// admin's word is about the person and their invitation, whenever it is said: they unblocked it, or mail arrived.
fn freed(add: Add, rows: &[&MarkedRow], said: &[(bool, &PersonLine)]) -> Option<Timestamp> {
    let by_rows = rows.iter().filter(|row| frees_before(add, row)).map(|row| row.dated.not_after);
    by_rows.chain(said.iter().filter(|(blocked, _)| !blocked).map(|(_, line)| line.observed_at)).max()
}

fn frees_before(add: Add, row: &MarkedRow) -> bool {
    row.kind == MarkKind::Unblocked && row.dated.not_after <= add.window.not_before
}

/// What a row is worth as a block at this add; nothing when it is too far from it.
fn row_blocks(add: Add, row: &MarkedRow, rows: &[&MarkedRow], now: Timestamp) -> Option<Origin> {
    if row.kind == MarkKind::Unblocked {
        return None;
    }
    let (dated, window) = (row.dated, add.window);
    if dated.not_before > window.not_after && dated.not_before.duration_since(window.not_after) > ROW_FRESH {
        return None;
    }
    // Whoever freed it meanwhile may have done so before the add.
    let freed_meanwhile = |other: &&MarkedRow| {
        other.kind == MarkKind::Unblocked
            && other.dated.not_after >= dated.not_before
            && other.dated.not_before <= window.not_after
    };
    let before = dated.not_after <= window.not_before;
    // The project's own invitation to this person, while they were being added, is the invitation of this add.
    let is_this_invitation = row.kind == MarkKind::InvitationBlocked
        && dated.not_after.duration_since(dated.not_before) <= TIGHT
        && dated.not_before <= window.not_after
        && window.not_before <= dated.not_after;
    let sure = (before || is_this_invitation)
        && row.project == add.project
        && age(now, row) <= ROW_FRESH
        && !rows.iter().any(freed_meanwhile);
    Some(origin(row, if sure { Confidence::Confirmed } else { Confidence::Likely }))
}

/// It was seen when the log saw it, whenever that was imported.
fn origin(row: &MarkedRow, at_most: Confidence) -> Origin {
    Origin::new(Source::ImportedFile, row.dated.not_before).by(row.by.0.clone()).at_most(at_most)
}

/// What an admin's word is worth as a block at this add: said in time it counts, said later it was probably so before.
fn word_blocks(add: Add, line: &PersonLine) -> Option<Origin> {
    let in_time = line.observed_at <= add.window.not_before;
    near(add, line).then(|| stated(line, if in_time { Confidence::Confirmed } else { Confidence::Likely }))
}

fn said_free(add: Add, said: &[(bool, &PersonLine)]) -> Option<Origin> {
    let free = said.iter().filter(|(blocked, line)| !blocked && near(add, line)).map(|(_, line)| line);
    free.max_by_key(|line| line.observed_at).map(|line| stated(line, Confidence::Likely))
}

/// The log says that the address was freed before the add, and nothing newer says otherwise.
fn row_frees(add: Add, rows: &[&MarkedRow]) -> Option<Origin> {
    let freeing = rows.iter().filter(|row| frees_before(add, row));
    freeing.max_by_key(|row| row.dated.not_after).map(|row| origin(row, Confidence::Likely))
}

fn near(add: Add, line: &PersonLine) -> bool {
    let (said, window) = (line.observed_at, add.window);
    window.not_after.duration_since(said) <= STATEMENT_FRESH && said.duration_since(window.not_after) <= STATEMENT_FRESH
}

fn stated(line: &PersonLine, at_most: Confidence) -> Origin {
    let origin = Origin::new(Source::AdminStatement, line.observed_at).at_most(at_most);
    Origin { since: line.since, by: line.by.clone(), ..origin }
}

/// How somebody was added by an admin's word: the newest one.
pub fn stated_via(project: ProjectId, said: &[PersonLine]) -> Option<(Value, Origin)> {
    let of_project = |line: &&PersonLine| {
        line.key == FactKey::AddedVia && line.source == Source::AdminStatement && line.project == project
    };
    let newest = said.iter().filter(of_project).max_by_key(|line| line.observed_at)?;
    Some((newest.value.clone(), stated(newest, Confidence::Likely)))
}

#[cfg(test)]
mod tests;
