//! The handshake, the key server, renames and data imports.

use invite_guard_sandbox::{InstallError, KeyServerMood, qsh};
use serde_json::{Value, json};

use crate::app::{Bench, FakeApp};

fn claims_of(authorization: &str) -> (Value, Value) {
    let token = authorization.strip_prefix("JWT ").expect("the scheme JWT");
    let header = jsonwebtoken::decode_header(token).expect("a token");
    let claims = jsonwebtoken::dangerous::insecure_decode_claims(token).expect("claims");
    (json!({"alg": format!("{:?}", header.alg), "kid": header.kid}), claims)
}

#[tokio::test]
async fn installing_sends_a_signed_installed_and_then_enabled() {
    let bench = Bench::new().await;
    let got = bench.app.got();
    assert_eq!(got.iter().map(|got| got.path.as_str()).collect::<Vec<_>>(), ["/installed", "/enabled"]);

    let (header, claims) = claims_of(got[0].header("authorization").expect("a token"));
    assert_eq!(header, json!({"alg": "RS256", "kid": bench.site.key_id()}));
    assert_eq!(claims["iss"], bench.site.client_key());
    assert_eq!(claims["aud"], json!([bench.app.base_url]));
    assert_eq!(claims["qsh"], qsh("POST", "/installed", ""));
    assert_eq!(got[0].body["sharedSecret"], bench.site.shared_secret());
    assert_eq!(got[0].body["baseUrl"], bench.site.base_url());

    let (header, claims) = claims_of(got[1].header("authorization").expect("a token"));
    assert_eq!(header, json!({"alg": "HS256", "kid": null}));
    assert_eq!(claims["qsh"], qsh("POST", "/enabled", ""));
    assert_eq!(got[1].body["sharedSecret"], Value::Null, "only installed carries the secret");
}

#[tokio::test]
async fn the_published_key_verifies_the_install_and_a_foreign_one_does_not() {
    let bench = Bench::new().await;
    let url = format!("{}/{}", bench.site.keys_url(), bench.site.key_id());
    let token = bench.app.got()[0].header("authorization").expect("a token")[4..].to_owned();
    let verify = |pem: String| {
        let key = jsonwebtoken::DecodingKey::from_rsa_pem(pem.as_bytes()).expect("a public key");
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Value>(&token, &key, &validation).is_ok()
    };
    let pem = reqwest::get(&url).await.expect("the key server answers").text().await.expect("text");
    assert!(verify(pem), "the published key must verify");

    bench.site.set_key_server(KeyServerMood::Lies);
    let pem = reqwest::get(&url).await.expect("the key server answers").text().await.expect("text");
    assert!(!verify(pem), "a lying key server hands out another key");

    bench.site.set_key_server(KeyServerMood::Well);
    let other = reqwest::get(format!("{}/unknown", bench.site.keys_url())).await.expect("an answer");
    assert_eq!(other.status(), 404);
    bench.site.set_key_server(KeyServerMood::Status(503));
    assert_eq!(reqwest::get(&url).await.expect("an answer").status(), 503);
    assert_eq!(bench.site.keys_fetched().len(), 4);
}

#[tokio::test]
async fn one_key_server_knows_the_keys_of_all_sites() {
    let (one, other) = (Bench::new().await, Bench::new().await);
    assert_ne!(one.site.key_id(), other.site.key_id());
    let answer = reqwest::get(format!("{}/{}", one.site.keys_url(), other.site.key_id())).await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_faulty_descriptor_is_refused_with_every_reason() {
    let bench = Bench::new().await;
    let app = FakeApp::start().await;
    let mut descriptor = app.descriptor();
    descriptor["key"] = json!("not a key");
    descriptor["baseUrl"] = json!("http://127.0.0.1:1");
    descriptor["apiMigrations"] = json!({});
    descriptor["scopes"] = json!(["READ", "EVERYTHING"]);
    descriptor["modules"]["webhooks"][0] = json!({"event": "customer_invited", "url": "https://elsewhere.example/x"});
    app.describe(descriptor);
    match bench.site.install(&app.base_url).await {
        Err(InstallError::Descriptor(reasons)) => assert_eq!(reasons.len(), 6, "{reasons:?}"),
        other => panic!("the descriptor must be refused, not {other:?}"),
    }
    assert!(app.got().is_empty(), "no secret may be sent for a refused descriptor");
}

#[tokio::test]
async fn a_refused_install_changes_nothing() {
    let bench = Bench::new().await;
    let secret = bench.site.shared_secret();
    bench.app.answer(&[500]);
    let refused = InstallError::Refused { event: "installed".to_owned(), status: 500 };
    assert_eq!(bench.site.reinstall().await, Err(refused));
    assert_eq!(bench.site.shared_secret(), secret);
    bench.site.reinstall().await.expect("the app takes it now");
    assert_ne!(bench.site.shared_secret(), secret);
}

#[tokio::test]
async fn a_renamed_site_tells_the_new_address_without_enabled() {
    let bench = Bench::new().await;
    let (old, key, secret) = (bench.site.base_url(), bench.site.client_key(), bench.site.shared_secret());
    let new = bench.site.rename().await.expect("a rename");
    assert_ne!(old, new);
    assert_eq!(bench.site.client_key(), key);
    assert_ne!(bench.site.shared_secret(), secret);
    let got = bench.app.got();
    assert_eq!(got.last().expect("a call").path, "/installed");
    assert_eq!(got.last().expect("a call").body["baseUrl"], new);
    assert_eq!(bench.app.got_at("/enabled").len(), 1);

    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = client.get(format!("{old}/rest/api/3/myself")).send().await.expect("an answer");
    assert_eq!(answer.status(), 302, "the old address only points to the new one");
    assert_eq!(bench.get("/rest/api/3/myself").await.status, 200);
}

#[tokio::test]
async fn a_data_import_makes_a_new_tenant_on_the_old_address() {
    let bench = Bench::new().await;
    let (base, key) = (bench.site.base_url(), bench.site.client_key());
    let new = bench.site.new_client_key().await.expect("an install");
    assert_ne!(new, key);
    assert_eq!(bench.site.base_url(), base);
    assert!(bench.app.got_at("/uninstalled").is_empty(), "the old tenant hears nothing");
    assert_eq!(bench.app.got_at("/installed").last().expect("a call").body["clientKey"], new);
}

#[tokio::test]
async fn uninstalling_sends_disabled_and_a_signed_uninstalled_and_ends_the_token() {
    let bench = Bench::new().await;
    let secret = bench.site.shared_secret();
    bench.site.uninstall().await.expect("the app takes it");
    let paths: Vec<String> = bench.app.got().into_iter().map(|got| got.path).collect();
    assert_eq!(paths[2..], ["/disabled", "/uninstalled"]);
    let (header, _) = claims_of(bench.app.got()[3].header("authorization").expect("a token"));
    assert_eq!(header["alg"], "RS256");
    let target = "/rest/api/3/myself";
    let token = invite_guard_sandbox::sign_hs256(&bench.claims("GET", target), &secret);
    assert_eq!(bench.send("GET", target, Some(token), None).await.status, 401);
}
