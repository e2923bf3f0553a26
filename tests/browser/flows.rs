//! What somebody does with the page, step by step. Knows no server: each flow says what the site and the app answer.

use super::driver::Browser;
use super::host::{Host, Play, Reply};
use crate::page::{all_states, markup};
use invite_guard::web::panel::Fragment;
use invite_guard::words::Words;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The page in its host.
pub(super) struct Page<'a> {
    pub(super) browser: &'a Browser,
    pub(super) host: &'a Host,
}

/// Where Forge says that a project page is.
fn project() -> Value {
    json!({
        "moduleKey": "project", "locale": "en-US", "cloudId": "c", "siteUrl": "https://example.atlassian.net",
        "extension": { "type": "jira:projectPage", "project": { "id": "10001", "key": "SUP", "type": "service_desk" } },
    })
}

pub(super) fn fragment(name: &str) -> Value {
    let found = all_states().into_iter().find(|(state, _)| *state == name);
    as_answer(&found.unwrap_or_else(|| panic!("there is no state {name}")).1)
}

/// Polling is not what these flows are about, except where they say so.
fn as_answer(fragment: &Fragment) -> Value {
    json!({ "title": fragment.title, "html": fragment.html, "poll_ms": 0 })
}

pub(super) fn ok(body: Value) -> Reply {
    Reply::Http(200, json!({ "content-type": ["application/json"] }), body)
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    let body = json!({ "type": "about:blank", "status": status, "title": title, "detail": detail, "trace": "a1b2c3" });
    Reply::Http(status, json!({ "content-type": ["application/json"], "retry-after": ["30"] }), body)
}

impl Page<'_> {
    /// Opens the page in a frame that wide.
    pub(super) async fn open(&self, width: u32, context: Value, app: impl Fn(&Value) -> Reply + Send + Sync + 'static) {
        self.host.play(Play { mode: "light", context, app: Box::new(app) });
        self.show(width).await;
    }

    async fn show(&self, width: u32) {
        self.browser.open(&self.host.address(width)).await;
        self.browser.enter_frame().await;
    }

    pub(super) async fn run(&self, script: &str) -> Value {
        self.browser.run(script).await
    }

    async fn text(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says that.
    pub(super) async fn says(&self, what: &str) {
        let began = Instant::now();
        loop {
            let text = self.text().await;
            if text.contains(what) {
                return;
            }
            if began.elapsed() > PATIENCE {
                let seen = self.run("return globalThis.seen").await;
                panic!("waited {PATIENCE:?} and the page does not say {what:?}, but:\n{text}\nseen: {seen}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the bridge's function of that name was called so often; gives what it was given last.
    pub(super) async fn asked(&self, name: &str, times: usize) -> Value {
        let began = Instant::now();
        loop {
            let asked = self.host.asked(name);
            if asked.len() >= times {
                return asked.last().cloned().unwrap_or_default();
            }
            assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} for call {times} of {name}; so far {asked:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) async fn click(&self, css: &str) {
        let began = Instant::now();
        while self.browser.click(css).await.is_none() {
            assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} and there is no {css} in:\n{}", self.text().await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Nothing was refused by the policy, and no script failed.
    pub(super) async fn went_clean(&self, flow: &str) {
        assert_eq!(self.run("return globalThis.seen").await, json!([]), "{flow}: the browser complained");
    }

    /// Brightness of the page and of its text, 0 to 255.
    async fn brightness(&self) -> (f64, f64) {
        let of = |property: &str| {
            format!(
                "return getComputedStyle(document.body).{property}.match(/[0-9.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3"
            )
        };
        let page = self.run(&of("backgroundColor")).await.as_f64().expect("a colour");
        (page, self.run(&of("color")).await.as_f64().expect("a colour"))
    }

    pub(super) async fn a_project_is_shown_and_fits(&self) {
        let shown = fragment("page-project-blocks");
        for (mode, width) in [("light", 1100), ("dark", 320)] {
            let shown = shown.clone();
            self.host.play(Play { mode, context: project(), app: Box::new(move |_| ok(shown.clone())) });
            self.show(width).await;
            self.says("Invitations are turned off in Support").await;
            let call = self.asked("invoke", 1).await;
            let headers = json!({ "Accept": "application/json", "Accept-Language": "en-US" });
            let path = "/forge/panel/projects/10001/health";
            let wanted = json!({ "path": path, "method": "GET", "headers": headers, "invokeType": "ui-remote-fetch" });
            assert_eq!(call, wanted, "the page asks as Forge's proxy wants it");
            self.asked("enableTheming", 1).await;
            let (page, text) = self.brightness().await;
            assert_eq!(page > text, mode == "light", "{mode}: page {page}, text {text}");
            assert!((page - text).abs() > 120.0, "{mode}: text can hardly be read: page {page}, text {text}");
            // Everything open, as wide as it gets.
            self.run("for (const one of document.querySelectorAll('details')) one.open = true").await;
            let (wide, there) =
                (self.run("return document.documentElement.scrollWidth").await, self.run("return innerWidth").await);
            assert_eq!(there, json!(width), "the frame is as wide as asked for");
            assert!(wide.as_u64() <= there.as_u64(), "{width} px: the page is {wide} px wide and scrolls sideways");
            self.went_clean(mode).await;
        }
    }

    pub(super) async fn a_button_reaches_the_server_and_says_so(&self) {
        let asking = fragment("page-first-look");
        let refuse = Arc::new(AtomicUsize::new(0));
        let refused = Arc::clone(&refuse);
        self.open(1100, project(), move |call| match call["method"].as_str() {
            Some("GET") => ok(asking.clone()),
            _ if refused.load(Ordering::SeqCst) == 0 => Reply::Http(204, json!({}), Value::Null),
            _ => problem(422, "That is not a fact we know", "Ask again."),
        })
        .await;
        self.says("Is outgoing mail on").await;
        self.click("[data-action=post]").await;
        let flag = self.asked("showFlag", 1).await;
        assert_eq!((&flag["type"], &flag["isAutoDismiss"]), (&json!("success"), &json!(true)), "{flag}");
        assert_eq!(flag["title"], "Noted, with your name and the time");
        let posted = self.host.asked("invoke").into_iter().find(|call| call["method"] != "GET").expect("a post");
        assert_eq!((&posted["path"], &posted["method"]), (&json!("/forge/api/v1/site/statements"), &json!("POST")));
        assert_eq!(posted["body"], json!({ "fact": "outgoing_mail_on", "value": true }), "the body is no text");
        assert_eq!(posted["headers"]["Content-Type"], "application/json");
        self.asked("invoke", 3).await; // the page is read again

        refuse.store(1, Ordering::SeqCst);
        self.click("[data-action=post]").await;
        let flag = self.asked("showFlag", 2).await;
        assert_eq!((&flag["type"], &flag["title"]), (&json!("error"), &json!("That is not a fact we know")), "{flag}");
        assert_eq!(flag["description"], "Ask again. Reference a1b2c3");
        assert_ne!(self.host.asked("showFlag")[0]["id"], flag["id"], "a flag takes the place of none before it");

        self.click("[data-action=open]").await;
        let gone = self.asked("navigate", 1).await;
        assert_eq!(gone["type"], "new-tab", "the frame itself navigates nothing: {gone}");
        assert!(gone["url"].as_str().is_some_and(|url| url.starts_with("https://example.atlassian.net/")), "{gone}");
        self.went_clean("buttons").await;
    }

    pub(super) async fn every_module_asks_for_its_own_fragment(&self) {
        let place = json!({
            "project": { "id": "10001", "key": "SUP" }, "issue": { "id": "2", "key": "SUP-7" }, "organization": { "id": "31" },
        });
        let modules = [
            ("settings", "/forge/panel/projects/10001/settings"),
            ("issue", "/forge/panel/projects/10001/issues/SUP-7"),
            ("organisation", "/forge/panel/projects/10001/organisations/31"),
            ("site", "/forge/panel/site"),
        ];
        for (module, path) in modules {
            let panel = fragment("panel-blocked");
            let context = json!({ "moduleKey": module, "locale": "en-GB", "extension": place });
            self.open(360, context, move |_| ok(panel.clone())).await;
            let call = self.asked("invoke", 1).await;
            assert_eq!(call["path"], path, "module {module}");
            self.says("without an invitation").await;
            self.went_clean(module).await;
        }
    }

    pub(super) async fn a_hostile_name_is_text(&self) {
        let html = markup::hostile_page(&Words::for_locale("en"));
        let shown = json!({ "title": "x", "html": html, "poll_ms": 0 });
        self.open(1100, project(), move |_| ok(shown.clone())).await;
        self.says("<script>alert(1)</script>").await;
        let made = "return document.querySelectorAll('#content script, #content [onclick], #content [style]').length";
        assert_eq!(self.run(made).await, json!(0), "a name has become an element or an attribute");
        self.went_clean("hostile names").await;
    }

    pub(super) async fn what_goes_wrong_is_told_and_can_be_tried_again(&self) {
        let shown = fragment("page-clear");
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        self.open(1100, project(), move |_| match counted.fetch_add(1, Ordering::SeqCst) {
            0 => problem(503, "Jira does not answer", "Jira is slow just now. We ask again by ourselves."),
            1 => Reply::Thrown("Remote could not verify the Forge Invocation Token"),
            2 => Reply::Http(200, json!({}), shown.clone()), // headers may be missing
            _ => problem(500, "Something broke", "We know of it."),
        })
        .await;
        self.says("Jira is slow just now").await;
        self.says("Reference a1b2c3").await;
        self.click("[data-action=reload]").await;
        self.says("The connection failed. We keep trying.").await;
        self.click("[data-action=reload]").await;
        self.says("Nothing we can check blocks invitations from Support").await;
        self.click("[data-action=reload]").await;
        self.says("This is the last good result").await;
        self.says("Nothing we can check blocks invitations from Support").await;
        self.went_clean("errors").await;
    }

    pub(super) async fn nobody_sees_what_they_may_not(&self) {
        let shown = fragment("page-project-blocks");
        let tries = AtomicUsize::new(0);
        self.open(1100, project(), move |_| match tries.fetch_add(1, Ordering::SeqCst) {
            0 => ok(shown.clone()),
            _ => problem(403, "Not yours", "You may not see this."),
        })
        .await;
        self.says("Invitations are turned off in Support").await;
        self.click("[data-action=reload]").await;
        self.says("Only agents can see this").await;
        assert!(!self.text().await.contains("Maria Muster"), "what may not be seen any more must not stay");
        self.went_clean("rights").await;
    }

    pub(super) async fn a_host_that_does_not_tell_where_we_are_is_no_crash(&self) {
        let contexts = [
            ("an unknown module", json!({ "moduleKey": "else", "extension": {} })),
            ("no project", json!({ "moduleKey": "issue", "extension": { "issue": { "key": "SUP-7" } } })),
            ("nothing at all", Value::Null),
        ];
        for (name, context) in contexts {
            self.open(1100, context, |_| Reply::Thrown("nobody may ask")).await;
            self.says("The result could not be loaded").await;
            self.says("Jira doesn’t tell this page").await; // no connection has failed
            assert!(self.host.asked("invoke").is_empty(), "{name}: a guess was asked for");
            let shown = fragment("page-clear");
            let app = Box::new(move |_: &Value| ok(shown.clone()));
            self.host.play(Play { mode: "light", context: project(), app });
            self.click("[data-action=reload]").await;
            self.says("Nothing we can check blocks").await;
            self.went_clean(name).await;
        }
        // Outside of Jira there is no function beneath the bridge, and the bridge throws as it is loaded.
        self.host.play(Play { mode: "light", context: Value::Null, app: Box::new(|_| Reply::Thrown("no")) });
        let page = self.host.built("index.html");
        self.host.put("index.html", page.replace("<head>", "<head ><script src=\"./nothing.js\"></script>"));
        self.host.put("nothing.js", "globalThis.seen = [];".to_owned());
        self.show(1100).await;
        self.says("page bridge could not be reached").await;
    }

    pub(super) async fn states_speak_the_language_of_the_persons_jira(&self) {
        let context =
            json!({ "moduleKey": "project", "locale": "de_DE", "extension": { "project": { "id": "10001" } } });
        let play = |context: Value| {
            let app = Box::new(|_: &Value| problem(403, "Nein", "Nein."));
            self.host.play(Play { mode: "light", context, app });
            let (page, states) = (self.host.built("index.html"), self.host.built("states.en.html"));
            self.host.put("index.html", page.replace("data-languages=\"en", "data-languages=\"xx de en"));
            self.host.put("states.de.html", states.replace("Only agents can see this", "Nur für Agenten"));
        };
        play(context.clone());
        self.show(360).await;
        self.says("Nur für Agenten").await;
        assert_eq!(self.run("return document.documentElement.lang").await, "de");
        assert_eq!(
            self.asked("invoke", 1).await["headers"]["Accept-Language"],
            "de-DE",
            "so the server speaks it as well"
        );
        // A language that the page names and that is not there, or one that nobody has: English.
        for locale in ["xx", "is_IS"] {
            let mut context = context.clone();
            context["locale"] = json!(locale);
            play(context);
            self.show(360).await;
            self.says("Only agents can see this").await;
        }
        self.went_clean("languages").await;
    }
}
