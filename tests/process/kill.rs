//! `kill -9` of the real process at requests it makes, then a restart: one case, one comment, nothing lost.
//! Knows no order of requests. `tests/worker/kills.rs` does the same inside one process, at every request and store call.

use super::program::{PATIENCE, Program, wait_until};
use invite_guard_sandbox::{AddBy, HoldAt, Options, ProjectType, Sandbox};
use rstest::rstest;
use serde_json::json;

const PROJECT: &str = "HELP";

/// A site with the app installed, everybody taken over, and comments wanted.
async fn installed(folder: &std::path::Path) -> (Sandbox, Program) {
    let options = Options { contracts: crate::harness::contracts(), ..Options::default() };
    let site = Sandbox::start(options).await.expect("a sandbox");
    site.add_project(PROJECT, "Help desk", ProjectType::ServiceDesk);
    site.add_work_item(PROJECT);
    let program = Program::start(&site, folder).await;
    site.install(&program.url).await.expect("installed");
    let role = "/rest/api/3/project/{projectIdOrKey}/role/{id}";
    wait_until("both looks at the role are done", || std::future::ready(site.count_calls("GET", role) >= 2)).await;
    want_comments(&site, &program).await;
    (site, program)
}

async fn want_comments(site: &Sandbox, program: &Program) {
    let url = format!("{}/api/v1/projects/{}/settings", program.url, site.project_id(PROJECT));
    let answer = reqwest::Client::new()
        .put(url)
        .header("authorization", format!("JWT {}", site.context_token(&site.admin())))
        .json(&json!({"commentMode": "request"}))
        .send()
        .await
        .expect("the API answers");
    assert!(answer.status().is_success(), "settings: {}", answer.status());
}

/// Adds somebody by Automation with a request raised for them; account and request.
async fn add(site: &Sandbox) -> (String, String) {
    let account = site.add_customer(PROJECT, AddBy::Automation).account_id;
    let request = site.raise_request_on_behalf(PROJECT, &account, &site.agent());
    (account, request)
}

fn is_told(site: &Sandbox, request: &str) -> bool {
    let commented = site.comments(request).iter().any(|comment| !comment.public);
    commented && site.item_property(request, "invite-guard.case").is_some()
}

/// Kills at the held request if it comes before everything is told; says whether it came.
async fn die(site: &Sandbox, program: &mut Program, n: usize, at: HoldAt) -> (String, bool) {
    let (_, request) = add(site).await;
    let mut held = site.hold_request(n, at);
    let statuses = site.deliver_all().await;
    assert!(statuses.iter().all(|status| *status == 204), "every delivery is on disk: {statuses:?}");
    let died = tokio::select! {
        _ = held.arrived() => true,
        () = wait_until("the request is told of", || std::future::ready(is_told(site, &request))) => false,
    };
    program.kill();
    held.drop_connection();
    program.restart().await;
    wait_until(&format!("request {n} {at:?} is made good"), || std::future::ready(is_told(site, &request))).await;
    (request, died)
}

async fn sweep(ns: impl Iterator<Item = usize>, at: HoldAt) -> usize {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (site, mut program) = installed(folder.path()).await;
    let (mut requests, mut last) = (Vec::new(), 0);
    for n in ns {
        let (request, died) = die(&site, &mut program, n, at).await;
        requests.push((n, request));
        if !died {
            break;
        }
        last = n;
    }
    assert_eq!(program.stop().await, Some(0), "an orderly stop within {PATIENCE:?}");
    for (n, request) in &requests {
        let comments = site.comments(request);
        assert_eq!(comments.len(), 1, "killed at request {n}: exactly one comment: {comments:#?}");
        assert!(!comments[0].public, "killed at request {n}: internal");
    }
    assert_eq!(site.mails_by_app(), [], "nobody is ever mailed");
    assert_eq!(site.violations(), [], "every body is as specified");
    site.stop().await;
    last
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn killed_early_and_restarted_it_tells_once(#[values(HoldAt::BeforeApplying, HoldAt::AfterApplying)] at: HoldAt) {
    sweep([1, 4].into_iter(), at).await;
}

/// Every request, as far as they go. Slow: only in `tests/run --all`.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn slow_killed_at_every_request_it_tells_once(
    #[values(HoldAt::BeforeApplying, HoldAt::AfterApplying)] at: HoldAt,
) {
    let last = sweep(1.., at).await;
    assert!(last >= 8, "examining and publishing make more requests than {last}: something was not done");
}
