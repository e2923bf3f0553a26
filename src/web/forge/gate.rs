//! Forge's answer to "who is asking": an invocation with a person, who brings their own token.
//! Knows no right.

use super::token::{Errand, invoked};
use crate::domain::AccountId;
use crate::jira::{Jira, JiraError};
use crate::web::State;
use crate::web::gate::{Gate, Visitor};
use crate::web::head::Head;
use crate::web::problem::Problem;
use moka::future::Cache;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// A token stays its person's for ever; this bounds how long one that ended is remembered.
const REMEMBERED: Duration = Duration::from_secs(600);

/// Takes invocations of UI modules.
pub(in crate::web) struct ForgeGate;

#[async_trait::async_trait]
impl Gate for ForgeGate {
    async fn who(&self, state: &State, head: &Head) -> Result<Visitor, Problem> {
        let invoked = invoked(state, head, Errand::Page).await?;
        let account = invoked.account.ok_or(Problem::unauthorised("no person in the token"))?;
        // Rights are asked as the person: about others only who administers Jira may ask.
        let token = invoked.user_token.ok_or(Problem::unauthorised("no token of the person"))?;
        let visitor = Visitor::new(invoked.tenant, account, Some(token));
        let (sharing, asked) = (state.clone(), visitor.clone());
        state.run(async move { sharing.token_owners().check(&sharing.jira, &asked).await }).await?;
        Ok(visitor)
    }
}

/// Whose the tokens are that came as persons' own. Jira alone knows: another app may have been given a token of somebody with
/// more rights, and it must open nothing here.
pub(in crate::web) struct TokenOwners(Cache<[u8; 32], AccountId>);

impl Default for TokenOwners {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(20_000).time_to_live(REMEMBERED).build())
    }
}

impl TokenOwners {
    async fn check(&self, jira: &Jira, visitor: &Visitor) -> Result<(), Problem> {
        let Some(token) = &visitor.principal().token else { return Ok(()) };
        let mark: [u8; 32] = Sha256::digest(token.0.expose_secret()).into();
        let owner = match self.0.get(&mark).await {
            Some(owner) => owner,
            None => {
                let owner =
                    jira.site_for(visitor.tenant(), visitor.principal()).myself().await.map_err(
                        |error| match error {
                            JiraError::Throttled { .. } | JiraError::Unavailable(_) => {
                                Problem::unavailable("jira: unavailable")
                            }
                            _ => Problem::unauthorised("the person's token opens nothing"),
                        },
                    )?;
                self.0.insert(mark, owner.account.clone()).await;
                owner.account
            }
        };
        if owner == *visitor.account() { Ok(()) } else { Err(Problem::unauthorised("the token is another person's")) }
    }
}
