//! What the causes beyond the article's first four say, where one fact is not all of it; notes; the page without a person.
//! Does not know the caps of sources (see `rules`).

use crate::law::finding;
use diagnosis::{
    Confidence::{self, Confirmed, Likely},
    Creator, CreatorKind, DomainMail, Fact, FactKey, Finding, Gap, Kind, Origin, Overall, Route, Ruling, Sheet, Source,
    diagnose, diagnose_project,
    scenarios::REGISTRY,
};

fn origin(source: Source) -> Origin {
    Origin::new(source, "2026-11-23T09:41:00Z".parse().expect("a time"))
}

fn sure<T>(value: T) -> Fact<T> {
    Fact::of(value, origin(Source::JiraRest))
}

/// An ordinary add: everything that is asked for is known and well, nobody volunteered anything.
fn ordinary() -> Sheet {
    let mut sheet = Sheet::unasked();
    sheet.site.outgoing_mail_on = sure(true);
    sheet.project.invite_notification_on = sure(true);
    sheet.project.portal_permission_granted = sure(true);
    sheet.person.account_kind = sure(Kind::Customer);
    sheet.person.account_active = sure(true);
    sheet.person.known_before = sure(false);
    sheet.person.creator = sure(made_by(CreatorKind::Person));
    sheet.person.mail_route = sure(Route::PortalInvite);
    sheet.settle();
    sheet
}

fn made_by(kind: CreatorKind) -> Creator {
    Creator { account: "5b10a2844c20165700ede21g".to_owned(), kind }
}

fn judged(sheet: &Sheet, slug: &str) -> Finding {
    finding(&diagnose(&REGISTRY, sheet.facts()), slug).clone()
}

fn said(sheet: &Sheet, slug: &str) -> (Ruling, Confidence) {
    let finding = judged(sheet, slug);
    (finding.ruling, finding.confidence)
}

#[test]
fn what_nobody_volunteered_lowers_no_word() {
    let sheet = ordinary();
    let diagnosis = diagnose(&REGISTRY, sheet.facts());
    assert_eq!(diagnosis.overall(), Overall::NoBlockFound, "{:#?}", diagnosis.findings);
    assert_eq!(
        diagnosis.not_checked(),
        ["access_restricted", "address_suppressed", "undeliverable_domain", "inactive_account"],
        "each with what to look at by hand"
    );
    for key in FactKey::ALL {
        let mut without = Sheet::unasked();
        without.settle();
        let readings = without.readings().expect("JSON");
        let settled = readings.iter().any(|reading| reading.key == *key);
        assert_eq!(settled, !key.is_asked_for(), "{}: whom somebody is asked for stays not asked", key.name());
    }
}

#[test]
fn access_turns_on_the_switch_or_the_domain_and_needs_both_to_clear() {
    use Ruling::{Blocks, Clears, Undetermined};
    let gap = || Fact::Unknown(Gap::NotExposed);
    let rows = [
        (sure(true), sure(true), Clears),
        (sure(true), sure(false), Blocks),
        (sure(false), sure(true), Blocks),
        (sure(false), gap(), Blocks),
        (gap(), sure(false), Blocks),
        (gap(), sure(true), Undetermined(Gap::NotExposed)),
        (sure(true), gap(), Undetermined(Gap::NotExposed)),
    ];
    for (allowed, listed, ruling) in rows {
        let mut sheet = ordinary();
        sheet.site.portal_only_accounts_allowed = allowed.clone();
        sheet.person.address_domain_listed = listed.clone();
        assert_eq!(judged(&sheet, "access_restricted").ruling, ruling, "{allowed:?} {listed:?}");
    }
    let mut sheet = ordinary();
    sheet.site.portal_only_accounts_allowed = Fact::of(false, origin(Source::AdminStatement).at_most(Likely));
    sheet.person.address_domain_listed = sure(false);
    assert_eq!(said(&sheet, "access_restricted"), (Blocks, Confirmed), "either is enough, so the surer one counts");
}

#[test]
fn a_blocked_address_is_sure_only_for_mail_of_this_sender() {
    let rows = [
        (Route::PortalInvite, Kind::Customer, (Ruling::Blocks, Confirmed)),
        (Route::Unknown, Kind::Customer, (Ruling::Blocks, Confirmed)),
        (Route::Unknown, Kind::Atlassian, (Ruling::Blocks, Likely)),
        (Route::AccountInvite, Kind::Atlassian, (Ruling::Blocks, Likely)),
        (Route::SilentCreate, Kind::Customer, (Ruling::NotApplicable, Confidence::Unknown)),
        (Route::SelfSignup, Kind::Customer, (Ruling::NotApplicable, Confidence::Unknown)),
        (Route::EmailChannel, Kind::Customer, (Ruling::NotApplicable, Confidence::Unknown)),
    ];
    for (route, kind, expected) in rows {
        let mut sheet = ordinary();
        sheet.person.address_suppressed = Fact::of(true, origin(Source::ImportedFile));
        sheet.person.mail_route = sure(route);
        sheet.person.account_kind = sure(kind);
        assert_eq!(said(&sheet, "address_suppressed"), expected, "{route:?} {kind:?}");
    }
}

/// A source lowers what an old observation is worth; the cause follows it and invents nothing.
#[test]
fn an_old_log_row_is_only_likely() {
    let mut sheet = ordinary();
    sheet.person.address_suppressed = Fact::of(true, origin(Source::ImportedFile).at_most(Likely));
    assert_eq!(said(&sheet, "address_suppressed"), (Ruling::Blocks, Likely));
    sheet.person.address_suppressed = Fact::of(false, origin(Source::ImportedFile));
    assert_eq!(said(&sheet, "address_suppressed"), (Ruling::Clears, Likely), "a later delivery clears as likely");
}

#[test]
fn a_flow_excuses_automation_only_when_none_is_silent() {
    let automation = |silent: Fact<bool>| {
        let mut sheet = ordinary();
        sheet.person.creator = sure(made_by(CreatorKind::Automation));
        sheet.person.mail_route = sure(Route::SilentCreate);
        sheet.project.silent_rule = silent;
        said(&sheet, "created_by_automation")
    };
    let export = || origin(Source::ImportedFile);
    assert_eq!(automation(Fact::of(false, export())), (Ruling::Clears, Likely));
    assert_eq!(automation(Fact::of(true, export())), (Ruling::Blocks, Confirmed), "never raises, never lowers");
    assert_eq!(automation(Fact::Unknown(Gap::NotExposed)), (Ruling::Blocks, Confirmed));
    assert_eq!(
        automation(Fact::of(false, origin(Source::AutomationRule))),
        (Ruling::Blocks, Confirmed),
        "a rule that says of itself that it mails clears nothing"
    );
    let mut by_agent = ordinary();
    by_agent.project.silent_rule = Fact::of(true, export());
    assert_eq!(said(&by_agent, "created_by_automation"), (Ruling::Clears, Confirmed));
}

#[test]
fn an_app_is_information_and_comes_before_the_account() {
    let mut sheet = ordinary();
    sheet.person.creator = sure(made_by(CreatorKind::App));
    assert_eq!(said(&sheet, "created_by_api"), (Ruling::Blocks, Likely));
    assert_eq!(said(&sheet, "created_by_automation").0, Ruling::Clears);
    sheet.person.known_before = sure(true);
    assert_eq!(said(&sheet, "created_by_api").0, Ruling::NotApplicable, "made earlier: the account is the cause");
    let place = |slug| REGISTRY.iter().position(|s| s.slug == slug);
    assert!(place("created_by_api") < place("existing_customer"));
}

#[test]
fn who_was_just_invited_elsewhere_needs_no_password() {
    let mut sheet = ordinary();
    sheet.person.known_before = sure(true);
    sheet.person.invited_elsewhere = Fact::of(true, origin(Source::AuditLog).at_most(Likely));
    let finding = judged(&sheet, "existing_customer");
    assert_eq!((finding.ruling, finding.confidence), (Ruling::Blocks, Confirmed), "told, not weighed");
    assert_eq!(finding.evidence[0].statement.id, "existing_customer-seen-elsewhere");
    assert!(finding.steps.iter().all(|step| !step.text.contains("password")), "{:?}", finding.steps);
}

#[test]
fn muting_and_the_wrong_door_are_never_of_a_portal_only_account() {
    for slug in ["invitations_muted", "wrong_door"] {
        let rows = [
            (Kind::Atlassian, Route::AccountInvite, (Ruling::Blocks, Likely)),
            (Kind::Customer, Route::AccountInvite, (Ruling::NotApplicable, Confidence::Unknown)),
            (Kind::Atlassian, Route::PortalInvite, (Ruling::NotApplicable, Confidence::Unknown)),
        ];
        for (kind, route, expected) in rows {
            let mut sheet = ordinary();
            sheet.person.account_kind = sure(kind);
            sheet.person.mail_route = sure(route);
            sheet.person.invitations_muted = sure(true);
            sheet.project.wrong_door = sure(true);
            assert_eq!(said(&sheet, slug), expected, "{slug} {kind:?} {route:?}");
        }
    }
}

#[test]
fn only_a_null_mx_states_that_a_domain_takes_no_mail() {
    let rows = [
        (DomainMail::NullMx, Ruling::Blocks, Confirmed),
        (DomainMail::NoSuchDomain, Ruling::Blocks, Likely),
        (DomainMail::NoMailHost, Ruling::Blocks, Likely),
        (DomainMail::Receives, Ruling::NotApplicable, Confidence::Unknown),
    ];
    for (mail, ruling, confidence) in rows {
        let mut sheet = ordinary();
        sheet.person.address_domain_mail = Fact::of(mail, origin(Source::Dns));
        assert_eq!(said(&sheet, "undeliverable_domain"), (ruling, confidence), "{mail:?}");
    }
}

#[test]
fn a_note_is_nobodys_finding_and_moves_no_word() {
    let mut sheet = ordinary();
    sheet.site.on_free_plan = sure(true);
    sheet.project.sender_verified = sure(false);
    let person = diagnose(&REGISTRY, sheet.facts());
    assert!(person.findings.iter().all(|finding| !finding.scenario.note));
    let page = diagnose_project(&REGISTRY, &sheet.site, &sheet.project);
    let notes: Vec<_> = page.findings.iter().filter(|f| f.scenario.note).map(|f| (f.scenario.slug, f.ruling)).collect();
    assert_eq!(notes, [("daily_mail_limit", Ruling::Blocks), ("sender_domain_unverified", Ruling::Blocks)]);
    assert_eq!((page.overall(), page.primary().is_none()), (Overall::NoBlockFound, true));
    let last = page.findings.iter().rev().take(2).all(|finding| finding.scenario.note);
    assert!(last, "what blocks is told before any note");
    sheet.site.on_free_plan = Fact::Unknown(Gap::Forbidden);
    sheet.project.sender_verified = Fact::Unknown(Gap::Unavailable);
    let page = diagnose_project(&REGISTRY, &sheet.site, &sheet.project);
    assert_eq!(page.overall(), Overall::NoBlockFound, "what could not be read about a note lowers nothing");
}

#[test]
fn a_project_is_judged_without_a_person() {
    let mut sheet = Sheet::unasked();
    sheet.site.outgoing_mail_on = sure(false);
    sheet.project.invite_notification_on = sure(true);
    sheet.settle();
    let health = diagnose_project(&REGISTRY, &sheet.site, &sheet.project);
    let said: Vec<_> = health.findings.iter().map(|f| (f.scenario.slug, f.ruling)).collect();
    let never = Ruling::Undetermined(Gap::NotExposed);
    assert_eq!(
        said,
        [
            ("outgoing_mail_disabled", Ruling::Blocks),
            ("access_restricted", never),
            ("portal_permission_missing", never),
            ("notification_disabled", Ruling::Clears),
            ("daily_mail_limit", never),
            ("sender_domain_unverified", never),
        ],
        "causes of a person have no place on a page about the project"
    );
    assert_eq!(health.overall(), Overall::Blocked);

    let unasked = Sheet::unasked();
    let health = diagnose_project(&REGISTRY, &unasked.site, &unasked.project);
    assert_eq!(health.overall(), Overall::CouldNotCheck);
    assert!(health.findings.iter().all(|f| f.ruling == Ruling::Undetermined(Gap::NotAsked)));
}

#[test]
fn the_page_knows_access_as_far_as_it_is_the_same_for_everybody() {
    let page = |allowed: bool, domains: &[&str]| {
        let mut sheet = ordinary();
        sheet.site.portal_only_accounts_allowed = sure(allowed);
        sheet.site.allowed_domains = sure(domains.iter().map(|domain| (*domain).to_owned()).collect());
        finding(&diagnose_project(&REGISTRY, &sheet.site, &sheet.project), "access_restricted").ruling
    };
    assert_eq!(page(false, &[]), Ruling::Blocks);
    assert_eq!(page(true, &[]), Ruling::Clears);
    assert_eq!(page(true, &["example.com"]), Ruling::Undetermined(Gap::NotExposed), "it depends on whom");
}
