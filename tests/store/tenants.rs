//! Sites: install, rename, import, uninstall, erase; secrets at rest.
//! Numbers in names are those of the peers' list in the acceptance tests.

use super::engines::{Engine, KEY, each_engine, each_fresh, keys};
use super::given::{at, delivery, installation, locate, wish};
use invite_guard::domain::TenantId;
use invite_guard::domain::tenant::{State, Tenant};
use invite_guard::domain::work::{Class, NewWork, Work};
use invite_guard::store::{RowState, Store, StoreError, seal::Keyring};
use jiff::SignedDuration;
use secrecy::ExposeSecret;

const SITE: &str = "https://one.atlassian.net/";

fn none(_: TenantId) -> Vec<NewWork> {
    Vec::new()
}

async fn install(store: &dyn Store, client_key: &str, url: &str, secret: &str, second: i64) -> Tenant {
    let id = store.install(&installation(client_key, url, secret), at(second), &none).await.expect("installs");
    store.tenant(id).await.expect("reads").expect("is there")
}

fn secrets(tenant: &Tenant, second: i64) -> Vec<&str> {
    tenant.accepted_secrets(at(second)).map(|s| s.expose_secret()).collect()
}

#[tokio::test]
async fn s32_an_install_is_stored_under_its_tenant_and_read_back() {
    each_engine(|store| async move {
        let mut given = installation("key-1", SITE, "secret-1");
        given.display_url = Some("https://help.example.com".parse().expect("a URL"));
        given.help_center_url = Some("https://support.example.com/x".parse().expect("a URL"));
        given.cloud_id = Some("cloud-1".to_owned());
        let id = store.install(&given, at(5), &none).await.expect("installs");
        let tenant = store.tenant_by_client_key("key-1").await.expect("reads").expect("is there");
        assert_eq!((tenant.id, tenant.state, tenant.installed_at), (id, State::Active, at(5)));
        assert_eq!(tenant.base_url.as_str(), SITE);
        assert_eq!(tenant.display_url, given.display_url);
        assert_eq!(tenant.help_center_url, given.help_center_url);
        assert_eq!(tenant.cloud_id, given.cloud_id);
        assert_eq!(tenant.connect.as_ref().map(|connect| connect.app_key.as_str()), Some("invite-guard"));
        assert_eq!(secrets(&tenant, 5), ["secret-1"]);
        assert!(store.tenant_by_client_key("other").await.expect("reads").is_none());
        assert!(store.tenant_by_client_key("nul\0").await.expect("reads").is_none(), "no such key can exist");
    })
    .await;
}

#[tokio::test]
async fn s33_all_tenants_can_be_listed() {
    each_engine(|store| async move {
        let a = install(&*store, "a", SITE, "s", 0).await.id;
        let b = install(&*store, "b", "https://two.atlassian.net/", "s", 0).await.id;
        let ids: Vec<_> = store.tenants().await.expect("lists").iter().map(|t| t.id).collect();
        assert_eq!(ids, [a, b]);
    })
    .await;
}

#[tokio::test]
async fn s34_saving_again_replaces_and_makes_no_second_row() {
    each_engine(|store| async move {
        let first = install(&*store, "a", SITE, "old", 0).await;
        let again = install(&*store, "a", "https://renamed.atlassian.net/", "new", 100).await;
        assert_eq!(again.id, first.id, "a renamed site keeps its tenant");
        assert_eq!(store.tenants().await.expect("lists").len(), 1);
        assert_eq!(again.base_url.as_str(), "https://renamed.atlassian.net/");
        assert_eq!(again.installed_at, at(0), "the first install stays the first");
        assert_eq!(secrets(&again, 100), ["new", "old"], "tokens in flight still count");
        assert_eq!(secrets(&again, 100 + 299), ["new", "old"]);
        assert_eq!(secrets(&again, 100 + 300), ["new"], "five minutes, no longer");
    })
    .await;
}

#[tokio::test]
async fn the_same_install_delivered_twice_keeps_the_previous_secret_honoured() {
    each_engine(|store| async move {
        install(&*store, "a", SITE, "old", 0).await;
        install(&*store, "a", SITE, "new", 10).await;
        let again = install(&*store, "a", SITE, "new", 20).await;
        assert_eq!(secrets(&again, 30), ["new", "old"]);
    })
    .await;
}

#[tokio::test]
async fn s38_the_forge_installation_is_set_overwritten_and_deleted() {
    each_engine(|store| async move {
        for forge in [Some("forge-1"), Some("forge-2"), None] {
            let mut given = installation("a", SITE, "s");
            given.installation_id = forge.map(str::to_owned);
            let id = store.install(&given, at(0), &none).await.expect("installs");
            let tenant = store.tenant(id).await.expect("reads").expect("is there");
            assert_eq!(tenant.connect.and_then(|connect| connect.installation_id).as_deref(), forge);
        }
    })
    .await;
}

#[tokio::test]
async fn s56_an_uninstall_keeps_row_and_secret_and_makes_nothing_for_strangers() {
    each_engine(|store| async move {
        let id = install(&*store, "a", SITE, "s", 0).await.id;
        store.accept(&[delivery(id.0, "waiting", "x")]).await.expect("accepts");
        let erase = |tenant| vec![NewWork::wish(tenant, at(1000), Work::Erase)];
        assert!(store.uninstall("a", at(50), &erase).await.expect("uninstalls"));
        let tenant = store.tenant(id).await.expect("reads").expect("the row stays");
        assert_eq!(tenant.state, State::Uninstalled(at(50)));
        assert_eq!(secrets(&tenant, 50), ["s"]);
        let kinds: Vec<_> = store.rows(RowState::Queued, 9).await.expect("rows").into_iter().map(|r| r.kind).collect();
        assert_eq!(kinds, ["erase"], "nothing else of an uninstalled site waits");
        assert!(store.uninstall("a", at(60), &erase).await.expect("uninstalls again"));
        let tenant = store.tenant(id).await.expect("reads").expect("the row stays");
        assert_eq!(tenant.state, State::Uninstalled(at(50)), "the retention began with the first");
        assert!(!store.uninstall("stranger", at(60), &erase).await.expect("no error"));
        assert_eq!(store.tenants().await.expect("lists").len(), 1, "nothing is made for a stranger");
    })
    .await;
}

#[tokio::test]
async fn a_late_disabled_never_undoes_an_uninstall() {
    each_engine(|store| async move {
        let id = install(&*store, "a", SITE, "s", 0).await.id;
        store.uninstall("a", at(50), &none).await.expect("uninstalls");
        for (enabled, second) in [(false, 60), (true, 70), (false, 10)] {
            store.set_enabled(id, enabled, at(second)).await.expect("remembers");
            let state = store.tenant(id).await.expect("reads").expect("is there").state;
            assert_eq!(state, State::Uninstalled(at(50)));
        }
    })
    .await;
}

#[tokio::test]
async fn a_reinstall_after_an_uninstall_is_active_again_and_takes_the_erasure_back() {
    each_engine(|store| async move {
        let id = install(&*store, "a", SITE, "s", 0).await.id;
        let erase = |tenant| vec![NewWork::wish(tenant, at(1000), Work::Erase)];
        store.uninstall("a", at(50), &erase).await.expect("uninstalls");
        let chores = |tenant| vec![NewWork::wish(tenant, at(60), Work::Reconcile { again: false })];
        let again = store.install(&installation("a", SITE, "s2"), at(60), &chores).await.expect("installs");
        assert_eq!(again, id);
        assert!(store.tenant(id).await.expect("reads").expect("is there").is_active());
        let kinds: Vec<_> = store.rows(RowState::Queued, 9).await.expect("rows").into_iter().map(|r| r.kind).collect();
        assert_eq!(kinds, ["reconcile"]);
        assert_eq!(store.erase_tenant(id, 100).await, Err(StoreError::Rejected), "an active site is never erased");
    })
    .await;
}

#[tokio::test]
async fn the_same_base_url_under_a_new_client_key_freezes_the_old_tenant() {
    each_engine(|store| async move {
        let old = install(&*store, "old", SITE, "s1", 0).await.id;
        let new = install(&*store, "new", SITE, "s2", 40).await.id;
        assert_ne!(old, new);
        assert_eq!(store.tenant(old).await.expect("reads").expect("kept").state, State::Frozen(at(40)));
        assert!(store.tenant(new).await.expect("reads").expect("is there").is_active());
        install(&*store, "old", SITE, "s3", 90).await;
        assert_eq!(store.tenant(new).await.expect("reads").expect("kept").state, State::Frozen(at(90)));
    })
    .await;
}

#[tokio::test]
async fn chores_and_the_install_are_one_transaction() {
    each_engine(|store| async move {
        let broken = |tenant| vec![NewWork::delivery(tenant, "nul\0".to_owned(), at(0), locate("x"))];
        let refused = store.install(&installation("a", SITE, "s"), at(0), &broken).await;
        assert_eq!(refused, Err(StoreError::Rejected));
        assert!(store.tenants().await.expect("lists").is_empty(), "an install without its chores must not be there");
    })
    .await;
}

#[tokio::test]
async fn an_erasure_goes_in_slices_until_nothing_is_left() {
    each_engine(|store| async move {
        let id = install(&*store, "a", SITE, "s", 0).await.id;
        let other = install(&*store, "b", "https://two.atlassian.net/", "s", 0).await.id;
        store.uninstall("a", at(1), &none).await.expect("uninstalls");
        let rows: Vec<_> = (0..25).map(|n| delivery(id.0, &n.to_string(), "x")).collect();
        store.accept(&rows).await.expect("accepts");
        store.accept(&[delivery(other.0, "kept", "x")]).await.expect("accepts");
        let mut calls = 1;
        while !store.erase_tenant(id, 10).await.expect("erases") {
            calls += 1;
        }
        assert_eq!(calls, 3, "ten rows a call, and a last one for the rest");
        assert!(store.tenant(id).await.expect("reads").is_none());
        assert_eq!(store.depth(at(9)).await.expect("depth").queued, 1, "another site's rows stay");
        assert!(store.tenant(other).await.expect("reads").is_some());
    })
    .await;
}

#[tokio::test]
async fn the_marking_key_is_made_once_even_when_two_processes_race() {
    each_fresh(|fresh| async move {
        let other = invite_guard::store::open(&fresh.url, 4, keys()).await.expect("a second process opens");
        let (a, b) = tokio::join!(fresh.store.marking_key(), other.marking_key());
        let (a, b) = (a.expect("a key"), b.expect("a key"));
        assert_eq!(a.expose_secret(), b.expose_secret());
        assert_eq!(a.expose_secret().len(), 32);
        assert_eq!(fresh.store.marking_key().await.expect("a key").expose_secret(), a.expose_secret());
    })
    .await;
}

#[tokio::test]
async fn secrets_are_not_readable_at_rest_and_need_their_key() {
    each_fresh(|fresh| async move {
        let id = install(&*fresh.store, "a", SITE, "a-very-secret-word", 0).await.id;
        if fresh.engine == Engine::Sqlite {
            let file = invite_guard::store::sqlite_file(&fresh.url).expect("a file");
            for file in [file.clone(), file.with_extension("db-wal")] {
                let bytes = std::fs::read(&file).expect("the file");
                assert!(!bytes.windows(18).any(|w| w == b"a-very-secret-word"), "{} tells the secret", file.display());
            }
        }
        let stranger = Keyring::parse("other:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("a key");
        let locked = invite_guard::store::open(&fresh.url, 4, stranger).await.expect("opens");
        assert_eq!(locked.tenant(id).await.err(), Some(StoreError::Sealed));
    })
    .await;
}

#[tokio::test]
async fn resealing_moves_every_secret_to_the_newest_key() {
    each_fresh(|fresh| async move {
        install(&*fresh.store, "a", SITE, "old", 0).await;
        let id = install(&*fresh.store, "a", SITE, "new", 10).await.id;
        let mark = fresh.store.marking_key().await.expect("a key");
        let newest = "newest:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let url = &fresh.url;
        let open = |keys: String| async move {
            invite_guard::store::open(url, 4, Keyring::parse(&keys).expect("keys")).await.expect("opens")
        };
        let both = open(format!("{newest},{KEY}")).await;
        assert_eq!(both.reseal().await.expect("reseals"), 3, "secret, previous secret, marking key");
        assert_eq!(both.reseal().await.expect("reseals"), 0, "nothing is left to do");
        let only_new = open(newest.to_owned()).await;
        let tenant = only_new.tenant(id).await.expect("opens").expect("is there");
        assert_eq!(secrets(&tenant, 20), ["new", "old"]);
        assert_eq!(only_new.marking_key().await.expect("opens").expose_secret(), mark.expose_secret());
    })
    .await;
}

#[tokio::test]
async fn waiting_work_of_other_sites_survives_an_uninstall() {
    each_engine(|store| async move {
        let id = install(&*store, "a", SITE, "s", 0).await.id;
        store.accept(&[wish(id.0 + 1, Work::ReadAudit)]).await.expect("accepts");
        store.uninstall("a", at(1), &none).await.expect("uninstalls");
        let claims =
            store.claim(9, Class::Hint, TenantId(0), at(1), SignedDuration::from_secs(60)).await.expect("claims");
        assert_eq!(claims.len(), 1);
    })
    .await;
}
