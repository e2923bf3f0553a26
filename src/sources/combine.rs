//! Puts what several readers say about one person into one sheet.
//! Combination only ever lowers: two that differ leave *likely*, and no agreement raises anything.

use super::{Gathered, Told, earlier};
use diagnosis::{Confidence, Fact, FactKey, Gap, Reading, Sheet, Source};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// One person's sheet being filled.
#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) sheet: Sheet,
    taken: BTreeMap<FactKey, (u8, Fact<Value>)>,
    again_at: Option<Timestamp>,
}

impl Default for Gathering {
    fn default() -> Self {
        Self { sheet: Sheet::unasked(), taken: BTreeMap::new(), again_at: None }
    }
}

impl Gathering {
    /// Takes over what a reader of this authority found.
    pub(super) fn take(&mut self, authority: u8, told: Told) {
        self.again_at = earlier(self.again_at, told.again_at);
        for reading in told.readings {
            let combined = match self.taken.remove(&reading.key) {
                None => (authority, reading.fact),
                Some(before) => combine(reading.key, before, (authority, reading.fact)),
            };
            let reading = Reading { key: reading.key, fact: combined.1.clone() };
            // A value of another type is no value; the reader's own types make that impossible.
            if self.sheet.put(&reading) {
                self.taken.insert(reading.key, combined);
            }
        }
    }

    /// Every reader was heard: what none told and nobody is asked for cannot be known here, and lowers no word.
    pub(super) fn done(mut self) -> Gathered {
        if self.sheet.person.address_domain_listed.known().is_err() {
            let any = self.sheet.site.any_domain_listed();
            if any.known().is_ok() {
                self.sheet.person.address_domain_listed = any;
            }
        }
        self.sheet.settle();
        Gathered { sheet: self.sheet, again_at: self.again_at }
    }
}

type Weighed = (u8, Fact<Value>);

fn combine(key: FactKey, one: Weighed, other: Weighed) -> Weighed {
    let (first, second) = if one.0 >= other.0 { (one, other) } else { (other, one) };
    match (&first.1, &second.1) {
        (Fact::Unknown(a), Fact::Unknown(b)) => (first.0, Fact::Unknown(more_telling(*a, *b))),
        (Fact::Known(_), Fact::Unknown(_)) => first,
        (Fact::Unknown(_), Fact::Known(_)) => second,
        (Fact::Known(a), Fact::Known(b)) if a.value == b.value => first,
        // Better a likely warning than a likely all-clear.
        (Fact::Known(_), Fact::Known(b)) => {
            let (authority, fact) = if key.is_blocking(&b.value) { second } else { first };
            (authority, at_most_likely(fact))
        }
    }
}

fn at_most_likely(fact: Fact<Value>) -> Fact<Value> {
    match fact {
        Fact::Known(seen) => Fact::of(seen.value, seen.origin.at_most(Confidence::Likely)),
        gap => gap,
    }
}

/// Of two reasons the one that somebody can do something about.
fn more_telling(a: Gap, b: Gap) -> Gap {
    let rank = |gap: Gap| match gap {
        Gap::Forbidden => 0,
        Gap::Unavailable => 1,
        Gap::Stale => 2,
        Gap::NotAsked => 3,
        Gap::NotExposed => 4,
    };
    if rank(a) <= rank(b) { a } else { b }
}

/// When the account was made, if that lies inside the add's window by the log: the add was not before it.
pub(super) fn made_at(sheet: &Sheet) -> Option<Timestamp> {
    let seen = sheet.person.known_before.known().ok()?;
    let by_log = seen.origin.source == Source::AuditLog;
    seen.origin.since.filter(|_| by_log && !seen.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use diagnosis::{Origin, key};
    use rstest::rstest;

    fn told(source: Source, value: bool) -> Told {
        let mut told = Told::default();
        told.put::<key::KnownBefore>(Fact::of(value, Origin::new(source, Timestamp::UNIX_EPOCH)));
        told
    }

    fn gap(gap: Gap) -> Told {
        let mut told = Told::default();
        told.put::<key::KnownBefore>(Fact::Unknown(gap));
        told
    }

    #[rstest]
    #[case::agree(told(Source::AuditLog, true), told(Source::Roster, true), Ok((true, Confidence::Confirmed, Source::AuditLog)))]
    #[case::differ(told(Source::AuditLog, false), told(Source::Roster, true), Ok((true, Confidence::Likely, Source::Roster)))]
    #[case::log_only(told(Source::AuditLog, false), gap(Gap::NotAsked), Ok((false, Confidence::Confirmed, Source::AuditLog)))]
    #[case::roster_only(gap(Gap::Forbidden), told(Source::Roster, true), Ok((true, Confidence::Confirmed, Source::Roster)))]
    #[case::none(gap(Gap::NotAsked), gap(Gap::Forbidden), Err(Gap::Forbidden))]
    fn order_of_readers_does_not_matter(
        #[case] log: Told,
        #[case] roster: Told,
        #[case] expected: Result<(bool, Confidence, Source), Gap>,
    ) {
        let copy = |told: &Told| Told { readings: told.readings.clone(), again_at: None };
        for swap in [false, true] {
            let mut gathering = Gathering::default();
            let (log, roster) = (copy(&log), copy(&roster));
            let steps = if swap { [(1, roster), (9, log)] } else { [(9, log), (1, roster)] };
            for (authority, told) in steps {
                gathering.take(authority, told);
            }
            let fact = gathering.sheet.person.known_before.clone();
            let found = fact.known().map(|seen| (seen.value, seen.origin.at_most, seen.origin.source));
            assert_eq!(found, expected, "swapped: {swap}");
        }
    }
}
