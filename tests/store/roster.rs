//! The roster: passes seed, find, miss and find again; hints come before, between and after them.
//! Knows no Jira: a pass is a list.

use super::engines::each_engine;
use super::given::{account, at, installation, window};
use diagnosis::{Moment, Via};
use invite_guard::domain::case::Case;
use invite_guard::domain::roster::{Pass, PassOutcome, Seat};
use invite_guard::domain::{ProjectId, TenantId};
use invite_guard::store::{Store, StoreError};
use jiff::Timestamp;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

fn pass(began: i64, names: &[&str]) -> Pass {
    Pass {
        project: P,
        via: Via::Role,
        accounts: names.iter().map(|n| account(n)).collect(),
        began: at(began),
        ended: at(began + 10),
        reseed: false,
    }
}

async fn read(store: &dyn Store, began: i64, names: &[&str]) -> PassOutcome {
    store.apply_pass(T, &pass(began, names)).await.expect("the pass is taken in")
}

async fn hint(store: &dyn Store, name: &str, added: Moment, hinted: i64) -> Option<Seat> {
    store.notice(T, P, &account(name), Via::Role, added, at(hinted)).await.expect("notices")
}

/// What the examination does in the end: a case tells of the add.
async fn tell(store: &dyn Store, seat: &Seat) {
    let known = store.case(T, P, &seat.account).await.expect("reads");
    let mut case = Case::noticed(T, P, seat.account.clone(), seat.added, seat.via, false);
    case.revision = known.map_or(0, |c| c.revision);
    assert!(store.save(&case).await.expect("saves"));
}

async fn seat(store: &dyn Store, name: &str) -> Seat {
    store.seats(T, &account(name)).await.expect("reads").into_iter().next().expect("there is a seat")
}

fn names(seats: &[Seat]) -> Vec<&str> {
    seats.iter().map(|s| s.account.0.as_str()).collect()
}

#[tokio::test]
async fn the_first_pass_seeds_and_the_next_finds_adds_within_their_window() {
    each_engine(|store| async move {
        let first = read(&*store, 0, &["a", "b"]).await;
        assert_eq!((first.fresh.len(), first.seeded, first.gone, first.total), (0, 2, 0, 2));
        let a = seat(&*store, "a").await;
        assert!(a.seeded);
        assert_eq!(a.added, Moment { not_before: Timestamp::UNIX_EPOCH, not_after: at(10) }, "nobody knows since when");
        let second = read(&*store, 100, &["a", "b", "c"]).await;
        assert_eq!((names(&second.fresh), second.seeded, second.total), (vec!["qm:c"], 0, 3));
        let c = &second.fresh[0];
        assert_eq!((c.added, c.seeded, c.via, c.project), (window(0, 110), false, Via::Role, P));
        assert_eq!(store.last_pass(T, P, Via::Role).await.expect("reads"), Some(at(100)));
        assert_eq!(store.last_pass(T, P, Via::Organisation).await.expect("reads"), None);
    })
    .await;
}

#[tokio::test]
async fn an_unchanged_pass_changes_no_seat_and_moves_the_window_of_later_ones() {
    each_engine(|store| async move {
        read(&*store, 0, &["a"]).await;
        let before = seat(&*store, "a").await;
        assert_eq!(read(&*store, 100, &["a"]).await, PassOutcome { total: 1, ..PassOutcome::default() });
        assert_eq!(seat(&*store, "a").await, before);
        assert_eq!(read(&*store, 200, &["a", "b"]).await.fresh[0].added, window(100, 210));
    })
    .await;
}

#[tokio::test]
async fn adds_are_raised_again_until_a_case_tells_of_them() {
    each_engine(|store| async move {
        read(&*store, 0, &[]).await;
        let found = read(&*store, 100, &["a", "b"]).await;
        assert_eq!(names(&found.fresh), ["qm:a", "qm:b"]);
        // The worker dies here, before it could add the examinations to the queue.
        let again = read(&*store, 200, &["a", "b"]).await;
        assert_eq!(again.fresh, found.fresh, "same seats, same windows: nothing is lost");
        tell(&*store, &again.fresh[0]).await;
        assert_eq!(names(&read(&*store, 300, &["a", "b"]).await.fresh), ["qm:b"]);
        tell(&*store, &again.fresh[1]).await;
        assert_eq!(read(&*store, 400, &["a", "b"]).await.fresh, []);
    })
    .await;
}

#[tokio::test]
async fn a_person_added_again_has_a_new_window_and_is_known_from_before() {
    each_engine(|store| async move {
        read(&*store, 0, &["a"]).await;
        read(&*store, 100, &["a"]).await;
        let missing = read(&*store, 200, &[]).await;
        assert_eq!((missing.gone, missing.total), (1, 0));
        assert_eq!(seat(&*store, "a").await.gone_at, Some(at(210)));
        read(&*store, 300, &[]).await;
        let back = read(&*store, 400, &["a"]).await;
        assert_eq!(names(&back.fresh), ["qm:a"]);
        let a = &back.fresh[0];
        assert_eq!((a.added, a.seeded, a.gone_at), (window(300, 410), false, None));
        assert_eq!(a.stayed_before, Some(at(110)), "the end of the last pass that had them");
        tell(&*store, a).await;
        read(&*store, 500, &[]).await;
        let third = hint(&*store, "a", window(505, 590), 590).await.expect("an add without a case");
        assert_eq!((third.added, third.stayed_before), (window(500, 590), Some(at(410))));
    })
    .await;
}

#[tokio::test]
async fn a_case_of_an_earlier_stay_does_not_tell_of_a_later_one() {
    each_engine(|store| async move {
        read(&*store, 0, &[]).await;
        let first = read(&*store, 100, &["a"]).await.fresh.remove(0);
        tell(&*store, &first).await;
        read(&*store, 200, &[]).await;
        let again = read(&*store, 300, &["a"]).await.fresh.remove(0);
        tell(&*store, &first).await; // somebody saves the old case once more
        assert_eq!(names(&read(&*store, 400, &["a"]).await.fresh), ["qm:a"]);
        tell(&*store, &again).await;
        assert_eq!(read(&*store, 500, &["a"]).await.fresh, []);
    })
    .await;
}

#[tokio::test]
async fn a_hint_makes_an_add_that_later_passes_know() {
    each_engine(|store| async move {
        read(&*store, 0, &[]).await;
        let seat = hint(&*store, "a", window(40, 60), 50).await.expect("an add");
        assert_eq!(seat.added, window(0, 60), "not before the last completed pass that lacked the person");
        assert_eq!(hint(&*store, "a", window(40, 70), 50).await, Some(seat.clone()), "the hint may come twice");
        tell(&*store, &seat).await;
        assert_eq!(hint(&*store, "a", window(40, 80), 50).await, None, "a case tells of it");
        assert_eq!(read(&*store, 100, &["a"]).await.fresh, []);
    })
    .await;
}

#[tokio::test]
async fn a_seat_noticed_before_any_pass_keeps_its_window_and_is_not_swallowed_by_the_seeding() {
    each_engine(|store| async move {
        let noticed = hint(&*store, "a", window(40, 60), 50).await.expect("an add");
        assert_eq!(noticed.added, window(40, 60));
        let seeding = read(&*store, 100, &["a", "b"]).await;
        assert_eq!((seeding.seeded, seeding.total), (1, 2));
        assert_eq!(seat(&*store, "a").await, noticed);
        assert_eq!(names(&read(&*store, 200, &["a", "b"]).await.fresh), ["qm:a"], "its case is still owed");
    })
    .await;
}

#[tokio::test]
async fn a_seat_seeded_after_the_hint_becomes_an_add_and_one_seeded_before_does_not() {
    each_engine(|store| async move {
        read(&*store, 100, &["late", "old"]).await;
        let late = hint(&*store, "late", window(90, 130), 95).await.expect("the seeding came after the hint");
        assert_eq!((late.added, late.seeded), (window(90, 110), false), "the pass that has them ends the window");
        assert_eq!(hint(&*store, "old", window(90, 130), 120).await, None, "was there before anything was said");
        assert!(seat(&*store, "old").await.seeded);
    })
    .await;
}

#[tokio::test]
async fn a_pass_that_began_before_somebody_came_does_not_end_them() {
    each_engine(|store| async move {
        read(&*store, 0, &[]).await;
        hint(&*store, "a", window(40, 105), 50).await.expect("noticed while the next pass runs");
        let outcome = read(&*store, 100, &[]).await;
        assert_eq!((outcome.gone, outcome.total), (0, 1));
        assert_eq!(read(&*store, 200, &[]).await.gone, 1, "the next one cannot have missed them");
        let back = hint(&*store, "a", window(290, 300), 300).await.expect("an add");
        assert_eq!(back.stayed_before, Some(at(105)), "no pass ever had them; the hint's look-up did");
    })
    .await;
}

#[tokio::test]
async fn an_older_reading_changes_nothing() {
    each_engine(|store| async move {
        read(&*store, 0, &["a"]).await;
        read(&*store, 200, &["a", "b"]).await;
        let stale = read(&*store, 100, &["c"]).await;
        assert_eq!(stale, PassOutcome { total: 2, ..PassOutcome::default() });
        assert_eq!(store.last_pass(T, P, Via::Role).await.expect("reads"), Some(at(200)));
    })
    .await;
}

#[tokio::test]
async fn a_reseeding_pass_is_silent() {
    each_engine(|store| async move {
        read(&*store, 0, &["a", "gone"]).await;
        read(&*store, 100, &["a"]).await;
        let mut again = pass(200, &["a", "b", "gone"]);
        again.reseed = true;
        let outcome = store.apply_pass(T, &again).await.expect("is taken in");
        assert_eq!((outcome.fresh.len(), outcome.seeded, outcome.gone, outcome.total), (0, 2, 0, 3));
        assert!(seat(&*store, "b").await.seeded && seat(&*store, "gone").await.seeded);
        assert_eq!(read(&*store, 300, &["a", "b", "gone"]).await.fresh, []);
    })
    .await;
}

#[tokio::test]
async fn ways_projects_and_sites_are_apart() {
    each_engine(|store| async move {
        read(&*store, 0, &["a"]).await;
        let elsewhere = [
            (T, Pass { via: Via::Organisation, ..pass(0, &["a"]) }),
            (T, Pass { project: ProjectId(2), ..pass(0, &["a"]) }),
            (TenantId(2), pass(0, &["a"])),
        ];
        for (tenant, pass) in elsewhere {
            let outcome = store.apply_pass(tenant, &pass).await.expect("is taken in");
            assert_eq!((outcome.seeded, outcome.total), (1, 1), "{pass:?} is a first pass of its own");
        }
        read(&*store, 100, &[]).await;
        let standing = store.seats(T, &account("a")).await.expect("reads");
        assert_eq!(standing.iter().filter(|s| s.gone_at.is_none()).count(), 2, "only one seat ended: {standing:?}");
    })
    .await;
}

#[tokio::test]
async fn a_site_that_comes_back_is_seeded_again() {
    each_engine(|store| async move {
        let given = installation("key", "https://one.atlassian.net/", "s");
        let t = store.install(&given, at(0), &|_| Vec::new()).await.expect("installs");
        store.apply_pass(t, &pass(0, &["a"])).await.expect("is taken in");
        store.uninstall("key", at(50), &|_| Vec::new()).await.expect("uninstalls");
        store.install(&given, at(60), &|_| Vec::new()).await.expect("installs");
        let first = store.apply_pass(t, &pass(100, &["b"])).await.expect("is taken in");
        assert_eq!((first.fresh.len(), first.seeded, first.gone, first.total), (0, 1, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_hundred_thousand_customers_are_one_pass() {
    each_engine(|store| async move {
        let many: Vec<String> = (0..100_000).map(|n| format!("0000-{n}")).collect();
        let all: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(read(&*store, 0, &all).await.seeded, 100_000);
        assert_eq!(read(&*store, 100, &all).await, PassOutcome { total: 100_000, ..PassOutcome::default() });
        let mut changed = all[10..].to_vec();
        changed.push("new");
        let outcome = read(&*store, 200, &changed).await;
        assert_eq!((names(&outcome.fresh), outcome.gone, outcome.total), (vec!["qm:new"], 10, 99_991));
    })
    .await;
}

#[tokio::test]
async fn a_broken_list_is_refused_whole() {
    each_engine(|store| async move {
        let mut broken = pass(0, &["a"]);
        broken.accounts.push(invite_guard::domain::AccountId("nul\0".to_owned()));
        assert_eq!(store.apply_pass(T, &broken).await, Err(StoreError::Rejected));
        assert_eq!(store.last_pass(T, P, Via::Role).await.expect("reads"), None);
    })
    .await;
}
