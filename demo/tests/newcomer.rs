//! What a newcomer does, without a browser: open the printed address, click through the four causes, find the comment.
//! Goes through the real program and the site's own doors alone.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// The door by which the app is on the site.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Connect,
    Forge,
}

/// A running demo; stopped whatever becomes of the test.
struct Demo {
    door: Door,
    child: Child,
    site: String,
    http: reqwest::Client,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn start(door: Door) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_invite-guard-demo"));
        if door == Door::Forge {
            command.args(["--door", "forge"]);
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the demo starts");
        let said = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = said.lines().map_while(Result::ok);
        let Some(site) =
            lines.find_map(|line| Some(line.trim().strip_prefix("Open   ")?.trim_end_matches('/').to_owned()))
        else {
            let mut why = String::new();
            let _ = child.stderr.take().map(|mut stream| stream.read_to_string(&mut why));
            panic!("the demo printed no address: {why}");
        };
        // Its last words must not meet a closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { door, child, site, http: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    async fn state(&self) -> Value {
        let answer = self.http.get(format!("{}/sandbox/state", self.site)).send().await.expect("the site answers");
        answer.json().await.expect("JSON")
    }

    async fn act(&self, action: &str, body: Value) -> Value {
        let address = format!("{}/sandbox/{action}", self.site);
        let answer = self.http.post(address).json(&body).send().await.expect("the site answers");
        assert!(answer.status().is_success(), "{action} {body}: {}", answer.text().await.unwrap_or_default());
        answer.json().await.expect("JSON")
    }

    async fn add(&self, by: &str) -> String {
        let added = self.act("add-customer", json!({"project": "SUP", "by": by})).await;
        added["accountId"].as_str().expect("an account").to_owned()
    }

    /// Asks the app as its page does.
    async fn ask(&self, user: &str, method: reqwest::Method, path: &str, body: Option<Value>) -> (u16, Value) {
        match self.door {
            Door::Connect => self.ask_with_token(user, method, path, body).await,
            Door::Forge => self.ask_through_bridge(user, &method, path, body).await,
        }
    }

    /// As Forge's bridge does: the site signs.
    async fn ask_through_bridge(
        &self,
        user: &str,
        method: &reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let mut call =
            json!({"path": format!("/forge{path}"), "method": method.as_str(), "invokeType": "ui-remote-fetch"});
        if let Some(body) = body {
            call["body"] = body;
        }
        let call = json!({"user": user, "module": "project", "call": call});
        let answer = self.http.post(format!("{}/host/invoke", self.site)).json(&call).send().await;
        let told: Value = answer.expect("the site answers").json().await.expect("JSON");
        let told = if told["value"]["success"] == true { &told["value"]["payload"] } else { &told["value"]["error"] };
        (told["status"].as_u64().and_then(|status| status.try_into().ok()).unwrap_or(0), told["body"].clone())
    }

    /// With a context token of the site.
    async fn ask_with_token(
        &self,
        user: &str,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let state = self.state().await;
        let token = self.http.get(format!("{}/host/token", self.site)).query(&[("user", user)]);
        let token = token.send().await.expect("the site answers").text().await.expect("a token");
        let app = state["app"]["baseUrl"].as_str().expect("the app is installed");
        let mut request =
            self.http.request(method, format!("{app}{path}")).header("Authorization", format!("JWT {token}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("the app answers");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// The page as the newcomer sees it, once it says what is waited for.
    async fn page_says(&self, user: &str, what: &str) {
        let project = self.state().await["projects"][0]["id"].as_str().expect("a project").to_owned();
        let until = Instant::now() + PATIENCE;
        loop {
            let (status, page) =
                self.ask(user, reqwest::Method::GET, &format!("/panel/projects/{project}/health"), None).await;
            assert_eq!(status, 200, "the page may be seen by an admin");
            let html = page["html"].as_str().expect("a fragment");
            if html.contains(what) {
                return;
            }
            assert!(Instant::now() < until, "waited {PATIENCE:?} and the page still does not say {what:?}:\n{html}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn name_of(state: &Value, account: &str) -> String {
    let customers = state["projects"].as_array().into_iter().flatten().flat_map(|p| p["customers"].as_array());
    let found = customers.flatten().find(|person| person["accountId"] == account);
    found.and_then(|person| person["displayName"].as_str()).expect("a name").to_owned()
}

#[tokio::test]
async fn every_click_of_the_guide_makes_the_next_warning_appear() {
    follows_the_guide(Demo::start(Door::Connect)).await;
}

#[tokio::test]
async fn the_same_guide_works_through_forge() {
    let demo = Demo::start(Door::Forge);
    let state = demo.state().await;
    assert_eq!(state["app"], Value::Null, "nothing came by Connect");
    let admin = state["users"].as_array().into_iter().flatten().find(|user| user["role"] == "site admin");
    let admin = admin.and_then(|user| user["accountId"].as_str()).expect("an admin").to_owned();
    for (place, module) in [("", "project"), ("settings", "settings"), ("admin", "site")] {
        let about = [("user", admin.as_str()), ("project", "SUP"), ("place", place)];
        let frames = demo.http.get(format!("{}/host/frames", demo.site)).query(&about).send().await.expect("an answer");
        let frames: Value = frames.json().await.expect("JSON");
        assert_eq!(frames[0]["context"]["moduleKey"], module, "what stands at {place:?}: {frames}");
        let page =
            demo.http.get(frames[0]["url"].as_str().expect("an address")).send().await.expect("the page is served");
        let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(!policy.contains("unsafe") && policy.contains(&format!("frame-ancestors {}", demo.site)), "{policy}");
        let page = page.text().await.expect("text");
        assert!(page.contains("forge.js"), "the page's own module: {page}");
    }
    follows_the_guide(demo).await;
}

async fn follows_the_guide(demo: Demo) {
    let state = demo.state().await;
    let users = state["users"].as_array().expect("users");
    let admin = users.iter().find(|user| user["role"] == "site admin").expect("an admin");
    let admin = admin["accountId"].as_str().expect("an account").to_owned();
    let project = state["projects"][0]["id"].as_str().expect("a project").to_owned();

    demo.page_says(&admin, "already has an account, so no invitation goes out").await;
    // Connect tells how people know the site, Forge where it is.
    let named = if demo.door == Door::Connect { "acme.example" } else { "127.0.0.1" };
    demo.page_says(&admin, &format!("Is outgoing mail on for {named}?")).await;

    let silent = demo.add("automation").await;
    let name = name_of(&demo.state().await, &silent);
    demo.page_says(&admin, &format!("Automation added {name} without an invitation")).await;

    demo.act("set-customer-invited", json!({"project": "SUP", "on": false})).await;
    demo.page_says(&admin, "Invitations are turned off in Support").await;
    demo.add("agent").await;
    demo.page_says(&admin, "Added meanwhile, not invited").await;

    demo.act("set-outgoing-mail", json!({"on": false})).await;
    let said = json!({"fact": "outgoing_mail_on", "value": false});
    let post = reqwest::Method::POST;
    assert_eq!(demo.ask(&admin, post, "/api/v1/site/statements", Some(said)).await.0, 200);
    demo.page_says(&admin, &format!("{named} isn’t sending e-mail")).await;

    let settings = format!("/api/v1/projects/{project}/settings");
    let put = reqwest::Method::PUT;
    assert_eq!(demo.ask(&admin, put, &settings, Some(json!({"commentMode": "request"}))).await.0, 200);
    let raised = json!({"project": "SUP", "reporter": silent, "onBehalf": true});
    let key = demo.act("raise-request", raised).await["key"].as_str().expect("a key").to_owned();
    let comment = commented(&demo, &key).await;
    assert_eq!(comment["public"], false, "the customer must not see it");
    assert!(comment["text"].as_str().is_some_and(|text| text.contains("without an invitation")), "{comment}");

    let mut demo = demo;
    let asked = Command::new("kill").args(["-INT", &demo.child.id().to_string()]).status().expect("kill runs");
    assert!(asked.success());
    assert!(demo.child.wait().expect("it ends").success(), "Ctrl-C stops it cleanly");
}

async fn commented(demo: &Demo, key: &str) -> Value {
    let until = Instant::now() + PATIENCE;
    loop {
        let state = demo.state().await;
        let item = state["items"].as_array().into_iter().flatten().find(|item| item["key"] == key).cloned();
        let item = item.expect("the request is there");
        let ours = item["comments"].as_array().and_then(|list| list.first()).cloned();
        if let (Some(comment), true) = (ours, item["properties"]["invite-guard.case"].is_object()) {
            return comment;
        }
        assert!(Instant::now() < until, "waited {PATIENCE:?} and {key} has no comment or no property: {item}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
