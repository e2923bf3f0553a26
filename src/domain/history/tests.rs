//! What a switch was when somebody was added: tables of times, and properties over random histories.
//! Knows no store; everything is built here.

use super::*;
use crate::domain::audit::Coverage;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

const KEY: FactKey = FactKey::InviteNotificationOn;
const EARLIEST: Timestamp = Timestamp::MIN;

/// A time of the day the tests play on.
fn at(time: &str) -> Timestamp {
    format!("2026-03-10T{time}:00Z").parse().expect("a time of day")
}

fn window(from: &str, until: &str) -> Moment {
    Moment { not_before: at(from), not_after: at(until) }
}

fn line(source: Source, value: bool, time: Timestamp) -> Line {
    let since = (source == Source::AuditLog).then_some(time);
    Line { key: KEY, project: None, value: json!(value), before: None, source, since, observed_at: time, by: None }
}

/// `true` from 10:05 on, and what it was before as the record tells.
fn logged(value: bool, time: &str, before: Option<bool>) -> Line {
    Line { before: before.map(|b| json!(b)), ..line(Source::AuditLog, value, at(time)) }
}

fn stated(value: bool, time: &str) -> Line {
    line(Source::AdminStatement, value, at(time))
}

fn read(from: Timestamp, until: &str) -> AuditMark {
    AuditMark { coverage: Some(Coverage { from, until: at(until) }), trouble: None }
}

fn verdict(fact: &Fact<Value>) -> Result<(bool, Confidence), Gap> {
    let seen = fact.known()?;
    Ok((seen.value.as_bool().expect("a switch is true or false"), seen.origin.at_most))
}

use Confidence::{Confirmed, Likely};

#[rstest]
#[case::off_when_added_on_when_noticed("10:01", "10:02", Ok((false, Confirmed)))]
#[case::on_again("10:06", "10:07", Ok((true, Confirmed)))]
#[case::changed_as_the_window_began("10:00", "10:02", Ok((false, Likely)))]
#[case::on_before_all("09:00", "09:30", Ok((true, Confirmed)))]
#[case::changed_while_added("09:50", "10:02", Ok((false, Likely)))]
#[case::both_changes_while_added("09:50", "23:00", Ok((false, Likely)))]
#[case::on_again_while_added("10:02", "23:00", Ok((false, Likely)))]
fn off_at_ten_on_at_five_past_noticed_at_night(
    #[case] from: &str,
    #[case] until: &str,
    #[case] expected: Result<(bool, Confidence), Gap>,
) {
    let lines = [logged(false, "10:00", Some(true)), logged(true, "10:05", Some(false))];
    let fact = as_of(KEY, &lines, window(from, until), &read(EARLIEST, "23:30"));
    assert_eq!(verdict(&fact), expected);
}

#[test]
fn a_word_given_at_night_does_not_undo_what_the_log_says_of_the_morning() {
    let lines = [logged(false, "10:00", Some(true)), logged(true, "10:05", Some(false)), stated(true, "22:00")];
    let fact = as_of(KEY, &lines, window("10:01", "10:02"), &read(EARLIEST, "23:30"));
    assert_eq!(verdict(&fact), Ok((false, Confirmed)));
}

#[rstest]
#[case::never_read(AuditMark::default(), Gap::Stale)]
#[case::forbidden(AuditMark { coverage: None, trouble: Some(Gap::Forbidden) }, Gap::Forbidden)]
#[case::read_too_early(read(EARLIEST, "10:30"), Gap::Stale)]
#[case::hole_before_the_window(read(at("10:30"), "12:00"), Gap::Stale)]
fn a_hole_in_the_log_is_a_gap(#[case] mark: AuditMark, #[case] gap: Gap) {
    let lines = [logged(false, "10:00", None)];
    assert_eq!(verdict(&as_of(KEY, &lines, window("11:00", "11:30"), &mark)), Err(gap));
}

#[test]
fn a_record_behind_the_part_that_was_read_tells_nothing_of_before() {
    // Read until 11:30; the record of 13:00 says "was off", but another change may lie between.
    let lines = [logged(true, "13:00", Some(false))];
    assert_eq!(verdict(&as_of(KEY, &lines, window("11:00", "11:30"), &read(EARLIEST, "11:30"))), Err(Gap::NotAsked));
}

#[rstest]
#[case::next_record_tells_it(Some(false), Ok((false, Confirmed)))]
#[case::next_record_does_not(None, Err(Gap::NotAsked))]
fn what_held_before_the_first_record(#[case] before: Option<bool>, #[case] expected: Result<(bool, Confidence), Gap>) {
    let lines = [logged(true, "13:00", before)];
    assert_eq!(verdict(&as_of(KEY, &lines, window("11:00", "11:30"), &read(EARLIEST, "14:00"))), expected);
}

#[rstest]
#[case::before_the_window("10:30", "10:31", Ok((false, Likely)))]
#[case::after_the_window("09:00", "09:30", Err(Gap::NotAsked))]
fn changes_at_one_instant_have_no_order(
    #[case] from: &str,
    #[case] until: &str,
    #[case] expected: Result<(bool, Confidence), Gap>,
    #[values(false, true)] turned: bool,
) {
    let mut lines = [logged(false, "10:00", Some(true)), logged(true, "10:00", Some(false))];
    if turned {
        lines.reverse();
    }
    let fact = as_of(KEY, &lines, window(from, until), &read(EARLIEST, "23:30"));
    assert_eq!(verdict(&fact), expected);
}

#[test]
fn no_record_at_all_is_never_on() {
    assert_eq!(verdict(&as_of(KEY, &[], window("11:00", "11:30"), &read(EARLIEST, "14:00"))), Err(Gap::NotAsked));
}

#[rstest]
#[case::to_off(false, Ok((false, Likely)))]
#[case::to_on(true, Err(Gap::Stale))]
fn a_change_inside_from_something_unknown_is_never_confirmed(
    #[case] value: bool,
    #[case] expected: Result<(bool, Confidence), Gap>,
) {
    let lines = [logged(value, "11:10", None)];
    assert_eq!(verdict(&as_of(KEY, &lines, window("11:00", "11:30"), &read(at("11:05"), "14:00"))), expected);
}

#[rstest]
#[case::before(&[("09:00", false)], Ok((false, Confirmed)))]
#[case::inside(&[("10:30", false)], Ok((false, Likely)))]
#[case::after(&[("12:00", false)], Ok((false, Likely)))]
#[case::turned_on_inside(&[("09:00", false), ("10:30", true)], Ok((false, Likely)))]
#[case::turned_off_inside(&[("09:00", true), ("10:30", false)], Ok((false, Likely)))]
#[case::said_again_inside(&[("09:00", false), ("10:30", false)], Ok((false, Confirmed)))]
#[case::corrected_before(&[("08:00", false), ("09:00", true)], Ok((true, Confirmed)))]
#[case::corrected_after(&[("09:00", false), ("12:00", true)], Ok((false, Confirmed)))]
#[case::nobody(&[], Err(Gap::NotAsked))]
fn statements(#[case] said: &[(&str, bool)], #[case] expected: Result<(bool, Confidence), Gap>) {
    let lines: Vec<Line> = said.iter().map(|(time, value)| stated(*value, time)).collect();
    assert_eq!(verdict(&as_of(KEY, &lines, window("10:00", "11:00"), &AuditMark::default())), expected);
}

#[rstest]
#[case::fresh(30, Ok((false, Confirmed)))]
#[case::old(31, Err(Gap::Stale))]
fn a_statement_counts_for_thirty_days(#[case] days: i64, #[case] expected: Result<(bool, Confidence), Gap>) {
    let said = at("10:00") - SignedDuration::from_hours(24 * days);
    let lines = [line(Source::AdminStatement, false, said)];
    assert_eq!(verdict(&as_of(KEY, &lines, Moment::at(at("10:00")), &AuditMark::default())), expected);
    let later = at("10:00") + SignedDuration::from_hours(24 * days);
    let lines = [line(Source::AdminStatement, false, later)];
    let near = verdict(&as_of(KEY, &lines, Moment::at(at("10:00")), &AuditMark::default()));
    assert_eq!(near.is_ok(), expected.is_ok(), "the same holds for a word given after the add");
}

#[rstest]
#[case::changed_since_it_was_said(logged(false, "09:30", None), stated(true, "09:00"), (false, Confirmed))]
#[case::word_newer(logged(true, "09:00", None), stated(false, "09:30"), (false, Likely))]
#[case::agree(logged(false, "09:00", None), stated(false, "09:30"), (false, Confirmed))]
fn log_and_word(#[case] log: Line, #[case] word: Line, #[case] expected: (bool, Confidence)) {
    let fact = as_of(KEY, &[log, word], window("10:00", "11:00"), &read(EARLIEST, "12:00"));
    assert_eq!(verdict(&fact), Ok(expected));
}

#[test]
fn a_word_that_a_later_record_contradicts_is_worth_nothing_even_if_the_log_was_not_read_on() {
    let lines = [stated(true, "09:00"), logged(false, "09:30", None)];
    assert_eq!(verdict(&as_of(KEY, &lines, window("10:00", "11:00"), &read(EARLIEST, "10:30"))), Err(Gap::Stale));
}

#[test]
fn a_window_turned_around_is_read_as_its_end() {
    let lines = [logged(false, "10:00", Some(true))];
    let fact = as_of(KEY, &lines, window("10:30", "10:20"), &read(EARLIEST, "12:00"));
    assert_eq!(verdict(&fact), Ok((false, Confirmed)));
}

fn minute(minutes: i64) -> Timestamp {
    at("00:00") + SignedDuration::from_mins(minutes)
}

prop_compose! {
    /// A true history: the log tells every change, admins say what is so.
    fn history()(
        first in any::<bool>(),
        changes in proptest::collection::btree_set(0..1000i64, 0..6),
        words in proptest::collection::btree_set(0..1000i64, 0..4),
        told in proptest::collection::vec(any::<bool>(), 6),
    ) -> (Vec<Line>, Vec<(i64, bool)>) {
        let mut truth = vec![(i64::MIN, first)];
        let mut lines = Vec::new();
        for (index, change) in changes.iter().enumerate() {
            let before = truth[truth.len() - 1].1;
            truth.push((*change, !before));
            let before = told[index].then(|| json!(before));
            lines.push(Line { before, ..line(Source::AuditLog, truth[truth.len() - 1].1, minute(*change)) });
        }
        for word in words {
            let value = truth.iter().rev().find(|(since, _)| *since <= word).map_or(first, |(_, value)| *value);
            lines.push(line(Source::AdminStatement, value, minute(word)));
        }
        (lines, truth)
    }
}

fn mark(from: i64, until: i64) -> AuditMark {
    AuditMark { coverage: Some(Coverage { from: minute(from), until: minute(until) }), trouble: None }
}

proptest! {
    /// What is confirmed from a log and words that tell the truth is true in the whole window. The words alone cannot see a
    /// change between two of them, so they are left out here.
    #[test]
    fn what_the_log_confirms_is_true(
        (lines, truth) in history(),
        (nb, width, from, until) in (0..1000i64, 0..300i64, -10..1000i64, 0..1300i64),
    ) {
        let lines: Vec<Line> = lines.into_iter().filter(|l| l.source == Source::AuditLog).collect();
        // Only what lies in the part that was read is there.
        let inside: Vec<Line> = lines.into_iter()
            .filter(|l| l.since.is_some_and(|at| minute(from) <= at && at <= minute(until))).collect();
        let window = Moment { not_before: minute(nb), not_after: minute(nb + width) };
        if let Ok((value, Confirmed)) = verdict(&as_of(KEY, &inside, window, &mark(from, until))) {
            for time in nb..=nb + width {
                let then = truth.iter().rev().find(|(since, _)| *since <= time).map(|(_, value)| *value);
                prop_assert_eq!(then, Some(value), "confirmed {} although it was not so at minute {}", value, time);
            }
        }
    }

    /// Having read less of the log never makes surer, and never turns one confirmed value into the other.
    #[test]
    fn less_of_the_log_is_never_surer(
        (lines, _) in history(),
        (nb, width) in (0..1000i64, 0..300i64),
        (from, until, later, earlier) in (-10..1000i64, 0..1300i64, 0..500i64, 0..500i64),
    ) {
        let lines: Vec<Line> = lines.into_iter().filter(|l| l.source == Source::AuditLog).collect();
        let window = Moment { not_before: minute(nb), not_after: minute(nb + width) };
        let more = verdict(&as_of(KEY, &lines, window, &mark(from, until)));
        let less = verdict(&as_of(KEY, &lines, window, &mark(from + later, until - earlier)));
        prop_assert!(never_surer(more, less), "{:?} became {:?}", more, less);
        let unread = verdict(&as_of(KEY, &lines, window, &AuditMark::default()));
        prop_assert!(unread.is_err());
    }

    /// Knowing the time of the add less well never makes surer.
    #[test]
    fn a_wider_window_is_never_surer(
        (lines, _) in history(),
        (nb, width, wider_left, wider_right) in (0..1000i64, 0..300i64, 0..300i64, 0..300i64),
        (from, until) in (-10..1000i64, 0..1300i64),
    ) {
        let narrow = Moment { not_before: minute(nb), not_after: minute(nb + width) };
        let wide = Moment { not_before: minute(nb - wider_left), not_after: minute(nb + width + wider_right) };
        let narrow = verdict(&as_of(KEY, &lines, narrow, &mark(from, until)));
        let wide = verdict(&as_of(KEY, &lines, wide, &mark(from, until)));
        if let Ok((value, Confirmed)) = wide {
            prop_assert!(narrow == Ok((value, Confirmed)), "{:?} became {:?}", narrow, wide);
        }
    }

    /// A record that does not say what was before it tells no more than one that does.
    #[test]
    fn a_record_without_its_before_is_never_surer(
        (lines, _) in history(),
        (nb, width, from, until) in (0..1000i64, 0..300i64, -10..1000i64, 0..1300i64),
    ) {
        let lines: Vec<Line> = lines.into_iter().filter(|l| l.source == Source::AuditLog).collect();
        let window = Moment { not_before: minute(nb), not_after: minute(nb + width) };
        let more = verdict(&as_of(KEY, &lines, window, &mark(from, until)));
        let bare: Vec<Line> = lines.iter().map(|l| Line { before: None, ..l.clone() }).collect();
        let less = verdict(&as_of(KEY, &bare, window, &mark(from, until)));
        prop_assert!(never_surer(more, less), "{:?} became {:?}", more, less);
    }
}

/// From `more` to `less` knowledge: a gap may only stay a gap, likely may not become confirmed, and no value may turn.
fn never_surer(more: Result<(bool, Confidence), Gap>, less: Result<(bool, Confidence), Gap>) -> bool {
    match (more, less) {
        (_, Err(_)) => true,
        (Err(_), Ok(_)) => false,
        (Ok((was, sure)), Ok((is, surely))) => surely <= sure && (was == is || surely < Confirmed),
    }
}
