//! Cases and facts that the API's tests start from, put into the store through its ports.
//! Knows no HTTP.

use crate::connect::bench::Bench;
use crate::harness::{Bent, By, World};
use crate::store::engines::Engine;
use diagnosis::{
    Confidence, Creator, CreatorKind, Diagnosis, Fact, Kind, Moment, Origin, Route, Sheet, Source, Via, diagnose,
    scenarios,
};
use invite_guard::domain::AccountId;
use invite_guard::domain::case::{Case, CaseState};
use invite_guard::examine::Optional;
use jiff::Timestamp;

/// The door that these tests come by: the whole folder is compiled once for each (`tests/main.rs`).
pub(super) fn by() -> By {
    if module_path!().contains("api_by_forge") { By::Forge } else { By::Connect }
}

pub(super) async fn bench() -> Bench {
    Bench::by(by()).await
}

pub(super) async fn world() -> World {
    World::start_by(Engine::Sqlite, by()).await
}

pub(super) async fn world_with(optional: Optional) -> World {
    World::start_bent(Engine::Sqlite, Bent { by: by(), optional, ..Bent::default() }).await
}

/// What Jira is asked about somebody's rights.
pub(super) fn rights_asked() -> &'static str {
    match by() {
        By::Connect => "POST /rest/api/3/permissions/check",
        By::Forge => "GET /rest/api/3/mypermissions",
    }
}

/// A second of the tests' day, some before the bench's clock.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_590_000 + second).expect("a time")
}

pub(super) fn account(name: &str) -> AccountId {
    AccountId::parse(&format!("qm:test:{name}")).expect("an account id")
}

/// Facts of somebody invited to the portal, whose account was made at the add; nothing blocks.
pub(super) fn invited() -> Sheet {
    let seen = |source| Origin::new(source, at(60));
    let mut sheet = Sheet::unasked();
    sheet.site.outgoing_mail_on = Fact::of(true, seen(Source::JiraRest));
    sheet.project.invite_notification_on =
        Fact::of(true, seen(Source::AuditLog).since(at(-1000)).by("5f00000000000000000000a1"));
    sheet.person.account_kind = Fact::of(Kind::Customer, seen(Source::JiraRest));
    sheet.person.known_before = Fact::of(false, seen(Source::AuditLog).since(at(30)));
    let creator = Creator { account: "5f00000000000000000000a1".to_owned(), kind: CreatorKind::Person };
    sheet.person.creator = Fact::of(creator, seen(Source::AuditLog).since(at(30)));
    sheet.person.added_via = Fact::of(Via::Role, seen(Source::JiraRest));
    sheet.person.mail_route = Fact::of(Route::PortalInvite, seen(Source::Inferred));
    sheet.settle();
    sheet
}

/// The same with the project's notification off.
pub(super) fn notification_off() -> Sheet {
    let mut sheet = invited();
    let origin = Origin::new(Source::AuditLog, at(60)).since(at(-500)).by("5f00000000000000000000a2");
    sheet.project.invite_notification_on = Fact::of(false, origin);
    sheet
}

/// Likely known before.
pub(super) fn known_before() -> Sheet {
    let mut sheet = invited();
    let origin = Origin::new(Source::Roster, at(60)).since(at(-90_000)).at_most(Confidence::Likely);
    sheet.person.known_before = Fact::of(true, origin);
    sheet
}

/// Nothing could be asked.
pub(super) fn unasked() -> Sheet {
    Sheet::unasked()
}

/// A case with this diagnosis, not stored.
pub(super) fn case(
    bench: &Bench,
    tenant: invite_guard::domain::TenantId,
    name: &str,
    added: i64,
    sheet: &Sheet,
) -> Case {
    let window = Moment { not_before: at(added), not_after: at(added + 60) };
    let mut case = Case::noticed(tenant, bench.project_id(), account(name), window, Via::Role, false);
    let diagnosis: Diagnosis = diagnose(&scenarios::REGISTRY, sheet.facts());
    case.observe(&diagnosis, sheet.person.route(), at(added + 120));
    case
}

/// Stores a case with this diagnosis, ended if so wanted.
pub(super) async fn stored(bench: &Bench, name: &str, added: i64, sheet: &Sheet, end: Option<CaseState>) {
    let tenant = bench.installed_tenant().await.id;
    let mut case = case(bench, tenant, name, added, sheet);
    if let Some(end) = end {
        assert!(case.end(end, at(added + 600)));
    }
    assert!(bench.store.save(&case).await.expect("the store answers"), "the case is new");
}
