//! The second door of a site: opened, linked to the first, closed; the token that it brings.
//! Knows no claims.

use super::engines::{Engine, discard, each_engine, empty, keys};
use super::given::{at, delivery, installation, wish};
use invite_guard::domain::TenantId;
use invite_guard::domain::tenant::{ForgeInstallation, State, SystemToken, Tenant};
use invite_guard::domain::work::{Class, End, NewWork, TOKEN_ENDED, Work};
use invite_guard::store::{RowState, Store, open};
use jiff::SignedDuration;
use secrecy::ExposeSecret;

const SITE: &str = "https://one.atlassian.net/";

fn none(_: TenantId) -> Vec<NewWork> {
    Vec::new()
}

fn told(installation_id: &str, cloud_id: &str) -> ForgeInstallation {
    ForgeInstallation {
        installation_id: installation_id.to_owned(),
        cloud_id: cloud_id.to_owned(),
        api_base_url: format!("https://api.atlassian.com/ex/jira/{cloud_id}").parse().expect("a URL"),
        base_url: SITE.parse().expect("a URL"),
        license_active: None,
    }
}

async fn opened(store: &dyn Store, told: &ForgeInstallation, second: i64) -> Tenant {
    let chores = |tenant: TenantId| vec![wish(tenant.0, Work::ReadAudit)];
    let id = store.open_forge(told, at(second), &chores).await.expect("opens");
    store.tenant(id).await.expect("reads").expect("is there")
}

fn token(text: &str, until: i64) -> SystemToken {
    SystemToken { token: text.into(), expires_at: at(until) }
}

fn kept(tenant: &Tenant) -> Option<&str> {
    tenant.forge.as_ref()?.token.as_ref().map(|token| token.token.expose_secret())
}

async fn waiting(store: &dyn Store) -> usize {
    store.rows(RowState::Queued, 100).await.expect("rows").len()
}

#[tokio::test]
async fn a_first_invocation_makes_the_site_once() {
    each_engine(|store| async move {
        let first = opened(&*store, &told("i-1", "cloud-1"), 5).await;
        assert_eq!((first.state, first.installed_at, first.base_url.as_str()), (State::Active, at(5), SITE));
        assert_eq!(first.cloud_id.as_deref(), Some("cloud-1"));
        assert!(first.connect.is_none(), "nobody came by Connect");
        assert_eq!(waiting(&*store).await, 1, "the first look is queued");
        let licensed = ForgeInstallation { license_active: Some(true), ..told("i-1", "cloud-1") };
        let again = opened(&*store, &licensed, 50).await;
        assert_eq!((again.id, again.installed_at, waiting(&*store).await), (first.id, at(5), 1), "once");
        assert_eq!(again.forge.and_then(|forge| forge.license_active), Some(true));
        let found = store.tenant_by_installation("i-1").await.expect("reads").map(|tenant| tenant.id);
        assert_eq!(found, Some(first.id));
        for stranger in ["i-2", "", "nul\0"] {
            assert!(store.tenant_by_installation(stranger).await.expect("reads").is_none(), "{stranger:?}");
        }
        let other = ForgeInstallation {
            base_url: "https://two.atlassian.net".parse().expect("a URL"),
            ..told("i-2", "cloud-2")
        };
        assert_ne!(opened(&*store, &other, 60).await.id, first.id, "another site");
    })
    .await;
}

#[tokio::test]
async fn a_site_known_by_connect_stays_one_site() {
    each_engine(|store| async move {
        for (number, link) in ["installation id", "cloud id", "address"].into_iter().enumerate() {
            let mut given = installation(&format!("key-{number}"), SITE, "s");
            given.base_url = format!("https://site-{number}.atlassian.net/").parse().expect("a URL");
            let mut forge = told(&format!("i-{number}"), &format!("cloud-{number}"));
            match link {
                "installation id" => given.installation_id = Some(forge.installation_id.clone()),
                "cloud id" => given.cloud_id = Some(forge.cloud_id.clone()),
                _ => {}
            }
            // Only the address leads there in the last case; in the others the site has been renamed meanwhile.
            forge.base_url = match link {
                "address" => given.base_url.clone(),
                _ => format!("https://renamed-{number}.atlassian.net/").parse().expect("a URL"),
            };
            let before = store.install(&given, at(0), &none).await.expect("installs");
            let after = opened(&*store, &forge, 100).await;
            assert_eq!(after.id, before, "linked by the {link}");
            assert_eq!((after.installed_at, after.base_url), (at(0), forge.base_url), "nothing begins anew");
            assert!(after.connect.is_some(), "both doors are open");
        }
        assert_eq!(waiting(&*store).await, 0, "a site that moves needs no first look");
    })
    .await;
}

#[tokio::test]
async fn connect_finds_a_site_that_came_by_forge() {
    each_engine(|store| async move {
        let forge = opened(&*store, &told("i-1", "cloud-1"), 0).await;
        let id = store.install(&installation("key", SITE, "s"), at(10), &none).await.expect("installs");
        assert_eq!(id, forge.id, "by its address");
        let both = store.tenant_by_client_key("key").await.expect("reads").expect("is there");
        assert!(both.forge.is_some() && both.connect.is_some() && both.is_active());
        assert_eq!(store.tenants().await.expect("lists").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_last_door_to_close_ends_the_site_and_the_first_to_open_brings_it_back() {
    each_engine(|store| async move {
        let id = store.install(&installation("key", SITE, "s"), at(0), &none).await.expect("installs");
        opened(&*store, &told("i-1", "cloud-1"), 10).await;
        store.accept(&[delivery(id.0, "waiting", "x")]).await.expect("accepts");
        let erase = |tenant| vec![NewWork::wish(tenant, at(1000), Work::Erase)];
        assert!(store.uninstall("key", at(20), &erase).await.expect("uninstalls"));
        let retired = store.tenant(id).await.expect("reads").expect("is there");
        assert!(retired.is_active() && retired.connect.is_none(), "only Connect has gone: {retired:?}");
        assert_eq!(waiting(&*store).await, 1, "what waits goes on, and nothing is to be erased");
        assert!(store.close_forge("i-1", at(30), &erase).await.expect("closes"));
        let gone = store.tenant(id).await.expect("reads").expect("the row stays");
        assert_eq!((gone.state, gone.forge.is_none()), (State::Uninstalled(at(30)), true));
        assert!(store.was_closed("i-1").await.expect("reads") && !store.was_closed("i-2").await.expect("reads"));
        let kinds: Vec<_> = store.rows(RowState::Queued, 9).await.expect("rows").into_iter().map(|r| r.kind).collect();
        assert_eq!(kinds, ["erase"]);
        assert!(!store.close_forge("i-1", at(31), &erase).await.expect("answers"), "it is closed");
        let back = opened(&*store, &told("i-2", "cloud-1"), 40).await;
        assert_eq!((back.id, back.state, back.installed_at), (id, State::Active, at(40)), "the same site, seeded anew");
        let kinds: Vec<_> = store.rows(RowState::Queued, 9).await.expect("rows").into_iter().map(|r| r.kind).collect();
        assert!(!kinds.contains(&"erase".to_owned()), "{kinds:?}");
        assert!(!store.was_closed("i-1").await.expect("reads"), "another installation followed it");
    })
    .await;
}

#[tokio::test]
async fn a_site_that_gives_forge_up_goes_on_by_connect() {
    each_engine(|store| async move {
        let id = store.install(&installation("key", SITE, "s"), at(0), &none).await.expect("installs");
        opened(&*store, &told("i-1", "cloud-1"), 10).await;
        store.accept(&[delivery(id.0, "waiting", "x")]).await.expect("accepts");
        assert!(store.close_forge("i-1", at(30), &|_| panic!("nothing is to be erased")).await.expect("closes"));
        let tenant = store.tenant(id).await.expect("reads").expect("is there");
        assert!(tenant.is_active() && tenant.connect.is_some() && tenant.forge.is_none());
        assert_eq!(waiting(&*store).await, 1);
    })
    .await;
}

/// An address may be given to another site once the first is gone.
#[tokio::test]
async fn the_same_address_with_another_cloud_id_is_another_site() {
    each_engine(|store| async move {
        let first = opened(&*store, &told("i-1", "cloud-1"), 0).await;
        let second = opened(&*store, &told("i-2", "cloud-2"), 10).await;
        assert_ne!(second.id, first.id, "nothing of the one is the other's");
        assert_eq!(second.state, State::Active);
        let before = store.tenant(first.id).await.expect("reads").expect("kept");
        assert!(!before.is_active(), "an address belongs to one active site");
        let mut given = installation("key", SITE, "s");
        given.cloud_id = Some("cloud-3".to_owned());
        let third = store.install(&given, at(20), &none).await.expect("installs");
        assert!(third != first.id && third != second.id, "nor by Connect");
    })
    .await;
}

#[tokio::test]
async fn data_imported_into_a_site_takes_the_second_door_along() {
    each_engine(|store| async move {
        let before = store.install(&installation("old", SITE, "s"), at(0), &none).await.expect("installs");
        opened(&*store, &told("i-1", "cloud-1"), 10).await;
        let after = store.install(&installation("new", SITE, "s"), at(20), &none).await.expect("installs");
        assert_ne!(before, after, "other people, other ids");
        let by_forge = store.tenant_by_installation("i-1").await.expect("reads").expect("open");
        assert_eq!((by_forge.id, by_forge.state), (after, State::Active));
        let frozen = store.tenant(before).await.expect("reads").expect("is there");
        assert!(frozen.forge.is_none() && !frozen.is_active());
    })
    .await;
}

#[tokio::test]
async fn the_token_that_lives_longest_is_kept_sealed_and_wakes_what_waits_for_it() {
    each_engine(|store| async move {
        let tenant = store.open_forge(&told("i-1", "cloud-1"), at(0), &none).await.expect("opens");
        store.accept(&[delivery(tenant.0, "a", "x"), delivery(tenant.0, "b", "y")]).await.expect("accepts");
        for why in [TOKEN_ENDED, "throttled"] {
            let lease = SignedDuration::from_mins(1);
            let claims = store.claim(1, Class::Hint, TenantId(0), at(1), lease).await.expect("claims");
            store.settle(&claims[0], &End::Defer { until: at(300), why }, &[], at(2)).await.expect("settles");
        }
        assert!(store.keep_token(tenant, "i-1", &token("one", 900), at(10)).await.expect("keeps"));
        let due: Vec<_> = store.rows(RowState::Queued, 9).await.expect("rows").iter().map(|row| row.run_at).collect();
        assert!(due.contains(&at(10)) && due.contains(&at(300)), "only what waited for a token is due: {due:?}");
        for (offered, until, installation, expected) in
            [("older", 800, "i-1", "one"), ("strange", 9000, "i-2", "one"), ("newer", 1000, "i-1", "newer")]
        {
            let took = store.keep_token(tenant, installation, &token(offered, until), at(11)).await.expect("answers");
            assert_eq!(took, offered == expected, "{offered}");
            let now = store.tenant(tenant).await.expect("reads").expect("is there");
            assert_eq!(kept(&now), Some(expected));
        }
        assert_eq!(store.tokens(at(999)).await, Ok((1, 0)), "one door, and its token lives");
        assert_eq!(store.tokens(at(1000)).await, Ok((0, 1)), "and now it has ended");
        opened(&*store, &told("i-2", "cloud-1"), 20).await;
        let renewed = store.tenant(tenant).await.expect("reads").expect("is there");
        assert_eq!(kept(&renewed), None, "another installation's token is another's");
    })
    .await;
}

#[tokio::test]
async fn an_erased_site_leaves_no_door_behind() {
    each_engine(|store| async move {
        let id = store.open_forge(&told("i-1", "cloud-1"), at(0), &none).await.expect("opens");
        store.close_forge("i-1", at(1), &none).await.expect("closes");
        while !store.erase_tenant(id, 100).await.expect("erases") {}
        assert!(!store.was_closed("i-1").await.expect("reads") && store.tenants().await.expect("lists").is_empty());
        let back = store.open_forge(&told("i-1", "cloud-1"), at(2), &none).await.expect("opens");
        assert_ne!(back, id, "a new site");
    })
    .await;
}

const TWO_SITES: &str = "INSERT INTO tenant (client_key, app_key, base_url, secret, state, state_since, installed_at, changed_at) \
     VALUES ('a', 'k', 'https://a.atlassian.net/', '', 'uninstalled', 1, 1, 1), \
     ('b', 'k', 'https://b.atlassian.net/', '', 'uninstalled', 2, 2, 2)";

/// Tables as the release before had them, with a site that has gone: its id must not come again.
#[tokio::test]
async fn sites_of_an_earlier_version_keep_their_ids() {
    for engine in Engine::available() {
        let (url, _folder) = empty(engine).await;
        let kind = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations").join(kind);
        let all = sqlx::migrate::Migrator::new(folder).await.expect("migrations can be read");
        run(engine, &url, &all).await;
        let store = open(&url, 2, keys()).await.expect("opens and migrates");
        let id = store.install(&installation("c", SITE, "s"), at(0), &none).await.expect("installs");
        assert_eq!(id, TenantId(3), "{engine:?}: 2 was somebody's");
        drop(store);
        discard(engine, &url).await;
    }
}

async fn run(engine: Engine, url: &str, all: &sqlx::migrate::Migrator) {
    const STATEMENTS: [&str; 2] = [TWO_SITES, "DELETE FROM tenant WHERE client_key = 'b'"];
    use sqlx::{Connection as _, Executor as _};
    match engine {
        Engine::Sqlite => {
            let file = invite_guard::store::sqlite_file(url).expect("a file");
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            let options: sqlx::sqlite::SqliteConnectOptions = url.parse().expect("a URL");
            let mut connection =
                sqlx::SqliteConnection::connect_with(&options.create_if_missing(true)).await.expect("connects");
            all.run_direct(Some(9), &mut connection, false).await.expect("migrates");
            for statement in STATEMENTS {
                connection.execute(statement).await.expect("runs");
            }
            connection.close().await.expect("closes");
        }
        Engine::Postgres => {
            let mut connection = sqlx::PgConnection::connect(url).await.expect("connects");
            all.run_direct(Some(9), &mut connection, false).await.expect("migrates");
            for statement in STATEMENTS {
                connection.execute(statement).await.expect("runs");
            }
            connection.close().await.expect("closes");
        }
    }
}
