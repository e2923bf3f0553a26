//! Scans: asked for by an admin, done by passes, watched and stopped from anywhere.
//! Knows the app only by its API and the site by what it holds.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use invite_guard_sandbox::AddBy;
use jiff::SignedDuration;
use serde_json::Value;

async fn call(world: &World, method: &str, path: &str) -> (u16, Value) {
    let answer = world.call(&world.site.admin(), method, path, None).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

fn by_organisation() -> AddBy {
    AddBy::Organisation("Acme".to_owned())
}

#[actix_web::test]
async fn a_scan_finds_who_gave_no_hint_and_says_how_far_it_is() {
    let world = World::start_after(Engine::Sqlite, |site| {
        site.add_customer(PROJECT, by_organisation());
    })
    .await;
    world.pass_in_steps(2, SignedDuration::from_mins(1)).await;
    world.site.set_audit_available(false);
    let added = [world.invite(PROJECT), world.site.add_customer(PROJECT, by_organisation())];
    world.site.drop_all();
    let (status, started) = call(&world, "POST", "/scans").await;
    assert_eq!(status, 202, "{started}");
    let path = format!("/scans/{}", started["id"].as_str().expect("an id"));
    let (_, queued) = call(&world, "GET", &path).await;
    assert_eq!(queued["state"], "queued", "{queued}");
    assert_eq!(call(&world, "POST", "/scans").await.1, started, "whoever asks meanwhile gets this one");
    world.pass_in_steps(3, SignedDuration::from_secs(2)).await;
    let (_, done) = call(&world, "GET", &path).await;
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(done["found"], 2, "{done}");
    assert_eq!(done["done"], done["total"], "{done}");
    assert!(done["version"].as_i64() > queued["version"].as_i64(), "{queued} {done}");
    for one in added {
        assert!(world.case(&one.account_id).await.is_some(), "{one:?} was found and judged");
    }
    assert_ne!(call(&world, "POST", "/scans").await.1["id"], started["id"], "the next one is another");
    world.settle().await;
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn a_scan_that_was_stopped_stays_so_and_finds_nothing_more() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_audit_available(false);
    let (_, started) = call(&world, "POST", "/scans").await;
    let path = format!("/scans/{}", started["id"].as_str().expect("an id"));
    let (status, stopped) = call(&world, "DELETE", &path).await;
    assert_eq!((status, &stopped["state"]), (200, &Value::from("stopped")), "{stopped}");
    world.pass_in_steps(2, SignedDuration::from_secs(2)).await;
    assert_eq!(call(&world, "GET", &path).await.1, stopped, "over is over");
    assert_eq!(call(&world, "DELETE", &path).await.1, stopped, "and may be stopped once more");
    let words: Vec<Value> =
        serde_json::from_value(call(&world, "GET", "/trail").await.1["items"].clone()).expect("a list");
    let words: Vec<_> = words.iter().filter_map(|item| item["what"].as_str()).collect();
    assert_eq!(words, ["scan_stopped", "scan_started"]);
    world.check().await;
    world.end().await;
}
