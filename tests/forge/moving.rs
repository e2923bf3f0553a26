//! A site that moves from Connect to Forge: nothing is lost, nothing is said twice, and the first door closes without a trace.
//! Knows no internals; what Jira holds and what the store says is compared.

use crate::harness::{By, MANIFEST, PROJECT, World};
use crate::store::engines::Engine;
use invite_guard::domain::Clock as _;
use invite_guard::domain::case::CaseState;
use invite_guard_sandbox::AddBy;
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::json;

/// The manifest of an app that is listed with Connect: the same key, and Connect's lifecycle beside Forge's modules.
fn of_a_listed_app() -> String {
    super::manifest::with_connect().to_string() // JSON is YAML
}

/// How the second app finds the site that it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// Another app on the same site: its address is what both have.
    Address,
    /// The same app, whose `installed` names the installation.
    Installation,
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_moves_keeps_its_cases_and_loses_and_doubles_nothing(
    #[values(Link::Address, Link::Installation)] link: Link,
) {
    for engine in Engine::available() {
        let world = World::start_by(engine, By::Connect).await;
        world.call(&world.site.admin(), "PUT", "/settings", Some(json!({"commentMode": "request"}))).await;
        let blocked = world.site.add_customer(PROJECT, AddBy::Automation).account_id;
        world.raise_for(PROJECT, &blocked);
        world.deliver().await;
        world.pass_in_steps(3, SignedDuration::from_mins(1)).await;
        let before = world.case(&blocked).await.expect("a case");
        let comments = world.site.comments_by_app().len();
        assert_eq!((before.state, comments), (CaseState::Open, 1), "{engine:?}");

        let manifest = if link == Link::Address { MANIFEST.to_owned() } else { of_a_listed_app() };
        world.site.install_forge(&manifest, world.url()).await.expect("the app comes by Forge as well");
        assert!(world.site.deliver_all().await.iter().all(|status| *status == 204));
        let moved = world.store.tenants().await.expect("tenants");
        assert_eq!(moved.len(), 1, "one site, two doors: {engine:?} {link:?}");
        assert_eq!((moved[0].id, moved[0].installed_at), (world.id(), world.tenant.installed_at));
        assert!(moved[0].forge.is_some() && moved[0].connect.is_some());

        // Added while both doors are open: told twice, known once.
        let between = world.site.add_customer(PROJECT, AddBy::Automation).account_id;
        world.raise_for(PROJECT, &between);
        assert!(world.site.deliver_twice().await.iter().all(|status| *status == 204));
        let rows = world.store.rows(invite_guard::store::RowState::Queued, 99).await.expect("rows");
        let told = rows.iter().filter(|row| row.kind == "locate" && row.payload.contains(&between)).count();
        assert_eq!(told, 1, "one event of two doors: {rows:?}");
        world.settle().await;
        world.pass_in_steps(3, SignedDuration::from_mins(1)).await;

        if link == Link::Address {
            world.site.uninstall().await.expect("Connect goes");
        }
        let after = world.site.add_customer(PROJECT, AddBy::Automation).account_id;
        world.raise_for(PROJECT, &after);
        world.deliver().await;
        world.pass_in_steps(3, SignedDuration::from_mins(1)).await;
        let tenant = world.store.tenant(world.id()).await.expect("reads").expect("there");
        assert!(tenant.is_active() && tenant.forge.is_some());
        assert_eq!(tenant.connect.is_none(), link == Link::Address, "what Jira closed is closed");
        for account in [&blocked, &between, &after] {
            let case = world.case(account).await.expect("no event is lost");
            assert_eq!(case.state, CaseState::Open);
            assert!(case.added.not_before <= world.clock.now());
        }
        let kept = world.case(&blocked).await.expect("carried over");
        assert_eq!((kept.added, kept.written.comment), (before.added, before.written.comment));
        let by_account = world.site.comments_by_app().len();
        assert_eq!(by_account, 3, "one comment a case, by whichever user of ours: {engine:?} {link:?}");
        let path = format!("/forge/api/v1/projects/{}/settings", world.project(PROJECT));
        let by_forge = world.site.invoke_request(&world.site.admin(), "settings", "GET", &path, None);
        let settings = by_forge.send().await.expect("an answer").body;
        assert!(settings.contains(r#""commentMode":"request""#), "what was chosen is kept: {settings}");
        world.pass_in_steps(5, SignedDuration::from_hours(6)).await;
        assert_eq!(world.site.comments_by_app().len(), 3);
        world.check().await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_proven_of_one_user_is_proven_anew_of_the_other() {
    let world = World::start_by(Engine::Sqlite, By::Connect).await;
    world.call(&world.site.admin(), "PUT", "/settings", Some(json!({"commentMode": "request"}))).await;
    let first = world.site.add_customer(PROJECT, AddBy::Automation).account_id;
    world.raise_for(PROJECT, &first);
    world.deliver().await;
    world.pass_in_steps(3, SignedDuration::from_mins(1)).await;
    let project =
        || async { world.store.project(world.id(), world.project(PROJECT)).await.expect("reads").expect("known") };
    assert_eq!(project().await.canary, invite_guard::domain::project::Canary::Internal);
    world.site.install_forge(MANIFEST, world.url()).await.expect("the app comes by Forge as well");
    world.site.deliver_all().await;
    assert_eq!(project().await.canary, invite_guard::domain::project::Canary::Untried, "another user speaks now");
    world.end().await;
}
