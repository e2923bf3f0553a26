//! What the peers' own tests check of tokens: acceptance items 13 to 24, and the limits that are ours.
//! Knows the public surface only.

mod common;

use atlassian_jwt::rs256::PublicKey;
use atlassian_jwt::{
    Algorithm, Claims, Error, Expect, FRAME_LIFETIME, MAX_TOKEN_BYTES, Place, Request, TokenPlaces, canonical, hs256,
    peek_issuer, peek_key_id, qsh, rs256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{NOW, SECRET};
use serde_json::json;

const TARGET: &str = "/connect/webhooks?event=user_created";

fn request() -> Request<'static> {
    Request::new("POST", TARGET, "")
}

fn claims() -> Claims {
    let hash = qsh("POST", TARGET, "").expect("a plain target");
    Claims { iss: "client-key-1".into(), iat: Some(NOW), exp: NOW + 180, qsh: Some(hash), ..Claims::default() }
}

fn sign(claims: &Claims) -> String {
    hs256::sign(claims, SECRET).expect("a long secret signs")
}

/// Signs any payload, also one that `Claims` cannot say.
fn sign_json(header: serde_json::Value, payload: serde_json::Value) -> String {
    let segment = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", segment(header), segment(payload));
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, jsonwebtoken::Algorithm::HS256);
    format!("{signed}.{}", signature.expect("the provider signs"))
}

fn verify(claims: &Claims, expect: &Expect<'_>, now: i64) -> Result<Claims, Error> {
    hs256::verify(&sign(claims), SECRET, expect, now)
}

fn found(authorization: Option<&str>, query: Option<&str>, form: Option<&str>) -> Result<(String, Place), Error> {
    TokenPlaces { authorization, query, form }.find().map(|token| (token.as_str().to_owned(), token.place()))
}

#[test]
fn crypto_provider_works() {
    // With none or both of jsonwebtoken's backends compiled in, the first signature panics.
    let token = sign(&claims());
    assert!(hs256::verify(&token, SECRET, &Expect::request(request()), NOW).is_ok(), "check jsonwebtoken's features");
}

#[test]
fn j13_header_query_and_form_are_read() {
    assert_eq!(found(Some("JWT a.b.c"), None, None), Ok(("a.b.c".into(), Place::Header)));
    assert_eq!(found(Some("jwt   a.b.c "), Some("x=1"), Some("")), Ok(("a.b.c".into(), Place::Header)));
    assert_eq!(found(None, Some("x=1&jwt=a.b.c&y"), None), Ok(("a.b.c".into(), Place::Query)));
    assert_eq!(found(None, Some("j%77t=a%2Eb.c"), None), Ok(("a.b.c".into(), Place::Query)));
    assert_eq!(found(None, Some(""), Some("a.b.c")), Ok(("a.b.c".into(), Place::Form)));
}

#[test]
fn j14_query_and_form_both_are_refused() {
    assert_eq!(found(None, Some("jwt=a.b.c"), Some("a.b.c")), Err(Error::AmbiguousToken));
    assert_eq!(found(Some("JWT d.e.f"), Some("jwt=a.b.c"), Some("a.b.c")), Err(Error::AmbiguousToken));
    assert_eq!(found(None, Some("jwt=a.b.c&jwt=a.b.c"), None), Err(Error::AmbiguousToken), "twice in the query");
    assert_eq!(found(None, Some("jwt="), Some("a.b.c")), Ok(("a.b.c".into(), Place::Form)), "an empty one is none");
}

#[test]
fn j15_query_and_form_beat_the_header() {
    assert_eq!(found(Some("JWT d.e.f"), Some("jwt=a.b.c"), None), Ok(("a.b.c".into(), Place::Query)));
    assert_eq!(found(Some("JWT d.e.f"), None, Some("a.b.c")), Ok(("a.b.c".into(), Place::Form)));
}

#[test]
fn j16_no_token_and_malformed_tokens_are_refused() {
    for header in
        [None, Some(""), Some("JWT"), Some("JWT "), Some("Bearer a.b.c"), Some("Basic eDp5"), Some("JWTa.b.c")]
    {
        assert_eq!(found(header, Some("x=1"), None), Err(Error::NoToken), "{header:?}");
    }
    let long = "a".repeat(MAX_TOKEN_BYTES + 1);
    for token in
        ["", ".", "..", "...", "a", "a.b", "a.b.c", "e30.e30.e30", "e30=.e30=.e30=", "é.ü.ö", "\0.\0.\0", &long]
    {
        let seen = hs256::verify(token, SECRET, &Expect::request(request()), NOW);
        assert_eq!(seen, Err(Error::Malformed), "{:?}", token.get(..20));
        assert_eq!(peek_issuer(token, Algorithm::Hs256), Err(Error::Malformed));
        assert_eq!(peek_key_id(token), Err(Error::Malformed));
    }
}

#[test]
fn j17_no_body_at_all_is_no_token() {
    assert_eq!(found(None, None, None), Err(Error::NoToken));
}

#[test]
fn j18_client_key_user_and_context_are_carried_on() {
    let context = json!({"jira": {"issue": {"id": "10001"}, "project": {"id": "10000"}}});
    let sent = Claims { sub: Some("5b10a2844c20165700ede21g".into()), context, ..claims() };
    assert_eq!(verify(&sent, &Expect::request(request()), NOW), Ok(sent.clone()));
    let hash = qsh("GET", "/connect/issue?issueId=1", "").expect("a plain target");
    let get = Claims { qsh: Some(hash), ..sent };
    assert_eq!(
        verify(&get, &Expect::request(Request::new("GET", "/connect/issue?issueId=1", "")), NOW),
        Ok(get.clone())
    );
}

#[test]
fn j19_expired_is_refused_after_30_seconds_of_leeway() {
    let at = |now| verify(&claims(), &Expect::request(request()), now).map(|_| ());
    assert_eq!(at(NOW + 180), Ok(()));
    assert_eq!(at(NOW + 180 + 29), Ok(()));
    assert_eq!(at(NOW + 180 + 30), Err(Error::Expired));
    assert_eq!(at(i64::MAX), Err(Error::Expired));
    assert!(Error::Expired.to_string().starts_with("Authentication request has expired"));
}

#[test]
fn exp_and_iss_are_required_iat_is_not() {
    let hash = claims().qsh;
    let header = || json!({"alg": "HS256", "typ": "JWT"});
    let check = |payload| hs256::verify(&sign_json(header(), payload), SECRET, &Expect::request(request()), NOW);
    assert_eq!(check(json!({"iss": "a", "iat": NOW, "qsh": hash})), Err(Error::MissingClaim("exp")));
    assert_eq!(check(json!({"iat": NOW, "exp": NOW + 60, "qsh": hash})), Err(Error::MissingClaim("iss")));
    assert_eq!(check(json!({"iss": "", "exp": NOW + 60, "qsh": hash})), Err(Error::MissingClaim("iss")));
    assert!(check(json!({"iss": "a", "exp": NOW + 60, "qsh": hash})).is_ok());
    for exp in [json!("tomorrow"), json!(true), json!(1e40), json!([]), json!(u64::MAX)] {
        assert_eq!(check(json!({"iss": "a", "exp": exp, "qsh": hash})), Err(Error::Malformed), "exp {exp}");
    }
    for payload in [json!(null), json!("x"), json!(1), json!([])] {
        assert!(check(payload.clone()).is_err(), "{payload}");
    }
}

#[test]
fn iat_far_ahead_and_nbf_to_come_are_refused() {
    let issued = |iat| Claims { iat: Some(iat), exp: iat + 60, ..claims() };
    let at_now = |claims: &Claims| verify(claims, &Expect::request(request()), NOW).map(|_| ());
    assert_eq!(at_now(&issued(NOW + 300)), Ok(()));
    assert_eq!(at_now(&issued(NOW + 301)), Err(Error::IssuedInFuture));
    assert_eq!(at_now(&Claims { nbf: Some(NOW + 30), ..claims() }), Ok(()));
    assert_eq!(at_now(&Claims { nbf: Some(NOW + 31), ..claims() }), Err(Error::NotYetValid));
    assert_eq!(at_now(&Claims { iat: Some(i64::MAX), exp: i64::MAX, ..claims() }), Err(Error::IssuedInFuture));
    assert_eq!(at_now(&Claims { iat: Some(i64::MIN), exp: i64::MAX, nbf: Some(i64::MIN), ..claims() }), Ok(()));
}

#[test]
fn longest_life_is_held_where_asked_for() {
    let expect = Expect::request(request()).max_lifetime(FRAME_LIFETIME);
    let lives = |exp, iat| verify(&Claims { iat, exp, ..claims() }, &expect, NOW).map(|_| ());
    assert_eq!(lives(NOW + 900, Some(NOW)), Ok(()));
    assert_eq!(lives(NOW + 901, Some(NOW)), Err(Error::LivesTooLong));
    assert_eq!(lives(i64::MAX, Some(i64::MIN)), Err(Error::LivesTooLong));
    assert_eq!(lives(NOW + 60, None), Err(Error::MissingClaim("iat")), "a life without a beginning cannot be measured");
    assert!(verify(&Claims { exp: NOW + 86_400, ..claims() }, &Expect::request(request()), NOW).is_ok());
}

#[test]
fn j20_wrong_qsh_is_refused() {
    let token = sign(&claims());
    let check = |method, target| {
        hs256::verify(&token, SECRET, &Expect::request(Request::new(method, target, "")), NOW).map(|_| ())
    };
    assert_eq!(check("POST", TARGET), Ok(()));
    for (method, target) in [
        ("GET", TARGET),
        ("POST", "/connect/webhooks"),
        ("POST", "/connect/webhooks?event=user_deleted"),
        ("POST", "/connect/webhooks?event=user_created&a=1"),
        ("POST", "/connect/Webhooks?event=user_created"),
        ("POST", "//connect/webhooks?event=user_created"),
        ("POST", "/connect%2Fwebhooks?event=user_created"),
    ] {
        assert_eq!(check(method, target), Err(Error::QshMismatch), "{method} {target}");
    }
    assert_eq!(check("POST", "connect/webhooks"), Err(Error::Target));
    assert_eq!(check("POST", "*"), Err(Error::Target));
    assert_eq!(check("PO&ST", TARGET), Err(Error::Method));
    assert_eq!(check("", TARGET), Err(Error::Method));
}

#[test]
fn j20_missing_qsh_is_refused() {
    let without = Claims { qsh: None, ..claims() };
    assert_eq!(verify(&without, &Expect::request(request()), NOW), Err(Error::MissingClaim("qsh")));
    assert_eq!(verify(&without, &Expect::context(), NOW), Err(Error::MissingClaim("qsh")));
    let empty = Claims { qsh: Some(String::new()), ..claims() };
    assert_eq!(verify(&empty, &Expect::request(request()), NOW), Err(Error::QshMismatch));
    assert_eq!(verify(&empty, &Expect::context(), NOW), Err(Error::ContextQshWanted));
}

#[test]
fn j20_context_and_request_tokens_never_stand_in_for_each_other() {
    let context = Claims { qsh: Some("context-qsh".into()), ..claims() };
    assert!(verify(&context, &Expect::context(), NOW).is_ok());
    assert_eq!(verify(&context, &Expect::request(request()), NOW), Err(Error::ContextQshRefused));
    assert_eq!(verify(&claims(), &Expect::context(), NOW), Err(Error::ContextQshWanted));
    let spelled = Claims { qsh: Some("Context-QSH".into()), ..claims() };
    assert_eq!(verify(&spelled, &Expect::context(), NOW), Err(Error::ContextQshWanted));
}

#[test]
fn j21_wrong_signature_and_foreign_issuer_are_refused() {
    let token = sign(&claims());
    let expect = Expect::request(request());
    assert_eq!(hs256::verify(&token, b"another secret of thirty-two byte", &expect, NOW), Err(Error::Signature));
    assert_eq!(hs256::verify(&token, b"", &expect, NOW), Err(Error::UnusableKey));
    assert_eq!(hs256::verify(&token, SECRET, &expect.issuer("client-key-2"), NOW), Err(Error::WrongIssuer));
    assert!(hs256::verify(&token, SECRET, &expect.issuer("client-key-1"), NOW).is_ok());
}

#[test]
fn a_wrong_signature_is_told_before_anything_the_claims_say() {
    let expired = sign(&Claims { exp: 1, qsh: None, ..claims() });
    let forged = hs256::verify(&expired, b"another secret of thirty-two byte", &Expect::context(), NOW);
    assert_eq!(forged, Err(Error::Signature));
}

#[test]
fn j22_parameters_moved_into_a_form_body_still_verify() {
    let signed = Claims { qsh: qsh("POST", "/hook?a=1&b=x+y", "").ok(), ..claims() };
    let check = |method, target, form| {
        let request = Request { form, ..Request::new(method, target, "") };
        verify(&signed, &Expect::request(request), NOW).map(|_| ())
    };
    assert_eq!(check("POST", "/hook", Some("b=x%20y&a=1")), Ok(()));
    assert_eq!(check("POST", "/hook?jwt=t", Some("b=x%20y&a=1")), Ok(()), "the token is no parameter");
    assert_eq!(check("POST", "/hook?a=1&b=x+y", Some("unsigned=form")), Ok(()), "the query itself matches");
    assert_eq!(check("POST", "/hook", None), Err(Error::QshMismatch));
    assert_eq!(check("POST", "/hook", Some("a=2&b=x+y")), Err(Error::QshMismatch));
    assert_eq!(
        check("POST", "/hook?a=1", Some("b=x+y")),
        Err(Error::QshMismatch),
        "a query is left: nothing was moved"
    );
    let get = Claims { qsh: qsh("GET", "/hook?a=1", "").ok(), ..claims() };
    let request = Request { form: Some("a=1"), ..Request::new("GET", "/hook", "") };
    assert_eq!(verify(&get, &Expect::request(request), NOW), Err(Error::QshMismatch), "a GET has no form");
}

#[test]
fn j24_token_parameter_takes_no_part_in_the_hash() {
    let bare = qsh("GET", "/q?a=1", "");
    for target in ["/q?a=1&jwt=x", "/q?jwt=x&a=1&jwt=y", "/q?j%77t&a=1"] {
        assert_eq!(qsh("GET", target, ""), bare, "{target}");
    }
    assert_ne!(qsh("GET", "/q?a=1&JWT=x", ""), bare);
}

#[test]
fn base_path_is_stripped_only_where_it_is_one() {
    let path = |target, base| canonical("GET", target, base).map(|line| line[4..line.len() - 1].to_owned());
    for base in ["/base", "/base/"] {
        assert_eq!(path("/base/x", base).as_deref(), Ok("/x"));
        assert_eq!(path("/base", base).as_deref(), Ok("/"));
        assert_eq!(path("/base/", base).as_deref(), Ok("/"));
        assert_eq!(path("/basement/x", base).as_deref(), Ok("/basement/x"));
        assert_eq!(path("/other", base).as_deref(), Ok("/other"));
        assert_eq!(path("http://h:80/base/base/x", base).as_deref(), Ok("/base/x"), "once, and in absolute-form");
    }
    for base in ["", "/"] {
        assert_eq!(path("/base/x", base).as_deref(), Ok("/base/x"));
        assert_eq!(path("", base).as_deref(), Ok("/"));
    }
}

#[test]
fn targets_of_other_forms_are_refused() {
    for target in ["x", "example.com:443", "*", "://h/x", "1http://h/x", "ht tp://h/x", "é"] {
        assert_eq!(qsh("GET", target, ""), Err(Error::Target), "{target}");
    }
    assert_eq!(canonical("GET", "/redirect?to=https://h/x", "").as_deref(), Ok("GET&/redirect&to=https%3A%2F%2Fh%2Fx"));
    assert_eq!(canonical("GET", "/a://b", "").as_deref(), Ok("GET&/a://b&"));
}

#[test]
fn weak_secrets_do_not_sign() {
    assert_eq!(hs256::sign(&claims(), &SECRET[1..]), Err(Error::WeakSecret));
    assert_eq!(hs256::sign(&claims(), b""), Err(Error::WeakSecret));
    assert!(hs256::sign(&claims(), SECRET).is_ok());
}

#[test]
fn extensions_nobody_here_understands_are_refused() {
    let payload = json!({"iss": "a", "exp": NOW + 60, "qsh": claims().qsh});
    let token = sign_json(json!({"alg": "HS256", "crit": ["b64"], "b64": false}), payload.clone());
    assert_eq!(hs256::verify(&token, SECRET, &Expect::request(request()), NOW), Err(Error::Malformed));
    for alg in ["none", "None", "hs256", "HS384", "RS256", ""] {
        let token = sign_json(json!({"alg": alg}), payload.clone());
        let seen = hs256::verify(&token, SECRET, &Expect::request(request()), NOW);
        assert_eq!(seen, Err(Error::WrongAlgorithm), "{alg}");
    }
}

#[test]
fn one_audience_may_stand_alone_or_in_a_list() {
    let header = || json!({"alg": "HS256"});
    let check = |aud: serde_json::Value| {
        let payload = json!({"iss": "a", "exp": NOW + 60, "qsh": claims().qsh, "aud": aud});
        let expect = Expect::request(request()).audience("https://guard.example.com");
        hs256::verify(&sign_json(header(), payload), SECRET, &expect, NOW).map(|_| ())
    };
    assert_eq!(check(json!("https://guard.example.com")), Ok(()));
    assert_eq!(check(json!(["https://guard.example.com/"])), Ok(()));
    assert_eq!(check(json!(["https://evil.example", "https://guard.example.com"])), Err(Error::WrongAudience));
    assert_eq!(check(json!("https://guard.example.com.evil.example")), Err(Error::WrongAudience));
    assert_eq!(check(json!([])), Err(Error::MissingClaim("aud")));
    assert_eq!(check(json!(null)), Err(Error::MissingClaim("aud")));
    assert_eq!(check(json!([1])), Err(Error::Malformed));
}

#[test]
fn key_ids_that_could_steer_a_url_are_refused() {
    let with_kid = |kid: serde_json::Value| peek_key_id(&sign_json(json!({"alg": "RS256", "kid": kid}), json!({})));
    assert_eq!(with_kid(json!("0f1e-2d.3c_A")).as_deref(), Ok("0f1e-2d.3c_A"));
    for kid in ["", ".", "..", "../x", "a/b", "a%2fb", "a?b", "a#b", "a b", "a\n", "@h", "é", &"a".repeat(129)] {
        assert_eq!(with_kid(json!(kid)), Err(Error::Malformed), "{kid}");
    }
    assert_eq!(with_kid(json!(null)), Err(Error::MissingClaim("kid")));
}

#[test]
fn only_rsa_public_keys_verify_rs256() {
    let private = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----";
    let elliptic = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\
                    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n-----END PUBLIC KEY-----";
    let empty = "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----";
    let garbage = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
    for pem in ["", "<html>Not found</html>", private, elliptic, empty, garbage] {
        assert_eq!(PublicKey::from_pem(pem).err(), Some(Error::UnusableKey), "{pem}");
    }
    let file = common::file();
    let crlf = file.rs256_public_key_pem.replace('\n', "\r\n");
    let key = PublicKey::from_pem(&format!("\n{crlf}\n")).expect("line ends and blank lines do not matter");
    let hs = sign(&claims());
    assert_eq!(rs256::verify(&hs, &key, &Expect::request(request()), NOW), Err(Error::WrongAlgorithm));
}

#[test]
fn nothing_printable_holds_a_token_a_name_or_an_address() {
    let sensitive = Claims {
        sub: Some("account-id".into()),
        context: json!({"user": {"displayName": "Zoe Example", "email": "zoe@example.com"}}),
        ..claims()
    };
    let target = "/q?jwt=secret.token.here&email=zoe@example.com";
    let places = TokenPlaces { authorization: Some("JWT secret.token.here"), query: Some(target), form: None };
    let form = Request { form: Some("email=zoe@example.com"), ..Request::new("GET", target, "") };
    let key = PublicKey::from_pem(&common::file().rs256_public_key_pem).expect("the vectors' key");
    let shown = format!("{sensitive:?} {places:?} {:?} {form:?} {:?} {key:?}", places.find(), Expect::request(form));
    for secret in ["Zoe", "zoe", "account-id", "secret.token", "MIIB"] {
        assert!(!shown.contains(secret), "{secret} is shown by Debug: {shown}");
    }
    let payload = json!({"iss": "a", "exp": "zoe@example.com"});
    let error = hs256::verify(&sign_json(json!({"alg": "HS256"}), payload), SECRET, &Expect::context(), NOW);
    let error = error.expect_err("a text is no time");
    assert!(!format!("{error} {error:?}").contains("zoe"), "errors quote no claim");
}

#[test]
fn outbound_claims_live_three_minutes() {
    let claims = Claims::outbound("com.example.guard", "hash".into(), NOW);
    let written = serde_json::to_value(&claims).expect("claims are JSON");
    assert_eq!(written, json!({"iss": "com.example.guard", "iat": NOW, "exp": NOW + 180, "qsh": "hash"}));
}
