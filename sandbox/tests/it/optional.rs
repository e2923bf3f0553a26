//! What only apps with opt-in sources meet: undocumented resources, and a *notify* that is not as documented.

use invite_guard_sandbox::{NotifyMood, ProjectType};
use serde_json::json;

use crate::app::Bench;

const TOGGLE: &str = "/rest/servicedesk/notifications/1/account-notifications/HELP/notification/invite-customer";
const SECURITY: &str = "/rest/servicedesk/1/servicedesk/HELP/settings/requestsecurity";

#[tokio::test]
async fn undocumented_resources_are_there_only_when_a_test_wants_them_and_for_project_admins() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    assert_eq!(bench.get(TOGGLE).await.status, 404);
    assert_eq!(bench.site.unexpected_calls(), [""; 0], "it is known not to be there");
    bench.site.set_internal_endpoints(true);
    for on in [true, false] {
        bench.site.set_customer_invited("HELP", on);
        let answer = bench.get(TOGGLE).await;
        assert_eq!((answer.status, &answer.body["accountNotificationEnabled"]), (200, &json!(on)));
    }
    assert_eq!(bench.get(SECURITY).await.body["serviceDeskOpenAccess"], json!(false));
    assert_eq!(bench.get(&TOGGLE.replace("HELP", "NONE")).await.status, 404);
    bench.site.set_app_permission("HELP", "ADMINISTER_PROJECTS", false);
    assert_eq!((bench.get(TOGGLE).await.status, bench.get(SECURITY).await.status), (403, 403));
    assert_eq!(bench.site.violations(), [], "they are not held against specifications that lack them");
}

#[tokio::test]
async fn notify_misbehaves_on_demand_and_a_queued_mail_is_seen() {
    let bench = Bench::new().await;
    bench.site.add_project("HELP", "Help", ProjectType::ServiceDesk);
    let nobody = || Some(json!({"to": {"users": []}}));
    let notify = async || bench.call("POST", "/rest/api/3/issue/HELP-0/notify", nobody()).await.status;
    assert_eq!(notify().await, 404);
    bench.site.set_notify(NotifyMood::Refuses("Not today.".to_owned()));
    assert_eq!(notify().await, 403);
    assert_eq!(bench.site.mails_by_app(), []);
    bench.site.set_notify(NotifyMood::QueuesEverything);
    assert_eq!(notify().await, 204);
    assert_eq!(bench.site.mails_by_app().len(), 1);
}
