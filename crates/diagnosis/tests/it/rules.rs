//! The tables of the rules, row by row: what each source may prove, and what follows from it for each cause.
//! Does not know the fixtures; those show whole people, these rows one fact at a time.

use crate::law::finding;
use diagnosis::{
    AddressFault,
    Confidence::{self, Confirmed, Likely, Unknown},
    Creator, CreatorKind, DomainMail, Fact, FactKey, Finding, Gap, Kind, Origin, Overall, Reading, Route, Ruling,
    Sheet, Source, Via, diagnose, diagnose_project,
    scenarios::REGISTRY,
};

const CAPS: [(Source, Confidence, Confidence); 15] = [
    (Source::JiraRest, Confirmed, Confirmed),
    (Source::JiraInternal, Confirmed, Likely),
    (Source::AuditLog, Confirmed, Confirmed),
    (Source::Webhook, Likely, Unknown),
    (Source::ForgeEvent, Likely, Unknown),
    (Source::Roster, Confirmed, Unknown),
    (Source::OwnHistory, Likely, Likely),
    (Source::AdminStatement, Confirmed, Likely),
    (Source::ImportedFile, Confirmed, Likely),
    (Source::AutomationRule, Confirmed, Unknown),
    (Source::MailProbe, Confirmed, Likely),
    (Source::Input, Confirmed, Unknown),
    (Source::Dns, Confirmed, Unknown),
    (Source::MailProvider, Likely, Unknown),
    (Source::Inferred, Likely, Unknown),
];

fn origin(source: Source) -> Origin {
    Origin::new(source, "2026-11-23T09:41:00Z".parse().expect("a time"))
}

fn sure<T>(value: T) -> Fact<T> {
    Fact::of(value, origin(Source::JiraRest))
}

fn made_by(kind: CreatorKind) -> Creator {
    Creator { account: "5b10a2844c20165700ede21g".to_owned(), kind }
}

/// Somebody whom nothing stops: every fact known for sure.
fn welcome() -> Sheet {
    let mut sheet = Sheet::unasked();
    sheet.site.outgoing_mail_on = sure(true);
    sheet.project.invite_notification_on = sure(true);
    sheet.person.account_kind = sure(Kind::Customer);
    sheet.person.known_before = sure(false);
    sheet.person.creator = sure(made_by(CreatorKind::Person));
    sheet.person.mail_route = sure(Route::PortalInvite);
    sheet.site.portal_only_accounts_allowed = sure(true);
    sheet.site.allowed_domains = sure(Vec::new());
    sheet.site.on_free_plan = sure(false);
    sheet.project.portal_permission_granted = sure(true);
    sheet.project.wrong_door = sure(false);
    sheet.project.sender_verified = sure(true);
    sheet.person.account_active = sure(true);
    sheet.person.address_suppressed = sure(false);
    sheet.person.address_fault = sure(None);
    sheet.person.address_domain_mail = sure(DomainMail::Receives);
    sheet.person.address_domain_listed = sure(true);
    sheet.settle();
    sheet
}

/// The same person, so that the cause concerns them.
fn concerned(slug: &str) -> Sheet {
    let mut sheet = welcome();
    if matches!(slug, "wrong_door" | "invitations_muted") {
        sheet.person.account_kind = sure(Kind::Atlassian);
        sheet.person.mail_route = sure(Route::AccountInvite);
        sheet.person.invitations_muted = sure(false);
    }
    sheet
}

fn judged(sheet: &Sheet, slug: &str) -> Finding {
    if diagnosis::scenarios::by_slug(slug).is_some_and(|scenario| scenario.note) {
        return finding(&diagnose_project(&REGISTRY, &sheet.site, &sheet.project), slug).clone();
    }
    finding(&diagnose(&REGISTRY, sheet.facts()), slug).clone()
}

/// Sets the fact that a cause turns on: `bad` blocks, otherwise it clears.
fn turn(sheet: &mut Sheet, slug: &str, bad: bool, by: Origin) {
    match slug {
        "outgoing_mail_disabled" => sheet.site.outgoing_mail_on = Fact::of(!bad, by),
        "notification_disabled" => sheet.project.invite_notification_on = Fact::of(!bad, by),
        "existing_customer" => sheet.person.known_before = Fact::of(bad, by),
        "created_by_automation" => {
            let kind = if bad { CreatorKind::Automation } else { CreatorKind::Person };
            sheet.person.creator = Fact::of(made_by(kind), by);
        }
        "created_by_api" => {
            let kind = if bad { CreatorKind::App } else { CreatorKind::Person };
            sheet.person.creator = Fact::of(made_by(kind), by);
        }
        "access_restricted" => sheet.site.portal_only_accounts_allowed = Fact::of(!bad, by),
        "portal_permission_missing" => sheet.project.portal_permission_granted = Fact::of(!bad, by),
        "address_suppressed" => sheet.person.address_suppressed = Fact::of(bad, by),
        "undeliverable_domain" => {
            let mail = if bad { DomainMail::NullMx } else { DomainMail::Receives };
            sheet.person.address_domain_mail = Fact::of(mail, by);
        }
        "malformed_address" => {
            let fault = bad.then_some(AddressFault { at: 4, character: None });
            sheet.person.address_fault = Fact::of(fault, by);
        }
        "inactive_account" => sheet.person.account_active = Fact::of(!bad, by),
        "wrong_door" => sheet.project.wrong_door = Fact::of(bad, by),
        "invitations_muted" => sheet.person.invitations_muted = Fact::of(bad, by),
        "daily_mail_limit" => sheet.site.on_free_plan = Fact::of(bad, by),
        "sender_domain_unverified" => sheet.project.sender_verified = Fact::of(!bad, by),
        other => panic!("{other}: say here which fact this cause turns on"),
    }
}

/// Makes the fact that a cause turns on a gap.
fn lose(sheet: &mut Sheet, slug: &str, gap: Gap) {
    turn(sheet, slug, true, origin(Source::JiraRest));
    let key = match slug {
        "existing_customer" => FactKey::KnownBefore,
        "created_by_automation" | "created_by_api" => FactKey::Creator,
        _ => diagnosis::scenarios::by_slug(slug).expect("of the registry").needs[0],
    };
    assert!(sheet.put(&Reading::gap(key, gap)));
}

/// The most that a cause says in each direction, whatever its sources say; `None` where it never clears.
fn ceiling(slug: &str) -> (Confidence, Option<Confidence>) {
    match slug {
        "created_by_api" | "wrong_door" | "invitations_muted" => (Likely, Some(Likely)),
        "daily_mail_limit" | "sender_domain_unverified" => (Likely, Some(Confirmed)),
        "inactive_account" | "malformed_address" | "undeliverable_domain" => (Confirmed, None),
        _ => (Confirmed, Some(Confirmed)),
    }
}

#[test]
fn each_source_is_capped_as_the_rules_say() {
    assert_eq!(CAPS.len(), Source::ALL.len(), "a source is missing from this table");
    for (source, block, clear) in CAPS {
        assert_eq!(source.cap(), (block, clear), "{}", source.name());
    }
}

#[test]
fn each_cause_is_as_sure_as_its_source_and_never_surer() {
    for scenario in &REGISTRY {
        let (blocks, clears) = ceiling(scenario.slug);
        for (source, block, clear) in CAPS {
            for worth in [Confirmed, Likely, Unknown] {
                for (bad, cap, ruling) in [(true, block, Ruling::Blocks), (false, clear, Ruling::Clears)] {
                    let Some(most) = (if bad { Some(blocks) } else { clears }) else { continue };
                    let mut sheet = concerned(scenario.slug);
                    turn(&mut sheet, scenario.slug, bad, origin(source).at_most(worth));
                    let said = judged(&sheet, scenario.slug);
                    let due = cap.min(worth).min(most);
                    let expected = if due == Unknown { Ruling::Undetermined(Gap::NotAsked) } else { ruling };
                    assert_eq!(
                        (said.ruling, said.confidence),
                        (expected, due),
                        "{} by {} worth {worth:?}",
                        scenario.slug,
                        source.name()
                    );
                }
            }
        }
    }
}

#[test]
fn each_gap_is_passed_on_as_it_is() {
    for scenario in &REGISTRY {
        for gap in Gap::ALL {
            if scenario.slug == "malformed_address" && *gap == Gap::NotExposed {
                continue; // nobody typed an address
            }
            let mut sheet = concerned(scenario.slug);
            lose(&mut sheet, scenario.slug, *gap);
            let said = judged(&sheet, scenario.slug);
            assert_eq!(said.ruling, Ruling::Undetermined(*gap), "{}", scenario.slug);
            assert_eq!(said.confidence, Unknown, "{}", scenario.slug);
            let diagnosis = diagnose(&REGISTRY, sheet.facts());
            let lowers = *gap != Gap::NotExposed && !scenario.note;
            let word = if lowers { Overall::CouldNotCheck } else { Overall::NoBlockFound };
            let listed = *gap == Gap::NotExposed && !scenario.note;
            assert_eq!(diagnosis.overall(), word, "{} with {}", scenario.slug, gap.name());
            if scenario.slug != "inactive_account" {
                let named = diagnosis.not_checked().contains(&scenario.slug);
                assert_eq!(named, listed, "{} with {}", scenario.slug, gap.name());
            }
        }
    }
}

#[test]
fn the_route_decides_whom_a_cause_concerns() {
    use Ruling::{Blocks, NotApplicable};
    // Every cause's own fact is bad; rows are the routes.
    let rows = [
        (Route::PortalInvite, (Blocks, Confirmed), (Blocks, Confirmed), (Blocks, Confirmed)),
        (Route::AccountInvite, (NotApplicable, Unknown), (NotApplicable, Unknown), (Blocks, Confirmed)),
        (Route::SilentCreate, (NotApplicable, Unknown), (NotApplicable, Unknown), (Blocks, Confirmed)),
        (Route::SelfSignup, (NotApplicable, Unknown), (NotApplicable, Unknown), (NotApplicable, Unknown)),
        (Route::EmailChannel, (NotApplicable, Unknown), (NotApplicable, Unknown), (NotApplicable, Unknown)),
        (Route::Unknown, (Blocks, Confirmed), (Blocks, Likely), (Blocks, Confirmed)),
    ];
    assert_eq!(rows.len(), Route::ALL.len(), "a route is missing from this table");
    for (route, mail, toggle, existing) in rows {
        let mut sheet = welcome();
        sheet.site.outgoing_mail_on = sure(false);
        sheet.project.invite_notification_on = sure(false);
        sheet.person.known_before = sure(true);
        sheet.person.mail_route = sure(route);
        let said = |slug| {
            let finding = judged(&sheet, slug);
            (finding.ruling, finding.confidence)
        };
        assert_eq!(said("outgoing_mail_disabled"), mail, "{}", route.name());
        assert_eq!(said("notification_disabled"), toggle, "{}", route.name());
        assert_eq!(said("existing_customer"), existing, "{}", route.name());
    }
}

#[test]
fn a_route_that_is_a_gap_is_judged_like_an_unknown_one() {
    for gap in Gap::ALL {
        let mut sheet = welcome();
        sheet.project.invite_notification_on = sure(false);
        sheet.person.mail_route = Fact::Unknown(*gap);
        let said = judged(&sheet, "notification_disabled");
        assert_eq!((said.ruling, said.confidence), (Ruling::Blocks, Likely), "{}", gap.name());
    }
}

#[test]
fn mail_off_is_sure_by_an_unknown_route_only_for_a_portal_only_account() {
    let rows = [
        (sure(Kind::Customer), Confirmed),
        (Fact::of(Kind::Customer, origin(Source::Webhook)), Likely),
        (sure(Kind::Atlassian), Likely),
        (sure(Kind::App), Likely),
        (Fact::Unknown(Gap::Unavailable), Likely),
    ];
    for (kind, confidence) in rows {
        let mut sheet = welcome();
        sheet.site.outgoing_mail_on = sure(false);
        sheet.person.mail_route = Fact::Unknown(Gap::Forbidden);
        sheet.person.account_kind = kind.clone();
        let said = judged(&sheet, "outgoing_mail_disabled");
        assert_eq!((said.ruling, said.confidence), (Ruling::Blocks, confidence), "{kind:?}");
    }
}

#[test]
fn automation_is_the_cause_only_at_this_add() {
    use CreatorKind::{App, Automation, Person, Themselves};
    let gap = Fact::Unknown(Gap::Forbidden);
    let undetermined = Ruling::Undetermined(Gap::Forbidden);
    let rows = [
        (Some(Automation), sure(false), Ruling::Blocks),
        (Some(Automation), sure(true), Ruling::NotApplicable),
        (Some(Automation), gap.clone(), undetermined),
        (Some(App), sure(false), Ruling::Clears),
        (Some(Person), sure(false), Ruling::Clears),
        (Some(Themselves), sure(false), Ruling::Clears),
        (Some(Person), gap.clone(), Ruling::Clears),
        (Some(Person), sure(true), Ruling::NotApplicable),
        (None, sure(false), undetermined),
        (None, sure(true), Ruling::NotApplicable),
        (None, gap, undetermined),
    ];
    for (creator, before, ruling) in rows {
        let mut sheet = welcome();
        sheet.person.creator = creator.map_or(Fact::Unknown(Gap::Forbidden), |kind| sure(made_by(kind)));
        sheet.person.known_before = before.clone();
        assert_eq!(judged(&sheet, "created_by_automation").ruling, ruling, "{creator:?} {before:?}");
    }
}

#[test]
fn the_weakest_evidence_decides() {
    let mut sheet = welcome();
    sheet.person.creator = Fact::of(made_by(CreatorKind::Automation), origin(Source::AuditLog));
    sheet.person.known_before = Fact::of(false, origin(Source::AuditLog).at_most(Likely));
    let said = judged(&sheet, "created_by_automation");
    assert_eq!((said.ruling, said.confidence), (Ruling::Blocks, Likely));
}

#[test]
fn site_before_project_before_person_and_silent_before_existing() {
    let mut sheet = welcome();
    sheet.site.outgoing_mail_on = Fact::of(false, origin(Source::MailProbe).at_most(Likely));
    sheet.project.invite_notification_on = sure(false);
    sheet.person.known_before = sure(true);
    let diagnosis = diagnose(&REGISTRY, sheet.facts());
    let blocks: Vec<_> =
        diagnosis.findings.iter().filter(|f| f.ruling == Ruling::Blocks).map(|f| f.scenario.slug).collect();
    assert_eq!(blocks, ["outgoing_mail_disabled", "notification_disabled", "existing_customer"], "blocks by level");
    assert_eq!(diagnosis.findings.last().map(|f| f.ruling), Some(Ruling::NotApplicable), "last what does not apply");
    assert_eq!(diagnosis.primary().map(|f| f.scenario.slug), Some("outgoing_mail_disabled"));
    assert_eq!(diagnosis.overall(), Overall::Blocked, "the surest block gives the word, the highest one the cure");

    let nobody_asked = Sheet::unasked();
    let order: Vec<_> = diagnose(&REGISTRY, nobody_asked.facts()).findings.iter().map(|f| f.scenario.slug).collect();
    assert_eq!(
        order,
        [
            "outgoing_mail_disabled",
            "access_restricted",
            "portal_permission_missing",
            "notification_disabled",
            "malformed_address",
            "created_by_automation",
            "address_suppressed",
            "undeliverable_domain",
            "inactive_account",
            "created_by_api",
            "existing_customer",
            "wrong_door",
            "invitations_muted",
        ],
        "level, then severity, then what happened silently at this add before what was so already"
    );
}

#[test]
fn a_step_that_cannot_work_is_left_out() {
    let steps = |mail: Fact<bool>| {
        let mut sheet = welcome();
        sheet.person.known_before = sure(true);
        sheet.site.outgoing_mail_on = mail;
        judged(&sheet, "existing_customer").steps.iter().map(|s| s.text).collect::<Vec<_>>()
    };
    let forgot = "existing_customer-step-forgot-password";
    assert!(!steps(sure(false)).contains(&forgot), "mail is off: the portal hides the link");
    assert!(steps(sure(true)).contains(&forgot));
    assert!(steps(Fact::Unknown(Gap::NotAsked)).contains(&forgot), "a gap is not `off`");
}

#[test]
fn who_was_noticed_as_an_add_need_not_be_added() {
    let steps = |via: Fact<Via>| {
        let mut sheet = welcome();
        sheet.person.known_before = sure(true);
        sheet.person.added_via = via;
        judged(&sheet, "existing_customer").steps.iter().map(|s| s.text).collect::<Vec<_>>()
    };
    let add = "existing_customer-step-add";
    for via in [Via::Role, Via::Organisation, Via::Rule, Via::Audit, Via::Request] {
        assert!(!steps(sure(via)).contains(&add), "{via:?}: they are there already");
    }
    assert!(steps(sure(Via::ListOnly)).contains(&add), "who may use the desk was perhaps never added");
    assert!(steps(Fact::Unknown(Gap::NotAsked)).contains(&add), "a gap is no add");
}

#[test]
fn nothing_judged_is_not_all_clear() {
    let nothing: &'static [diagnosis::Scenario] = &[];
    assert_eq!(diagnose(nothing, Sheet::unasked().facts()).overall(), Overall::CouldNotCheck);
}
