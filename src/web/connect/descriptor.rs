//! The descriptor: the file at the root of the repository with our base URL and key filled in.
//! Knows no route by itself; a test compares it with the route table.

use crate::web::State;
use crate::web::problem::Problem;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const TEMPLATE: &str = include_str!("../../../atlassian-connect.json");

/// `GET /atlassian-connect.json`
pub(in crate::web) async fn serve(request: HttpRequest, state: State) -> Result<HttpResponse, Problem> {
    let settings = &state.settings;
    let body = filled(settings.public_url.as_str().trim_end_matches('/'), &settings.app_key)?;
    let tag = tag(&body);
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    Ok(HttpResponse::Ok().content_type("application/json").insert_header((header::ETAG, tag)).body(body))
}

fn filled(base_url: &str, key: &str) -> Result<String, Problem> {
    let mut descriptor: Value = serde_json::from_str(TEMPLATE).map_err(|_| Problem::internal("descriptor template"))?;
    descriptor["baseUrl"] = base_url.into();
    descriptor["key"] = key.into();
    serde_json::to_string_pretty(&descriptor).map_err(|_| Problem::internal("descriptor"))
}

fn tag(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    let hex = hash.iter().take(12).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    });
    format!("\"{hex}\"")
}
