//! The key server: hands out the public key of a key id, and the key sets of Forge, or misbehaves as told.
//! Does not know the site behind it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::tokens::SigningKey;

/// How the key server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyServerMood {
    /// Answers the right key, and 404 for unknown ids.
    Well,
    /// Answers this status to everything.
    Status(u16),
    /// Answers another key than the one that signs.
    Lies,
    /// Answers text that is no key, with status 200.
    Garbage,
    /// Answers right, but only after this long.
    Slow(Duration),
    /// Takes the request and never answers.
    Silent,
    /// Answers with a redirect to this URL.
    Redirects(String),
}

/// State of the key server.
#[derive(Debug)]
pub(crate) struct KeyServer {
    pub(crate) kid: String,
    mood: Mutex<KeyServerMood>,
    fetched: Mutex<Vec<String>>,
    /// Key id of invocations from now on.
    invocation_kid: Mutex<String>,
}

/// Where Forge's key sets are.
pub(crate) const KEY_SET: &str = ".well-known/jwks.json";
pub(crate) const STAGING_KEY_SET: &str = "staging/.well-known/jwks.json";

/// Key ids of Forge, for all sites of this process.
fn invocation_kids() -> &'static Mutex<Vec<String>> {
    static KIDS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    &KIDS
}

/// Key id of Forge's staging.
pub(crate) fn staging_kid() -> &'static str {
    static KID: OnceLock<String> = OnceLock::new();
    KID.get_or_init(|| format!("forge/staging/{}", uuid::Uuid::new_v4()))
}

fn fresh_invocation_kid() -> String {
    let kid = format!("forge/invocation-token/{}", uuid::Uuid::new_v4());
    invocation_kids().lock().unwrap_or_else(PoisonError::into_inner).push(kid.clone());
    kid
}

/// A key set: every production key, or the one of staging.
fn key_set(staging: bool, key: &SigningKey) -> HttpResponse {
    let kids = invocation_kids().lock().unwrap_or_else(PoisonError::into_inner).clone();
    let kids = if staging { vec![staging_kid().to_owned()] } else { kids };
    let keys: Vec<serde_json::Value> = kids.iter().map(|kid| key.jwk(kid)).collect();
    HttpResponse::Ok().json(serde_json::json!({"keys": keys}))
}

/// Key ids of every site in this process: as with Atlassian, one key server knows the keys of all tenants.
fn published() -> &'static Mutex<BTreeSet<String>> {
    static PUBLISHED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    &PUBLISHED
}

impl KeyServer {
    pub(crate) fn new() -> Self {
        let kid = uuid::Uuid::new_v4().to_string();
        published().lock().unwrap_or_else(PoisonError::into_inner).insert(kid.clone());
        let invocation_kid = invocation_kids().lock().unwrap_or_else(PoisonError::into_inner).first().cloned();
        let invocation_kid = Mutex::new(invocation_kid.unwrap_or_else(fresh_invocation_kid));
        Self { kid, mood: Mutex::new(KeyServerMood::Well), fetched: Mutex::new(Vec::new()), invocation_kid }
    }

    pub(crate) fn invocation_kid(&self) -> String {
        self.invocation_kid.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Signs invocations under a fresh key id from now on; the old ones stay published.
    pub(crate) fn rotate_invocation_key(&self) {
        *self.invocation_kid.lock().unwrap_or_else(PoisonError::into_inner) = fresh_invocation_kid();
    }

    pub(crate) fn set_mood(&self, mood: KeyServerMood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Key ids asked for so far, in order.
    pub(crate) fn fetched(&self) -> Vec<String> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, kid: &str) -> KeyServerMood {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner).push(kid.to_owned());
        self.mood.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn key(pem: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("application/x-pem-file").body(pem.to_owned())
}

pub(crate) async fn serve(request: HttpRequest, server: web::Data<Arc<KeyServer>>) -> HttpResponse {
    let asked = request.path().trim_start_matches('/').to_owned();
    let staging = asked == STAGING_KEY_SET;
    let forge = staging || asked == KEY_SET;
    let right = |asked: &str| {
        if forge {
            return key_set(staging, if staging { SigningKey::of_forge_staging() } else { SigningKey::of_forge() });
        }
        let known = published().lock().unwrap_or_else(PoisonError::into_inner).contains(asked);
        if known { key(&SigningKey::of_the_site().public_pem) } else { HttpResponse::NotFound().finish() }
    };
    match server.note(&asked) {
        KeyServerMood::Well => right(&asked),
        KeyServerMood::Status(status) => {
            let status = actix_web::http::StatusCode::from_u16(status);
            HttpResponse::build(status.unwrap_or(actix_web::http::StatusCode::SERVICE_UNAVAILABLE)).finish()
        }
        KeyServerMood::Lies if forge => key_set(staging, SigningKey::of_a_stranger()),
        KeyServerMood::Lies => key(&SigningKey::of_a_stranger().public_pem),
        KeyServerMood::Garbage => key("<html>this is not the key you are looking for</html>"),
        KeyServerMood::Slow(wait) => {
            tokio::time::sleep(wait).await;
            right(&asked)
        }
        KeyServerMood::Silent => std::future::pending().await,
        KeyServerMood::Redirects(to) => HttpResponse::Found().insert_header(("Location", to)).finish(),
    }
}
