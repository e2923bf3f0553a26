//! Every route with every wrong proof: one kind of 401. A route that is added without its proof fails here.
//! Knows no answer to a right proof.

use super::bench::{Bench, Bent};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use invite_guard_sandbox::{Answer, SignedRequest};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// RS256, real hash, issuer and audience.
    Install,
    /// HS256, real hash.
    Signed,
    /// HS256, real hash, in the query, short-lived.
    Frame,
    /// HS256, `context-qsh`, a person.
    Context,
    /// A project's secret in a header of its own.
    Rule,
}

const ROUTES: &[(&str, &str, Proof)] = &[
    ("POST", "/connect/installed", Proof::Install),
    ("POST", "/connect/uninstalled", Proof::Install),
    ("POST", "/connect/enabled", Proof::Signed),
    ("POST", "/connect/disabled", Proof::Signed),
    ("POST", "/connect/webhooks", Proof::Signed),
    ("POST", "/ingest/automation", Proof::Rule),
    ("GET", "/connect/project", Proof::Frame),
    ("GET", "/connect/issue", Proof::Frame),
    ("GET", "/connect/organisation", Proof::Frame),
    ("GET", "/connect/settings", Proof::Frame),
    ("GET", "/connect/site", Proof::Frame),
    ("GET", "/panel/projects/{p}/health", Proof::Context),
    ("GET", "/panel/projects/{p}/issues/HELP-1", Proof::Context),
    ("GET", "/panel/projects/{p}/settings", Proof::Context),
    ("GET", "/panel/projects/{p}/organisations/1", Proof::Context),
    ("GET", "/panel/site", Proof::Context),
    ("GET", "/api/v1/projects/{p}/health", Proof::Context),
    ("GET", "/api/v1/projects/{p}/customers", Proof::Context),
    ("GET", "/api/v1/projects/{p}/customers/qm:a:b", Proof::Context),
    ("POST", "/api/v1/projects/{p}/customers/qm:a:b/handled", Proof::Context),
    ("GET", "/api/v1/projects/{p}/issues/HELP-1", Proof::Context),
    ("POST", "/api/v1/projects/{p}/recheck", Proof::Context),
    ("GET", "/api/v1/projects/{p}/settings", Proof::Context),
    ("PUT", "/api/v1/projects/{p}/settings", Proof::Context),
    ("GET", "/api/v1/projects/{p}/statements", Proof::Context),
    ("POST", "/api/v1/projects/{p}/statements", Proof::Context),
    ("POST", "/api/v1/projects/{p}/checks", Proof::Context),
    ("GET", "/api/v1/projects/{p}/ingest-secrets", Proof::Context),
    ("POST", "/api/v1/projects/{p}/ingest-secrets", Proof::Context),
    ("DELETE", "/api/v1/projects/{p}/ingest-secrets/x", Proof::Context),
    ("GET", "/api/v1/projects/{p}/trail", Proof::Context),
    ("GET", "/api/v1/site/trail", Proof::Context),
    ("GET", "/api/v1/projects/{p}/missed", Proof::Context),
    ("POST", "/api/v1/projects/{p}/scans", Proof::Context),
    ("GET", "/api/v1/projects/{p}/scans/x", Proof::Context),
    ("DELETE", "/api/v1/projects/{p}/scans/x", Proof::Context),
    ("GET", "/api/v1/site/health", Proof::Context),
    ("POST", "/api/v1/site/selftest", Proof::Context),
    ("POST", "/api/v1/projects/{p}/imports/automation", Proof::Context),
    ("POST", "/api/v1/projects/{p}/imports/notification-log", Proof::Context),
    ("GET", "/api/v1/site/statements", Proof::Context),
    ("POST", "/api/v1/site/statements", Proof::Context),
];

/// Routes of the other door, which has a walk of its own.
pub(crate) const FORGE: &[&str] = &["/forge/events", "/forge/lifecycle", "/forge/tick", "/forge/uninstall"];

/// Method and path of everything that a page calls, which the other door has as well.
pub(crate) fn page_routes(bench: &Bench) -> Vec<(&'static str, String)> {
    let pages = ROUTES.iter().filter(|(.., proof)| *proof == Proof::Context);
    pages.map(|(method, path, _)| (*method, path.replace("{p}", &bench.project.to_string()))).collect()
}

/// Routes that need no proof, and say nothing about anybody.
const OPEN: &[&str] = &["/atlassian-connect.json", "/static/{file}", "/healthz", "/readyz", "/metrics"];

/// The right claims for a route, to be bent.
fn right(bench: &Bench, method: &str, path: &str, proof: Proof) -> Value {
    let mut claims = bench.site.claims(method, path);
    match proof {
        Proof::Install => claims["aud"] = json!([bench.base_url]),
        Proof::Signed | Proof::Rule => {}
        Proof::Frame => claims["sub"] = json!(bench.site.admin()),
        Proof::Context => {
            claims["qsh"] = json!("context-qsh");
            claims["sub"] = json!(bench.site.admin());
        }
    }
    claims
}

fn sign(bench: &Bench, claims: &Value, proof: Proof) -> String {
    match proof {
        Proof::Install => bench.site.sign_rs256(claims, &bench.site.key_id()),
        _ => bench.site.sign_hs256(claims, &bench.site.shared_secret()),
    }
}

fn unsigned(claims: &Value, alg: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": alg, "typ": "JWT"})), part(claims))
}

/// Everything that is no secret of a rule; a token of ours is none either.
fn wrong_secrets(bench: &Bench, path: &str) -> Vec<(&'static str, Option<String>)> {
    let token = bench.site.sign_hs256(&bench.site.claims("POST", path), &bench.site.shared_secret());
    vec![
        ("no secret", None),
        ("an empty one", Some(String::new())),
        ("half a secret", Some("abcdefghijklmnop".to_owned())),
        ("halves that are empty", Some(".".to_owned())),
        ("an unknown id", Some(format!("abcdefghijklmnop.{}", "A".repeat(43)))),
        ("a long one", Some(format!("abcdefghijklmnop.{}", "A".repeat(5000)))),
        ("odd characters", Some("abc' OR '1'='1.x".to_owned())),
        ("the shared secret", Some(format!("abcdefghijklmnop.{}", bench.site.shared_secret()))),
        ("a token", Some(token)),
    ]
}

/// Every wrong token of a route, with a name for the failure message.
fn wrong(bench: &Bench, method: &str, path: &str, proof: Proof) -> Vec<(&'static str, Option<String>)> {
    if proof == Proof::Rule {
        return wrong_secrets(bench, path);
    }
    let claims = right(bench, method, path, proof);
    let site = &bench.site;
    let secret = site.shared_secret();
    let bend = |bend: &dyn Fn(&mut Value)| {
        let mut bent = claims.clone();
        bend(&mut bent);
        Some(sign(bench, &bent, proof))
    };
    let now = claims["iat"].as_i64().expect("a time");
    let mut list = vec![
        ("no token", None),
        ("an empty one", Some(String::new())),
        ("no JWT", Some("not.a.token".to_owned())),
        ("alg none", Some(unsigned(&claims, "none"))),
        ("alg None", Some(unsigned(&claims, "None"))),
        (
            "unsigned with the right alg",
            Some(unsigned(&claims, if proof == Proof::Install { "RS256" } else { "HS256" })),
        ),
        ("another secret", Some(site.sign_hs256(&claims, "TEST-ONLY-another-secret-00000000000000000000"))),
        ("a foreign RSA key", Some(site.sign_rs256_with_foreign_key(&claims, &site.key_id()))),
        ("an unknown key id", Some(site.sign_rs256(&claims, "unknown"))),
        ("expired", bend(&|claims| claims["exp"] = json!(now - 31))),
        ("no exp", bend(&|claims| claims["exp"] = Value::Null)),
        (
            "issued far ahead",
            bend(&|claims| {
                claims["iat"] = json!(now + 400);
                claims["exp"] = json!(now + 500);
            }),
        ),
        ("another qsh", bend(&|claims| claims["qsh"] = json!("0".repeat(64)))),
        ("no qsh", bend(&|claims| claims["qsh"] = Value::Null)),
        ("an unknown tenant", bend(&|claims| claims["iss"] = json!("unknown"))),
        ("another tenant's issuer", bend(&|claims| claims["iss"] = json!(STRANGER.0))),
        ("no issuer", bend(&|claims| claims["iss"] = Value::Null)),
        ("another tenant's secret", Some(site.sign_hs256(&claims, STRANGER.1))),
    ];
    if proof == Proof::Install {
        // The public key as a secret: the oldest trick against libraries that believe the header.
        list.push(("HS256 by our own secret", Some(site.sign_hs256(&claims, &secret))));
        list.push(("another audience", bend(&|claims| claims["aud"] = json!(["https://other.example"]))));
        list.push(("no audience", bend(&|claims| claims["aud"] = Value::Null)));
    } else {
        list.push(("RS256 by the install key", Some(site.sign_rs256(&claims, &site.key_id()))));
    }
    match proof {
        Proof::Context => {
            list.push((
                "a token for this very request",
                bend(&|claims| claims["qsh"] = json!(site.qsh(method, path, ""))),
            ));
            list.push(("no person", bend(&|claims| claims["sub"] = Value::Null)));
            list.push(("an odd person", bend(&|claims| claims["sub"] = json!("a\" OR 1=1"))));
        }
        _ => list.push(("a context token", bend(&|claims| claims["qsh"] = json!("context-qsh")))),
    }
    if proof == Proof::Frame {
        list.push(("a long-lived one", bend(&|claims| claims["exp"] = json!(now + 901))));
    }
    list
}

async fn asked(bench: &Bench, method: &str, path: &str, proof: Proof, token: Option<String>) -> Answer {
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    let mut url = format!("{}{path}", bench.base_url);
    match token {
        Some(token) if proof == Proof::Frame => url.push_str(&format!("?jwt={token}")),
        Some(secret) if proof == Proof::Rule => headers.push(("X-Invite-Guard-Secret".to_owned(), secret)),
        Some(token) => headers.push(("Authorization".to_owned(), format!("JWT {token}"))),
        None => {}
    }
    let body = match proof {
        Proof::Install => bench.site.lifecycle_request(path.rsplit('/').next().expect("an event")).body,
        _ if method == "GET" => String::new(),
        _ => json!({"webhookEvent": "user_created", "user": {"accountId": "qm:a:b"}}).to_string(),
    };
    bench.exchange(SignedRequest { method: method.to_owned(), url, headers, body }).await
}

/// What a 401 looks like, without its trace.
fn look(answer: &Answer) -> (u16, Value, Option<String>) {
    let mut body: Value = serde_json::from_str(&answer.body).expect("a problem is JSON");
    body["trace"] = json!("");
    let header = |name: &str| answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    assert_eq!(header("content-type").as_deref(), Some("application/problem+json"));
    (answer.status, body, header("www-authenticate"))
}

#[tokio::test]
async fn l53_l54_every_wrong_proof_on_every_route_is_the_same_401() {
    let bench = Bench::new().await;
    install_the_stranger(&bench).await;
    let realm = Some(r#"JWT realm="invite-guard""#.to_owned());
    let mut first = None;
    for (method, path, proof) in ROUTES {
        let path = path.replace("{p}", &bench.project.to_string());
        for (name, token) in wrong(&bench, method, &path, *proof) {
            let answer = asked(&bench, method, &path, *proof, token).await;
            assert_eq!(answer.status, 401, "{method} {path} with {name}: {}", answer.body);
            let look = look(&answer);
            assert_eq!(look.2, realm, "{method} {path} with {name}");
            assert_eq!(first.get_or_insert_with(|| look.clone()), &look, "{method} {path} with {name} looks different");
        }
    }
    assert!(bench.queued().await.is_empty(), "nothing was queued");
}

/// Another site that has installed the same app: its key and its secret.
const STRANGER: (&str, &str) = ("second-tenant", "TEST-ONLY-second-tenants-secret-000000000000000");

async fn install_the_stranger(bench: &Bench) {
    let mut call = super::installing::Bendable::of(bench, "installed");
    call.body["clientKey"] = json!(STRANGER.0);
    call.body["sharedSecret"] = json!(STRANGER.1);
    call.body["baseUrl"] = json!("https://second.atlassian.net");
    call.claims["iss"] = json!(STRANGER.0);
    assert_eq!(super::installing::sent(call.signed(bench)).await.status, 204);
}

#[tokio::test]
async fn right_proofs_of_a_tenant_that_is_gone_are_the_same_401() {
    for gone in ["uninstalled", "frozen"] {
        let bench = Bench::new().await;
        let held: Vec<_> = ROUTES
            .iter()
            // Secrets of rules are made by hand: see the API's tests.
            .filter(|(.., proof)| !matches!(proof, Proof::Install | Proof::Rule))
            .map(|(method, path, proof)| {
                let path = path.replace("{p}", &bench.project.to_string());
                let token = sign(&bench, &right(&bench, method, &path, *proof), *proof);
                (*method, path, *proof, token)
            })
            .collect();
        match gone {
            "uninstalled" => bench.site.uninstall().await.expect("the uninstall is taken"),
            _ => drop(bench.site.new_client_key().await.expect("the new install is taken")),
        }
        for (method, path, proof, token) in held {
            let answer = asked(&bench, method, &path, proof, Some(token)).await;
            assert_eq!(answer.status, 401, "{method} {path} of a tenant that is {gone}");
        }
    }
}

#[tokio::test]
async fn a_frame_takes_its_token_from_the_query_alone() {
    let bench = Bench::new().await;
    for path in ["/connect/project", "/connect/issue", "/connect/organisation", "/connect/site"] {
        let token = sign(&bench, &right(&bench, "GET", path, Proof::Frame), Proof::Frame);
        let in_header = bench.send("GET", path, Some(token.clone()), None).await;
        assert_eq!(in_header.status, 401, "{path} with the token in the header");
        assert_eq!(asked(&bench, "GET", path, Proof::Frame, Some(token)).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_a_route_or_not_its_method_is_a_problem_too() {
    let bench = Bench::bent(Bent { install: false, ..Bent::default() }).await;
    for (method, path, status) in [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/connect/webhooks", 405),
        ("DELETE", "/connect/installed", 405),
        ("POST", "/atlassian-connect.json", 405),
        ("GET", "/static/../Cargo.toml", 404),
        ("GET", "/static/%2e%2e%2fmod.rs", 404),
    ] {
        let answer = bench.send(method, path, None, None).await;
        assert_eq!(answer.status, status, "{method} {path}");
        let told: Value = serde_json::from_str(&answer.body).expect("a problem is JSON");
        assert_eq!(told["status"], status, "{method} {path}");
    }
}

#[test]
fn the_walk_knows_every_route() {
    let page = include_str!("../../src/web/mod.rs");
    let mut missing = Vec::new();
    for line in page.lines().filter(|line| line.contains("resource(\"")) {
        let path = line.split("resource(\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a path");
        let known = ROUTES.iter().map(|(_, path, _)| *path).chain(OPEN.iter().copied()).chain(FORGE.iter().copied());
        let pattern = path
            .replace("{accountId}", "qm:a:b")
            .replace("{key}", "HELP-1")
            .replace("{id}", "x")
            .replace("{organisation}", "1");
        if !known.into_iter().any(|known| known.ends_with(&pattern)) {
            missing.push(path);
        }
    }
    assert!(missing.is_empty(), "add {missing:?} to the walk, with its proof");
}
