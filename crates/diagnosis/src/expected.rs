//! Which mail the invited person should look for, given what was found.
//! Does not know whether any mail was ever delivered: "invitation" means that nothing we can check stops it.

use crate::{
    diagnose::{Diagnosis, Finding},
    ruling::Ruling,
    vocabulary::{Confidence, ExpectedMail, Overall, Route},
};

/// The mail to look for. May-be-blocked and could-not-check are `Unknown`: a wrong promise costs the person a wait.
pub fn expected_mail(diagnosis: &Diagnosis, route: Route) -> ExpectedMail {
    match diagnosis.overall() {
        Overall::MayBeBlocked | Overall::CouldNotCheck => ExpectedMail::Unknown,
        Overall::Blocked => despite_blocks(diagnosis),
        Overall::NoBlockFound => by_route(route),
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

fn by_route(route: Route) -> ExpectedMail {
    match route {
        Route::PortalInvite => ExpectedMail::Invitation,
        Route::AccountInvite => ExpectedMail::AtlassianInvitation,
        Route::SilentCreate => ExpectedMail::None,
        Route::SelfSignup | Route::EmailChannel => ExpectedMail::Verification,
        Route::Unknown => ExpectedMail::Unknown,
    }
}
