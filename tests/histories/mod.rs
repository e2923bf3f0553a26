//! Random site histories: whatever happens on a site and in whatever order, a confirmed verdict is never wrong.
//! Knows no internals. A failing run prints the seed and the shortest story it found; `INVITE_GUARD_SEED` plays it again.

mod ledger;
mod stage;
mod steps;

use crate::harness::By;
use futures::FutureExt;
use jiff::SignedDuration;
use ledger::Tally;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rstest::rstest;
use stage::Stage;
use std::panic::AssertUnwindSafe;
use steps::Chronicle;

/// Histories side by side on one site.
const TOGETHER: usize = 8;
/// Steps of the longest; where there are two thousand, shorter ones meet as much in less time.
const STEPS: usize = 12;
const STEPS_OF_MANY: usize = 6;
const SEED: &str = "INVITE_GUARD_SEED";

/// One site with its histories; what went wrong there.
async fn run(chronicle: &Chronicle, seed: u64) -> (Tally, Vec<String>) {
    // Our clock may be wrong, or Jira's.
    let ahead = SignedDuration::from_secs([0, 0, 0, 7, -7, 20, -20][(seed % 7) as usize]);
    // Optional sources are off, on, or on and proven.
    let proven = [None, Some(false), Some(true)][(seed % 3) as usize];
    // Either door.
    let by = if seed % 4 == 3 { By::Forge } else { By::Connect };
    let mut stage = Stage::open(chronicle, by, ahead, proven).await;
    let faults = stage.play(chronicle).await;
    assert_eq!(stage.world.site.mails_by_app(), [], "the app caused mail");
    assert_eq!(stage.world.site.violations(), [], "a body breaks its specification");
    assert_eq!(stage.world.site.unexpected_calls(), [] as [String; 0], "calls that the sandbox does not know");
    let tally = stage.tally.clone();
    stage.world.end().await;
    (tally, faults)
}

/// The same where a panic is a fault like any other.
async fn attempt(chronicle: &Chronicle, seed: u64) -> (Tally, Vec<String>) {
    match AssertUnwindSafe(run(chronicle, seed)).catch_unwind().await {
        Ok(done) => done,
        Err(_) => (Tally::default(), vec!["it broke off; see above".to_owned()]),
    }
}

/// Plays the story of a seed; told with its seed and as short as it gets when something is wrong.
async fn story(seed: u64, steps: usize) -> (usize, Tally) {
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tree = steps::chronicle(TOGETHER, steps).new_tree(&mut runner).expect("a story can be made up");
    let chronicle = tree.current();
    let (tally, mut faults) = attempt(&chronicle, seed).await;
    if faults.is_empty() {
        return (chronicle.histories.len(), tally);
    }
    let mut shortest = chronicle;
    let mut n = 0;
    // What cannot be left out without the fault going away stays in.
    while let Some(shorter) = shortest.shortened(n) {
        match attempt(&shorter, seed).await.1 {
            found if found.is_empty() => n += 1,
            found => (shortest, faults) = (shorter, found),
        }
    }
    panic!("{}\n\n{shortest}\nagain: {SEED}={seed} cargo test --test main histories::", faults.join("\n"));
}

/// Stories from a seed on until so many histories were played.
async fn histories(first: u64, least: usize, steps: usize) -> Tally {
    let mut all = Tally::default();
    let (mut seed, mut played) = (first, 0);
    while played < least {
        let (histories, tally) = story(seed, steps).await;
        (seed, played) = (seed + 1, played + histories);
        all.add(&tally);
    }
    all
}

/// The seed that was asked for.
fn asked() -> Option<u64> {
    let seed = std::env::var(SEED).ok()?;
    Some(seed.parse().unwrap_or_else(|_| panic!("{SEED}={seed} is no number")))
}

/// Seeds from here on are those of the two thousand.
const MANY: u64 = 100_000;

fn asked_steps(seed: u64) -> usize {
    if seed < MANY { STEPS } else { STEPS_OF_MANY }
}

/// Never being wrong is easy for whoever says nothing.
fn assert_useful(told: &Tally) {
    assert!(told.cases * 10 >= told.adds * 7, "most adds are noticed: {told:#?}");
    assert!(told.decided * 10 >= told.readable * 6, "where all can be read, most adds are decided: {told:#?}");
}

/// The article's causes are told now and then: of those that the log tells of, surely.
fn assert_telling(told: &Tally) {
    let said = |slug: &str, least: &[&str]| {
        told.said.iter().any(|((of, ruling, sure), _)| *of == slug && *ruling == "blocks" && least.contains(sure))
    };
    for slug in ["notification_disabled", "existing_customer", "created_by_automation"] {
        assert!(said(slug, &["confirmed"]), "{slug} was never told for sure: {told:#?}");
    }
    assert!(said("outgoing_mail_disabled", &["likely", "confirmed"]), "outgoing mail was never told: {told:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_confirmed_verdict_is_wrong_in_twenty_four_site_histories() {
    match asked() {
        Some(seed) => drop(story(seed, asked_steps(seed)).await),
        None => {
            let told = histories(1, 24, STEPS).await;
            assert_useful(&told);
            assert_telling(&told);
        }
    }
}

/// In parts, so that they run side by side.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_two_thousand_site_histories(#[values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)] part: u64) {
    assert_useful(&histories(part * MANY, 200, STEPS_OF_MANY).await);
}
