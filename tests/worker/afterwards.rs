//! After the fix: who was added while a switch was off, what the timeline tells, and what an admin intends.
//! Knows the app only by its API and the site by what it holds.

use crate::harness::{PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::case::CaseState;
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn get(world: &World, path: &str) -> Value {
    let answer = world.call(&world.site.admin(), "GET", path, None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

async fn invite_while_off(world: &World) -> String {
    let account = world.invite(PROJECT).account_id;
    world.deliver().await;
    world.pass(SignedDuration::from_mins(2)).await;
    account
}

#[actix_web::test]
async fn who_was_added_while_it_was_off_is_missed_until_somebody_helps() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_customer_invited(PROJECT, false);
    world.pass(SignedDuration::from_mins(2)).await;
    let account = invite_while_off(&world).await;
    world.site.set_customer_invited(PROJECT, true);
    world.pass(SignedDuration::from_mins(2)).await;
    let health = get(&world, "/health").await;
    let blocks = health["findings"].as_array().expect("a list").iter().any(|f| f["ruling"] == "blocks");
    assert!(!blocks, "it is fixed, and the page says so: {health}");
    let told: Vec<&str> =
        health["timeline"].as_array().expect("a list").iter().filter_map(|h| h["what"].as_str()).collect();
    assert_eq!(
        told,
        [
            "Customer invited notification: turned on",
            "Customer invited notification: turned off; one person added until then",
        ]
    );
    let missed = get(&world, "/missed").await;
    assert_eq!(
        missed["items"][0]["accountId"],
        account.as_str(),
        "nothing was queued, so they are still missed: {missed}"
    );
    assert_eq!(missed["items"][0]["scenario"], "notification_disabled");
    let text = missed["copyText"].as_str().expect("a text");
    assert!(text.contains(&format!("/servicedesk/customer/portal/{}", world.site.service_desk_id(PROJECT))), "{text}");
    let path = format!("/customers/{account}/handled");
    let handled = world.call(&world.site.admin(), "POST", &path, Some(json!({"how": "link_sent"}))).await;
    assert_eq!(handled.status, 204, "{}", handled.body);
    assert_eq!(get(&world, "/missed").await["items"], json!([]));
    world.check().await;
    world.end().await;
}

#[actix_web::test]
async fn nobody_is_warned_of_what_an_admin_intends() {
    let world = World::start(Engine::Sqlite).await;
    world.site.set_customer_invited(PROJECT, false);
    world.pass(SignedDuration::from_mins(2)).await;
    let before = invite_while_off(&world).await;
    assert_eq!(world.case(&before).await.expect("noticed").state, CaseState::Open);
    let mark = json!({"onPurpose": [{"scenario": "notification_disabled", "why": "Pilot", "until": "2099-01-01"}]});
    let put = world.call(&world.site.admin(), "PUT", "/settings", Some(mark)).await;
    assert_eq!(put.status, 200, "{}", put.body);
    world.settle().await;
    assert_eq!(world.case(&before).await.expect("kept").state, CaseState::OnPurpose);
    let after = invite_while_off(&world).await;
    assert_eq!(world.case(&after).await.expect("noticed").state, CaseState::OnPurpose);
    let health = get(&world, "/health").await;
    assert_eq!(health["counts"], json!({}), "nobody is counted as blocked: {health}");
    // The site's mail is another matter, and nobody said that this is intended.
    world.site.set_outgoing_mail(false);
    world.state(diagnosis::FactKey::OutgoingMailOn, None, false).await;
    world.pass(SignedDuration::from_mins(5)).await;
    let both = invite_while_off(&world).await;
    assert_eq!(world.case(&both).await.expect("noticed").state, CaseState::Open, "one of two blocks is not intended");
    world.check().await;
    world.end().await;
}
