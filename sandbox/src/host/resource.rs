//! The static files of the installed Forge app, as Atlassian's network of servers hands them out: an origin of their own, a
//! policy without exceptions, and the function beneath `@forge/bridge` put in front.
//! Does not know the site, nor what the files do.

use std::path::Path;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};

/// What is put in front of a page, and the stand-in for a bridge that is not bundled.
const OURS: &[(&str, &str)] = &[
    ("forge-host.js", include_str!("files/forge-host.js")),
    ("forge-bridge.js", include_str!("files/forge-bridge.js")),
];

/// Folder of our own files, which no app's file can have.
const OWN: &str = "@sandbox/";

/// Answers a browser's request for a file in this folder; `site` may frame the page.
pub(crate) fn serve(folder: &Path, site: &str, request: &HttpRequest) -> HttpResponse {
    let name = request.path().trim_start_matches('/');
    if request.method() != Method::GET {
        return HttpResponse::MethodNotAllowed().finish();
    }
    if let Some((_, text)) = name.strip_prefix(OWN).and_then(|own| OURS.iter().find(|(name, _)| *name == own)) {
        return HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(*text);
    }
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    if !name.split('/').all(plain) {
        return HttpResponse::NotFound().finish();
    }
    let Ok(content) = std::fs::read(folder.join(name)) else { return HttpResponse::NotFound().finish() };
    let kind = match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let content = if name == "index.html" { with_bridge(&content, &nonce) } else { content };
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Security-Policy", policy(site, &nonce)))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(content)
}

/// The page with Forge's script first. Where the app's module still names the bridge, it finds the stand-in.
fn with_bridge(page: &[u8], nonce: &str) -> Vec<u8> {
    let first = format!(
        "<head><script src=\"./{OWN}forge-host.js\"></script><script type=\"importmap\" nonce=\"{nonce}\">\
         {{\"imports\":{{\"@forge/bridge\":\"./{OWN}forge-bridge.js\"}}}}</script>"
    );
    String::from_utf8_lossy(page).replacen("<head>", &first, 1).into_bytes()
}

/// Everything beside the page, nothing from elsewhere, nothing inline but the map of this answer.
fn policy(site: &str, nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors {site}"
    )
}
