//! Rows and words in every order around an add.
//! Knows no store.

use super::*;
use crate::domain::AccountId;
use crate::domain::address::AddressMark;
use rstest::rstest;
use serde_json::json;

const HERE: ProjectId = ProjectId(10_000);
const ELSEWHERE: ProjectId = ProjectId(10_001);

/// An hour of the tests' time; the add is in [0, 10].
fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + hour * 3600).expect("a time")
}

const DAY: i64 = 24;

fn add() -> Add {
    Add { project: HERE, window: Moment { not_before: at(0), not_after: at(10) } }
}

fn row(kind: MarkKind, hour: i64) -> MarkedRow {
    MarkedRow {
        project: HERE,
        mark: AddressMark("mark".to_owned()),
        kind,
        dated: Moment { not_before: at(hour), not_after: at(hour) + SignedDuration::from_secs(59) },
        imported_at: at(hour + 1),
        by: AccountId("admin".to_owned()),
    }
}

fn blocked(hour: i64) -> MarkedRow {
    row(MarkKind::NotificationBlocked, hour)
}

fn invitation(hour: i64) -> MarkedRow {
    row(MarkKind::InvitationBlocked, hour)
}

fn freed(hour: i64) -> MarkedRow {
    row(MarkKind::Unblocked, hour)
}

fn said(value: bool, hour: i64) -> PersonLine {
    PersonLine {
        project: HERE,
        account: AccountId("qm:a".to_owned()),
        key: FactKey::AddressSuppressed,
        value: json!(value),
        source: Source::AdminStatement,
        since: None,
        observed_at: at(hour),
        by: Some("admin".to_owned()),
    }
}

fn told(rows: &[MarkedRow], said: &[PersonLine], now: i64) -> &'static str {
    match as_of(add(), rows, said, at(now)) {
        Fact::Unknown(gap) => {
            assert_eq!(gap, Gap::NotExposed, "that nothing is known is nobody's fault");
            "unknown"
        }
        Fact::Known(seen) => match (seen.value, seen.origin.at_most) {
            (true, Confidence::Confirmed) => "blocked",
            (true, _) => "blocked, likely",
            (false, Confidence::Likely) => "free, likely",
            (false, other) => panic!("an all-clear of {other:?}"),
        },
    }
}

#[rstest]
#[case::nothing(&[], &[], "unknown")]
#[case::before(&[blocked(-30)], &[], "blocked")]
#[case::this_invitation(&[invitation(5)], &[], "blocked")]
#[case::invitation_at_the_end(&[invitation(10)], &[], "blocked")]
#[case::other_mail_inside(&[blocked(5)], &[], "blocked, likely")]
#[case::invitation_of_a_day(&[MarkedRow { dated: Moment { not_before: at(-9), not_after: at(15) }, ..invitation(0) }], &[], "blocked, likely")]
#[case::after(&[invitation(11)], &[], "blocked, likely")]
#[case::long_after(&[invitation(11 + 22 * DAY)], &[], "unknown")]
#[case::of_another_project(&[MarkedRow { project: ELSEWHERE, ..blocked(-30) }], &[], "blocked, likely")]
#[case::freed_before(&[blocked(-30), freed(-20)], &[], "free, likely")]
#[case::blocked_again(&[blocked(-30), freed(-20), blocked(-10)], &[], "blocked")]
#[case::freed_inside(&[blocked(-30), freed(5)], &[], "blocked, likely")]
#[case::freed_after(&[blocked(-30), freed(11)], &[], "blocked")]
#[case::freed_without_a_block(&[freed(-20)], &[], "free, likely")]
#[case::freed_after_alone(&[freed(11)], &[], "unknown")]
#[case::stated_in_time(&[], &[said(true, -3)], "blocked")]
#[case::stated_inside(&[], &[said(true, 3)], "blocked, likely")]
#[case::stated_later(&[], &[said(true, 30)], "blocked, likely")]
#[case::stated_too_early(&[], &[said(true, -31 * DAY)], "unknown")]
#[case::stated_free_later(&[invitation(5)], &[said(false, 30)], "free, likely")]
#[case::stated_free_then_blocked_again(&[blocked(-10)], &[said(false, -30)], "blocked")]
#[case::stated_blocked_after_free(&[], &[said(false, -30), said(true, -20)], "blocked")]
#[case::stated_free_after_blocked(&[], &[said(true, -30), said(false, -20)], "free, likely")]
#[case::an_old_word_frees_but_clears_nothing(&[blocked(-40 * DAY)], &[said(false, -35 * DAY)], "unknown")]
#[case::said_elsewhere(&[], &[PersonLine { project: ELSEWHERE, ..said(true, -3) }], "unknown")]
#[case::said_by_a_rule(&[], &[PersonLine { source: Source::AutomationRule, ..said(true, -3) }], "unknown")]
fn rows_and_words_are_judged_as_of_the_add(
    #[case] rows: &[MarkedRow],
    #[case] words: &[PersonLine],
    #[case] expected: &str,
) {
    assert_eq!(told(rows, words, 40), expected);
    let (mut rows, mut words) = (rows.to_vec(), words.to_vec());
    rows.reverse();
    words.reverse();
    assert_eq!(told(&rows, &words, 40), expected, "the order of reading does not matter");
}

#[test]
fn a_row_counts_in_full_for_21_days_and_at_all_for_90() {
    let row = [invitation(5)];
    for (day, expected) in
        [(1, "blocked"), (20, "blocked"), (22, "blocked, likely"), (89, "blocked, likely"), (91, "unknown")]
    {
        assert_eq!(told(&row, &[], day * DAY), expected, "after {day} days");
    }
}

#[test]
fn what_vouches_is_told() {
    let Fact::Known(seen) = as_of(add(), &[blocked(-30), invitation(5)], &[said(true, 30)], at(40)) else {
        panic!("a block is known")
    };
    assert_eq!((seen.origin.source, seen.origin.observed_at), (Source::ImportedFile, at(5)), "when the log saw it");
    assert_eq!(seen.origin.by.as_deref(), Some("admin"));
}

#[test]
fn the_newest_word_tells_how_somebody_was_added() {
    let via = |value: &str, hour| PersonLine { key: FactKey::AddedVia, value: json!(value), ..said(true, hour) };
    assert_eq!(stated_via(HERE, &[]), None);
    let lines = [via("role", 9), via("rule", 3), said(true, 20), PersonLine { project: ELSEWHERE, ..via("audit", 30) }];
    let (value, origin) = stated_via(HERE, &lines).expect("somebody said so");
    assert_eq!((value, origin.at_most, origin.observed_at), (json!("role"), Confidence::Likely, at(9)));
}
