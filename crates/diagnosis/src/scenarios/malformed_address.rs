//! The address as it was typed is none: nothing can be sent to it.
//! Does not know addresses, only where the typed one stops being one; an address that is well-formed may still not exist.

use crate::{
    fact::Observed,
    remedy::{Remedy, Step},
    ruling::{Arg, Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{AddressFault, ExpectedMail, Gap, Level, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "malformed_address",
    level: Level::Person,
    severity: Severity::Error,
    remedy: Remedy {
        who: Who::Agent,
        steps: &[
            Step { text: "malformed_address-step-correct", hangs_on: &[] },
            Step { text: "malformed_address-step-add", hangs_on: &[] },
        ],
        copy: None,
    },
    needs: &[FactKey::AddressFault],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    match facts.person.address_fault.known() {
        Ok(seen) => Ok(match &seen.value {
            Some(fault) => Outcome::Blocks(vec![evidence(fault, seen)]),
            // That it is well-formed clears nothing else, and this cause is none of it.
            None => Outcome::NotApplicable,
        }),
        // Nobody typed an address: whoever has an account was added by one that Jira took.
        Err(Gap::NotExposed) => Ok(Outcome::NotApplicable),
        Err(gap) => Err(gap),
    }
}

fn evidence(fault: &AddressFault, seen: &Observed<Option<AddressFault>>) -> Evidence {
    let said = match fault.character {
        Some(_) => "malformed_address-seen-character",
        None => "malformed_address-seen-missing",
    };
    let evidence = Evidence::new(FactKey::AddressFault, said, seen).with("place", Arg::Count(fault.at));
    match fault.character {
        Some(character) => evidence.with("character", Arg::Character(character)),
        None => evidence,
    }
}
