//! Whatever the facts are: no panic, no unearned certainty, one order, and the law of forgetting.
//! Does not know any single rule.

use crate::law::broken;
use diagnosis::{
    AddressFault, Confidence, Creator, CreatorKind, DomainMail, Fact, FactKey, Gap, Kind, Origin, Route, Ruling, Sheet,
    Source, Via, diagnose, scenarios::REGISTRY,
};
use proptest::{prelude::*, sample::select};

fn origin() -> impl Strategy<Value = Origin> {
    (select(Source::ALL), select(Confidence::ALL), 0_i64..2_000_000_000).prop_map(|(source, worth, second)| {
        Origin::new(source, jiff::Timestamp::from_second(second).expect("in range")).at_most(worth)
    })
}

fn fact<T: Clone + std::fmt::Debug + 'static>(value: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Fact<T>> {
    prop_oneof![
        3 => (value, origin()).prop_map(|(value, origin)| Fact::of(value, origin)),
        1 => select(Gap::ALL).prop_map(Fact::Unknown),
    ]
    .boxed()
}

prop_compose! {
    /// What the causes beyond the article's six turn on.
    fn more()(
        allowed in fact(any::<bool>()),
        free in fact(any::<bool>()),
        silent in fact(any::<bool>()),
        granted in fact(any::<bool>()),
        door in fact(any::<bool>()),
        verified in fact(any::<bool>()),
        active in fact(any::<bool>()),
        suppressed in fact(any::<bool>()),
        fault in fact(any::<Option<char>>().prop_map(|character| character.map(|_| AddressFault { at: 3, character }))),
        domain in fact(select(DomainMail::ALL)),
        listed in fact(any::<bool>()),
        (elsewhere, muted) in (fact(any::<bool>()), fact(any::<bool>())),
    ) -> Sheet {
        let mut sheet = Sheet::unasked();
        sheet.site.portal_only_accounts_allowed = allowed;
        sheet.site.on_free_plan = free;
        sheet.project.silent_rule = silent;
        sheet.project.portal_permission_granted = granted;
        sheet.project.wrong_door = door;
        sheet.project.sender_verified = verified;
        sheet.person.account_active = active;
        sheet.person.address_suppressed = suppressed;
        sheet.person.address_fault = fault;
        sheet.person.address_domain_mail = domain;
        sheet.person.address_domain_listed = listed;
        sheet.person.invited_elsewhere = elsewhere;
        sheet.person.invitations_muted = muted;
        sheet
    }
}

prop_compose! {
    fn sheet()(
        mail in fact(any::<bool>()),
        toggle in fact(any::<bool>()),
        kind in fact(select(Kind::ALL)),
        before in fact(any::<bool>()),
        creator in fact(select(CreatorKind::ALL).prop_map(|kind| Creator { account: "5b10".to_owned(), kind })),
        route in fact(select(Route::ALL)),
        via in fact(select(Via::ALL)),
        more in more(),
    ) -> Sheet {
        let mut sheet = more;
        sheet.site.outgoing_mail_on = mail;
        sheet.project.invite_notification_on = toggle;
        sheet.person.account_kind = kind;
        sheet.person.known_before = before;
        sheet.person.creator = creator;
        sheet.person.mail_route = route;
        sheet.person.added_via = via;
        sheet
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_certainty_that_no_source_gave(sheet in sheet()) {
        for finding in diagnose(&REGISTRY, sheet.facts()).findings {
            let worth: fn(&diagnosis::Evidence) -> Confidence = match finding.ruling {
                Ruling::Blocks => diagnosis::Evidence::blocks_at_most,
                Ruling::Clears => diagnosis::Evidence::clears_at_most,
                _ => {
                    prop_assert!(finding.evidence.is_empty());
                    prop_assert_eq!(finding.confidence, Confidence::Unknown);
                    continue;
                }
            };
            prop_assert!(finding.confidence > Confidence::Unknown, "a ruling worth nothing: {:?}", finding);
            prop_assert!(!finding.evidence.is_empty(), "a ruling that rests on nothing: {:?}", finding);
            for evidence in &finding.evidence {
                prop_assert!(worth(evidence) >= finding.confidence, "surer than its evidence: {:?}", finding);
                prop_assert!(finding.scenario.needs.contains(&evidence.key), "evidence it does not need: {:?}", finding);
            }
        }
    }

    #[test]
    fn every_cause_once_and_in_one_order(sheet in sheet()) {
        let diagnosis = diagnose(&REGISTRY, sheet.facts());
        let place = |slug| REGISTRY.iter().position(|s| s.slug == slug).expect("of the registry");
        let rank = |ruling| match ruling {
            Ruling::Blocks => 0,
            Ruling::Undetermined(_) => 1,
            Ruling::Clears => 2,
            Ruling::NotApplicable => 3,
        };
        let keys: Vec<_> = diagnosis
            .findings
            .iter()
            .map(|f| (rank(f.ruling), f.scenario.level, f.scenario.severity, place(f.scenario.slug)))
            .collect();
        prop_assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", keys);
        prop_assert_eq!(keys.len(), REGISTRY.iter().filter(|scenario| !scenario.note).count());
        let first_block = diagnosis.findings.first().filter(|f| f.ruling == Ruling::Blocks).map(|f| f.scenario.slug);
        prop_assert_eq!(diagnosis.primary().map(|f| f.scenario.slug), first_block);
    }

    #[test]
    fn forgetting_never_makes_surer(sheet in sheet()) {
        for key in FactKey::ALL {
            let wrong = broken(&sheet, *key);
            prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }

    #[test]
    fn saved_facts_survive(sheet in sheet()) {
        let text = serde_json::to_string(&sheet).expect("facts are JSON");
        prop_assert_eq!(serde_json::from_str::<Sheet>(&text).expect("readable"), sheet);
    }
}
