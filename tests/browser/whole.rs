//! Everything at once but Jira itself: the bundled page in a frame of the local site, the site's stand-in for Forge's proxy, our
//! server and a store. Knows no markup.

use super::driver::Browser;
use super::flows::PATIENCE;
use crate::harness::{By, PROJECT, World};
use crate::store::engines::Engine;
use invite_guard_sandbox::AddBy;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

/// What somebody sees who opens the project, answers the page's question, and turns the site dark.
pub(super) async fn an_admin_answers_the_page(browser: &Browser, files: &Path) {
    let world = World::start_by(Engine::Sqlite, By::Forge).await;
    world.site.set_forge_resource(files).expect("a free port");
    world.site.add_customer(PROJECT, AddBy::Automation);
    world.deliver().await;
    world.pass(jiff::SignedDuration::from_hours(24)).await;

    browser.open(&format!("{}/jira/servicedesk/projects/{PROJECT}/apps", world.site.base_url())).await;
    browser.enter_frame().await;
    says(browser, "without an invitation").await;
    says(browser, "Is outgoing mail on for 127.0.0.1?").await;
    browser.click("[data-action=post][data-body*=false]").await.expect("an admin may answer");
    says(browser, "127.0.0.1 isn’t sending e-mail").await;

    browser.leave_frame().await;
    says(browser, "Noted, with your name and the time").await; // a flag of the site
    browser.click("#theme").await.expect("the site can be dark");
    let high = browser.run("return document.querySelector('iframe').getBoundingClientRect().height").await;
    assert!(high.as_f64().is_some_and(|high| high > 500.0), "the frame is as high as its page: {high}");
    browser.enter_frame().await;
    until(browser, "return document.documentElement.dataset.colorMode === 'dark'").await;
    browser.leave_frame().await;

    // A file is text, and the proxy carries JSON alone.
    let log = files.with_file_name("log.csv");
    let rows = "Date and time,Recipient,Details\n2026-11-20 10:00,\"Ann \"\"x\"\" <ann@example.com>\",Email address is blocked\n";
    std::fs::write(&log, rows).expect("a file");
    browser.open(&format!("{}/jira/servicedesk/projects/{PROJECT}/settings/apps", world.site.base_url())).await;
    browser.enter_frame().await;
    says(browser, "Import files from Jira").await;
    browser.choose("form:has([data-path$=notification-log]) input[type=file]", &log).await;
    browser.click("[data-path$=notification-log]").await.expect("a project admin may upload");
    says(browser, "What the file says").await;
    says(browser, "Rows or flows (rules) read: 1").await;
    world.check().await;
    world.end().await;
}

async fn says(browser: &Browser, what: &str) {
    let began = Instant::now();
    loop {
        let text = browser.run("return document.body.innerText").await;
        if text.as_str().is_some_and(|text| text.contains(what)) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} and the page does not say {what:?}, but: {text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until(browser: &Browser, script: &str) {
    let began = Instant::now();
    while browser.run(script).await != Value::Bool(true) {
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} for: {script}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
