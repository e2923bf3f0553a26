//! Our canonical requests, hashes and verdicts against 200 vectors made with Atlassian's own library, and 28 tokens
//! that must be refused.
//! Knows no rule by itself: where a vector and we differ, the test says so by name.

mod common;

use atlassian_jwt::rs256::PublicKey;
use atlassian_jwt::{Algorithm, Error, Expect, Request, canonical, hs256, peek_issuer, peek_key_id, qsh, rs256};
use common::{File, Negative, Vector, file};

/// The npm library cuts the base path as bare text (`/apple` below `/app` becomes `/le`). We cut on segment boundaries.
const BARE_TEXT_CUT: &str = "path-base-quirk";

fn verify(file: &File, vector: &Vector, expect: &Expect<'_>) -> Result<atlassian_jwt::Claims, Error> {
    match vector.alg.as_str() {
        "HS256" => {
            let secret = vector.secret.as_deref().expect("HS256 vectors have a secret");
            hs256::verify(&vector.token, secret.as_bytes(), expect, vector.now())
        }
        _ => {
            let key = PublicKey::from_pem(&file.rs256_public_key_pem).expect("the vectors' key is an RSA public key");
            rs256::verify(&vector.token, &key, expect, vector.now())
        }
    }
}

#[test]
fn j23_each_agreed_vector_has_our_canonical_request_and_hash() {
    let mut held = 0;
    for vector in file().vectors.iter().filter(|v| v.consensus && v.category != BARE_TEXT_CUT) {
        let Vector { id, method, url, .. } = vector;
        assert_eq!(canonical(method, url, vector.base_path()).as_deref(), Ok(vector.canonical.as_str()), "{id}: {url}");
        assert_eq!(qsh(method, url, vector.base_path()).as_deref(), Ok(vector.qsh.as_str()), "{id}: {url}");
        held += usize::from(vector.wire_legal);
    }
    assert_eq!(held, 165, "168 vectors are agreed and can arrive over HTTP, 3 of them cut the base path as bare text");
}

#[test]
fn where_implementations_disagree_we_follow_atlassians_library_but_for_three() {
    let file = file();
    let other: Vec<_> = file
        .vectors
        .iter()
        .filter(|v| !v.consensus && qsh(&v.method, &v.url, v.base_path()).as_deref() != Ok(v.qsh.as_str()))
        .map(|v| v.id.as_str())
        .collect();
    // v021: JavaScript drops the name `__proto__`. v050: a raw space, which no request line can hold.
    // v283: `/app` below `/app/`, the base itself, is `/` for us whether or not the base is written with its slash.
    assert_eq!(other, ["v021", "v050", "v283"], "the canonical request changed: compare with the vectors' `others`");
}

#[test]
fn base_path_is_cut_on_a_segment_boundary_only() {
    let file = file();
    let quirks: Vec<_> = file.vectors.iter().filter(|v| v.category == BARE_TEXT_CUT).collect();
    assert_eq!(quirks.len(), 3);
    for vector in quirks {
        let Vector { id, method, url, .. } = vector;
        let whole = canonical(method, url, vector.base_path());
        assert_eq!(whole, Ok(format!("{method}&{url}&")), "{id}: the path is outside the base and stays whole");
        // The cut is all that differs: what the library made of the path has the library's hash.
        let cut = format!("/{}", &url[vector.base_path().len()..]);
        assert_eq!(qsh(method, &cut, "").as_deref(), Ok(vector.qsh.as_str()), "{id}");
        let request = Request::new(method, url, vector.base_path());
        assert_eq!(verify(&file, vector, &Expect::request(request)), Err(Error::QshMismatch), "{id}");
    }
}

#[test]
fn j18_each_vectors_token_verifies_and_hands_on_all_its_claims() {
    let file = file();
    let same_hash = |v: &&Vector| qsh(&v.method, &v.url, v.base_path()).as_deref() == Ok(v.qsh.as_str());
    let ours: Vec<_> = file.vectors.iter().filter(same_hash).collect();
    assert_eq!(ours.len(), 194, "all but the three of the base path and the three named above share our hash");
    for vector in ours {
        let request = Request::new(&vector.method, &vector.url, vector.base_path());
        let claims = verify(&file, vector, &Expect::request(request))
            .unwrap_or_else(|error| panic!("{} ({}) was refused: {error}", vector.id, vector.category));
        let read = serde_json::to_value(&claims).expect("claims are JSON");
        assert_eq!(read, vector.claims, "{}: iss, aud, sub, times, qsh and context come through", vector.id);
    }
}

#[test]
fn audience_of_the_lifecycle_vectors_is_checked_without_its_last_slash() {
    let file = file();
    let mut checked = 0;
    for vector in file.vectors.iter().filter(|v| v.alg == "RS256" && v.consensus) {
        let Some(audience) = vector.claims["aud"][0].as_str() else { continue };
        let request = Request::new(&vector.method, &vector.url, vector.base_path());
        let slashed = format!("{}/", audience.trim_end_matches('/'));
        for wanted in [audience.trim_end_matches('/'), &slashed] {
            let seen = verify(&file, vector, &Expect::request(request).audience(wanted));
            assert!(seen.is_ok(), "{}: {wanted} is {audience}", vector.id);
        }
        let seen = verify(&file, vector, &Expect::request(request).audience("https://evil.example"));
        assert_eq!(seen, Err(Error::WrongAudience), "{}", vector.id);
        checked += 1;
    }
    assert!(checked > 0, "no RS256 vector carries an audience any more");
}

#[test]
fn j16_j21_each_must_refuse_token_is_refused_for_its_reason() {
    let file = file();
    assert_eq!(file.negatives.len(), 28);
    for Negative { id, name, expected_alg, secret, token } in &file.negatives {
        let reason = match name.as_str() {
            "wrong secret"
            | "payload changed after signing"
            | "signature first character changed"
            | "signature truncated"
            | "empty signature"
            | "RS256 payload changed"
            | "RS256 signature of another token" => Error::Signature,
            "alg none"
            | "alg HS512 where HS256 expected"
            | "public key used as HMAC secret (key confusion)"
            | "RS256 token offered where HS256 expected" => Error::WrongAlgorithm,
            "two segments" | "four segments" | "header not JSON" => Error::Malformed,
            other => panic!("{id}: give the new kind of bad token `{other}` its reason"),
        };
        // The hash these tokens carry; none may get as far as having it compared.
        let expect = Expect::request(Request::new("GET", "/webhook/issue-created?user_id=admin&user_key=admin", ""));
        let seen = if expected_alg == "HS256" {
            let secret = secret.as_deref().expect("HS256 negatives have a secret");
            hs256::verify(token, secret.as_bytes(), &expect, common::NOW + 1)
        } else {
            let key = PublicKey::from_pem(&file.rs256_public_key_pem).expect("the vectors' key");
            rs256::verify(token, &key, &expect, common::NOW + 1)
        };
        assert_eq!(seen, Err(reason), "{id}: {name}");
    }
}

#[test]
fn issuer_and_key_id_can_be_peeked_but_not_across_algorithms() {
    let file = file();
    let hs = file.vectors.iter().find(|v| v.alg == "HS256").expect("an HS256 vector");
    let rs = file.vectors.iter().find(|v| v.alg == "RS256").expect("an RS256 vector");
    assert_eq!(peek_issuer(&hs.token, Algorithm::Hs256).ok().as_deref(), hs.claims["iss"].as_str());
    assert_eq!(peek_issuer(&rs.token, Algorithm::Rs256).ok().as_deref(), rs.claims["iss"].as_str());
    assert_eq!(peek_key_id(&rs.token), Ok(file.rs256_kid.clone()));
    assert_eq!(peek_issuer(&rs.token, Algorithm::Hs256), Err(Error::WrongAlgorithm));
    assert_eq!(peek_issuer(&hs.token, Algorithm::Rs256), Err(Error::WrongAlgorithm));
    assert_eq!(peek_key_id(&hs.token), Err(Error::WrongAlgorithm));
}

#[test]
fn table_of_worked_examples_holds() {
    let table = [
        (
            "GET",
            "https://app.example.com/webhooks/user?user_account_id=557058:abc&user_id=x&jwt=zzz",
            "",
            "GET&/webhooks/user&user_account_id=557058%3Aabc&user_id=x",
            "ce1c980eefcb0c2217c4138b8fc65113f4d43d8959f6dc3514fca41b144f3c25",
        ),
        (
            "POST",
            "https://app.example.com/base/installed?x=1",
            "/base",
            "POST&/installed&x=1",
            "8e3d866a6cb025f885148b6c57795e6ca5db5779a3ecda9c52c275c8df4774ba",
        ),
        (
            "GET",
            "/path/to/service?zee_last=param&repeated=parameter%201&first=param&repeated=parameter%202",
            "",
            "GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param",
            "e52bb281606c3bd9ca16cfe96fe2df78f5d9ffa126f06befd750dfa10fa1a897",
        ),
        (
            "GET",
            "/p/?a=b+c&d=%2A%7E%21%27%28%29&e=%C3%A9",
            "",
            "GET&/p&a=b%20c&d=%2A~%21%27%28%29&e=%C3%A9",
            "0918f8e32277be9ae31818b3171eeedeb9237ee8ef6d49b7173fbba6d82f2a66",
        ),
        (
            "GET",
            "/p%20q&r/s/?b=&a",
            "",
            "GET&/p%20q%26r/s&a=&b=",
            "cd634abc011a43021ba2bc1e65a3ec03d85a46931abed1b71d3c9d553228fc7c",
        ),
        (
            "GET",
            "/x?r=10&r=9&r=a,b",
            "",
            "GET&/x&r=10,9,a%2Cb",
            "ef000512b95cce0773eb4a1b49777d55a209eb771f4d74297cbe98f6e832eca6",
        ),
        ("GET", "https://h", "", "GET&/&", "c88caad15a1c1a900b8ac08aa9686f4e8184539bea1deda36e2f649430df3239"),
        ("GET", "/a%2Fb", "", "GET&/a%2Fb&", "cbc15c3d9a08d4f8cb195d87414cb82afb64de73c2dae6d574b10b0c32543c33"),
    ];
    for (method, target, base, line, hash) in table {
        assert_eq!(canonical(method, target, base).as_deref(), Ok(line), "{target}");
        assert_eq!(qsh(method, target, base).as_deref(), Ok(hash), "{target}");
    }
}
