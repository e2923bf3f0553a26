//! The token that invocations bring: kept sealed, renewed, waited for.
//! Knows no verdict.

use crate::harness::{By, PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::Clock as _;
use invite_guard::domain::tenant::Tenant;
use invite_guard::store::RowState;
use invite_guard_sandbox::AddBy;
use jiff::{SignedDuration, Timestamp};

async fn tenant(world: &World) -> Tenant {
    world.store.tenant(world.id()).await.expect("tenants can be read").expect("is there")
}

async fn token_until(world: &World) -> Option<Timestamp> {
    tenant(world).await.forge?.token.map(|token| token.expires_at)
}

/// The site gives no more token, as if Forge's scheduler stood still.
async fn without_ticks(world: &World, time: SignedDuration) {
    world.clock.advance(time);
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_without_a_token_waits_for_the_next_tick_and_is_never_dead() {
    let world = World::start_by(Engine::Sqlite, By::Forge).await;
    world.site.set_token_life(SignedDuration::from_mins(10));
    without_ticks(&world, SignedDuration::from_hours(5)).await; // the token of four hours has ended
    assert!(token_until(&world).await.is_none_or(|until| until < world.clock.now()));
    let added = world.site.add_customer(PROJECT, AddBy::Automation).account_id;
    world.site.drop_all();
    world.site.forget_calls();
    for _ in 0..3 {
        without_ticks(&world, SignedDuration::from_hours(9)).await;
    }
    assert_eq!(world.site.calls().len(), 0, "nobody is asked without a token");
    assert!(world.store.rows(RowState::Dead, 9).await.expect("rows").is_empty(), "nothing is given up");
    let waiting = world.store.rows(RowState::Queued, 99).await.expect("rows");
    assert!(waiting.iter().any(|row| row.why.as_deref() == Some("token_ended")), "{waiting:?}");
    assert!(world.case(&added).await.is_none());
    assert_eq!(world.site.tick_now().await, 204);
    world.settle().await;
    world.pass(SignedDuration::from_mins(2)).await;
    assert!(world.case(&added).await.is_some(), "one tick, and what waited for a day and more is done");
    world.check().await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_the_platform_renews_the_token_and_none_lies_on_disk_in_the_clear() {
    let world = World::start_by(Engine::Sqlite, By::Forge).await;
    let first = token_until(&world).await.expect("the install brought one");
    world.clock.advance(SignedDuration::from_mins(3));
    let page = world.call(&world.site.admin(), "GET", "/settings", None).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(
        token_until(&world).await,
        Some(first),
        "what comes beside a page's invocation anybody may have written"
    );
    assert_eq!(world.site.tick_now().await, 204);
    let second = token_until(&world).await.expect("a token");
    assert!(second > first, "a tick brings one");
    world.clock.advance(SignedDuration::from_mins(3));
    world.site.add_customer(PROJECT, AddBy::Agent);
    assert_eq!(world.site.deliver_all().await, [204]);
    assert!(token_until(&world).await.expect("a token") > second, "and so does an event");
    let file = invite_guard::store::sqlite_file(world.database()).expect("a file");
    for file in [file.clone(), file.with_extension("db-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let held = [world.site.system_token(), world.site.user_token(&world.site.admin())];
        for token in held.iter().flat_map(|token| token.split('.').next()) {
            let found = bytes.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!found, "a token's beginning lies in {}", file.display());
        }
    }
    world.end().await;
}

/// A token may be void before its time; the gateway's 401 is then no word about rights.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_void_before_its_time_is_waited_for_as_well() {
    let world = World::start_by(Engine::Sqlite, By::Forge).await;
    world.site.misbehave("GET /rest/api/3/auditing/record", invite_guard_sandbox::Fault::Status(401), 1);
    world.clock.advance(SignedDuration::from_mins(2));
    world.settle().await;
    let waiting = world.store.rows(RowState::Queued, 99).await.expect("rows");
    let audit = waiting.iter().find(|row| row.kind == "read_audit").expect("the chore");
    assert!(audit.run_at > world.clock.now(), "put off: {audit:?}");
    world.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(world.site.tick_now().await, 204);
    world.settle().await;
    world.check().await;
    world.end().await;
}
