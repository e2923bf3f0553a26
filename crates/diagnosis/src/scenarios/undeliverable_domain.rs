//! The domain of the address takes no mail: nothing that is sent to it arrives.
//! Does not know the mailbox; a domain that takes mail may still lack it.

use crate::{
    remedy::{Remedy, Step},
    ruling::{Evidence, Outcome, Scenario},
    table::{FactKey, Facts},
    vocabulary::{Confidence, DomainMail, ExpectedMail, Gap, Level, Route, Severity, Who},
};

pub(super) const SCENARIO: Scenario = Scenario {
    slug: "undeliverable_domain",
    level: Level::Person,
    severity: Severity::Warning,
    remedy: Remedy {
        who: Who::Agent,
        steps: &[
            Step { text: "undeliverable_domain-step-spelling", hangs_on: &[] },
            Step { text: "undeliverable_domain-step-other", hangs_on: &[] },
            Step { text: "undeliverable_domain-step-mail-admin", hangs_on: &[] },
        ],
        copy: None,
    },
    needs: &[FactKey::AddressDomainMail, FactKey::MailRoute],
    still_sent: ExpectedMail::None,
    note: false,
    tickets: &[],
    judge,
};

fn judge(facts: Facts<'_>) -> Result<Outcome, Gap> {
    // A silent add sends nothing anyway; who signed up or wrote in has mail there.
    if !matches!(facts.person.route(), Route::PortalInvite | Route::AccountInvite | Route::Unknown) {
        return Ok(Outcome::NotApplicable);
    }
    let mail = facts.person.address_domain_mail.known()?;
    let (said, worth) = match mail.value {
        // A domain that takes mail clears no address in it; it only is not this cause.
        DomainMail::Receives => return Ok(Outcome::NotApplicable),
        DomainMail::NullMx => ("undeliverable_domain-seen-null-mx", Confidence::Confirmed),
        // Either may be a mistake of the moment.
        DomainMail::NoSuchDomain => ("undeliverable_domain-seen-no-such-domain", Confidence::Likely),
        DomainMail::NoMailHost => ("undeliverable_domain-seen-no-mail-host", Confidence::Likely),
    };
    Ok(Outcome::Blocks(vec![Evidence::new(FactKey::AddressDomainMail, said, mail).at_most(worth)]))
}
