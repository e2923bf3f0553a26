//! Connect's answer to "who is asking": a context token with a person in it.
//! Knows no right.

use super::token::{Kind, shared_secret};
use crate::domain::AccountId;
use crate::web::State;
use crate::web::gate::{Gate, Visitor};
use crate::web::head::{Head, Places};
use crate::web::problem::Problem;

/// Takes context tokens (`qsh` = `context-qsh`) of active tenants.
pub(in crate::web) struct ConnectGate;

#[async_trait::async_trait]
impl Gate for ConnectGate {
    async fn who(&self, state: &State, head: &Head) -> Result<Visitor, Problem> {
        let (tenant, claims) = shared_secret(state, head, Places::Any, Kind::Context).await?;
        let account = claims.sub.as_deref().and_then(AccountId::parse);
        let account = account.ok_or(Problem::unauthorised("no person in the token"))?;
        Ok(Visitor::new(tenant, account, None))
    }
}
