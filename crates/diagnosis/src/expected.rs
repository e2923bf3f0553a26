//! Which mail the invited person should look for, given what was found.
//! Does not know whether any mail was ever delivered: "invitation" means that nothing we can check stops it.

use crate::{
    diagnose::{Diagnosis, Finding},
    ruling::Ruling,
    table::Facts,
    vocabulary::{Confidence, ExpectedMail, Overall, Route},
};

/// The mail to look for. May-be-blocked and could-not-check are `Unknown`: a wrong promise costs the person a wait.
pub fn expected_mail(diagnosis: &Diagnosis, facts: Facts<'_>) -> ExpectedMail {
    match diagnosis.overall() {
        Overall::MayBeBlocked | Overall::CouldNotCheck => ExpectedMail::Unknown,
        Overall::Blocked => despite_blocks(diagnosis),
        Overall::NoBlockFound => by_route(facts),
    }
}

fn despite_blocks(diagnosis: &Diagnosis) -> ExpectedMail {
    let blocks = |finding: &&Finding| finding.ruling == Ruling::Blocks;
    let (sure, likely): (Vec<_>, Vec<_>) =
        diagnosis.findings.iter().filter(blocks).partition(|finding| finding.confidence == Confidence::Confirmed);
    let leaves = |finding: &&Finding| finding.scenario.still_sent;
    if sure.iter().any(|finding| leaves(finding) == ExpectedMail::None) {
        return ExpectedMail::None;
    }
    let mut left = sure.iter().map(leaves);
    // What the sure blocks leave must agree, and no likely block may take it away.
    match left.next() {
        Some(first) if left.all(|next| next == first) && likely.iter().all(|f| leaves(f) == first) => first,
        _ => ExpectedMail::Unknown,
    }
}

fn by_route(facts: Facts<'_>) -> ExpectedMail {
    match facts.person.route() {
        Route::PortalInvite => ExpectedMail::Invitation,
        Route::AccountInvite => ExpectedMail::AtlassianInvitation,
        Route::SilentCreate => ExpectedMail::None,
        // No cause concerns them, but a site that sends no mail sends no verification either.
        Route::SelfSignup | Route::EmailChannel => match facts.site.outgoing_mail_on.known() {
            Ok(on) if !on.value => ExpectedMail::Unknown,
            _ => ExpectedMail::Verification,
        },
        Route::Unknown => ExpectedMail::Unknown,
    }
}
