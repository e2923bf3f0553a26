//! The vectors of `tests/vectors/jwt-vectors.json`, typed.
//! Knows no expectation: each test says what it wants of them.
#![allow(dead_code, unreachable_pub, reason = "each test binary includes this file and uses its part")]

use serde::Deserialize;
use serde_json::Value;

/// A secret long enough to sign with.
pub const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// The time most vectors were issued at.
pub const NOW: i64 = 1_767_225_600;

#[derive(Deserialize)]
pub struct File {
    pub rs256_public_key_pem: String,
    pub rs256_kid: String,
    pub count: usize,
    pub vectors: Vec<Vector>,
    pub negatives: Vec<Negative>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vector {
    pub id: String,
    pub category: String,
    #[serde(rename = "wire_legal")]
    pub wire_legal: bool,
    pub consensus: bool,
    pub method: String,
    pub url: String,
    pub base_url: String,
    pub canonical: String,
    pub qsh: String,
    pub alg: String,
    pub secret: Option<String>,
    pub claims: Value,
    pub token: String,
}

#[derive(Deserialize)]
pub struct Negative {
    pub id: String,
    pub name: String,
    pub expected_alg: String,
    pub secret: Option<String>,
    pub token: String,
}

pub fn file() -> File {
    let file: File = serde_json::from_str(include_str!("../vectors/jwt-vectors.json")).expect("the vectors are JSON");
    assert_eq!(file.vectors.len(), file.count, "the vector file was cut short");
    file
}

impl Vector {
    /// The path of the receiver's base URL.
    pub fn base_path(&self) -> &str {
        let after_scheme = self.base_url.split_once("://").map_or("", |(_, rest)| rest);
        after_scheme.find('/').map_or("", |start| &after_scheme[start..])
    }

    /// Verified at the second after it was issued.
    pub fn now(&self) -> i64 {
        self.claims["iat"].as_i64().expect("each vector has iat") + 1
    }
}
