//! Manifests that `forge deploy` would not take.

use invite_guard_sandbox::InstallError;

use crate::forge::{Forged, MANIFEST};

/// Each change of the right manifest, and a word of the refusal.
const FAULTS: &[(&str, &str, &str)] = &[
    ("app:\n", "app: [\n", "not YAML"),
    ("ari:cloud:ecosystem::app/8db33809-c7f4-4d29-9b5f-4b2ff1d4a4bc", "ari:cloud:ecosystem::app/mine", "app.id"),
    ("runtime: { name: nodejs22.x }", "description: none", "runtime"),
    ("\"https://app.example.com\"", "\"http://app.example.com\"", "https"),
    ("baseUrl: \"https://app.example.com\"", "baseUrl: { EU: \"https://app.example.com\" }", "default"),
    (", storage: { inScopeEUD: true }", "", "inScopeEUD"),
    (
        "remotes:\n",
        "remotes:\n  - { key: other, baseUrl: { default: \"https://b.example\", EU: \"https://c.example\" } }\n",
        "EU",
    ),
    ("{ key: bare, remote: backend", "{ key: bare, remote: elsewhere", "elsewhere"),
    ("path: /forge/bare", "path: forge/bare", "slash"),
    ("key: bye, endpoint: events", "key: bye, endpoint: gone", "gone"),
    ("key: often, endpoint: events", "key: often, endpoint: gone", "gone"),
    ("endpoint: events\n      events", "endpoint: gone\n      events", "gone"),
    ("resolver: { endpoint: ui }", "resolver: { endpoint: gone }", "gone"),
    ("resource: main", "resource: gone", "gone"),
    ("key: hourly", "key: often", "twice"),
    ("avi:jira:created:user", "avi:jira:invited:customer", "nobody sends"),
    ("\"read:jira-work\", \"write", "\"write", "needs the scopes"),
    ("\"read:jira-user\", ", "", "needs the scopes"),
    (", \"read:app-user-token\"", "", "read:app-user-token"),
    (", \"read:app-system-token\"", "", "read:app-system-token"),
    ("read:audit-log:jira", "read:audit-diary:jira", "unknown"),
    ("\"read:user:jira\"", "\"read:jira-user\"", "twice"),
    ("interval: hour", "interval: minute", "minute"),
    ("interval: hour", "interval: fiveMinute", "five scheduled"),
    ("{ ignoreSelf: true }", "{ ignoreSelf: true, expression: \"true\", onError: RECEIVE }", "does not evaluate"),
    ("resources:", "connectModules: { \"jira:webhooks\": [] }\nresources:", "app.connect.key"),
    ("resources:", "connectModules: { webhooks: [] }\nresources:", "product"),
];

#[tokio::test]
async fn every_fault_is_refused_with_its_reason() {
    let forged = Forged::bare().await;
    for (right, wrong, word) in FAULTS {
        assert!(MANIFEST.contains(right), "{right:?} is not in the manifest: correct the table");
        let refused = forged.site.install_forge(&MANIFEST.replacen(right, wrong, 1), &forged.app.base_url).await;
        let Err(InstallError::Descriptor(reasons)) = refused else {
            panic!("{wrong:?} in place of {right:?} was taken: {refused:?}")
        };
        assert!(reasons.iter().any(|reason| reason.contains(word)), "{wrong:?}: {reasons:?}");
    }
    assert!(!forged.site.has_forge() && forged.app.got().is_empty());
    forged.site.install_forge(MANIFEST, &forged.app.base_url).await.expect("the right one is taken");
}

#[tokio::test]
async fn every_fault_is_told_and_not_the_first_alone() {
    let forged = Forged::bare().await;
    let bent = MANIFEST.replace("resource: main", "resource: gone").replace("\"read:jira-user\", ", "");
    let refused = forged.site.install_forge(&bent, &forged.app.base_url).await;
    let Err(InstallError::Descriptor(reasons)) = refused else { panic!("it was taken") };
    assert!(reasons.len() >= 2, "{reasons:?}");
}

#[tokio::test]
async fn granular_scopes_of_an_event_are_as_good() {
    let forged = Forged::bare().await;
    let granular = "\"read:application-role:jira\", \"read:group:jira\", \"read:avatar:jira\", ";
    let manifest = MANIFEST.replace("\"read:jira-user\", ", granular);
    forged.site.install_forge(&manifest, &forged.app.base_url).await.expect("it is taken");
}

#[tokio::test]
async fn the_published_schema_judges_too() {
    if crate::app::contracts().is_none() {
        return;
    }
    let forged = Forged::bare().await;
    let bent = MANIFEST.replace("title: Example", "heading: Example");
    let refused = forged.site.install_forge(&bent, &forged.app.base_url).await;
    assert!(matches!(refused, Err(InstallError::Descriptor(_))), "a page needs a title");
}
