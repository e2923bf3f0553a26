//! Atlassian's gateway in front of the REST API: cloud id, bearer token, scopes of the operation.
//! Does not know handlers; what comes through meets the same limits and rights as any other call.

use serde_json::json;

use super::{Refused, Reply, Route};
use crate::calls::Call;
use crate::forge::Bearer;
use crate::state::State;
use crate::tokens::Refusal;

fn refused(status: u16, message: &str, token: Option<Refusal>) -> Box<Refused> {
    let body = json!({"code": status, "message": message}).to_string();
    Box::new(Refused { reply: Reply::raw(status, "application/json", body.into_bytes()), token })
}

/// Who calls. A site that is not behind this gateway is not told from one that is nowhere.
pub(super) fn bearer(state: &State, call: &Call) -> Result<Bearer, Box<Refused>> {
    if call.cloud_id.as_ref() != Some(&state.forge.cloud_id) {
        return Err(refused(404, "Not Found", None));
    }
    let unauthorised = |why| refused(401, "Unauthorized", Some(why));
    let header = call.authorization.as_deref().ok_or_else(|| unauthorised(Refusal::Missing))?;
    let token = header.strip_prefix("Bearer ").ok_or_else(|| unauthorised(Refusal::Missing))?;
    state.check_access_token(token).map_err(unauthorised)
}

/// The gateway answers 401, not 403, to a token without the scopes of the operation.
pub(super) fn check_scopes(route: &Route, bearer: &Bearer) -> Result<(), Box<Refused>> {
    if route.oauth.suffice(|scope| bearer.scopes.iter().any(|granted| granted == scope)) {
        return Ok(());
    }
    Err(refused(401, "Unauthorized; scope does not match", None))
}
