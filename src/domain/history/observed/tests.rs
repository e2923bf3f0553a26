//! What looks near an add are worth beside a log and statements: tables of times, and properties over random histories.
//! Knows no store; everything is built here.

use super::*;
use crate::domain::audit::{AuditMark, Coverage};
use crate::domain::history::as_of;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

const KEY: FactKey = FactKey::InviteNotificationOn;
const PROVEN: Trusted = Trusted { mail_probe: Some(Confidence::Confirmed), internal: Some(Confidence::Confirmed) };
const UNPROVEN: Trusted = Trusted { mail_probe: Some(Confidence::Likely), internal: Some(Confidence::Likely) };
use Confidence::{Confirmed, Likely};

fn at(time: &str) -> Timestamp {
    format!("2026-03-10T{time}:00Z").parse().expect("a time of day")
}

fn minute(minutes: i64) -> Timestamp {
    at("00:00") + SignedDuration::from_mins(minutes)
}

fn line(source: Source, value: bool, time: Timestamp) -> Line {
    let since = (source == Source::AuditLog).then_some(time);
    Line { key: KEY, project: None, value: json!(value), before: None, source, since, observed_at: time, by: None }
}

fn looks(source: Source, seen: &[(&str, bool)]) -> Vec<Line> {
    seen.iter().map(|(time, value)| line(source, *value, at(time))).collect()
}

/// Value and worth for a block, of lines in the window 10:00 to 10:10.
fn judged(lines: &[Line], trusted: Trusted, mark: &AuditMark, lag: SignedDuration) -> Result<(bool, Confidence), Gap> {
    let window = Moment { not_before: at("10:00"), not_after: at("10:10") };
    told(&with_observations(as_of(KEY, lines, window, mark), KEY, lines, window, trusted, lag))
}

fn told(fact: &Fact<Value>) -> Result<(bool, Confidence), Gap> {
    let seen = fact.known()?;
    Ok((seen.value.as_bool().expect("a switch is true or false"), seen.origin.at_most))
}

#[rstest]
#[case::both_sides(&[("09:30", false), ("10:20", false)], Ok((false, Confirmed)))]
#[case::three_times(&[("09:30", false), ("10:05", false), ("10:20", false)], Ok((false, Confirmed)))]
#[case::on_both_sides(&[("09:30", true), ("10:20", true)], Ok((true, Confirmed)))]
#[case::before_only(&[("09:30", false)], Ok((false, Likely)))]
#[case::after_only(&[("10:20", false)], Ok((false, Likely)))]
#[case::inside_only(&[("10:05", false)], Ok((false, Likely)))]
#[case::inside_and_after(&[("10:05", false), ("10:20", false)], Ok((false, Likely)))]
#[case::at_its_start(&[("10:00", false), ("10:20", false)], Ok((false, Likely)))]
#[case::at_its_end(&[("09:30", false), ("10:10", false)], Ok((false, Likely)))]
#[case::changed_between(&[("09:30", false), ("10:20", true)], Ok((false, Likely)))]
#[case::changed_back(&[("09:30", true), ("10:05", false), ("10:20", true)], Ok((false, Likely)))]
#[case::only_the_nearest_count(&[("09:20", true), ("09:30", false), ("10:20", false), ("10:30", true)], Ok((false, Confirmed)))]
#[case::too_old(&[("09:00", false)], Err(Gap::Stale))]
#[case::too_late(&[("11:01", false)], Err(Gap::Stale))]
#[case::one_side_too_old(&[("09:00", false), ("10:20", false)], Ok((false, Likely)))]
#[case::never(&[], Err(Gap::NotAsked))]
fn an_answer_counts_for_an_hour(
    #[case] seen: &[(&str, bool)],
    #[case] expected: Result<(bool, Confidence), Gap>,
    #[values(PROVEN, UNPROVEN, Trusted::default())] trusted: Trusted,
) {
    let expected = match (trusted.internal, expected) {
        (None, _) => Err(Gap::NotAsked),
        (Some(worth), Ok((value, sure))) => Ok((value, sure.min(worth))),
        (_, gap) => gap,
    };
    let lines = looks(Source::JiraInternal, seen);
    assert_eq!(judged(&lines, trusted, &AuditMark::default(), SignedDuration::ZERO), expected);
}

#[test]
fn the_probe_counts_for_six() {
    let sees = |seen| {
        let lines = looks(Source::MailProbe, seen);
        judged(&lines, PROVEN, &AuditMark::default(), SignedDuration::ZERO)
    };
    assert_eq!(sees(&[("04:10", false), ("16:00", false)]), Ok((false, Confirmed)));
    assert_eq!(sees(&[("04:09", false), ("16:00", false)]), Ok((false, Likely)));
    assert_eq!(sees(&[("04:09", false), ("16:01", false)]), Err(Gap::Stale));
}

#[test]
fn on_a_page_about_now_a_look_within_the_minute_is_one_now() {
    let lines = looks(Source::MailProbe, &[("09:59", false)]);
    let now = |lag: i64| {
        let window = Moment::at(at("10:00"));
        let fact = Fact::Unknown(Gap::NotAsked);
        told(&with_observations(fact, KEY, &lines, window, PROVEN, SignedDuration::from_secs(lag)))
    };
    assert_eq!(now(60), Ok((false, Confirmed)));
    assert_eq!(now(59), Ok((false, Likely)));
}

#[rstest]
#[case::log_says_on(vec![line(Source::AuditLog, true, at("08:00"))], Ok((true, Confirmed)))]
#[case::log_says_off(vec![line(Source::AuditLog, false, at("08:00"))], Ok((false, Confirmed)))]
#[case::changed_inside(vec![line(Source::AuditLog, true, at("08:00")), line(Source::AuditLog, false, at("10:05"))], Ok((false, Likely)))]
fn a_log_that_covers_the_window_is_never_outweighed(
    #[case] log: Vec<Line>,
    #[case] expected: Result<(bool, Confidence), Gap>,
    #[values(true, false)] seen: bool,
) {
    let mark = AuditMark { coverage: Some(Coverage { from: Timestamp::MIN, until: at("12:00") }), trouble: None };
    let lines = [log, looks(Source::JiraInternal, &[("09:50", seen), ("10:20", seen)])].concat();
    assert_eq!(judged(&lines, PROVEN, &mark, SignedDuration::ZERO), expected);
}

#[rstest]
#[case::agree(("09:00", false), &[("09:50", false), ("10:20", false)], Ok((false, Confirmed)))]
#[case::word_off(("09:00", false), &[("09:50", true), ("10:20", true)], Ok((false, Likely)))]
#[case::word_on(("09:00", true), &[("09:50", false), ("10:20", false)], Ok((false, Likely)))]
#[case::said_since_the_look(("09:55", true), &[("09:50", false)], Ok((true, Confirmed)))]
#[case::said_between_the_looks(("10:15", true), &[("09:50", false), ("10:20", false)], Ok((false, Likely)))]
#[case::agree_afterwards(("12:00", false), &[("09:50", false), ("10:20", false)], Ok((false, Confirmed)))]
fn looks_and_a_word(
    #[case] (time, value): (&str, bool),
    #[case] seen: &[(&str, bool)],
    #[case] expected: Result<(bool, Confidence), Gap>,
) {
    let word = line(Source::AdminStatement, value, at(time));
    let lines = [vec![word], looks(Source::JiraInternal, seen)].concat();
    assert_eq!(judged(&lines, PROVEN, &AuditMark::default(), SignedDuration::ZERO), expected);
}

#[test]
fn a_change_that_the_log_tells_ends_what_was_seen_before_it() {
    // The log was not read up to the window, yet it knows of a change.
    let lines = [looks(Source::JiraInternal, &[("09:30", false)]), vec![line(Source::AuditLog, true, at("09:45"))]];
    let mark = AuditMark { coverage: Some(Coverage { from: at("09:00"), until: at("09:50") }), trouble: None };
    assert_eq!(judged(&lines.concat(), PROVEN, &mark, SignedDuration::ZERO), Err(Gap::Stale));
}

proptest! {
    /// Without a log: nothing is surer than its source, and nothing is confirmed but from both sides, within the hour.
    #[test]
    fn nothing_is_confirmed_from_one_side(
        seen in proptest::collection::btree_map(0..1200i64, any::<bool>(), 0..12),
        (from, width) in (0..1000i64, 0..90i64),
    ) {
        let window = Moment { not_before: minute(from), not_after: minute(from + width) };
        let lines: Vec<Line> =
            seen.iter().map(|(time, value)| line(Source::JiraInternal, *value, minute(*time))).collect();
        let look = |trusted| {
            let fact = Fact::Unknown(Gap::NotAsked);
            told(&with_observations(fact, KEY, &lines, window, trusted, SignedDuration::ZERO))
        };
        prop_assert!(look(UNPROVEN).is_err() || look(UNPROVEN).is_ok_and(|(_, worth)| worth == Likely));
        if let Ok((value, Confirmed)) = look(PROVEN) {
            let until = from + width;
            for side in [until - 60..=from - 1, until + 1..=from + 60] {
                prop_assert!(seen.range(side).any(|(_, seen)| *seen == value), "confirmed from one side");
            }
            prop_assert!(seen.range(from..=until).all(|(_, seen)| *seen == value), "confirmed against what was seen");
        }
    }
}
