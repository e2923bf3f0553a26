//! Where a request may carry its token, and which one counts.
//! Does not know HTTP libraries: it takes the three places as text.

use std::borrow::Cow;
use std::fmt;

use crate::Error;
use crate::canonical::token_values;

/// The places of one request where a token may stand.
///
/// A token in the query or the form beats one in the header; one in both, or several in the query, is refused. An empty
/// one counts as none.
///
/// ```
/// use atlassian_jwt::{Error, Place, TokenPlaces};
///
/// let both = TokenPlaces { authorization: Some("JWT from.the.header"), query: Some("a=1&jwt=from.the.query"), form: None };
/// let token = both.find()?;
/// assert_eq!((token.as_str(), token.place()), ("from.the.query", Place::Query));
/// assert_eq!(TokenPlaces::default().find().err(), Some(Error::NoToken));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct TokenPlaces<'a> {
    /// The header `Authorization`. Other schemes than `JWT` are nobody's token here.
    pub authorization: Option<&'a str>,
    /// The raw query, without its `?`.
    pub query: Option<&'a str>,
    /// The decoded value of the field `jwt` of a form body.
    pub form: Option<&'a str>,
}

impl<'a> TokenPlaces<'a> {
    /// The token that counts.
    ///
    /// # Errors
    /// [`Error::NoToken`] or [`Error::AmbiguousToken`].
    pub fn find(&self) -> Result<Token<'a>, Error> {
        let mut in_query = self.query.into_iter().flat_map(token_values).filter(|token| !token.is_empty());
        let from_query = in_query.next();
        let in_form = self.form.filter(|token| !token.is_empty());
        if in_query.next().is_some() || (from_query.is_some() && in_form.is_some()) {
            return Err(Error::AmbiguousToken);
        }
        let from_header = || self.authorization.and_then(token_of_header);
        from_query
            .map(|text| Token { text, place: Place::Query })
            .or_else(|| in_form.map(|text| Token { text: Cow::Borrowed(text), place: Place::Form }))
            .or_else(|| from_header().map(|text| Token { text: Cow::Borrowed(text), place: Place::Header }))
            .ok_or(Error::NoToken)
    }
}

impl fmt::Debug for TokenPlaces<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenPlaces").finish_non_exhaustive()
    }
}

/// Where a token stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// `Authorization: JWT …`.
    Header,
    /// The query parameter `jwt`.
    Query,
    /// The form field `jwt`.
    Form,
}

/// A token found in a request, not verified. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token<'a> {
    text: Cow<'a, str>,
    place: Place,
}

impl Token<'_> {
    /// The token itself, for `peek_issuer` and `verify`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where it stood.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("place", &self.place).finish_non_exhaustive()
    }
}

fn token_of_header(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("JWT") && !token.is_empty()).then_some(token)
}
