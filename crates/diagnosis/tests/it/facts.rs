//! Names, types and saved forms of facts.
//! Does not know what any fact proves.

use diagnosis::{
    Confidence, Fact, FactKey, Gap, Kind, Level, Moment, Origin, PersonFacts, Reading, Sheet, SiteFacts, Source, key,
};
use serde_json::json;

fn origin() -> Origin {
    Origin::new(Source::AuditLog, "2026-11-23T09:41:00Z".parse().expect("a time"))
}

#[test]
fn every_fact_has_one_name_everywhere() {
    for key in FactKey::ALL {
        assert_eq!(serde_json::to_value(key).expect("a name"), json!(key.name()));
        assert_eq!(FactKey::from_name(key.name()), Some(*key));
    }
    assert_eq!(FactKey::from_name("no_such_fact"), None);
}

#[test]
fn every_word_has_one_name_everywhere() {
    for source in Source::ALL {
        assert_eq!(serde_json::to_value(source).expect("a name"), json!(source.name()));
        assert_eq!(Source::from_name(source.name()), Some(*source));
    }
    for gap in Gap::ALL {
        assert_eq!(serde_json::to_value(gap).expect("a name"), json!(gap.name()));
    }
}

#[test]
fn a_reading_of_another_type_or_level_is_refused_and_changes_nothing() {
    let mut site = SiteFacts::unasked();
    let mut person = PersonFacts::unasked();
    let number = Reading { key: FactKey::OutgoingMailOn, fact: Fact::of(json!(1), origin()) };
    assert!(!site.put(&number), "1 is not a bool");
    assert!(!FactKey::OutgoingMailOn.accepts(&json!(1)));
    assert!(FactKey::OutgoingMailOn.accepts(&json!(true)));
    let text = Reading { key: FactKey::KnownBefore, fact: Fact::of(json!("true"), origin()) };
    assert!(!person.put(&text), "the text \"true\" is not a bool");
    let elsewhere = Reading::known::<key::OutgoingMailOn>(true, origin()).expect("JSON");
    assert!(!person.put(&elsewhere), "a fact of the site is none of the person's");
    assert_eq!((site, person), (SiteFacts::unasked(), PersonFacts::unasked()));
}

#[test]
fn a_reading_comes_back_in_its_own_type() {
    let reading = Reading::known::<key::AccountKind>(Kind::Customer, origin()).expect("JSON");
    assert_eq!(reading.typed::<key::AccountKind>(), Some(Fact::of(Kind::Customer, origin())));
    assert_eq!(reading.typed::<key::KnownBefore>(), None);
    let gap = Reading::gap(FactKey::AccountKind, Gap::Forbidden);
    assert_eq!(gap.typed::<key::AccountKind>(), Some(Fact::Unknown(Gap::Forbidden)));
}

#[test]
fn readings_are_told_apart_by_level() {
    for key in FactKey::ALL {
        let mut sheet = Sheet::unasked();
        assert!(sheet.put(&Reading::gap(*key, Gap::Stale)));
        let held = [
            (Level::Site, sheet.site.readings().expect("JSON")),
            (Level::Project, sheet.project.readings().expect("JSON")),
            (Level::Person, sheet.person.readings().expect("JSON")),
        ];
        for (level, readings) in held {
            assert_eq!(readings.len(), usize::from(level == key.level()), "{}", key.name());
        }
        sheet.forget(*key);
        assert_eq!(sheet, Sheet::unasked(), "{}", key.name());
    }
}

#[test]
fn a_saved_fact_of_a_wrong_type_is_refused_without_repeating_it() {
    let saved = json!([{ "key": "account_kind", "fact": { "known": {
        "value": "jane@example.com",
        "origin": { "source": "jira_rest", "observed_at": "2026-11-23T09:41:00Z", "at_most": "confirmed" }
    } } }]);
    let refused = serde_json::from_value::<PersonFacts>(saved).expect_err("an address is no kind of account");
    assert!(refused.to_string().contains("account_kind"), "{refused}");
    assert!(!refused.to_string().contains("jane"), "{refused}");
}

#[test]
fn an_origin_without_its_worth_is_refused() {
    let saved = json!({ "source": "jira_rest", "observed_at": "2026-11-23T09:41:00Z" });
    assert!(serde_json::from_value::<Origin>(saved).is_err(), "what an observation is worth has no default");
}

#[test]
fn the_worth_of_an_observation_only_goes_down() {
    let low = origin().at_most(Confidence::Likely).at_most(Confidence::Confirmed);
    assert_eq!(low.at_most, Confidence::Likely);
    let worthless = Fact::of(true, origin().at_most(Confidence::Unknown));
    assert_eq!(worthless.known(), Err(Gap::NotAsked));
}

#[test]
fn a_window_holds_its_ends() {
    let at = |text: &str| text.parse().expect("a time");
    let window = Moment { not_before: at("2026-11-23T09:00:00Z"), not_after: at("2026-11-23T10:00:00Z") };
    assert!(window.contains(window.not_before) && window.contains(window.not_after));
    assert!(!window.contains(at("2026-11-23T10:00:01Z")));
    assert!(Moment::at(window.not_after).contains(window.not_after));
}
