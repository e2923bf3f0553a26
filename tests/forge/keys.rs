//! The key set: fetched seldom, kept in trouble, never flooded.
//! Knows no claims.

use crate::connect::bench::{Bench, Bent};
use crate::harness::{By, MANIFEST};
use invite_guard_sandbox::KeyServerMood;
use jiff::SignedDuration;

async fn tick(bench: &Bench) -> u16 {
    bench.site.tick_now().await
}

fn fetched(bench: &Bench) -> usize {
    bench.site.keys_fetched().iter().filter(|path| path.contains("jwks.json")).count()
}

#[tokio::test]
async fn a_set_is_fetched_once_and_outlives_its_server() {
    let bench = Bench::by(By::Forge).await;
    assert_eq!((tick(&bench).await, fetched(&bench)), (204, 1), "the install fetched it");
    bench.clock.forward(SignedDuration::from_mins(59));
    assert_eq!((tick(&bench).await, fetched(&bench)), (204, 1), "an hour it is fresh");
    for mood in [KeyServerMood::Status(500), KeyServerMood::Garbage, KeyServerMood::Status(404)] {
        bench.site.set_key_server(mood.clone());
        bench.clock.forward(SignedDuration::from_mins(61));
        let before = fetched(&bench);
        assert_eq!(tick(&bench).await, 204, "{mood:?}: the keys that are known go on counting");
        assert!((1..=2).contains(&(fetched(&bench) - before)), "{mood:?}: asked, and asked once more");
        let before = fetched(&bench);
        assert_eq!((tick(&bench).await, fetched(&bench)), (204, before), "{mood:?}: and not again within a minute");
    }
}

#[tokio::test]
async fn a_new_key_is_found_and_invented_ones_are_looked_for_once_a_minute() {
    let bench = Bench::by(By::Forge).await;
    bench.clock.forward(SignedDuration::from_mins(2));
    bench.site.rotate_invocation_key();
    let before = fetched(&bench);
    assert_eq!((tick(&bench).await, fetched(&bench)), (204, before + 1), "Forge signs with another key now");
    let mut request = bench.site.forge_event_request(&serde_json::json!({"eventType": "avi:jira:viewed:issue"}));
    let invented =
        bench.site.sign_rs256(&bench.site.invocation_claims("events", None), "forge/invocation-token/invented");
    request.header("Authorization", &format!("Bearer {invented}"));
    for _ in 0..5 {
        assert_eq!(bench.exchange(request.clone()).await.status, 401);
    }
    assert_eq!(fetched(&bench), before + 1, "within a minute nobody is asked again");
    bench.clock.forward(SignedDuration::from_mins(1));
    let requests = (0..10).map(|_| bench.exchange(request.clone()));
    let answers = futures::future::join_all(requests).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
    assert_eq!(fetched(&bench), before + 2, "ten at once make one fetch");
}

#[tokio::test]
async fn without_any_key_the_answer_is_not_now() {
    let bench = Bench::bent(Bent { install: false, by: By::Forge, ..Bent::default() }).await;
    bench.site.set_key_server(KeyServerMood::Status(503));
    bench.site.install_forge(MANIFEST, &bench.base_url).await.expect("the manifest is good");
    assert_eq!(bench.site.deliver_all().await, [503], "Forge comes again");
    bench.site.set_key_server(KeyServerMood::Well);
    bench.clock.forward(SignedDuration::from_mins(1));
    assert_eq!(bench.site.deliver_all().await, [204]);
    assert!(bench.tenant().await.is_some());
}
