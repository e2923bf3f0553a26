//! The panel on an organisation's page against a real member list: who is told of, who is not, and what it costs.
//! Knows no markup.

use super::given;
use crate::connect::bench::Bench;
use diagnosis::{Moment, Route, Via, diagnose, scenarios};
use invite_guard::domain::case::Case;
use invite_guard::domain::{AccountId, ProjectId};
use invite_guard_sandbox::{AddBy, ProjectType};
use serde_json::Value;

const MEMBERS: &str = "/rest/servicedeskapi/organization/{organizationId}/user";

/// An open case of that account in that project.
async fn open(bench: &Bench, project: ProjectId, account: &str) {
    let window = Moment { not_before: given::at(0), not_after: given::at(60) };
    let tenant = bench.installed_tenant().await.id;
    let account = AccountId::parse(account).expect("an account id");
    let mut case = Case::noticed(tenant, project, account, window, Via::Organisation, false);
    case.observe(
        &diagnose(&scenarios::REGISTRY, given::notification_off().facts()),
        Route::PortalInvite,
        given::at(120),
    );
    assert!(bench.store.save(&case).await.expect("the store answers"));
}

async fn panel(bench: &Bench, organisation: u64) -> (u16, String) {
    let path = format!("/panel/projects/{}/organisations/{organisation}", bench.project);
    let answer = bench.get(&bench.agent(), &path).await;
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    (answer.status, body["html"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn members_with_an_open_case_here_are_told_of_and_nobody_else() {
    let bench = given::bench().await;
    let other = bench.site.add_project("OTHER", "Other", ProjectType::ServiceDesk);
    let elsewhere = bench.site.add_organisation("OTHER", "Elsewhere");
    let organisation = bench.site.add_organisation("HELP", "Acme");
    assert_eq!(panel(&bench, organisation).await.0, 200);
    assert_eq!(bench.site.count_calls("GET", MEMBERS), 0, "nobody is without an invitation, so nobody is looked for");
    assert_eq!(panel(&bench, elsewhere).await.0, 404, "an organisation of another project is no business of this one");
    assert_eq!(panel(&bench, 999_999).await.0, 404);

    let inside = bench.site.add_customer("HELP", AddBy::Organisation("Acme".to_owned())).account_id;
    let quiet = bench.site.add_customer("HELP", AddBy::Organisation("Acme".to_owned())).account_id;
    let outside = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    open(&bench, bench.project_id(), &inside).await;
    open(&bench, bench.project_id(), &outside).await;
    open(&bench, ProjectId(other.try_into().expect("a small number")), &quiet).await;
    let name = |account: &str| bench.site.person(account).expect("known").display_name;
    let (status, html) = panel(&bench, organisation).await;
    assert_eq!(status, 200);
    assert!(html.contains("One member of this organization got no invitation"), "{html}");
    assert!(html.contains(&name(&inside)), "{html}");
    for absent in [&quiet, &outside] {
        assert!(!html.contains(&name(absent)), "no member without a case here, and no case outside of it: {html}");
    }
    assert_eq!(bench.site.count_calls("GET", MEMBERS), 1);
}

#[tokio::test]
async fn a_large_organisation_is_not_read_to_its_end_and_says_so() {
    let bench = given::bench().await;
    let organisation = bench.site.add_organisation("HELP", "Everybody");
    bench.site.add_old_customers("HELP", Some("Everybody"), 450);
    let outside = bench.site.add_customer("HELP", AddBy::Agent).account_id;
    open(&bench, bench.project_id(), &outside).await;
    let (_, html) = panel(&bench, organisation).await;
    assert!(html.contains("that we looked at") && html.contains("not all of it was looked at"), "{html}");
    assert_eq!(bench.site.count_calls("GET", MEMBERS), 8, "a look is bounded");
}
