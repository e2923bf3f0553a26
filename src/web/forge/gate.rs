//! Forge's answer to "who is asking": an invocation with a person, who brings their own token.
//! Knows no right.

use super::token::{Errand, invoked};
use crate::web::State;
use crate::web::gate::{Gate, Visitor};
use crate::web::head::Head;
use crate::web::problem::Problem;

/// Takes invocations of UI modules.
pub(in crate::web) struct ForgeGate;

#[async_trait::async_trait]
impl Gate for ForgeGate {
    async fn who(&self, state: &State, head: &Head) -> Result<Visitor, Problem> {
        let invoked = invoked(state, head, Errand::Other).await?;
        let account = invoked.account.ok_or(Problem::unauthorised("no person in the token"))?;
        // Rights are asked as the person: about others only who administers Jira may ask.
        let token = invoked.user_token.ok_or(Problem::unauthorised("no token of the person"))?;
        Ok(Visitor::new(invoked.tenant, account, Some(token)))
    }
}
