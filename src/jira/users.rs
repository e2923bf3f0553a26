//! Accounts: type, whether active, and whether it is Automation's. A name is only compared here, never kept.
//! Does not search for people. An address is for comparing in memory, never kept.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::{Result, Site};
use crate::domain::AccountId;
use crate::domain::address::Address;
use crate::jira::JiraError;
use diagnosis::Kind;
use serde::Deserialize;
use serde_json::Value;

/// Account of Atlassian's Automation, the same on every site.
pub const AUTOMATION_ACCOUNT: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";
/// What an app account of Automation is called.
const AUTOMATION_NAME: &str = "Automation for Jira";

static USER: Endpoint = endpoint!(GET "/rest/api/3/user");
static MYSELF: Endpoint = endpoint!(GET "/rest/api/3/myself");

/// An account.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id.
    pub account: AccountId,
    /// Its type; `None` when Jira tells none that we know.
    pub kind: Option<Kind>,
    /// Whether it is active; `None` when Jira does not tell.
    pub active: Option<bool>,
    /// Whether it is Automation's, by its whole id or as an app of that name.
    pub is_automation: bool,
    /// Its address, where Jira shows it: compared in memory, never kept.
    pub address: Option<Address>,
    /// The zone in which Jira shows times to it, where Jira tells.
    pub time_zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    account_id: String,
    #[serde(default)]
    account_type: Value,
    #[serde(default)]
    active: Value,
    #[serde(default)]
    display_name: Value,
    #[serde(default)]
    email_address: Value,
    #[serde(default)]
    time_zone: Value,
}

/// Jira's word for an account type.
pub(super) fn kind(word: &Value) -> Option<Kind> {
    Kind::from_name(word.as_str()?)
}

/// `true`, or the text "true": both are seen.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

impl Wire {
    /// The address, where Jira shows it.
    fn address(&self) -> Option<Address> {
        self.email_address.as_str().filter(|text| text.contains('@')).map(Address::new)
    }

    fn read(self) -> Result<User> {
        let account = AccountId::parse(&self.account_id).ok_or(JiraError::Garbage("account_id"))?;
        let kind = kind(&self.account_type);
        let named_so = self.display_name.as_str() == Some(AUTOMATION_NAME);
        let is_automation = account.0 == AUTOMATION_ACCOUNT || (kind == Some(Kind::App) && named_so);
        let (address, time_zone) = (self.address(), self.time_zone.as_str().map(str::to_owned));
        Ok(User { account, kind, active: flag(&self.active), is_automation, address, time_zone })
    }
}

impl Site {
    /// An account of the site; `NotFound` when Jira knows none.
    pub async fn user(&self, account: &AccountId) -> Result<User> {
        let user = self.raw_user(account).await?.read()?;
        // Another account's answer tells nothing about this one.
        if user.account == *account { Ok(user) } else { Err(JiraError::Garbage("account_id")) }
    }

    /// The app's own account.
    pub async fn myself(&self) -> Result<User> {
        let answer = self.send(Call::to(&MYSELF)).await?;
        count_objects(0, 1);
        answer.json::<Wire>()?.read()
    }

    async fn raw_user(&self, account: &AccountId) -> Result<Wire> {
        let answer = self.send(Call::to(&USER).query("accountId", account)).await?;
        count_objects(0, 1);
        answer.json()
    }

    /// The name of an account, for a page while somebody looks at it. Never to be stored or logged.
    pub async fn display_name(&self, account: &AccountId) -> Result<Option<String>> {
        let wire = self.raw_user(account).await?;
        Ok(wire.display_name.as_str().map(str::to_owned))
    }
}
