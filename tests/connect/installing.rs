//! Lifecycle: who may install, what is stored, and that nothing is stored otherwise.
//! Knows no webhook; numbers are those of connect-acceptance.

use super::bench::{Bench, Bent};
use invite_guard::domain::tenant::{Connect, State, Tenant};
use invite_guard_sandbox::{Answer, SignedRequest};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// A lifecycle call as the sandbox signs it, to be bent: its body as JSON, its claims, its key.
pub(super) struct Bendable {
    pub(super) body: Value,
    pub(super) claims: Value,
    request: SignedRequest,
}

impl Bendable {
    pub(super) fn of(bench: &Bench, event: &str) -> Self {
        let request = bench.site.lifecycle_request(event);
        let body = serde_json::from_str(&request.body).expect("a lifecycle body is JSON");
        let path = request.url.rsplit("/connect/").next().expect("a declared path");
        let base_path = reqwest::Url::parse(&bench.base_url).expect("a URL").path().trim_end_matches('/').to_owned();
        let mut claims = bench.site.claims("POST", &format!("{base_path}/connect/{path}"));
        claims["aud"] = json!([bench.base_url]);
        Self { body, claims, request }
    }

    pub(super) fn with_token(mut self, token: &str) -> SignedRequest {
        self.request.header("Authorization", &format!("JWT {token}"));
        self.request.body = self.body.to_string();
        self.request
    }

    pub(super) fn signed(self, bench: &Bench) -> SignedRequest {
        let token = bench.site.sign_rs256(&self.claims, &bench.site.key_id());
        self.with_token(&token)
    }
}

pub(super) async fn sent(request: SignedRequest) -> Answer {
    request.send().await.expect("the app answers")
}

fn connect(tenant: &Tenant) -> &Connect {
    tenant.connect.as_ref().expect("installed by Connect")
}

async fn secret_in_force(bench: &Bench) -> String {
    connect(&bench.installed_tenant().await).shared_secret.expose_secret().to_owned()
}

#[tokio::test]
async fn l01_l02_l55_a_first_install_signed_by_the_published_key_is_stored_whole() {
    let bench = Bench::new().await;
    let tenant = bench.installed_tenant().await;
    assert_eq!(tenant.state, State::Active);
    assert_eq!(connect(&tenant).client_key, bench.site.client_key());
    assert_eq!(connect(&tenant).shared_secret.expose_secret(), bench.site.shared_secret());
    assert_eq!(tenant.base_url.as_str().trim_end_matches('/'), bench.site.base_url());
    let rows = bench.store.rows(invite_guard::store::RowState::Queued, 10).await.expect("the store answers");
    let kinds: Vec<_> = rows.iter().map(|row| row.kind.as_str()).collect();
    assert!(kinds.contains(&"reconcile") && kinds.contains(&"read_audit"), "the first look is queued: {kinds:?}");
}

#[tokio::test]
async fn l03_other_client_key_in_body_is_refused() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "installed");
    call.body["clientKey"] = json!("somebody-else");
    assert_eq!(sent(call.signed(&bench)).await.status, 401);
    let stored = bench.store.tenant_by_client_key("somebody-else").await.expect("the store answers");
    assert!(stored.is_none(), "nothing may be stored for a refused install");
}

#[tokio::test]
async fn l04_l55_a_call_without_a_token_is_refused() {
    let bench = Bench::new().await;
    for event in ["installed", "uninstalled"] {
        let mut request = bench.site.lifecycle_request(event);
        request.without("Authorization");
        assert_eq!(sent(request).await.status, 401, "{event}");
    }
    assert_eq!(secret_in_force(&bench).await, bench.site.shared_secret());
    assert_eq!(bench.installed_tenant().await.state, State::Active);
}

#[tokio::test]
async fn l05_an_install_signed_the_old_way_is_refused() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "installed");
    call.body["sharedSecret"] = json!("TEST-ONLY-new-secret-000000000000000000000000");
    let token = bench.site.sign_hs256(&call.claims, &bench.site.shared_secret());
    assert_eq!(sent(call.with_token(&token)).await.status, 401);
    assert_eq!(secret_in_force(&bench).await, bench.site.shared_secret());
    assert_eq!(bench.site.keys_fetched().len(), 1, "another algorithm costs no key fetch");
}

#[tokio::test]
async fn l06_a_reinstall_puts_the_new_secret_in_force_and_honours_the_old_one_for_five_minutes() {
    let bench = Bench::new().await;
    let old = bench.user_created("qm:a:old");
    bench.site.reinstall().await.expect("a reinstall is taken");
    assert_eq!(secret_in_force(&bench).await, bench.site.shared_secret());
    assert_eq!(sent(bench.user_created("qm:a:new")).await.status, 204);
    assert_eq!(sent(old.clone()).await.status, 204, "a token signed with the secret before may be in flight");
    bench.clock.forward(SignedDuration::from_mins(5));
    assert_eq!(sent(old).await.status, 401, "not for ever");
}

#[tokio::test]
async fn l07_a_reinstall_signed_with_another_key_is_refused_and_the_old_secret_stays() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "installed");
    call.body["sharedSecret"] = json!("TEST-ONLY-new-secret-000000000000000000000000");
    let token = bench.site.sign_rs256_with_foreign_key(&call.claims, &bench.site.key_id());
    assert_eq!(sent(call.with_token(&token)).await.status, 401);
    assert_eq!(secret_in_force(&bench).await, bench.site.shared_secret());
}

#[tokio::test]
async fn l08_the_audience_must_be_our_public_url() {
    let bench = Bench::new().await;
    let ours = bench.base_url.clone();
    for (audience, status) in [
        (json!(["https://other.example"]), 401),
        (Value::Null, 401),
        (json!(["https://other.example", ours]), 401),
        (json!([format!("{ours}/")]), 204),
        (json!(ours), 204),
    ] {
        let mut call = Bendable::of(&bench, "installed");
        call.claims["aud"] = audience.clone();
        assert_eq!(sent(call.signed(&bench)).await.status, status, "{audience}");
    }
}

#[tokio::test]
async fn l12_base_url_and_client_key_must_be_there_and_the_host_allowed() {
    let bench = Bench::new().await;
    let fetched = bench.site.keys_fetched().len();
    for (field, value) in [
        ("baseUrl", Value::Null),
        ("baseUrl", json!("https://evil.example")),
        ("baseUrl", json!("http://acme.atlassian.net")),
        ("baseUrl", json!("https://a.b.atlassian.net")),
        ("baseUrl", json!("http://127.0.0.1:1")),
        ("baseUrl", json!("http://169.254.169.254")),
        ("baseUrl", json!("https://10.0.0.1")),
        ("baseUrl", json!("https://acme.atlassian.net@evil.example")),
        ("baseUrl", json!("https://acme.atlassian.net/../../x")),
        ("clientKey", Value::Null),
        ("clientKey", json!("")),
    ] {
        let mut call = Bendable::of(&bench, "installed");
        call.body["sharedSecret"] = json!("TEST-ONLY-new-secret-000000000000000000000000");
        call.body[field] = value.clone();
        assert_eq!(sent(call.signed(&bench)).await.status, 401, "{field} = {value}");
    }
    let after = bench.store.tenants().await.expect("the store answers");
    assert_eq!(after.len(), 1, "nothing may be stored");
    assert_eq!(after[0].base_url.as_str().trim_end_matches('/'), bench.site.base_url());
    assert_eq!(secret_in_force(&bench).await, bench.site.shared_secret());
    assert_eq!(bench.site.keys_fetched().len(), fetched, "no key is fetched for a host that may not install");
}

#[tokio::test]
async fn l57_an_install_that_is_not_one_is_400() {
    let bench = Bench::new().await;
    for (field, value) in [
        ("key", json!("com.example.other")),
        ("key", Value::Null),
        ("eventType", json!("uninstalled")),
        ("eventType", Value::Null),
        ("sharedSecret", Value::Null),
        ("sharedSecret", json!("")),
        ("sharedSecret", json!("TEST-ONLY with a \u{0} byte, which no store takes")),
    ] {
        let mut call = Bendable::of(&bench, "installed");
        call.body["sharedSecret"] = json!("TEST-ONLY-new-secret-000000000000000000000000");
        call.body[field] = value.clone();
        assert_eq!(sent(call.signed(&bench)).await.status, 400, "{field} = {value}");
    }
    assert_eq!(secret_in_force(&bench).await, bench.site.shared_secret());
}

#[tokio::test]
async fn an_install_with_a_secret_too_short_to_sign_with_is_400_and_stores_nothing() {
    let bench = Bench::new().await;
    for (client_key, length, status) in [("short-secret", 31, 400), ("just-long-enough", 32, 204)] {
        let mut call = Bendable::of(&bench, "installed");
        call.body["clientKey"] = json!(client_key);
        call.body["sharedSecret"] = json!("s".repeat(length));
        call.claims["iss"] = json!(client_key);
        let unsigned = call.body.clone();
        let answer = sent(call.signed(&bench)).await;
        assert_eq!(answer.status, status, "{length} bytes: {}", answer.body);
        let stored = bench.store.tenant_by_client_key(client_key).await.expect("the store answers");
        assert_eq!(stored.is_some(), status == 204, "{length} bytes: stored or not");
        if status == 400 {
            assert!(answer.body.contains("sharedSecret"), "says which field it is: {}", answer.body);
            assert_eq!(bench.installed_tenant().await.state, State::Active, "the site's own tenant is left alone");
            let mut stranger = Bendable::of(&bench, "installed");
            stranger.body = unsigned;
            let token = bench.site.sign_rs256_with_foreign_key(&stranger.claims, &bench.site.key_id());
            assert_eq!(sent(stranger.with_token(&token)).await.status, 401, "a stranger learns nothing about bodies");
        }
    }
}

#[tokio::test]
async fn l57_j17_a_signed_call_without_a_readable_body_is_400() {
    let bench = Bench::new().await;
    for (event, body) in
        [("installed", ""), ("installed", "no JSON"), ("installed", "[1,2]"), ("uninstalled", ""), ("uninstalled", "{")]
    {
        let mut request = Bendable::of(&bench, event).signed(&bench);
        request.body = body.to_owned();
        assert_eq!(sent(request.clone()).await.status, 400, "{event} with {body:?}");
        request.without("Authorization");
        assert_eq!(sent(request).await.status, 401, "{event} with {body:?}: a stranger learns nothing about bodies");
    }
    assert_eq!(bench.installed_tenant().await.state, State::Active);
}

#[tokio::test]
async fn l57_an_uninstall_with_the_others_event_is_400() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "uninstalled");
    call.body["eventType"] = json!("installed");
    assert_eq!(sent(call.signed(&bench)).await.status, 400);
    assert_eq!(bench.installed_tenant().await.state, State::Active);
}

#[tokio::test]
async fn l56_an_uninstall_keeps_the_row_and_a_late_disabled_does_not_undo_it() {
    let bench = Bench::new().await;
    let disabled = bench.site.lifecycle_request("disabled");
    let uninstalled = bench.site.lifecycle_request("uninstalled");
    assert_eq!(sent(uninstalled.clone()).await.status, 204);
    assert!(matches!(bench.installed_tenant().await.state, State::Uninstalled(_)));
    assert_eq!(sent(disabled).await.status, 401, "no token of an uninstalled tenant is valid");
    assert!(matches!(bench.installed_tenant().await.state, State::Uninstalled(_)));
    assert_eq!(sent(uninstalled).await.status, 204, "saying it twice is fine");
    let kinds: Vec<_> = bench.queued().await.into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["erase"], "all that is left to do is to erase");
}

#[tokio::test]
async fn l56_disabled_and_uninstalled_at_the_same_moment_leave_the_tenant_uninstalled() {
    let bench = Bench::new().await;
    let (disabled, uninstalled) =
        (bench.site.lifecycle_request("disabled"), bench.site.lifecycle_request("uninstalled"));
    let (disabled, uninstalled) = tokio::join!(sent(disabled), sent(uninstalled));
    assert!(matches!(disabled.status, 204 | 401), "{}", disabled.status);
    assert_eq!(uninstalled.status, 204);
    assert!(matches!(bench.installed_tenant().await.state, State::Uninstalled(_)));
}

#[tokio::test]
async fn l56_an_uninstall_of_an_unknown_tenant_is_204_and_makes_nothing() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "uninstalled");
    call.body["clientKey"] = json!("never-seen");
    call.claims["iss"] = json!("never-seen");
    assert_eq!(sent(call.signed(&bench)).await.status, 204);
    assert_eq!(bench.store.tenants().await.expect("the store answers").len(), 1);
}

#[tokio::test]
async fn l56_an_uninstall_by_another_tenant_is_refused() {
    let bench = Bench::new().await;
    let mut call = Bendable::of(&bench, "uninstalled");
    call.claims["iss"] = json!("another-site");
    assert_eq!(sent(call.signed(&bench)).await.status, 401);
    assert_eq!(bench.installed_tenant().await.state, State::Active);
}

#[tokio::test]
async fn an_install_after_an_uninstall_is_active_again() {
    let bench = Bench::new().await;
    let first = bench.installed_tenant().await.id;
    let base_url = bench.base_url.clone();
    bench.site.uninstall().await.expect("the uninstall is taken");
    bench.site.install(&base_url).await.expect("the install is taken");
    let tenant = bench.installed_tenant().await;
    assert_eq!((tenant.id, tenant.state), (first, State::Active));
    assert_eq!(sent(bench.user_created("qm:a:b")).await.status, 204);
}

#[tokio::test]
async fn a_data_import_freezes_the_old_tenant() {
    let bench = Bench::new().await;
    let old = bench.site.client_key();
    let webhook = bench.user_created("qm:a:b");
    bench.site.new_client_key().await.expect("the new install is taken");
    let frozen = bench.store.tenant_by_client_key(&old).await.expect("the store answers").expect("it is kept");
    assert!(matches!(frozen.state, State::Frozen(_)));
    assert_eq!(sent(webhook).await.status, 401, "a frozen tenant's tokens are worth nothing");
    assert_eq!(bench.installed_tenant().await.state, State::Active);
}

#[tokio::test]
async fn optional_fields_may_be_there_or_not() {
    let bench = Bench::new().await;
    let fixtures = include_str!("fixtures/connect-lifecycle.json");
    let fixtures: Value = serde_json::from_str(fixtures).expect("the fixture is JSON");
    let installs = fixtures["variants"].as_array().expect("a list").iter().map(|one| &one["body"]);
    for body in installs.filter(|body| body["eventType"] == "installed") {
        let mut call = Bendable::of(&bench, "installed");
        let mut told = body.clone();
        told["key"] = json!("invite-guard");
        call.claims["iss"] = told["clientKey"].clone();
        call.body = told;
        assert_eq!(sent(call.signed(&bench)).await.status, 204, "{body}");
        let key = body["clientKey"].as_str().expect("a text");
        let tenant = bench.store.tenant_by_client_key(key).await.expect("the store answers").expect("it is stored");
        assert_eq!(connect(&tenant).installation_id.as_deref(), body["installationId"].as_str());
        assert_eq!(tenant.display_url.is_some(), body["displayUrl"].is_string());
    }
}

#[tokio::test]
async fn with_a_path_in_the_public_url_everything_arrives_below_it() {
    let bench = Bench::bent(Bent { base_path: "/guard", ..Bent::default() }).await;
    assert_eq!(sent(bench.user_created("qm:a:b")).await.status, 204);
    let root = bench.base_url.trim_end_matches("/guard").to_owned();
    for outside in ["/connect/installed", "/guardian/connect/installed", "/atlassian-connect.json"] {
        let answer = bench.client.get(format!("{root}{outside}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 404, "{outside} lies outside of the public URL");
    }
    let probe = bench.client.get(format!("{root}/healthz")).send().await.expect("an answer");
    assert_eq!(probe.status(), 200, "a load balancer asks without the prefix");
}

#[tokio::test]
async fn a_failing_store_is_503_and_the_install_can_be_sent_again() {
    let bench = Bench::new().await;
    let call = Bendable::of(&bench, "installed").signed(&bench);
    bench.opened.close().await;
    let answer = sent(call).await;
    assert_eq!(answer.status, 503);
    assert!(answer.headers.iter().any(|(name, _)| name == "retry-after"), "when to come again must be told");
}
