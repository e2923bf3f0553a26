//! The page as Forge serves it, in a browser: static files under a policy without exceptions, Atlassian's own bridge bundled
//! in, and only the function beneath the bridge played by us.
//! `host` and `flows` know no door and no token: what the page asks for is written down, and answered with fragments of our own
//! templates. `whole` goes the whole way, to a running server through the local site.

mod driver;
mod flows;
mod forms;
mod host;
mod whole;

use driver::Browser;
use host::Host;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// Builds the page by the script that builds it for upload. `None`: it cannot be built here, and that was said.
fn built(folder: &Path) -> Option<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut script = Command::new(root.join("deploy/forge/build"));
    let ran = script.arg(folder).env("INVITE_GUARD", env!("CARGO_BIN_EXE_invite-guard")).output();
    let ran = ran.unwrap_or_else(|e| panic!("deploy/forge/build cannot be run: {e}"));
    if ran.status.success() {
        return Some(());
    }
    let why = String::from_utf8_lossy(&ran.stderr).into_owned();
    // What is wrong with our own files must fail everywhere; only what has to be fetched may be out of reach.
    let unreachable = ["npm: ", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH"];
    assert!(unreachable.iter().any(|sign| why.contains(sign)), "deploy/forge/build failed:\n{why}");
    skipped(&format!("Atlassian's bridge cannot be fetched here: {why}"))
}

/// Says loudly that nothing was looked at; in CI that is a failure.
fn skipped<T>(why: &str) -> Option<T> {
    assert!(std::env::var_os("CI").is_none(), "the page was not looked at in a browser: {why}");
    let _ = writeln!(std::io::stderr(), "\n== SKIPPED: the page was not looked at in a browser: {why}\n");
    None
}

/// One browser for all of it: it takes longer to start than to look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_the_page_works_under_forge() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = built(&folder.path().join("dist")) else { return };
    let host = Host::start(&folder.path().join("dist"));
    let Some(browser) = Browser::start(folder.path()).await else { return };
    let page = flows::Page { browser: &browser, host: &host };
    page.a_project_is_shown_and_fits().await;
    page.a_button_reaches_the_server_and_says_so().await;
    page.every_module_asks_for_its_own_fragment().await;
    page.a_hostile_name_is_text().await;
    page.what_goes_wrong_is_told_and_can_be_tried_again().await;
    page.nobody_sees_what_they_may_not().await;
    page.a_host_that_does_not_tell_where_we_are_is_no_crash().await;
    page.states_speak_the_language_of_the_persons_jira().await;
    page.what_is_filled_in_reaches_the_server().await;
    page.a_file_is_carried_and_what_was_read_is_shown().await;
    page.results_of_a_test_stand_beside_each_source().await;
    whole::an_admin_answers_the_page(&browser, &folder.path().join("dist")).await;
    browser.close().await;
    host.stop().await;
}
