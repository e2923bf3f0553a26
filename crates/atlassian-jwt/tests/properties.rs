//! Properties over random input: nothing panics, what is signed verifies, order does not matter.
//! Knows no particular request.

mod common;

use std::sync::LazyLock;

use atlassian_jwt::rs256::PublicKey;
use atlassian_jwt::{
    Algorithm, Claims, Error, Expect, Request, TokenPlaces, canonical, hs256, peek_issuer, peek_key_id, qsh, rs256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::NOW;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

/// Parsed once, not once per case.
static KEY: LazyLock<PublicKey> =
    LazyLock::new(|| PublicKey::from_pem(&common::file().rs256_public_key_pem).expect("the vectors' key"));

/// Text that looks like a target: separators, escapes, whole and broken, and anything else.
fn target() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[/?&=%+.,#:;~*'!@-]{1,3}",
        "%[0-9A-Fa-f]{2}",
        "[a-zA-Z0-9]{1,4}",
        Just("jwt".to_owned()),
        Just("/app".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Three segments whose inside is JSON of about the right shape.
fn tokenish() -> impl Strategy<Value = String> {
    let header = prop_oneof![
        Just(json!({"alg": "HS256"})),
        Just(json!({"alg": "RS256", "kid": "k"})),
        any::<String>().prop_map(|alg| json!({"alg": alg, "kid": alg})),
    ];
    let payload = (any::<String>(), any::<i64>(), any::<Option<i64>>(), any::<Option<String>>())
        .prop_map(|(text, exp, iat, qsh)| json!({"iss": text, "aud": text, "exp": exp, "iat": iat, "qsh": qsh}));
    (header, payload, vec(any::<u8>(), 0..300)).prop_map(|(header, payload, signature)| {
        let segment = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (header, payload) = (header.to_string(), payload.to_string());
        format!("{}.{}.{}", segment(header.as_bytes()), segment(payload.as_bytes()), segment(&signature))
    })
}

fn pair() -> impl Strategy<Value = (String, String)> {
    ("[a-c%+é~]{0,3}", "[a-c,%+é~]{0,3}")
}

fn query_of(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

proptest! {
    #[test]
    fn no_target_panics(method in "[A-Za-z&]{0,7}", target in target(), base in target()) {
        match canonical(&method, &target, &base) {
            Ok(line) => prop_assert_eq!(line.matches('&').take(2).count(), 2, "always three parts"),
            Err(error) => prop_assert!(matches!(error, Error::Target | Error::Method)),
        }
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..200), now in any::<i64>()) {
        let text = String::from_utf8_lossy(&bytes);
        let places = TokenPlaces { authorization: Some(&text), query: Some(&text), form: None };
        let _ = places.find();
        let _ = peek_issuer(&text, Algorithm::Hs256);
        let _ = peek_key_id(&text);
        let _ = PublicKey::from_pem(&format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", URL_SAFE_NO_PAD.encode(&bytes)));
        prop_assert!(hs256::verify(&text, &[1; 32], &Expect::context(), now).is_err());
    }

    #[test]
    fn no_forged_token_panics_or_passes(token in tokenish(), secret in vec(any::<u8>(), 0..64), now in any::<i64>()) {
        let _ = peek_issuer(&token, Algorithm::Hs256);
        let _ = peek_key_id(&token);
        for expect in [Expect::context(), Expect::request(Request::new("GET", "/", "")).max_lifetime(900).audience("x")] {
            prop_assert!(hs256::verify(&token, &secret, &expect, now).is_err());
            prop_assert!(rs256::verify(&token, &KEY, &expect, now).is_err());
        }
    }

    #[test]
    fn any_claims_that_are_signed_are_judged_without_panic(
        exp in any::<i64>(), iat in any::<Option<i64>>(), nbf in any::<Option<i64>>(), now in any::<i64>(), longest in any::<i64>(),
    ) {
        let claims = Claims { iss: "i".into(), exp, iat, nbf, qsh: Some("context-qsh".into()), ..Claims::default() };
        let token = hs256::sign(&claims, &[7; 32]).expect("signs");
        let _ = hs256::verify(&token, &[7; 32], &Expect::context().max_lifetime(longest), now);
    }

    #[test]
    fn what_is_signed_verifies_and_only_for_its_request(
        secret in vec(any::<u8>(), 32..64), path in "(/[a-z&%é]{0,5}){1,3}", pairs in vec(pair(), 0..5), base in prop_oneof![Just(""), Just("/app")],
        iss in "[a-z0-9-]{1,20}", sub in any::<Option<String>>(), aud in vec("[a-z]{1,5}", 0..3),
    ) {
        let target = format!("{base}{path}?{}", query_of(&pairs));
        let claims = Claims {
            iss, sub, aud, iat: Some(NOW), exp: NOW + 180, qsh: Some(qsh("POST", &target, base).expect("origin-form")), ..Claims::default()
        };
        let token = hs256::sign(&claims, &secret).expect("signs");
        let request = Request::new("POST", &target, base);
        let seen = hs256::verify(&token, &secret, &Expect::request(request), NOW + 1);
        prop_assert_eq!(seen.as_ref(), Ok(&claims));
        let more = format!("{target}&zz=1");
        let other = Expect::request(Request::new("POST", &more, base));
        prop_assert_eq!(hs256::verify(&token, &secret, &other, NOW + 1), Err(Error::QshMismatch));
        let mut wrong = secret.clone();
        wrong[0] ^= 1;
        prop_assert_eq!(hs256::verify(&token, &wrong, &Expect::request(request), NOW + 1), Err(Error::Signature));
    }

    #[test]
    fn order_of_parameters_does_not_matter(
        (pairs, shuffled) in vec(pair(), 0..8).prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle())),
        at in 0_usize..9,
    ) {
        let plain = qsh("GET", &format!("/q?{}", query_of(&pairs)), "");
        let mut with_token = shuffled.clone();
        with_token.insert(at.min(shuffled.len()), ("jwt".into(), "a.b.c".into()));
        prop_assert_eq!(&qsh("GET", &format!("/q?{}", query_of(&shuffled)), ""), &plain);
        prop_assert_eq!(&qsh("GET", &format!("/q?{}", query_of(&with_token)), ""), &plain);
    }

    #[test]
    fn origin_form_and_absolute_form_have_one_hash(target in target(), base in prop_oneof![Just(""), Just("/app")]) {
        let origin = format!("/{target}");
        prop_assert_eq!(qsh("GET", &origin, base), qsh("GET", &format!("https://h.example:8443{origin}"), base));
    }
}
