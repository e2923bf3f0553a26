//! Forge's invocation tokens: what is taken, and everything that is not.
//! Knows the public surface only; the key is made here.

use std::sync::OnceLock;

use atlassian_jwt::invocation::{self, ISSUER, Invocation, peek_expiry, peek_key_id};
use atlassian_jwt::rs256::PublicKey;
use atlassian_jwt::{Error, hs256};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const NOW: i64 = 1_767_225_600;
const APP: &str = "ari:cloud:ecosystem::app/8db33309-a8e4-4d2e-9b1a-0d4b3a2c1f00";
const KEY_ID: &str = "forge/invocation-token/2f1c";

struct Pair {
    private: EncodingKey,
    n: String,
    e: String,
}

fn pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("the crypto library makes an RSA key");
        let der: Pkcs8V1Der<'_> = pair.as_der().expect("a fresh key has a PKCS#8 form");
        let pem =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()));
        let public = pair.public_key();
        Pair {
            private: EncodingKey::from_rsa_pem(pem.as_bytes()).expect("the PKCS#8 form is read"),
            n: URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            e: URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        }
    })
}

fn key() -> PublicKey {
    PublicKey::from_components(&pair().n, &pair().e).expect("a key of 2048 bits")
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": APP, "iat": NOW, "nbf": NOW, "exp": NOW + 120, "jti": "a-1", "principal": "5f00",
        "app": {
            "id": APP,
            "installationId": "i-1",
            "apiBaseUrl": "https://api.atlassian.com/ex/confluence/cloud-1",
            "installation": {"id": "i-1", "contexts": [
                {"name": "confluence", "apiBaseUrl": "https://api.atlassian.com/ex/confluence/cloud-1"},
                {"name": "jira", "apiBaseUrl": "https://api.atlassian.com/ex/jira/cloud-1"},
            ]},
            "license": {"isActive": true},
            "module": {"type": "jira:projectPage", "key": "project"},
            "someNewField": [1, 2],
        },
        "context": {"cloudId": "cloud-1"},
    })
}

fn signed(claims: &Value) -> String {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(KEY_ID.to_owned());
    jsonwebtoken::encode(&header, claims, &pair().private).expect("claims can be signed")
}

fn verified(claims: &Value, now: i64) -> Result<Invocation, Error> {
    invocation::verify(&signed(claims), &key(), APP, now)
}

fn bent(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[test]
fn a_right_token_tells_installation_gateway_license_and_person() {
    let said = verified(&claims(), NOW).expect("a right token");
    assert_eq!((said.installation_id(), said.principal.as_deref()), (Some("i-1"), Some("5f00")));
    assert_eq!(said.api_base_url("jira"), Some("https://api.atlassian.com/ex/jira/cloud-1"), "the product's own");
    assert_eq!(said.app.license.as_ref().and_then(|license| license.is_active), Some(true));
    assert_eq!(said.context["cloudId"], "cloud-1");
    assert!(verified(&bent("aud", json!([APP])), NOW).is_ok(), "one audience in a list is one");
    assert_eq!(peek_key_id(&signed(&claims())).as_deref(), Ok(KEY_ID));
    assert_eq!(peek_expiry(&signed(&claims())), Some(NOW + 120));
    assert_eq!(peek_expiry("opaque"), None);
}

#[test]
fn each_claim_must_be_there_and_right() {
    for claim in ["iss", "aud", "iat", "nbf", "exp", "jti"] {
        assert_eq!(verified(&bent(claim, Value::Null), NOW), Err(Error::MissingClaim(claim)));
    }
    assert_eq!(verified(&bent("app", Value::Null), NOW), Err(Error::MissingClaim("app")));
    assert_eq!(verified(&bent("jti", json!("")), NOW), Err(Error::MissingClaim("jti")));
    assert_eq!(verified(&bent("iss", json!("forge/other")), NOW), Err(Error::WrongIssuer));
    let other = format!("{APP}1");
    for aud in
        [json!(other), json!([]), json!([APP, other]), json!([other, APP]), json!(""), json!(APP.rsplit('/').next())]
    {
        assert_eq!(verified(&bent("aud", aud.clone()), NOW), Err(Error::WrongAudience), "{aud}");
    }
    for (at, refusal) in [(NOW + 150, Error::Expired), (NOW - 31, Error::NotYetValid)] {
        assert_eq!(verified(&claims(), at), Err(refusal));
    }
    assert!(verified(&claims(), NOW + 149).is_ok() && verified(&claims(), NOW - 30).is_ok(), "clocks differ");
    assert_eq!(verified(&bent("iat", json!(NOW + 301)), NOW), Err(Error::IssuedInFuture));
    assert_eq!(verified(&bent("exp", json!("soon")), NOW), Err(Error::Malformed));
}

#[test]
fn the_algorithm_is_not_the_tokens_choice() {
    let secret = pair().n.as_bytes();
    let claims = atlassian_jwt::Claims { iss: ISSUER.to_owned(), exp: NOW + 120, ..atlassian_jwt::Claims::default() };
    let by_secret = hs256::sign(&claims, secret).expect("signs");
    assert_eq!(invocation::verify(&by_secret, &key(), APP, NOW), Err(Error::WrongAlgorithm));
    let right = signed(&self::claims());
    let (signed_part, _) = right.rsplit_once('.').expect("three parts");
    assert_eq!(invocation::verify(&format!("{signed_part}."), &key(), APP, NOW), Err(Error::Signature));
    for odd in ["", "a.b", "a.b.c", "..", &"x".repeat(20_000)] {
        assert!(invocation::verify(odd, &key(), APP, NOW).is_err() && peek_key_id(odd).is_err(), "{odd:.20}");
    }
}

#[test]
fn only_the_platform_calls_without_a_person_and_a_page() {
    let by_the_platform = |kind: Value, principal: Value| {
        let mut claims = bent("principal", principal);
        claims["app"]["module"] = kind;
        verified(&claims, NOW).expect("a right token").is_by_the_platform()
    };
    assert!(by_the_platform(json!({"type": "core:endpoint", "key": "events"}), Value::Null));
    assert!(by_the_platform(json!({"type": "scheduledTrigger"}), Value::Null));
    assert!(by_the_platform(Value::Null, Value::Null), "a token that tells no module");
    assert!(!by_the_platform(json!({"type": "core:endpoint"}), json!("5f00")), "somebody looks");
    assert!(
        !by_the_platform(json!({"type": "jira:projectPage"}), Value::Null),
        "somebody looks whom Jira does not know"
    );
    assert!(!by_the_platform(json!({"type": "jiraServiceManagement:organizationPanel"}), Value::Null));
}

#[test]
fn keys_of_a_set_are_numbers_of_some_length() {
    for (n, e) in [("", "AQAB"), ("AQAB", "AQAB"), (pair().n.as_str(), "not base64!")] {
        assert_eq!(PublicKey::from_components(n, e).err(), Some(Error::UnusableKey), "{n:.10} {e}");
    }
}
