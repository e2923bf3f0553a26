//! Passes that come page by page: they count when complete, survive being cut off, and trust no list that may have skipped
//! somebody. Knows no Jira: a page is a list.

use super::engines::each_engine;
use super::given::{account, at, window};
use diagnosis::{Moment, Via};
use invite_guard::domain::case::{Case, Standing};
use invite_guard::domain::roster::{Cursor, Listed, Page, Pass, PassGap, PassOutcome, Run, Seat, Unread};
use invite_guard::domain::{ProjectId, TenantId};
use invite_guard::store::{RowState, Store, StoreError};
use jiff::Timestamp;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);
const BY: Via = Via::Organisation;

fn page(began: i64, names: &[&str]) -> Page {
    Page {
        accounts: names.iter().map(|name| account(name)).collect(),
        silent: false,
        organisations: Vec::new(),
        next: Cursor::End,
        began: at(began),
        ended: at(began + 10),
        points: 1 + 2 * names.len() as u64,
    }
}

fn of_organisations(began: i64, ids: &[(i64, Option<i64>)]) -> Page {
    let one = |(id, created): &(i64, Option<i64>)| Listed { id: *id, created: created.map(at) };
    Page { organisations: ids.iter().map(one).collect(), ..page(began, &[]) }
}

async fn begin(store: &dyn Store, via: Via, began: i64) -> Run {
    store.begin_pass(T, P, via, false, at(began)).await.expect("begins")
}

async fn take(store: &dyn Store, run: &Run, page: &Page) -> Option<Run> {
    store.take_page(T, run, page).await.expect("takes the page in")
}

async fn complete(store: &dyn Store, run: &Run) -> PassOutcome {
    store.complete_pass(T, run, false).await.expect("completes").expect("is under way")
}

/// A run over one organisation: its list, then these pages of members.
async fn read(store: &dyn Store, began: i64, pages: &[&[&str]]) -> PassOutcome {
    let mut run = begin(store, BY, began).await;
    run = take(store, &run, &of_organisations(began, &[(1, None)])).await.expect("at its beginning");
    for (n, names) in pages.iter().enumerate() {
        run = take(store, &run, &page(began + n as i64, names)).await.expect("goes on");
    }
    complete(store, &run).await
}

async fn seat(store: &dyn Store, name: &str) -> Seat {
    store.seats(T, &account(name)).await.expect("reads").into_iter().next().expect("there is a seat")
}

fn names(seats: &[Seat]) -> Vec<&str> {
    seats.iter().map(|s| s.account.0.as_str()).collect()
}

#[tokio::test]
async fn pages_count_when_the_run_is_complete_and_once() {
    each_engine(|store| async move {
        read(&*store, 0, &[&["a", "b"]]).await;
        let first = begin(&*store, BY, 100).await;
        let both = of_organisations(100, &[(1, None), (2, None)]);
        let listed = take(&*store, &first, &both).await.expect("taken in");
        assert_eq!(take(&*store, &first, &page(101, &["x"])).await, None, "the page before was taken in already");
        assert_eq!(begin(&*store, BY, 105).await, listed, "whoever begins meanwhile finds the run under way");
        assert_eq!(store.seats(T, &account("c")).await.expect("reads"), [], "nothing counts before the end");
        let all = take(&*store, &listed, &page(150, &["b", "c", "a", "c"])).await.expect("twice in a page is once");
        assert_eq!(store.has_organisation(T, P, 2).await, Ok(false), "nor does an organisation");
        let outcome = complete(&*store, &all).await;
        assert_eq!((names(&outcome.fresh), outcome.due, outcome.gone, outcome.total), (vec!["qm:c"], 1, 0, 3));
        assert_eq!(
            (store.has_organisation(T, P, 2).await, store.has_organisation(T, P, 3).await),
            (Ok(true), Ok(false))
        );
        assert_eq!(
            outcome.fresh[0].added,
            window(0, 160),
            "from the first answer of the last pass to the last of this"
        );
        assert_eq!(store.complete_pass(T, &all, false).await, Ok(None), "over");
        assert_eq!(take(&*store, &all, &page(170, &["d"])).await, None);
        assert_eq!(store.run(T, P, BY).await, Ok(None));
        assert_eq!(store.last_pass(T, P, BY).await, Ok(Some(at(100))));
        let mut broken = page(200, &["e"]);
        broken.accounts.push(invite_guard::domain::AccountId("nul\0".to_owned()));
        let run = begin(&*store, BY, 200).await;
        assert_eq!(store.take_page(T, &run, &broken).await, Err(StoreError::Rejected));
    })
    .await;
}

#[tokio::test]
async fn an_unchanged_run_changes_no_seat_and_owes_are_told_page_by_page() {
    each_engine(|store| async move {
        read(&*store, 0, &[&["a"]]).await;
        let found = read(&*store, 100, &[&["a", "b", "c", "d"]]).await;
        assert_eq!((found.due, found.seeding), (3, false));
        let before = [seat(&*store, "a").await, seat(&*store, "b").await];
        let same = read(&*store, 200, &[&["a", "b", "c", "d"]]).await;
        assert_eq!((same.gone, same.seeded, same.total, same.due), (0, 0, 4, 3), "owed until a case tells of them");
        assert_eq!([seat(&*store, "a").await, seat(&*store, "b").await], before);
        let first = store.due(T, P, BY, &invite_guard::domain::AccountId(String::new()), 2).await.expect("reads");
        assert_eq!(names(&first), ["qm:b", "qm:c"]);
        let rest = store.due(T, P, BY, &first[1].account, 2).await.expect("reads");
        assert_eq!(names(&rest), ["qm:d"]);
    })
    .await;
}

/// Somebody leaves an early page while the list is read: everybody moves up, and one between two pages is skipped.
#[tokio::test]
async fn a_list_that_may_have_skipped_somebody_ends_nobody_at_once_and_widens_the_window() {
    each_engine(|store| async move {
        let first = read(&*store, 0, &[&["a", "b"], &["c"]]).await;
        assert!(first.seeding);
        let second = read(&*store, 100, &[&["a", "b"], &["c", "skipped"]]).await;
        assert!(second.seeding && second.fresh.is_empty(), "the first may have skipped them: they are no adds");
        let third = read(&*store, 200, &[&["a", "b"], &["skipped"]]).await;
        assert_eq!((third.gone, third.total), (0, 4), "c may be skipped");
        let fourth = read(&*store, 300, &[&["a", "b"], &["c", "skipped", "new"]]).await;
        assert_eq!((names(&fourth.fresh), fourth.gone), (vec!["qm:new"], 0), "c was never away");
        assert_eq!(
            fourth.fresh[0].added,
            window(100, 311),
            "the pass before may have skipped them, two cannot both be meant"
        );
        read(&*store, 400, &[&["a", "b"], &["skipped", "new"]]).await;
        let sixth = read(&*store, 500, &[&["a", "b"], &["skipped", "new"]]).await;
        assert_eq!((sixth.gone, sixth.total), (1, 4), "two passes lack them");
        assert_eq!(seat(&*store, "c").await.gone_at, Some(at(511)));
        let back = read(&*store, 600, &[&["a", "b"], &["c", "skipped", "new"]]).await;
        let c = back.fresh.iter().find(|seat| seat.account == account("c")).expect("added once more");
        assert_eq!((c.stayed_before, c.added), (Some(at(311)), window(400, 611)), "last had by the fourth");
        let one_answer = read(&*store, 700, &[&["a", "skipped", "new"]]).await;
        assert_eq!((one_answer.gone, one_answer.total), (2, 3), "one answer skips nobody");
    })
    .await;
}

#[tokio::test]
async fn an_organisation_that_becomes_part_of_the_project_comes_silently_unless_it_was_made_since() {
    each_engine(|store| async move {
        read(&*store, 0, &[&["a"]]).await;
        let mut run = begin(&*store, BY, 100).await;
        let listing = of_organisations(100, &[(1, None), (2, Some(-50)), (3, Some(40)), (4, None)]);
        run = take(&*store, &run, &listing).await.expect("taken in");
        let silent = |from| {
            let store = &store;
            async move { store.listed(T, P, from).await.expect("reads") }
        };
        assert_eq!(silent(0).await, Some((1, false)), "was there");
        assert_eq!(silent(2).await, Some((2, true)), "is older than the last pass");
        assert_eq!(silent(3).await, Some((3, false)), "was made since, so everybody in it came since");
        assert_eq!((silent(4).await, silent(5).await), (Some((4, true)), None), "nobody knows how old");
        let members = |names: &[&str], silent| Page { silent, ..page(110, names) };
        run = take(&*store, &run, &members(&["old", "both"], true)).await.expect("goes on");
        run = take(&*store, &run, &members(&["a", "both", "new"], false)).await.expect("goes on");
        let outcome = complete(&*store, &run).await;
        assert_eq!((names(&outcome.fresh), outcome.seeded), (vec!["qm:both", "qm:new"], 1));
        assert!(seat(&*store, "old").await.seeded);
        let mut next = begin(&*store, BY, 200).await;
        next = take(&*store, &next, &listing).await.expect("taken in");
        assert_eq!(store.listed(T, P, 2).await, Ok(Some((2, false))), "known from now on");
        complete(&*store, &next).await;
    })
    .await;
}

#[tokio::test]
async fn a_role_begins_anew_and_is_one_answer_however_many_pieces() {
    each_engine(|store| async move {
        let cut_off = begin(&*store, Via::Role, 0).await;
        take(&*store, &cut_off, &page(0, &["gone-meanwhile"])).await.expect("taken in");
        let mut run = begin(&*store, Via::Role, 5).await;
        assert_eq!((run.step, take(&*store, &cut_off, &page(6, &["x"])).await), (0, None), "the earlier one is over");
        for names in [["a", "b"], ["c", "d"], ["e", "f"]] {
            run = take(&*store, &run, &page(5, &names)).await.expect("goes on");
        }
        assert_eq!(complete(&*store, &run).await.total, 6);
        let pass = |began: i64, names: &[&str]| Pass {
            project: P,
            via: Via::Role,
            accounts: names.iter().map(|n| account(n)).collect(),
            began: at(began),
            ended: at(began + 1),
            reseed: false,
        };
        let left = begin(&*store, Via::Role, 50).await;
        take(&*store, &left, &page(50, &["a"])).await.expect("taken in");
        let next = store.apply_pass(T, &pass(100, &["a", "b", "g"])).await.expect("a smaller one is one list");
        assert_eq!((names(&next.fresh), next.gone, next.total), (vec!["qm:g"], 4, 3));
        assert_eq!(store.run(T, P, Via::Role).await, Ok(None), "what was cut off is forgotten");
    })
    .await;
}

#[tokio::test]
async fn customer_lists_raise_nobody_and_are_no_evidence() {
    each_engine(|store| async move {
        for (began, who) in [(0, ["a", "b"]), (100, ["a", "c"]), (200, ["a", "d"])] {
            let run = begin(&*store, Via::ListOnly, began).await;
            let run = take(&*store, &run, &page(began, &who)).await.expect("taken in");
            let outcome = complete(&*store, &run).await;
            assert_eq!((outcome.fresh.len(), outcome.due, outcome.batch, outcome.total), (0, 0, false, 2));
        }
        assert_eq!(store.seats(T, &account("d")).await, Ok(Vec::new()), "who may use a desk was not added by it");
        let last = store.last_passes(T).await.expect("reads");
        assert_eq!((last.len(), last[0].via, last[0].people, last[0].points), (1, Via::ListOnly, 2, 5));
        let project = store.projects(T).await.expect("reads");
        assert_eq!(project, [], "a list makes no project known");
    })
    .await;
}

#[tokio::test]
async fn an_import_is_noted_with_its_causes_and_a_gap_until_it_is_read() {
    each_engine(|store| async move {
        let gap = PassGap { via: BY, why: Unread::Forbidden, at: at(5) };
        store.note_gap(T, P, gap).await.expect("notes");
        store.note_gap(T, P, PassGap { at: at(50), ..gap }).await.expect("notes again");
        assert_eq!(store.gaps(T, P).await, Ok(vec![gap]), "since the first time");
        read(&*store, 60, &[&["a"]]).await;
        assert_eq!(store.gaps(T, P).await, Ok(Vec::new()), "it can be read again");
        assert_eq!(store.batches(T, P).await, Ok(Vec::new()), "seeding is no import");
        let many: Vec<String> = (0..60).map(|n| format!("many-{n}")).collect();
        let all: Vec<&str> = many.iter().map(String::as_str).chain(["a"]).collect();
        let outcome = read(&*store, 100, &[&all]).await;
        assert_eq!((outcome.batch, outcome.due, outcome.fresh.len()), (true, 60, 60));
        for seat in &outcome.fresh[..3] {
            let mut case = Case::noticed(T, P, seat.account.clone(), seat.added, seat.via, true);
            let scenario = "existing_customer".to_owned();
            case.standing = vec![Standing { scenario, confidence: diagnosis::Confidence::Likely }];
            assert!(store.save(&case).await.expect("saves"));
        }
        let batches = store.batches(T, P).await.expect("reads");
        assert_eq!((batches.len(), batches[0].people, batches[0].at), (1, 60, at(110)));
        assert_eq!(batches[0].causes, [("existing_customer".to_owned(), 3)]);
        let again = read(&*store, 200, &[&all]).await;
        assert!(!again.batch && store.batches(T, P).await.expect("reads").len() == 1, "who is owed is not new");
    })
    .await;
}

#[tokio::test]
async fn an_uninstall_ends_a_run_and_an_install_knows_no_organisation() {
    each_engine(|store| async move {
        let given = super::given::installation("key", "https://one.atlassian.net/", "s");
        let t = store.install(&given, at(0), &|_| Vec::new()).await.expect("installs");
        let run = store.begin_pass(t, P, BY, false, at(1)).await.expect("begins");
        let run = store.take_page(t, &run, &of_organisations(1, &[(1, None)])).await.expect("takes").expect("there");
        store.complete_pass(t, &run, false).await.expect("completes");
        let run = store.begin_pass(t, P, BY, false, at(20)).await.expect("begins");
        assert_eq!(store.points_a_round().await.expect("reads"), (1, 0));
        store.uninstall("key", at(50), &|_| Vec::new()).await.expect("uninstalls");
        assert_eq!(store.take_page(t, &run, &page(51, &["a"])).await, Ok(None), "nobody is left to read for");
        assert_eq!(store.points_a_round().await.expect("reads"), (0, 0), "who left us costs nothing");
        store.install(&given, at(60), &|_| Vec::new()).await.expect("installs");
        let run = store.begin_pass(t, P, BY, true, at(70)).await.expect("begins");
        assert!(run.reseed && run.step == 0);
        store.take_page(t, &run, &of_organisations(70, &[(1, Some(0))])).await.expect("takes").expect("there");
        assert_eq!(store.listed(t, P, 0).await, Ok(Some((1, true))), "new to this installation");
        store.drop_pass(t, P, BY).await.expect("drops");
        assert_eq!(store.listed(t, P, 0).await, Ok(None));
        assert!(store.rows(RowState::Dead, 1).await.expect("reads").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_run_over_a_first_pass_dates_nothing_before_it() {
    each_engine(|store| async move {
        read(&*store, 0, &[&["a"]]).await;
        let a = seat(&*store, "a").await;
        assert_eq!(a.added, Moment { not_before: Timestamp::UNIX_EPOCH, not_after: at(10) });
        assert!(a.seeded);
    })
    .await;
}
