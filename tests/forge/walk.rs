//! Every route of this door with every wrong invocation: one kind of 401. A route that is added without its proof fails here.
//! Knows no answer to a right proof.

use crate::connect::bench::{Bench, Bent};
use crate::connect::walk;
use crate::harness::By;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use invite_guard_sandbox::{Answer, SignedRequest};
use serde_json::{Value, json};

/// Method and path of every route; those of a page want a person.
fn routes(bench: &Bench) -> Vec<(&'static str, String, bool)> {
    let calls = walk::FORGE.iter().map(|path| ("POST", (*path).to_owned(), false));
    let pages = walk::page_routes(bench).into_iter().map(|(method, path)| (method, format!("/forge{path}"), true));
    calls.chain(pages).collect()
}

/// The request as Forge sends it.
fn right(bench: &Bench, method: &str, path: &str, page: bool) -> SignedRequest {
    let body = match method {
        "GET" => String::new(),
        _ => json!({"eventType": "avi:jira:created:user", "user": {"accountId": "qm:a:b"}}).to_string(),
    };
    let mut request = bench.site.invoke_request(&bench.site.admin(), "project", method, path, Some(&body));
    if !page {
        request.without("x-forge-oauth-user");
        request.header("Authorization", &format!("Bearer {}", bench.site.sign_invocation(&claims(bench, false))));
    }
    request
}

fn claims(bench: &Bench, page: bool) -> Value {
    let admin = bench.site.admin();
    if page {
        bench.site.invocation_claims("project", Some(&admin))
    } else {
        bench.site.invocation_claims("events", None)
    }
}

fn unsigned(claims: &Value, alg: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": alg, "typ": "JWT", "kid": "1"})), part(claims))
}

/// Every wrong value of the header, with a name for the failure message.
fn wrong(bench: &Bench, page: bool) -> Vec<(String, Option<String>)> {
    let (site, claims) = (&bench.site, claims(bench, page));
    let bent = |bend: &dyn Fn(&mut Value)| {
        let mut bent = claims.clone();
        bend(&mut bent);
        Some(format!("Bearer {}", site.sign_invocation(&bent)))
    };
    let now = claims["iat"].as_i64().expect("a time");
    let right = site.sign_invocation(&claims);
    let bearer = |token: String| Some(format!("Bearer {token}"));
    let other_app = "ari:cloud:ecosystem::app/11111111-1111-1111-1111-111111111111";
    let mut list = vec![
        ("no token", None),
        ("an empty one", bearer(String::new())),
        ("no JWT", bearer("not.a.token".to_owned())),
        ("another scheme", Some(format!("JWT {right}"))),
        ("no scheme", Some(right.clone())),
        ("alg none", bearer(unsigned(&claims, "none"))),
        ("unsigned with the right alg", bearer(unsigned(&claims, "RS256"))),
        ("HS256", bearer(site.sign_hs256(&claims, "TEST-ONLY-a-secret-of-more-than-32-bytes"))),
        ("a key that nobody publishes", bearer(site.sign_invocation_with_foreign_key(&claims))),
        ("the key of staging", bearer(site.sign_invocation_staging(&claims))),
        ("an install key of Connect", bearer(site.sign_rs256(&claims, &site.key_id()))),
        ("an altered token", bearer(right.replacen(".ey", ".eY", 1))),
        ("another app's token", bent(&|claims| claims["aud"] = json!(other_app))),
        ("a part of our id", bent(&|claims| claims["aud"] = json!("00000000-0000-0000-0000-000000000000"))),
        ("two audiences", bent(&|claims| claims["aud"] = json!([claims["aud"], other_app]))),
        ("another issuer", bent(&|claims| claims["iss"] = json!("forge/other-token"))),
        ("expired", bent(&|claims| claims["exp"] = json!(now - 31))),
        ("not yet valid", bent(&|claims| claims["nbf"] = json!(now + 60))),
        ("issued far ahead", bent(&|claims| claims["iat"] = json!(now + 400))),
        ("another host's gateway", bent(&|claims| gateway(claims, "https://api.evil.example/ex/jira/cloud-1"))),
        (
            "another product's gateway",
            bent(&|claims| gateway(claims, &claims_url(claims).replace("/jira/", "/confluence/"))),
        ),
        ("a gateway with a path", bent(&|claims| gateway(claims, &format!("{}/rest", claims_url(claims))))),
        ("two sites", bent(&|claims| claims["context"] = json!({"cloudId": "another"}))),
        ("a strange site", bent(&|claims| claims["context"] = json!({"siteUrl": "https://evil.example"}))),
        (
            "no installation",
            bent(&|claims| {
                claims["app"]["installationId"] = Value::Null;
                claims["app"]["installation"]["id"] = Value::Null;
            }),
        ),
        ("no app", bent(&|claims| claims["app"] = Value::Null)),
    ];
    if page {
        list.push(("no person", bent(&|claims| claims["principal"] = Value::Null)));
        list.push(("an odd person", bent(&|claims| claims["principal"] = json!("a\" OR 1=1"))));
        list.push(("another person than the token's", bent(&|claims| claims["principal"] = json!("qm:somebody:else"))));
    } else {
        // Whoever looks at a page may read its invocation's token in the browser.
        let page = site.invocation_claims("project", Some(&site.admin()));
        list.push(("a page's invocation", bearer(site.sign_invocation(&page))));
        list.push(("a person", bent(&|claims| claims["principal"] = json!(site.admin()))));
        list.push(("a page's module", bent(&|claims| claims["app"]["module"] = page["app"]["module"].clone())));
    }
    let needed = ["iss", "aud", "iat", "nbf", "exp", "jti"];
    let lacking = needed.map(|claim| (format!("no {claim}"), bent(&|claims| claims[claim] = Value::Null)));
    list.into_iter().map(|(name, token)| (name.to_owned(), token)).chain(lacking).collect()
}

fn claims_url(claims: &Value) -> String {
    claims["app"]["apiBaseUrl"].as_str().expect("a gateway").to_owned()
}

fn gateway(claims: &mut Value, url: &str) {
    claims["app"]["apiBaseUrl"] = json!(url);
    claims["app"]["installation"]["contexts"] = json!([{"name": "jira", "apiBaseUrl": url}]);
}

/// What a 401 looks like, without its trace.
fn look(answer: &Answer) -> (u16, Value) {
    let mut body: Value = serde_json::from_str(&answer.body).expect("a problem is JSON");
    body["trace"] = json!("");
    let kind = answer.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
    assert_eq!(kind, Some("application/json"), "Forge's proxy takes nothing else");
    (answer.status, body)
}

#[tokio::test]
async fn every_wrong_invocation_on_every_route_is_the_same_401() {
    let bench = Bench::by(By::Forge).await;
    let before = bench.tenant().await.expect("installed").forge.expect("by Forge").token.expect("a token").expires_at;
    let (mut first, all) = (None, routes(&bench));
    for (method, path, page) in &all {
        for (name, token) in wrong(&bench, *page) {
            let mut request = right(&bench, method, path, *page);
            match token {
                Some(token) => request.header("Authorization", &token),
                None => request.without("Authorization"),
            }
            // A better token than ours must not be taken from a stranger.
            request.header("x-forge-oauth-system", "a.eyJleHAiOjQxMDI0NDQ4MDB9.c");
            let answer = bench.exchange(request).await;
            assert_eq!(answer.status, 401, "{method} {path} with {name}: {}", answer.body);
            let look = look(&answer);
            assert_eq!(first.get_or_insert_with(|| look.clone()), &look, "{method} {path} with {name} looks different");
        }
    }
    assert!(all.len() > 30, "the walk goes over {} routes", all.len());
    assert!(bench.queued().await.is_empty(), "nothing was queued");
    let after = bench.store.tenants().await.expect("tenants");
    assert_eq!(after.len(), 1, "no site was made");
    assert_eq!(after[0].forge.as_ref().and_then(|forge| forge.token.as_ref()).map(|t| t.expires_at), Some(before));
}

#[tokio::test]
async fn a_page_without_its_persons_token_is_the_same_401() {
    let bench = Bench::by(By::Forge).await;
    for (method, path, _) in routes(&bench).into_iter().filter(|(.., page)| *page) {
        let mut request = right(&bench, method, &path, true);
        request.without("x-forge-oauth-user");
        let answer = bench.exchange(request).await;
        assert_eq!(
            look(&answer).0,
            401,
            "{method} {path}: requestRemote brings no token, and rights are asked as the person"
        );
    }
}

#[tokio::test]
async fn one_door_takes_nothing_that_is_the_others() {
    let bench = Bench::new().await;
    bench.site.install_forge(crate::harness::MANIFEST, &bench.base_url).await.expect("the second app");
    assert_eq!(bench.site.deliver_all().await, [204], "one site, two apps");
    let admin = bench.site.admin();
    let path = bench.api("/settings");
    let context = bench.site.context_token(&admin);
    for scheme in ["Bearer", "JWT"] {
        let mut request = bench.site.invoke_request(&admin, "project", "GET", &format!("/forge{path}"), None);
        request.header("Authorization", &format!("{scheme} {context}"));
        assert_eq!(bench.exchange(request).await.status, 401, "Connect's token as {scheme} by Forge's door");
        let mut request = bench.site.invoke_request(&admin, "project", "GET", &path, None);
        let token = bench.site.sign_invocation(&bench.site.invocation_claims("project", Some(&admin)));
        request.header("Authorization", &format!("{scheme} {token}"));
        assert_eq!(bench.exchange(request).await.status, 401, "an invocation as {scheme} by Connect's door");
    }
    assert_eq!(bench.get(&admin, &path).await.status, 200);
    let by_forge = bench.site.invoke_request(&admin, "project", "GET", &format!("/forge{path}"), None);
    assert_eq!(bench.exchange(by_forge).await.status, 200);
}

#[tokio::test]
async fn without_an_app_id_the_door_is_closed() {
    let bench = Bench::bent(Bent { install: false, by: By::Forge, forge: |_| None, ..Bent::default() }).await;
    bench.site.install_forge(crate::harness::MANIFEST, &bench.base_url).await.expect("the manifest is good");
    for (method, path, page) in routes(&bench) {
        assert_eq!(bench.exchange(right(&bench, method, &path, page)).await.status, 401, "{method} {path}");
    }
    assert!(bench.store.tenants().await.expect("tenants").is_empty());
    assert_eq!(bench.site.keys_fetched(), [] as [String; 0], "nobody is asked");
}

#[tokio::test]
async fn staging_is_a_setting_and_then_the_only_one() {
    let bent = Bent {
        by: By::Forge,
        install: false,
        forge: |mut forge| {
            forge.keys_url.set_path("/staging/.well-known/jwks.json");
            Some(forge)
        },
        ..Bent::default()
    };
    let bench = Bench::bent(bent).await;
    bench.site.install_forge(crate::harness::MANIFEST, &bench.base_url).await.expect("the manifest is good");
    let mut tick = right(&bench, "POST", "/forge/tick", false);
    assert_eq!(bench.exchange(tick.clone()).await.status, 401, "the key of production");
    tick.header("Authorization", &format!("Bearer {}", bench.site.sign_invocation_staging(&claims(&bench, false))));
    assert_eq!(bench.exchange(tick).await.status, 204);
}

#[tokio::test]
async fn right_invocations_of_an_installation_that_is_gone_are_the_same_401() {
    let bench = Bench::by(By::Forge).await;
    let held: Vec<_> = routes(&bench)
        .into_iter()
        .map(|(method, path, page)| (path.clone(), right(&bench, method, &path, page)))
        .collect();
    bench.uninstall().await;
    let (last, held): (Vec<_>, Vec<_>) = held.into_iter().partition(|(path, _)| path.ends_with("/lifecycle"));
    for (path, request) in held {
        assert_eq!(bench.exchange(request).await.status, 401, "{path}");
    }
    let (path, request) = last.into_iter().next().expect("the lifecycle route");
    assert_eq!(bench.exchange(request).await.status, 503, "{path} is believed, but the site's token is void");
}

#[tokio::test]
async fn a_persons_token_opens_nothing_for_another_person() {
    let bench = Bench::by(By::Forge).await;
    let (agent, admin) = (bench.agent(), bench.site.admin());
    let path = format!("/forge{}", bench.api("/ingest-secrets"));
    // Another app on the site may have been given the admin's token, and bring it with an agent's own invocation.
    let mut request = bench.site.invoke_request(&agent, "project", "GET", &path, None);
    assert_eq!(bench.exchange(request.clone()).await.status, 403);
    request.header("x-forge-oauth-user", &bench.site.user_token(&admin));
    assert_eq!(bench.exchange(request).await.status, 401);
    let own = bench.site.invoke_request(&admin, "project", "GET", &path, None);
    assert_eq!(bench.exchange(own).await.status, 200);
}
