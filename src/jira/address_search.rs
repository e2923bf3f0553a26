//! Who on the site has an address: `user/search`, read with care.
//! Does not know what that means for anybody. Nobody found is no answer: Jira finds nobody without *Browse users and groups*, hides
//! many addresses, knows no inactive account here, and finds beginnings of names as well.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::users::kind;
use super::{Result, Site};
use crate::domain::AccountId;
use crate::domain::address::Address;
use diagnosis::Kind;
use serde::Deserialize;
use serde_json::Value;

static SEARCH: Endpoint = endpoint!(GET "/rest/api/3/user/search");

/// More than a few are no answer about one address.
const MOST: usize = 10;

/// Jira's key of *Browse users and groups*.
pub const BROWSE_USERS: &str = "USER_PICKER";

/// Somebody whom a search for an address found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub account: AccountId,
    /// Jira's type of the account; `None` when it tells none that we know.
    pub kind: Option<Kind>,
    /// Jira showed this very address. Otherwise it hides the address of the only account that it found.
    pub shown: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    account_id: String,
    #[serde(default)]
    account_type: Value,
    #[serde(default)]
    email_address: Value,
}

impl Site {
    /// Whose address this is, if Jira tells.
    pub async fn holder_of(&self, address: &Address) -> Result<Option<Holder>> {
        let call = Call::to(&SEARCH).query("query", address.expose()).query("maxResults", MOST);
        let found: Vec<Wire> = self.send(call).await?.json()?;
        count_objects(0, found.len());
        Ok(holder(&found, address))
    }
}

fn holder(found: &[Wire], address: &Address) -> Option<Holder> {
    let shown = |wire: &Wire| wire.email_address.as_str().map(Address::new).filter(|shown| !shown.expose().is_empty());
    let of = |wire: &Wire, shown: bool| {
        let account = AccountId::parse(&wire.account_id)?;
        Some(Holder { account, kind: kind(&wire.account_type), shown })
    };
    let same = found.iter().find(|wire| shown(wire).is_some_and(|shown| shown.expose() == address.expose()));
    match (same, found) {
        (Some(wire), _) => of(wire, true),
        // Several without an address: any of them, or none.
        (None, [only]) if shown(only).is_none() => of(only, false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::shown(json!([{"accountId": "a", "accountType": "customer", "emailAddress": "Ann@Shop.example"}]), Some(("a", true)))]
    #[case::among_others(json!([{"accountId": "b"}, {"accountId": "a", "emailAddress": "ann@shop.example"}]), Some(("a", true)))]
    #[case::hidden(json!([{"accountId": "a", "accountType": "atlassian"}]), Some(("a", false)))]
    #[case::hidden_as_null(json!([{"accountId": "a", "emailAddress": null}]), Some(("a", false)))]
    #[case::several_hidden(json!([{"accountId": "a"}, {"accountId": "b"}]), None)]
    #[case::longer(json!([{"accountId": "a", "emailAddress": "ann@shop.example.org"}]), None)]
    #[case::longer_beside_hidden(json!([{"accountId": "a", "emailAddress": "ann@shop.example.org"}, {"accountId": "b"}]), None)]
    #[case::nobody(json!([]), None)]
    #[case::odd_id(json!([{"accountId": "a b", "emailAddress": "ann@shop.example"}]), None)]
    fn only_the_very_address_or_a_single_hidden_one_is_somebody(
        #[case] found: Value,
        #[case] expected: Option<(&str, bool)>,
    ) {
        let found: Vec<Wire> = serde_json::from_value(found).expect("the wire's shape");
        let holder = holder(&found, &Address::new("ann@shop.example"));
        assert_eq!(holder.as_ref().map(|holder| (holder.account.0.as_str(), holder.shown)), expected);
    }
}
