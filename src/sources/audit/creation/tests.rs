//! The creation record against the add's window, as a table.
//! Knows no log and no store.

use super::*;
use diagnosis::Via;
use rstest::rstest;

const HERE: ProjectId = ProjectId(1);
const ELSEWHERE: ProjectId = ProjectId(2);

fn at(time: &str) -> Timestamp {
    format!("2026-03-10T{time}Z").parse().expect("a time of day")
}

/// Added between 10:00:00 and 10:05:00.
fn added() -> Moment {
    Moment { not_before: at("10:00:00"), not_after: at("10:05:00") }
}

fn seat(project: ProjectId, from: &str, until: &str) -> Seat {
    let added = Moment { not_before: at(from), not_after: at(until) };
    let account = AccountId("qm:a:b".to_owned());
    Seat { project, account, via: Via::Role, added, seeded: false, gone_at: None, stayed_before: None }
}

fn judged(created: &str, seats: &[Seat]) -> Result<(bool, Confidence), Gap> {
    let created = AccountCreated { account: AccountId("qm:a:b".to_owned()), at: at(created), author: None };
    let fact = known_before(&created, at("12:00:00"), added(), Ok(seats), HERE);
    fact.known().map(|seen| (seen.value, seen.origin.at_most))
}

#[rstest]
#[case::long_before("09:00:00", Ok((true, Confidence::Confirmed)))]
#[case::just_before("09:59:57", Ok((true, Confidence::Confirmed)))]
#[case::within_skew_before("09:59:59", Ok((false, Confidence::Likely)))]
#[case::at_the_start("10:00:00", Ok((false, Confidence::Confirmed)))]
#[case::inside("10:03:00", Ok((false, Confidence::Confirmed)))]
#[case::at_the_end("10:05:00", Ok((false, Confidence::Confirmed)))]
#[case::within_skew_after("10:05:01", Ok((false, Confidence::Confirmed)))]
#[case::after_it_was_seen("10:06:00", Err(Gap::Unavailable))]
fn a_creation_is_before_the_window_or_inside_it(
    #[case] created: &str,
    #[case] expected: Result<(bool, Confidence), Gap>,
) {
    assert_eq!(judged(created, &[seat(HERE, "10:00:00", "10:05:00")]), expected);
}

#[rstest]
#[case::same_window("10:00:00", "10:05:00", Confidence::Likely)]
#[case::partly("10:04:00", "10:10:00", Confidence::Likely)]
#[case::first_seen_inside("08:00:00", "10:01:00", Confidence::Likely)]
#[case::added_there_later("10:06:00", "10:10:00", Confidence::Confirmed)]
fn added_elsewhere_in_the_same_window_it_may_have_been_that_invitation(
    #[case] from: &str,
    #[case] until: &str,
    #[case] expected: Confidence,
) {
    let seats = [seat(HERE, "10:00:00", "10:05:00"), seat(ELSEWHERE, from, until)];
    assert_eq!(judged("10:03:00", &seats), Ok((false, expected)));
}

/// Seen by a pass hours later, they may have been made by an add to a project that we cannot read, or taken out of it again.
#[rstest]
#[case::within_minutes("10:55:00", Confidence::Confirmed)]
#[case::longer_ago("10:54:59", Confidence::Likely)]
fn made_long_before_they_were_seen_they_may_have_been_made_elsewhere(#[case] made: &str, #[case] expected: Confidence) {
    let created = AccountCreated { account: AccountId("qm:a:b".to_owned()), at: at(made), author: None };
    let added = Moment { not_before: at("00:00:00"), not_after: at("11:00:00") };
    let fact = known_before(&created, at("12:00:00"), added, Ok(&[]), HERE);
    assert_eq!(fact.known().map(|seen| (seen.value, seen.origin.at_most)), Ok((false, expected)));
}

#[test]
fn where_else_they_were_seen_must_be_known_to_be_sure() {
    let created = AccountCreated { account: AccountId("qm:a:b".to_owned()), at: at("10:03:00"), author: None };
    let fact = known_before(&created, at("12:00:00"), added(), Err(Gap::Unavailable), HERE);
    assert_eq!(fact.known().map(|seen| (seen.value, seen.origin.at_most)), Ok((false, Confidence::Likely)));
}
