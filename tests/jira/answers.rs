//! Odd answers: each has one outcome, and none of them is taken for an answer.
//! Knows no resource in particular.

use super::given::{PROJECT, Place, account, tenant};
use invite_guard::domain::tenant::State;
use invite_guard::jira::JiraError;
use invite_guard_sandbox::Fault;
use rstest::rstest;
use std::time::Duration;

#[rstest]
#[case::unauthorised(Fault::Status(401), JiraError::Unavailable("unauthorised"))]
#[case::forbidden(Fault::Status(403), JiraError::Forbidden)]
#[case::not_found(Fault::Status(404), JiraError::NotFound)]
#[case::bad_request(Fault::Status(400), JiraError::Refused(400))]
#[case::server_error(Fault::Status(500), JiraError::Unavailable("server_error"))]
#[case::not_implemented(Fault::Status(501), JiraError::Refused(501))]
#[case::gateway(Fault::Status(502), JiraError::Unavailable("server_error"))]
#[case::not_json(Fault::Garbage, JiraError::Garbage("not_json"))]
#[case::html(Fault::Html, JiraError::Garbage("not_json"))]
#[case::another_shape(Fault::WrongShape, JiraError::Garbage("unexpected_shape"))]
#[case::silence(Fault::Silence, JiraError::Unavailable("timeout"))]
#[case::slow(Fault::Slow(Duration::from_secs(5)), JiraError::Unavailable("timeout"))]
#[case::closed(Fault::CloseConnection, JiraError::Unavailable("unreachable"))]
#[case::flood(Fault::Flood(5 * 1024 * 1024), JiraError::Garbage("too_large"))]
#[case::redirect(Fault::Redirect("http://127.0.0.1:1/elsewhere".to_owned()), JiraError::Garbage("redirect"))]
#[tokio::test]
async fn an_odd_answer_is_an_error_of_its_kind(#[case] fault: Fault, #[case] expected: JiraError) {
    let mut place = Place::start().await;
    if expected == JiraError::Unavailable("timeout") {
        place.timeout = Duration::from_millis(200);
    }
    place.site.misbehave("GET /rest/api/3/myself", fault, 1);
    let answer = place.client().myself().await;
    assert_eq!(answer.map(drop), Err(expected));
    assert!(place.site.calls().len() <= 1, "a call is made once, and no redirect is followed");
    place.end().await;
}

#[tokio::test]
async fn a_site_that_is_gone_is_unavailable() {
    let place = Place::start().await;
    place.site.stop().await;
    assert_eq!(place.client().myself().await.map(drop), Err(JiraError::Unavailable("unreachable")));
}

/// connect-acceptance 48: nothing is sent for a tenant that is not, or no longer, ours.
#[tokio::test]
async fn h48_a_call_for_a_tenant_that_is_not_active_fails_without_being_sent() {
    let place = Place::start().await;
    let now = place.clock_now();
    for state in [State::Uninstalled(now), State::Frozen(now)] {
        let mut gone = place.tenant.clone();
        gone.state = state;
        let answer = place.jira().site(&gone).myself().await;
        assert_eq!(answer.map(drop), Err(JiraError::Inactive), "{state:?}");
    }
    assert!(place.site.calls().is_empty());
    place.end().await;
}

/// connect-acceptance 48: a site that does not know us refuses, and the call ends.
#[tokio::test]
async fn h48_a_stranger_is_refused() {
    let place = Place::start().await;
    let mut stranger = place.tenant.clone();
    stranger.connect.as_mut().expect("by Connect").app_key = "another-app".to_owned();
    assert_eq!(place.jira().site(&stranger).myself().await.map(drop), Err(JiraError::Unavailable("unauthorised")));
    let secret = "another secret of at least 32 bytes";
    let wrong = tenant(&place.site.base_url(), &place.site.client_key(), secret, place.clock_now());
    assert_eq!(place.jira().site(&wrong).myself().await.map(drop), Err(JiraError::Unavailable("unauthorised")));
    place.end().await;
}

#[tokio::test]
async fn a_short_secret_signs_no_call() {
    let place = Place::start().await;
    let weak =
        tenant(&place.site.base_url(), &place.site.client_key(), "only thirty-one bytes, too few!", place.clock_now());
    assert_eq!(place.jira().site(&weak).myself().await.map(drop), Err(JiraError::Unavailable("not_signed")));
    assert!(place.site.calls().is_empty());
    place.end().await;
}

/// connect-acceptance 45: parameters of every kind arrive as they were meant, under a hash that is right for them.
#[tokio::test]
async fn h45_calls_with_encoded_parameters_are_accepted() {
    let place = Place::start().await;
    let client = place.client();
    let somebody = account("qm:00000000-0000-4000-8000-000000000000:aa-1");
    let project = place.project(PROJECT);
    client.newest_unresolved_request(project, &somebody).await.expect("JQL with spaces, quotes and = is accepted");
    client
        .audit_page(Some(place.clock_now()), None, Some("Customer invited & more, 100% *~+"), 0)
        .await
        .expect("a filter");
    client
        .set_project_property(project, "a key/with ?#%", &serde_json::json!({"ü": "ß"}))
        .await
        .expect("an encoded path");
    assert_eq!(
        place.site.project_property(PROJECT, "a key/with ?#%"),
        Some(serde_json::json!({"ü": "ß"})),
        "the property is there under the very name"
    );
    place.end().await;
}
