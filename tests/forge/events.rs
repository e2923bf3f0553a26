//! What Forge sends by itself: events with their retries, the install, ticks, the end.
//! Knows no verdict.

use crate::connect::bench::{Bench, Bent};
use crate::harness::{By, MANIFEST};
use invite_guard::domain::tenant::State;
use invite_guard_sandbox::{AddBy, Fault};
use serde_json::{Value, json};

async fn work(bench: &Bench) -> Vec<String> {
    let queued = bench.queued_work().await;
    queued.iter().map(|work| work["do"].as_str().expect("a kind of work").to_owned()).collect()
}

#[tokio::test]
async fn an_event_is_on_disk_before_204_and_once_however_often_it_comes() {
    let bench = Bench::by(By::Forge).await;
    let customer = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    let key = bench.site.raise_request("HELP", &customer);
    let answers = bench.site.deliver_twice().await;
    assert!(answers.iter().all(|status| *status == 204), "{answers:?}");
    let queued = bench.queued_work().await;
    let kinds: std::collections::BTreeSet<_> = work(&bench).await.into_iter().collect();
    assert_eq!((queued.len(), kinds), (2, ["locate", "request"].map(str::to_owned).into()), "{queued:?}");
    let of = |kind: &str| queued.iter().find(|work| work["do"] == kind).expect("queued");
    assert_eq!((&of("locate")["account"], &of("request")["request"]), (&json!(customer), &json!(key)));
    let stored = bench.queued().await.into_iter().map(|row| row.payload).collect::<String>();
    assert!(!stored.contains('@'), "no address is stored: {stored}");
}

#[tokio::test]
async fn what_cannot_be_used_is_told_from_what_cannot_be_read() {
    let bench = Bench::by(By::Forge).await;
    let event = |body: Value| bench.site.forge_event_request(&body);
    for (body, status) in [
        (json!({"eventType": "avi:jira:viewed:issue"}), 204),
        (json!({"eventType": "avi:jira:updated:user", "user": {"accountId": "qm:a:b"}}), 204),
        (json!({"eventType": "avi:jira:created:user"}), 400),
        (json!({"eventType": "avi:jira:created:issue", "issue": {"key": "HELP-1"}}), 400),
        (json!({"no": "event"}), 400),
        (json!([]), 400),
    ] {
        let answer = bench.exchange(event(body.clone())).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
    }
    let raw = bench.site.forge_event_request_raw("avi:jira:created:user", "no JSON");
    assert_eq!(bench.exchange(raw).await.status, 400);
    let mut long = event(json!({"eventType": "avi:jira:created:user"}));
    long.body = format!("{{\"eventType\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    assert_eq!(bench.exchange(long).await.status, 413);
    assert!(bench.queued().await.is_empty());
    bench.opened.close().await;
    let user = json!({"eventType": "avi:jira:created:user", "user": {"accountId": "qm:a:b"}});
    assert_eq!(bench.exchange(event(user)).await.status, 503, "not on disk: Forge comes again");
}

#[tokio::test]
async fn whatever_comes_first_opens_the_site() {
    for lost in [true, false] {
        let bench = Bench::bent(Bent { install: false, by: By::Forge, ..Bent::default() }).await;
        bench.site.install_forge(MANIFEST, &bench.base_url).await.expect("the manifest is good");
        if lost {
            bench.site.drop_all(); // the event of the install
        }
        bench.site.add_customer("HELP", AddBy::Agent);
        let answers = bench.site.deliver_all().await;
        assert!(answers.iter().all(|status| *status == 204), "{answers:?}");
        let tenant = bench.tenant().await.expect("open");
        assert_eq!(tenant.base_url.as_str().trim_end_matches('/'), bench.site.base_url(), "the site told its address");
        assert_eq!(tenant.cloud_id.as_deref(), Some(bench.site.cloud_id().as_str()));
        assert!(tenant.forge.is_some_and(|forge| forge.token.is_some()), "with a token to look around");
        assert_eq!(bench.store.tenants().await.expect("tenants").len(), 1);
    }
}

/// Lifecycle events may come before permissions work.
#[tokio::test]
async fn a_site_that_cannot_be_asked_yet_is_opened_by_a_later_call() {
    let bench = Bench::bent(Bent { install: false, by: By::Forge, ..Bent::default() }).await;
    bench.site.install_forge(MANIFEST, &bench.base_url).await.expect("the manifest is good");
    bench.site.misbehave("GET /rest/api/3/serverInfo", Fault::Status(403), 1);
    assert_eq!(bench.site.deliver_all().await, [503], "Forge comes again");
    assert!(bench.store.tenants().await.expect("tenants").is_empty(), "half a site is none");
    let admin = bench.site.admin();
    let path = bench.api("/settings");
    assert_eq!(bench.get(&admin, &path).await.status, 503, "a page's invocation names the site, but brings no token");
    assert!(bench.tenant().await.is_some());
    assert_eq!(bench.site.tick_now().await, 204);
    assert_eq!(bench.get(&admin, &path).await.status, 200);
}

#[tokio::test]
async fn the_last_call_ends_the_site_and_a_new_install_brings_it_back() {
    let bench = Bench::by(By::Forge).await;
    let id = bench.installed_tenant().await.id;
    bench.uninstall().await;
    let gone = bench.store.tenant(id).await.expect("reads").expect("kept for its retention");
    assert!(matches!(gone.state, State::Uninstalled(_)) && gone.forge.is_none(), "{gone:?}");
    bench.site.install_forge(MANIFEST, &bench.base_url).await.expect("once more");
    assert_eq!(bench.site.deliver_all().await, [204]);
    let back = bench.installed_tenant().await;
    assert!(back.id == id && back.is_active(), "the same site: {back:?}");
}

#[tokio::test]
async fn a_license_is_read_where_it_is_told() {
    let bench = Bench::by(By::Forge).await;
    for told in [Some(true), Some(false)] {
        bench.site.set_forge_license(told);
        assert_eq!(bench.site.tick_now().await, 204);
        let forge = bench.installed_tenant().await.forge.expect("by Forge");
        assert_eq!(forge.license_active, told);
    }
    bench.site.set_forge_license(None);
    assert_eq!(bench.site.tick_now().await, 204, "an app that costs nothing is told of none");
}
