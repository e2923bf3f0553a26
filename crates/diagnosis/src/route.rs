//! Which kind of mail Jira sends for an add, concluded from who made the account and when.
//! Does not know whether that mail arrived, and never guesses: where a fact is missing the route is that gap.

use crate::{
    fact::{Fact, Origin},
    source::Source,
    vocabulary::{Confidence, Creator, CreatorKind, Gap, Kind, Route, Via},
};

/// The route of an add, or why it cannot be told.
///
/// - Added by a rule, by its word: [`Route::SilentCreate`], whoever made the account.
/// - First seen on a request: [`Route::EmailChannel`], unless Automation or an app made the account at this add. Whoever raised
///   it, an invitation is not expected; somebody whom a better witness knows as added is not told of by their request.
/// - Made at this add by Automation or an app: [`Route::SilentCreate`].
/// - Made at this add by the customer: [`Route::SelfSignup`], a verification mail and no invitation.
/// - Made at this add by another person: [`Route::PortalInvite`] for a portal-only account, [`Route::AccountInvite`] for
///   an Atlassian account.
/// - An account that was there before the add, or an app's account made by a person: [`Gap::NotExposed`], since
///   nothing on the site tells through which page somebody was added.
///
/// A missing input gives its own gap. The answer is never `Known(Route::Unknown)`.
pub fn infer(kind: &Fact<Kind>, creator: &Fact<Creator>, known_before: &Fact<bool>, via: &Fact<Via>) -> Fact<Route> {
    match conclude(kind, creator, known_before, via) {
        Ok((route, origin)) => Fact::of(route, origin),
        Err(gap) => Fact::Unknown(gap),
    }
}

fn conclude(
    kind: &Fact<Kind>,
    creator: &Fact<Creator>,
    known_before: &Fact<bool>,
    via: &Fact<Via>,
) -> Result<(Route, Origin), Gap> {
    if let Ok(via) = via.known()
        && let Some(route) = told_by(via.value, creator, known_before)
    {
        return Ok((route, Origin::new(Source::Inferred, via.origin.observed_at).at_most(Confidence::Likely)));
    }
    let before = known_before.known()?;
    if before.value {
        return Err(Gap::NotExposed);
    }
    let creator = creator.known()?;
    let mut rests_on = vec![&before.origin, &creator.origin];
    let route = match creator.value.kind {
        CreatorKind::Automation | CreatorKind::App => Route::SilentCreate,
        CreatorKind::Themselves => Route::SelfSignup,
        CreatorKind::Person => {
            let kind = kind.known()?;
            rests_on.push(&kind.origin);
            match kind.value {
                Kind::Customer => Route::PortalInvite,
                Kind::Atlassian => Route::AccountInvite,
                Kind::App => return Err(Gap::NotExposed),
            }
        }
    };
    // A conclusion is as recent as its newest part and never more than likely.
    let observed_at = rests_on.iter().map(|origin| origin.observed_at).max().unwrap_or(before.origin.observed_at);
    Ok((route, Origin::new(Source::Inferred, observed_at).at_most(Confidence::Likely)))
}

/// What the way itself tells, where it does.
fn told_by(via: Via, creator: &Fact<Creator>, known_before: &Fact<bool>) -> Option<Route> {
    let silent = |kind| matches!(kind, CreatorKind::Automation | CreatorKind::App);
    match via {
        Via::Rule => Some(Route::SilentCreate),
        Via::Request => {
            let made_now = known_before.known().is_ok_and(|before| !before.value);
            let made_silently = creator.known().is_ok_and(|creator| silent(creator.value.kind));
            Some(if made_now && made_silently { Route::SilentCreate } else { Route::EmailChannel })
        }
        Via::Role | Via::Organisation | Via::Audit | Via::ListOnly => None,
    }
}
