//! Which kind of mail Jira sends for an add, concluded from who made the account and when.
//! Does not know whether that mail arrived, and never guesses: where a fact is missing the route is that gap.

use crate::{
    fact::{Fact, Origin},
    source::Source,
    vocabulary::{Confidence, Creator, CreatorKind, Gap, Kind, Route, Via},
};

/// The route of an add, or why it cannot be told.
///
/// - Made at this add by Automation or an app: [`Route::SilentCreate`].
/// - Made at this add by the customer: [`Route::EmailChannel`] when the first we saw was their request, else
///   [`Route::SelfSignup`]. Either way a verification mail and no invitation.
/// - Made at this add by another person: [`Route::PortalInvite`] for a portal-only account, [`Route::AccountInvite`] for
///   an Atlassian account.
/// - An account that was there before the add, or an app's account made by a person: [`Gap::NotExposed`], since
///   nothing on the site tells through which page somebody was added.
///
/// A missing input gives its own gap. The answer is never `Known(Route::Unknown)`. `via` alone decides nothing: an agent who
/// raises a request for somebody looks the same as that somebody raising it.
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
    let before = known_before.known()?;
    if before.value {
        return Err(Gap::NotExposed);
    }
    let creator = creator.known()?;
    let mut rests_on = vec![&before.origin, &creator.origin];
    let route = match creator.value.kind {
        CreatorKind::Automation | CreatorKind::App => Route::SilentCreate,
        CreatorKind::Themselves => match via.known() {
            Ok(via) if via.value == Via::Request => {
                rests_on.push(&via.origin);
                Route::EmailChannel
            }
            _ => Route::SelfSignup,
        },
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
