//! The kind of mail for an add, concluded from who made the account and when.
//! Does not know what a route means for a cause (see `rules`).

use diagnosis::{Confidence, Creator, CreatorKind, Fact, Gap, Kind, Origin, Route, Source, Via, route::infer};

fn seen<T>(value: T) -> Fact<T> {
    Fact::of(value, Origin::new(Source::AuditLog, "2026-11-23T09:41:00Z".parse().expect("a time")))
}

fn by(kind: CreatorKind) -> Fact<Creator> {
    seen(Creator { account: "5b10a2844c20165700ede21g".to_owned(), kind })
}

fn outcome(route: &Fact<Route>) -> Result<Route, Gap> {
    route.known().map(|seen| seen.value)
}

#[test]
fn the_maker_of_a_new_account_tells_the_route() {
    use CreatorKind::{App, Automation, Person, Themselves};
    let rows = [
        (Automation, Kind::Customer, Via::Rule, Ok(Route::SilentCreate)),
        (Automation, Kind::Atlassian, Via::Role, Ok(Route::SilentCreate)),
        (App, Kind::Customer, Via::Audit, Ok(Route::SilentCreate)),
        (Person, Kind::Customer, Via::Role, Ok(Route::PortalInvite)),
        (Person, Kind::Customer, Via::Request, Ok(Route::EmailChannel)),
        (Person, Kind::Customer, Via::Rule, Ok(Route::SilentCreate)),
        (Automation, Kind::Customer, Via::Request, Ok(Route::SilentCreate)),
        (Person, Kind::Atlassian, Via::Role, Ok(Route::AccountInvite)),
        (Person, Kind::App, Via::Role, Err(Gap::NotExposed)),
        (Themselves, Kind::Customer, Via::Role, Ok(Route::SelfSignup)),
        (Themselves, Kind::Customer, Via::Request, Ok(Route::EmailChannel)),
    ];
    for (creator, kind, via, route) in rows {
        let said = infer(&seen(kind), &by(creator), &seen(false), &seen(via));
        assert_eq!(outcome(&said), route, "{creator:?} {kind:?} {via:?}");
    }
}

#[test]
fn an_account_from_before_tells_nothing_about_this_add() {
    for creator in CreatorKind::ALL {
        let said = infer(&seen(Kind::Customer), &by(*creator), &seen(true), &seen(Via::Role));
        assert_eq!(said, Fact::Unknown(Gap::NotExposed), "{creator:?}");
    }
}

/// By portal, mail or a request raised for them an invitation is not expected; a rule's add sends nothing.
#[test]
fn a_first_request_and_a_rule_tell_the_route_themselves() {
    for gap in Gap::ALL {
        for before in [Fact::Unknown(*gap), seen(true), seen(false)] {
            for (via, route) in [(Via::Request, Route::EmailChannel), (Via::Rule, Route::SilentCreate)] {
                let said = infer(&Fact::Unknown(*gap), &Fact::Unknown(*gap), &before, &seen(via));
                assert_eq!(outcome(&said), Ok(route), "{via:?} {before:?}");
            }
        }
    }
}

#[test]
fn a_missing_fact_is_passed_on_and_never_guessed() {
    let kind = || seen(Kind::Customer);
    let person = || by(CreatorKind::Person);
    let via = || seen(Via::Role);
    for gap in Gap::ALL {
        assert_eq!(infer(&kind(), &person(), &Fact::Unknown(*gap), &via()), Fact::Unknown(*gap));
        assert_eq!(infer(&kind(), &Fact::Unknown(*gap), &seen(false), &via()), Fact::Unknown(*gap));
        assert_eq!(infer(&Fact::Unknown(*gap), &person(), &seen(false), &via()), Fact::Unknown(*gap));
    }
}

#[test]
fn a_conclusion_is_inferred_and_never_more_than_likely() {
    let said = infer(&seen(Kind::Customer), &by(CreatorKind::Person), &seen(false), &seen(Via::Role));
    let origin = &said.known().expect("a route").origin;
    assert_eq!((origin.source, origin.at_most), (Source::Inferred, Confidence::Likely));
}

#[test]
fn forgetting_an_input_leaves_the_route_unknown() {
    for creator in CreatorKind::ALL {
        for kind in Kind::ALL {
            let (kind, creator, before, via) = (seen(*kind), by(*creator), seen(false), seen(Via::Role));
            let all = infer(&kind, &creator, &before, &via);
            let without = [
                infer(&Fact::Unknown(Gap::NotAsked), &creator, &before, &via),
                infer(&kind, &Fact::Unknown(Gap::NotAsked), &before, &via),
                infer(&kind, &creator, &Fact::Unknown(Gap::NotAsked), &via),
            ];
            for fewer in without {
                let same = outcome(&fewer) == outcome(&all);
                assert!(same || fewer.known().is_err(), "{all:?} became {fewer:?}");
            }
        }
    }
}
