//! Where a token may stand, and which tokens count, on the webhook door and the API.
//! Knows no event; numbers are those of connect-acceptance.

use super::bench::Bench;
use super::installing::sent;
use invite_guard_sandbox::SignedRequest;
use serde_json::{Value, json};

fn token_of(request: &SignedRequest) -> String {
    let header = request.headers.iter().find(|(name, _)| name == "Authorization").expect("the sandbox signs");
    header.1.trim_start_matches("JWT ").to_owned()
}

/// The webhook with `jwt=` in its query; `header` stays or goes.
fn in_query(mut request: SignedRequest, token: &str, header: bool) -> SignedRequest {
    request.url = format!("{}?jwt={token}", request.url);
    if !header {
        request.without("Authorization");
    }
    request
}

fn as_form(mut request: SignedRequest, form: String) -> SignedRequest {
    request.header("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
    request
}

#[tokio::test]
async fn j13_the_token_is_read_from_header_query_and_form() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    assert_eq!(sent(request.clone()).await.status, 204, "header");
    let token = token_of(&request);
    assert_eq!(sent(in_query(request.clone(), &token, false)).await.status, 204, "query");
    let mut form = as_form(request, format!("jwt={token}"));
    form.without("Authorization");
    assert_eq!(sent(form).await.status, 400, "a form is let in by its token, but is no JSON");
}

#[tokio::test]
async fn j14_in_query_and_form_both_is_refused() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    let token = token_of(&request);
    let both = as_form(in_query(request, &token, false), format!("jwt={token}"));
    assert_eq!(sent(both).await.status, 401);
}

#[tokio::test]
async fn j15_query_and_form_each_beat_the_header() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    let token = token_of(&request);
    assert_eq!(sent(in_query(request.clone(), "bad.bad.bad", true)).await.status, 401, "a bad one in the query counts");
    let form = as_form(request.clone(), "jwt=bad.bad.bad".to_owned());
    assert_eq!(sent(form).await.status, 401, "a bad one in the form counts");
    let mut bad_header = request;
    bad_header.header("Authorization", "JWT bad.bad.bad");
    assert_eq!(sent(in_query(bad_header, &token, true)).await.status, 204, "a good one in the query is enough");
}

#[tokio::test]
async fn j16_l54_no_token_or_a_malformed_one_is_refused() {
    let bench = Bench::new().await;
    let request = bench.user_created("qm:a:b");
    let bearer = format!("Bearer {}", token_of(&request));
    for header in ["", "JWT", bearer.as_str(), "JWT a.b", "JWT !.!.!", "JWT YQ.YQ.YQ"] {
        let mut request = request.clone();
        request.header("Authorization", header);
        assert_eq!(sent(request).await.status, 401, "{header:?}");
    }
    assert!(bench.queued().await.is_empty());
}

#[tokio::test]
async fn j17_no_body_at_all_is_an_answer_and_no_exception() {
    let bench = Bench::new().await;
    assert_eq!(sent(bench.site.webhook_request_raw("user_created", "")).await.status, 400);
    let mut without = bench.site.webhook_request_raw("user_created", "");
    without.without("Authorization");
    assert_eq!(sent(without).await.status, 401);
}

#[tokio::test]
async fn j18_l53_a_valid_token_gives_tenant_and_person() {
    let bench = Bench::new().await;
    assert_eq!(sent(bench.user_created("qm:a:b")).await.status, 204);
    let row = &bench.queued().await[0];
    assert_eq!(row.tenant, bench.installed_tenant().await.id, "the row is the tenant's");
    let admin = bench.site.admin();
    let said =
        bench.call(&admin, "POST", "/api/v1/site/statements", Some(json!({"fact": "outgoing_mail_on", "value": true})));
    let said: Value = serde_json::from_str(&said.await.body).expect("JSON");
    assert_eq!(said["by"], admin, "the person of the token is who said it");
    let in_query = format!("/api/v1/site/statements?jwt={}", bench.site.context_token(&admin));
    assert_eq!(bench.send("GET", &in_query, None, None).await.status, 200, "the query is read too");
}

/// Bends the claims of a webhook and signs them with the given secret.
async fn bent(bench: &Bench, bend: impl Fn(&mut Value), secret: &str) -> u16 {
    let mut request = bench.user_created("qm:a:b");
    let mut claims = bench.site.claims("POST", "/connect/webhooks");
    bend(&mut claims);
    request.header("Authorization", &format!("JWT {}", bench.site.sign_hs256(&claims, secret)));
    sent(request).await.status
}

#[tokio::test]
async fn j19_w30_an_expired_token_is_refused_and_nothing_is_queued() {
    let bench = Bench::new().await;
    let secret = bench.site.shared_secret();
    let by = |seconds: i64| {
        move |claims: &mut Value| {
            let now = claims["iat"].as_i64().expect("a time");
            claims["iat"] = json!(now - 600);
            claims["exp"] = json!(now + seconds);
        }
    };
    assert_eq!(bent(&bench, by(-30), &secret).await, 401);
    assert!(bench.queued().await.is_empty());
    assert_eq!(bent(&bench, by(-29), &secret).await, 204, "clocks may differ by 30 s");
    let no_exp = |claims: &mut Value| claims["exp"] = Value::Null;
    assert_eq!(bent(&bench, no_exp, &secret).await, 401, "exp is required");
    let ahead = |claims: &mut Value| claims["iat"] = json!(claims["iat"].as_i64().expect("a time") + 301);
    assert_eq!(bent(&bench, ahead, &secret).await, 401, "issued far ahead");
}

#[tokio::test]
async fn j20_a_wrong_or_missing_qsh_is_refused() {
    let bench = Bench::new().await;
    let secret = bench.site.shared_secret();
    let other = bench.site.qsh("POST", "/connect/installed", "");
    assert_eq!(bent(&bench, |claims| claims["qsh"] = json!(other), &secret).await, 401);
    assert_eq!(bent(&bench, |claims| claims["qsh"] = Value::Null, &secret).await, 401);
    assert_eq!(bent(&bench, |claims| claims["qsh"] = json!("context-qsh"), &secret).await, 401);
}

#[tokio::test]
async fn j21_an_unknown_tenant_and_a_wrong_signature_are_refused_alike() {
    let bench = Bench::new().await;
    let secret = bench.site.shared_secret();
    assert_eq!(bent(&bench, |claims| claims["iss"] = json!("unknown"), &secret).await, 401);
    assert_eq!(bent(&bench, |_| {}, "TEST-ONLY-another-secret-00000000000000000000").await, 401);
    // A session token names us as issuer and the tenant as audience: it picks no tenant here.
    let session = |claims: &mut Value| {
        claims["aud"] = json!([claims["iss"]]);
        claims["iss"] = json!("invite-guard");
    };
    assert_eq!(bent(&bench, session, &secret).await, 401);
}

#[tokio::test]
async fn j22_parameters_that_a_proxy_moved_into_the_form_still_verify() {
    let bench = Bench::new().await;
    let mut request = bench.user_created("qm:a:b");
    let claims = bench.site.claims("POST", "/connect/webhooks?user_id=x&user_account_id=qm%3Aa%3Ab");
    let token = bench.site.sign_hs256(&claims, &bench.site.shared_secret());
    request.without("Authorization");
    let form = as_form(request, format!("user_account_id=qm%3Aa%3Ab&user_id=x&jwt={token}"));
    assert_eq!(sent(form).await.status, 400, "verified; that it is no JSON is another matter");
}

#[tokio::test]
async fn j23_j24_the_hash_is_over_what_was_sent_without_the_token() {
    let bench = Bench::new().await;
    for query in [
        "?user_id=x&user_account_id=qm%3Aa%3Ab",
        "?a=b+c&d=%2A%7E%21%27%28%29&e=%C3%A9",
        "?r=10&r=9&r=a,b&empty=&alone",
    ] {
        let mut request = bench.user_created("qm:a:b");
        let target = format!("/connect/webhooks{query}");
        let token = bench.site.sign_hs256(&bench.site.claims("POST", &target), &bench.site.shared_secret());
        request.url = format!("{}{target}&jwt={token}", bench.base_url);
        request.without("Authorization");
        assert_eq!(sent(request.clone()).await.status, 204, "{query}");
        request.url.push_str("&more=1");
        assert_eq!(sent(request).await.status, 401, "{query}: one parameter more is another request");
    }
}
