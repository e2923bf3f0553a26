//! The key server: down, slow, lying, redirecting, asked by many at once.
//! Knows no lifecycle beyond "it was taken or not".

use super::bench::{Bench, Bent};
use super::installing::{Bendable, sent};
use invite_guard_sandbox::KeyServerMood;
use std::time::{Duration, Instant};

/// A bench whose app has not fetched any key: everything but the sandbox's own install is forgotten by a fresh key id.
fn with_key_id(bench: &Bench, kid: &str) -> invite_guard_sandbox::SignedRequest {
    let call = Bendable::of(bench, "installed");
    let token = bench.site.sign_rs256(&call.claims, kid);
    call.with_token(&token)
}

#[tokio::test]
async fn l05_a_key_server_in_trouble_lets_nobody_in_and_is_asked_again() {
    let bench = Bench::bent(Bent { install: false, ..Bent::default() }).await;
    for (mood, status) in [
        (KeyServerMood::Status(503), 503),
        (KeyServerMood::Status(500), 503),
        (KeyServerMood::Garbage, 503),
        (KeyServerMood::Redirects("http://127.0.0.1:1/".to_owned()), 503),
        (KeyServerMood::Lies, 401),
        (KeyServerMood::Status(404), 401),
        (KeyServerMood::Status(403), 401),
    ] {
        bench.site.set_key_server(mood.clone());
        let refused = bench.site.install(&bench.base_url).await.expect_err("nobody gets in");
        assert_eq!(refused.to_string(), format!("the app answered {status} to installed"), "{mood:?}");
        assert!(bench.tenant().await.is_none(), "{mood:?}: nothing may be stored");
    }
    bench.site.set_key_server(KeyServerMood::Well);
    bench.site.install(&bench.base_url).await.expect("trouble that has passed is not remembered");
}

#[tokio::test]
async fn a_silent_key_server_is_left_after_two_seconds() {
    let bench = Bench::bent(Bent { install: false, ..Bent::default() }).await;
    bench.site.set_key_server(KeyServerMood::Silent);
    let began = Instant::now();
    let refused = bench.site.install(&bench.base_url).await.expect_err("nobody gets in");
    assert_eq!(refused.to_string(), "the app answered 503 to installed");
    let took = began.elapsed();
    assert!((Duration::from_millis(1900)..Duration::from_secs(8)).contains(&took), "{took:?} instead of about 2 s");
}

#[tokio::test]
async fn many_installs_at_once_fetch_the_key_once() {
    let bench = Bench::bent(Bent { install: false, ..Bent::default() }).await;
    bench.site.set_key_server(KeyServerMood::Slow(Duration::from_millis(300)));
    bench.site.install(&bench.base_url).await.expect("slow is not down");
    assert_eq!(bench.site.keys_fetched().len(), 1);
    // Another key id is another key: twenty at once still make one fetch.
    let calls: Vec<_> = (0..20).map(|_| sent(with_key_id(&bench, "unknown-key"))).collect();
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
    let fetched = bench.site.keys_fetched().iter().filter(|kid| *kid == "unknown-key").count();
    assert!(fetched < 20, "the fetch is shared, but there were {fetched}");
}

#[tokio::test]
async fn a_key_that_has_verified_is_fetched_once() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        bench.site.reinstall().await.expect("a reinstall is taken");
    }
    let forged = Bendable::of(&bench, "installed");
    let token = bench.site.sign_rs256_with_foreign_key(&forged.claims, &bench.site.key_id());
    assert_eq!(sent(forged.with_token(&token)).await.status, 401);
    bench.site.reinstall().await.expect("a forger does not push the right key out");
    assert_eq!(bench.site.keys_fetched().len(), 1);
}

#[tokio::test]
async fn a_key_id_that_is_no_plain_name_never_enters_a_url() {
    let bench = Bench::new().await;
    let fetched = bench.site.keys_fetched().len();
    for kid in ["../../secret", "a/b", "a%2fb", "a?b=c", "..", ""] {
        assert_eq!(sent(with_key_id(&bench, kid)).await.status, 401, "{kid:?}");
        assert_eq!(bench.site.keys_fetched().len(), fetched, "{kid:?} must not be asked for");
    }
}

#[tokio::test]
async fn l11_without_the_setting_a_host_that_is_not_in_the_table_has_no_key() {
    let bench = Bench::bent(Bent { install: false, keys_replaced: false, ..Bent::default() }).await;
    let refused = bench.site.install(&bench.base_url).await.expect_err("there is no key server for 127.0.0.1");
    assert_eq!(refused.to_string(), "the app answered 401 to installed");
    assert_eq!(bench.site.keys_fetched(), Vec::<String>::new());
    assert!(bench.tenant().await.is_none());
}
