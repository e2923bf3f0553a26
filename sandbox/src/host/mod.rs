//! Pages that the site shows in a browser: a project as Jira shows it, with the installed app's pages in frames of their
//! own origin, a console, and a small bridge. Does not know the REST API, nor any app in particular.

pub(crate) mod forge;
mod modules;
pub(crate) mod names;
pub(crate) mod resource;

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::site::Site;

/// Files of the page, by address. The bridge is loaded by pages of other origins.
const FILES: &[(&str, &str, &str)] = &[
    ("/host/host.js", "text/javascript", include_str!("files/host.js")),
    ("/host/frames.js", "text/javascript", include_str!("files/frames.js")),
    ("/host/console.js", "text/javascript", include_str!("files/console.js")),
    ("/host/parts.js", "text/javascript", include_str!("files/parts.js")),
    ("/host/host.css", "text/css", include_str!("files/host.css")),
    ("/host/icon.svg", "image/svg+xml", include_str!("files/icon.svg")),
    ("/bridge/all.js", "text/javascript", include_str!("files/bridge.js")),
];

const PAGE: &str = include_str!("files/index.html");

/// Addresses that a browser may open; all show the same page, which looks at its own address.
const PAGES: &[&str] = &["/jira/", "/browse/", "/secure/admin/", "/servicedesk/", "/projects/"];

/// Where links of apps lead: `{app key}/{module key}?project.key=…`.
const MODULES: &str = "/plugins/servlet/ac/";

/// What of the app is to be shown, where and to whom.
#[derive(Debug, Deserialize)]
struct Where {
    user: String,
    #[serde(default)]
    project: String,
    #[serde(default)]
    item: String,
    /// Where besides the project's own pages: `settings` of a project, an `organisation` of it, or `admin`.
    #[serde(default)]
    place: String,
    #[serde(default)]
    organisation: String,
}

/// Answers a browser's request, or leaves it to the site's 404.
pub(crate) async fn serve(site: Arc<Site>, request: HttpRequest) -> Option<HttpResponse> {
    if request.method() != Method::GET || !is_from_here(&request) {
        return None;
    }
    let path = request.path();
    if let Some((_, kind, text)) = FILES.iter().find(|(address, ..)| *address == path) {
        return Some(HttpResponse::Ok().content_type(format!("{kind}; charset=utf-8")).body(*text));
    }
    if let Some(named) = path.strip_prefix(MODULES) {
        return module(&site, named, request.query_string());
    }
    if path == "/" || PAGES.iter().any(|start| path.starts_with(start)) {
        return Some(page());
    }
    let asked = web::Query::<Where>::from_query(request.query_string()).ok()?;
    match path {
        "/host/token" => Some(token(&site, &asked)),
        "/host/frames" => {
            let mut frames = modules::frames(&site, &asked);
            frames.extend(forge::frames(&site, &asked));
            Some(HttpResponse::Ok().json(frames))
        }
        _ => None,
    }
}

/// The project page that a link names: shown where Jira shows it, in its project. What is not there is the site's 404.
fn module(site: &Site, named: &str, query: &str) -> Option<HttpResponse> {
    let (app, module) = named.split_once('/')?;
    let asked = web::Query::<Vec<(String, String)>>::from_query(query).ok()?;
    let (_, project) = asked.iter().find(|(name, _)| name == "project.key")?;
    let state = site.lock();
    let installed = state.app.as_ref().filter(|installed| installed.enabled && installed.key == app)?;
    let pages = installed.descriptor["modules"]["jiraProjectPages"].as_array()?;
    if !pages.iter().any(|page| page["key"] == module) {
        return None;
    }
    let key = &state.project(project)?.key;
    let shown = format!("/jira/servicedesk/projects/{key}/apps");
    Some(HttpResponse::Found().insert_header(("Location", shown)).finish())
}

/// A name that was bent to this address must not read tokens.
fn is_from_here(request: &HttpRequest) -> bool {
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost")
}

fn page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "Content-Security-Policy",
            "default-src 'self'; frame-src http: https:; frame-ancestors 'none'",
        ))
        .insert_header(("Cache-Control", "no-cache, no-store"))
        .body(PAGE)
}

fn token(site: &Arc<Site>, asked: &Where) -> HttpResponse {
    let known = site.lock().person(&asked.user).is_some();
    let Some(app) = site.lock().app.clone().filter(|_| known) else { return HttpResponse::NotFound().finish() };
    let token = site.context_token(&app, &asked.user);
    HttpResponse::Ok().content_type("text/plain").insert_header(("Cache-Control", "no-store")).body(token)
}
