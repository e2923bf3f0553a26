//! Pages of an app that is installed by its manifest: who is shown which, how their files are served, and what becomes of the
//! calls they make. A browser is not here.

use serde_json::{Value, json};

use crate::forge::{Forged, MANIFEST};

/// Modules in three places, with the conditions that apps commonly have.
const PAGES: &str = r#"
  "jira:projectSettingsPage":
    - key: knobs
      resource: main
      resolver: { endpoint: ui }
      title: Knobs
      displayConditions: { projectType: service_desk, canAdministerProjects: true }
  "jira:issueContext":
    - key: beside
      resource: main
      resolver: { endpoint: ui }
      title: Beside
      label: Beside
      displayConditions: { entityPropertyExists: { entity: issue, propertyKey: example.mark } }
  "jira:adminPage":
    - { key: whole, resource: main, resolver: { endpoint: ui }, title: All, displayConditions: { canAdministerJira: true } }
"#;

struct Shown {
    forged: Forged,
    folder: std::path::PathBuf,
}

impl Drop for Shown {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Shown {
    async fn new(name: &str) -> Self {
        let forged = Forged::bare().await;
        let folder = std::env::temp_dir().join(format!("sandbox-pages-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("index.html"), "<!doctype html><html><head></head><body></body></html>")
            .expect("a file");
        std::fs::write(folder.join(".hidden"), "secret").expect("a file");
        let manifest = format!("{MANIFEST}{PAGES}");
        forged.site.install_forge(&manifest, &forged.app.base_url).await.expect("the app can be installed");
        Self { forged, folder }
    }

    async fn get(&self, url: &str) -> reqwest::Response {
        reqwest::get(url).await.expect("an answer")
    }

    /// Keys of the pages that somebody is shown.
    async fn frames(&self, about: &[(&str, &str)]) -> Vec<Value> {
        let query = about.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let url = format!("{}/host/frames?{query}", self.forged.site.base_url());
        self.get(&url).await.json().await.expect("frames")
    }

    async fn invoke(&self, body: &Value) -> Value {
        let url = format!("{}/host/invoke", self.forged.site.base_url());
        let answer = reqwest::Client::new().post(url).json(body).send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }
}

fn keys(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["key"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn files_come_from_an_origin_of_their_own_under_a_strict_policy() {
    let shown = Shown::new("files").await;
    let site = &shown.forged.site;
    let admin = site.admin();
    let about = [("user", admin.as_str()), ("project", "HELP")];
    assert_eq!(shown.frames(&about).await, [] as [Value; 0], "without files nothing is shown");
    site.set_forge_resource(&shown.folder).expect("a free port");
    let frames = shown.frames(&about).await;
    let url = frames[0]["url"].as_str().expect("an address");
    assert!(!url.starts_with(&site.base_url()), "an app's page must not be of the site's origin: {url}");
    let page = shown.get(url).await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.ends_with(&format!("frame-ancestors {}", site.base_url())), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    let text = page.text().await.expect("text");
    assert!(text.contains(&format!("<script type=\"importmap\" nonce=\"{nonce}\">")), "{text}");
    let base = url.trim_end_matches("index.html");
    for ours in text.split('"').filter_map(|part| part.strip_prefix("./@sandbox/")) {
        let file = shown.get(&format!("{base}@sandbox/{ours}")).await;
        assert_eq!(file.status(), 200, "{ours} is named in the page");
    }
    for elsewhere in [".hidden", "%2e%2e/x", "@sandbox/other.js", "host/token?user=x", "none.js", ""] {
        assert_eq!(shown.get(&format!("{base}{elsewhere}")).await.status(), 404, "{elsewhere}");
    }
    site.set_forge_resource(&shown.folder).expect("the same port");
    assert_eq!(shown.frames(&about).await[0]["url"], url, "another folder is at the same address");
}

#[tokio::test]
async fn a_page_is_shown_where_its_conditions_hold() {
    let shown = Shown::new("where").await;
    let site = &shown.forged.site;
    site.set_forge_resource(&shown.folder).expect("a free port");
    let (admin, agent) = (site.admin(), site.agent());
    let of = |user: &str, place: &'static str| {
        vec![("user", user.to_owned()), ("project", "HELP".to_owned()), ("place", place.to_owned())]
    };
    for (user, place, wanted) in [
        (&admin, "", vec!["page"]),
        (&agent, "", vec!["page"]),
        (&agent, "settings", vec![]),
        (&admin, "admin", vec!["whole"]),
        (&agent, "admin", vec![]),
    ] {
        let about = of(user, place);
        let about: Vec<_> = about.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(keys(&shown.frames(&about).await), wanted, "{user} at {place:?}");
    }
    let nobody = shown.frames(&[("user", "nobody"), ("project", "HELP")]).await;
    assert_eq!(nobody, [] as [Value; 0]);
    let item = site.add_work_item("HELP");
    let beside = [("user", agent.as_str()), ("project", "HELP"), ("item", item.as_str())];
    assert_eq!(shown.frames(&beside).await, [] as [Value; 0], "the item has no such property");
    let frames = shown.frames(&[("user", admin.as_str()), ("project", "HELP")]).await;
    let context = &frames[0]["context"];
    assert_eq!(context["moduleKey"], "page");
    assert_eq!(context["accountId"], admin);
    assert_eq!(context["extension"]["type"], "jira:projectPage");
    assert_eq!(context["extension"]["project"]["key"], "HELP");
    assert_eq!(context["extension"]["project"]["id"], site.project_id("HELP").to_string());
}

#[tokio::test]
async fn a_call_of_a_page_is_signed_and_its_answer_judged_as_by_forge() {
    let shown = Shown::new("calls").await;
    let (site, app) = (&shown.forged.site, &shown.forged.app);
    let agent = site.agent();
    let call = |module: &str, headers: Value| {
        let call = json!({"path": "/forge/api/x", "method": "PUT", "headers": headers, "body": {"a": 1}, "invokeType": "ui-remote-fetch"});
        json!({"user": agent, "module": module, "call": call})
    };
    let told = shown.invoke(&call("page", json!({"Accept-Language": "de", "Authorization": "Bearer mine"}))).await;
    assert_eq!((&told["value"]["success"], &told["value"]["payload"]["status"]), (&json!(true), &json!(204)), "{told}");
    let got = shown.forged.last();
    assert_eq!(got.body, json!({"a": 1}), "the proxy makes JSON of it");
    assert_eq!(got.header("accept-language"), Some("de"), "a page may add a header");
    assert!(got.header("authorization").is_some_and(|value| value != "Bearer mine"), "and replace none of Forge's");
    assert!(got.header("x-forge-oauth-user").is_some(), "it acts as who looks");
    // 401 is Forge's own, and an error without JSON is none that a page could read.
    for status in [401, 500] {
        app.answer(&[status]);
        let told = shown.invoke(&call("page", json!({}))).await;
        assert!(told["thrown"].is_string(), "{status} without a body is thrown at the page: {told}");
    }
    assert!(shown.invoke(&call("events", json!({}))).await["thrown"].is_string(), "an endpoint is no page");
    let url = format!("{}/host/invoke", site.base_url());
    let plain =
        reqwest::Client::new().post(url).body(call("page", json!({})).to_string()).send().await.expect("an answer");
    assert_eq!(plain.status(), 403, "a form of another site cannot send JSON");
}
