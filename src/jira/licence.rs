//! The plans of the site's applications: whether every one of them is on the Free plan.
//! Does not know what a plan allows.

use super::client::{Call, Endpoint, count_objects, endpoint};
use super::{JiraError, Result, Site};
use serde::Deserialize;

static LICENCE: Endpoint = endpoint!(GET "/rest/api/3/instance/license");

#[derive(Deserialize)]
struct Wire {
    applications: Vec<Application>,
}

#[derive(Deserialize)]
struct Application {
    plan: String,
}

impl Site {
    /// Whether all licensed applications are on the Free plan.
    pub async fn is_all_free(&self) -> Result<bool> {
        let answer = self.send(Call::to(&LICENCE)).await?;
        let told: Wire = answer.json()?;
        count_objects(told.applications.len(), 0);
        let plans: Vec<&str> =
            told.applications.iter().map(|one| one.plan.as_str()).filter(|p| *p != "UNLICENSED").collect();
        if plans.contains(&"PAID") {
            return Ok(false);
        }
        let free = !plans.is_empty() && plans.iter().all(|plan| *plan == "FREE");
        if free { Ok(true) } else { Err(JiraError::Garbage("plan")) }
    }
}
