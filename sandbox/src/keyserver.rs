//! The install key server: hands out the public key of a key id, or misbehaves as told.
//! Does not know the site behind it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
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
        Self { kid, mood: Mutex::new(KeyServerMood::Well), fetched: Mutex::new(Vec::new()) }
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
    let right = |asked: &str| {
        let known = published().lock().unwrap_or_else(PoisonError::into_inner).contains(asked);
        if known { key(&SigningKey::of_the_site().public_pem) } else { HttpResponse::NotFound().finish() }
    };
    match server.note(&asked) {
        KeyServerMood::Well => right(&asked),
        KeyServerMood::Status(status) => {
            let status = actix_web::http::StatusCode::from_u16(status);
            HttpResponse::build(status.unwrap_or(actix_web::http::StatusCode::SERVICE_UNAVAILABLE)).finish()
        }
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
