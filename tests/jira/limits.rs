//! A limit that one worker is told about keeps every worker of the right scope away, and no other.
//! Knows no header; the sandbox sends them.

use super::given::{PROJECT, Place, account, tenant};
use invite_guard::domain::TenantId;
use invite_guard::domain::throttle::Scope;
use invite_guard::jira::{JiraError, Site};
use invite_guard_sandbox::{Fault, Reason};
use jiff::SignedDuration;
use rstest::rstest;
use std::time::Duration;

const USER: &str = "GET /rest/api/3/user";

fn is_throttled<T>(result: &Result<T, JiraError>) -> bool {
    matches!(result, Err(JiraError::Throttled { .. }))
}

async fn user(site: &Site) -> Result<(), JiraError> {
    site.user(&account("qm:somebody")).await.map(drop)
}

/// Which of: the same call, another call of the tenant, the same call of another tenant: has to wait after one 429.
#[rstest]
#[case::app(Fault::Throttled(Reason::QuotaGlobal, 30), Some(Scope::App), [true, true, true])]
#[case::tenant(Fault::Throttled(Reason::QuotaTenant, 30), Some(Scope::Tenant(TenantId(1))), [true, true, false])]
#[case::burst(Fault::Throttled(Reason::Burst, 30), Some(Scope::Endpoint(TenantId(1), USER)), [true, false, false])]
#[case::item(Fault::Throttled(Reason::PerIssueOnWrite, 30), None, [false, false, false])]
#[case::unavailable(Fault::Unavailable(30), Some(Scope::Tenant(TenantId(1))), [true, true, false])]
#[tokio::test]
async fn each_reason_pauses_its_scope_for_all_workers(
    #[case] fault: Fault,
    #[case] scope: Option<Scope>,
    #[case] waits: [bool; 3],
) {
    let place = Place::start().await;
    place.site.misbehave(USER, fault, 1);
    let told = user(&place.client()).await;
    let until = place.clock_now() + SignedDuration::from_secs(30);
    assert_eq!(told, Err(JiraError::Throttled { until, scope: scope.clone() }));
    assert_eq!(place.pauses.all(), Vec::from_iter(scope));

    let mut other =
        tenant(&place.site.base_url(), &place.site.client_key(), &place.site.shared_secret(), place.clock_now());
    other.id = TenantId(2);
    let calls_before = place.site.calls().len();
    let another_worker = place.client();
    let same = is_throttled(&user(&another_worker).await);
    let elsewhere = is_throttled(&another_worker.myself().await);
    let foreign = is_throttled(&user(&place.jira().site(&other)).await);
    assert_eq!([same, elsewhere, foreign], waits);
    let made = place.site.calls().len() - calls_before;
    assert_eq!(made, waits.iter().filter(|waits| !**waits).count(), "a paused call must not reach Jira");

    place.clock.advance(SignedDuration::from_secs(30));
    assert!(!is_throttled(&user(&place.client()).await), "after its time the scope is open again");
    place.end().await;
}

#[tokio::test]
async fn the_customer_list_is_paced_by_the_shared_slots() {
    let place = Place::start().await;
    let desk = place.client().portal(place.project(PROJECT)).await.expect("the project has a desk");
    *place.pauses.next_wait.lock().expect("no panic") = Duration::from_millis(1);
    place.client().customers_page(&desk, 0).await.expect("a page");
    let slots = place.pauses.slots.lock().expect("no panic").clone();
    let paced = Scope::Endpoint(TenantId(1), "GET /rest/servicedeskapi/servicedesk/{desk}/customer");
    assert_eq!(slots, [(paced.clone(), Duration::from_millis(200))], "five calls a second");

    *place.pauses.next_wait.lock().expect("no panic") = Duration::from_secs(3600);
    let before = place.site.calls().len();
    let far = place.client().customers_page(&desk, 0).await;
    let until = place.clock_now() + SignedDuration::from_hours(1);
    assert_eq!(far.map(drop), Err(JiraError::Throttled { until, scope: Some(paced) }), "too far away to wait for");
    assert_eq!(place.site.calls().len(), before);
    place.end().await;
}
