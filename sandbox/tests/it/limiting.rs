//! Points, bursts, customer lists, writes to one work item.

use invite_guard_sandbox::{AddBy, BurstClock, Limits, ProjectType, Reason};
use jiff::SignedDuration;
use serde_json::json;

use crate::app::Bench;

async fn desk(limits: Limits) -> Bench {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    bench.site.set_limits(Limits { burst_clock: BurstClock::Site, ..limits });
    bench
}

const CUSTOMERS: &str = "/rest/servicedeskapi/servicedesk/1/customer";
const OPT_IN: [(&str, &str); 1] = [("X-ExperimentalApi", "opt-in")];

#[tokio::test]
async fn points_follow_what_an_answer_holds() {
    let bench = desk(Limits::default()).await;
    for _ in 0..60 {
        bench.site.add_customer("HELP", AddBy::Agent);
    }
    bench.call_with("GET", CUSTOMERS, &OPT_IN).await;
    assert_eq!(bench.site.points_used(), 101, "a page of 50 customers");
    bench.get("/rest/api/3/auditing/record?limit=10").await;
    assert_eq!(bench.site.points_used(), 101 + 11);
    bench.call("PUT", "/rest/api/3/project/HELP/properties/a", Some(json!(1))).await;
    assert_eq!(bench.site.points_used(), 101 + 11 + 1, "writes cost one");
    assert_eq!(bench.site.calls().iter().map(|call| call.points).sum::<u64>(), 113);
}

#[tokio::test]
async fn a_used_up_quota_refuses_everything_until_the_hour_turns() {
    for reason in [Reason::QuotaGlobal, Reason::QuotaTenant] {
        let bench = desk(Limits { quota_reason: reason, ..Limits::default() }).await;
        bench.clock.advance(SignedDuration::from_mins(50));
        bench.site.set_points_used(64_999);
        let answer = bench.get("/rest/api/3/myself").await;
        assert_eq!(answer.status, 200, "the last point may be overdrawn");
        assert_eq!(answer.header("x-ratelimit-nearlimit"), "true");
        let answer = bench.get("/rest/api/3/myself").await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.header("ratelimit-reason"), reason.word());
        assert_eq!(answer.header("retry-after"), "600");
        assert_eq!(answer.header("x-ratelimit-reset"), "2026-11-02T10:00:00Z");
        bench.clock.advance(SignedDuration::from_mins(10));
        assert_eq!(bench.get("/rest/api/3/myself").await.status, 200);
    }
}

#[tokio::test]
async fn customer_lists_are_five_a_second() {
    let bench = desk(Limits::default()).await;
    for _ in 0..5 {
        assert_eq!(bench.call_with("GET", CUSTOMERS, &OPT_IN).await.status, 200);
    }
    let answer = bench.call_with("GET", CUSTOMERS, &OPT_IN).await;
    assert_eq!((answer.status, answer.header("ratelimit-reason")), (429, "jira-burst-based"));
    bench.clock.advance(SignedDuration::from_millis(200));
    assert_eq!(bench.call_with("GET", CUSTOMERS, &OPT_IN).await.status, 200);
    assert_eq!(bench.call_with("GET", CUSTOMERS, &OPT_IN).await.status, 429);
}

#[tokio::test]
async fn bursts_are_per_endpoint() {
    let bench = desk(Limits { burst: 4, ..Limits::default() }).await;
    for _ in 0..4 {
        assert_eq!(bench.get("/rest/api/3/myself").await.status, 200);
    }
    assert_eq!(bench.get("/rest/api/3/myself").await.header("ratelimit-reason"), "jira-burst-based");
    assert_eq!(bench.get("/rest/api/3/project/search").await.status, 200);
    bench.site.set_limits(Limits { burst: 4, enforced: false, ..Limits::default() });
    assert_eq!(bench.get("/rest/api/3/myself").await.status, 200);
}

#[tokio::test]
async fn writes_to_one_item_are_limited() {
    let bench = desk(Limits { item_writes: 3, ..Limits::default() }).await;
    let (one, other) = (bench.site.add_work_item("HELP"), bench.site.add_work_item("HELP"));
    let write =
        async |item: &str| bench.call("PUT", &format!("/rest/api/3/issue/{item}/properties/a"), Some(json!(1))).await;
    for _ in 0..3 {
        assert!(write(&one).await.status < 300);
    }
    let answer = write(&one).await;
    assert_eq!((answer.status, answer.header("ratelimit-reason")), (429, "jira-per-issue-on-write"));
    assert!(write(&other).await.status < 300, "another item is another matter");
    bench.clock.advance(SignedDuration::from_secs(2));
    assert!(write(&one).await.status < 300);
}

#[tokio::test]
async fn property_values_have_a_longest_length() {
    let bench = desk(Limits::default()).await;
    let put = async |length: usize| {
        let value = json!("x".repeat(length - 2));
        bench.call("PUT", "/rest/api/3/project/HELP/properties/a", Some(value)).await.status
    };
    assert_eq!(put(32_768).await, 201);
    assert_eq!(put(32_769).await, 400);
}
