//! A Chromium of the system, driven over WebDriver: the nine calls of that protocol which the flows need, as HTTP and JSON.
//! Knows no page.

use super::flows::PATIENCE;
use super::skipped;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// As root, without a screen, and without anything that would talk to the outside.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1280,1000",
];

/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window, gone with this value.
pub(super) struct Browser {
    http: reqwest::Client,
    session: String,
    driver: Child,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A driver that is killed leaves its browser running, so the whole group of processes goes: a flow may have failed.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.driver.id())]).status();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts it with a profile in this folder. `None`: there is none here, and that was said.
    pub(super) async fn start(folder: &Path) -> Option<Self> {
        let chromium = found(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(binary), Some(driver)) = (chromium, found(&["chromedriver"])) else {
            return skipped("chromium and chromedriver are absent; `tests/run --all` installs them on Debian, as root");
        };
        let mut driver = Command::new(driver);
        driver.arg("--port=0").process_group(0).stdout(Stdio::piped()).stderr(Stdio::null());
        let driver = driver.spawn();
        let mut driver = driver.unwrap_or_else(|e| panic!("chromedriver does not start: {e}"));
        let address = format!("http://127.0.0.1:{}/session", port_of(&mut driver));
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut browser = Self { http, session: address, driver };
        let profile = format!("--user-data-dir={}", folder.join("profile").display());
        let flags: Vec<&str> = FLAGS.iter().copied().chain([profile.as_str()]).collect();
        let wanted = json!({ "goog:chromeOptions": { "binary": binary, "args": flags } });
        let made = browser.call(Method::POST, "", json!({ "capabilities": { "alwaysMatch": wanted } })).await;
        let made =
            made.unwrap_or_else(|e| panic!("no session; do chromium and chromedriver have the same version? {e}"));
        browser.session = format!("{}/{}", browser.session, made["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    /// One call; the error is WebDriver's own word for what went wrong.
    async fn call(&self, method: Method, command: &str, body: Value) -> Result<Value, String> {
        let request = self.http.request(method, format!("{}{command}", self.session)).json(&body);
        let answer: Value = request.send().await.map_err(|e| e.to_string())?.json().await.map_err(|e| e.to_string())?;
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", answer["value"]["message"].as_str().unwrap_or_default())),
            None => Ok(answer["value"].clone()),
        }
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        self.call(Method::POST, command, body.clone()).await.unwrap_or_else(|e| panic!("{command} {body}: {e}"))
    }

    /// Opens an address, and waits until it is loaded.
    pub(super) async fn open(&self, address: &str) {
        self.post("/url", json!({ "url": address })).await;
    }

    /// Goes into the first frame of the page, once there is one; what follows happens there.
    pub(super) async fn enter_frame(&self) {
        let began = Instant::now();
        while let Err(why) = self.call(Method::POST, "/frame", json!({ "id": 0 })).await {
            assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} for a frame: {why}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Back to the page around.
    pub(super) async fn leave_frame(&self) {
        self.post("/frame/parent", json!({})).await;
    }

    /// Runs a script's body in the page.
    pub(super) async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Clicks as a person does. `None`: there is no such element yet.
    pub(super) async fn click(&self, css: &str) -> Option<()> {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.call(Method::POST, "/element", wanted).await.ok()?;
        self.post(&format!("/element/{}/click", found[ELEMENT].as_str()?), json!({})).await;
        Some(())
    }

    /// Chooses a file in a field for one.
    pub(super) async fn choose(&self, css: &str, file: &Path) {
        let found = self.post("/element", json!({ "using": "css selector", "value": css })).await;
        let element = found[ELEMENT].as_str().unwrap_or_default();
        self.post(&format!("/element/{element}/value"), json!({ "text": file.display().to_string() })).await;
    }

    /// Ends the session in order.
    pub(super) async fn close(self) {
        self.call(Method::DELETE, "", json!({})).await.expect("the browser closes");
    }
}

/// It takes a free port and says which.
fn port_of(driver: &mut Child) -> u16 {
    let said = BufReader::new(driver.stdout.take().expect("its output"));
    let mut lines = said.lines().map_while(Result::ok);
    let port = lines.find_map(|line| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
    // Its later words must not meet a closed pipe.
    std::thread::spawn(move || lines.for_each(drop));
    port.unwrap_or_else(|| panic!("chromedriver did not say its port"))
}

fn found(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}
