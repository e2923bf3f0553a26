//! SparkPost's suppression list. Knows its API alone: <https://developers.sparkpost.com/api/suppression-list/>.
//! An entry for non-transactional mail does not stop an invitation, and is none here.

use super::{Account, Found, Providers, Trouble};
use crate::domain::address::Address;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

pub(super) async fn find(all: &Providers, account: &Account, address: &Address) -> Result<Found, Trouble> {
    let auth = SecretString::from(account.key.expose_secret().trim().to_owned());
    let place = ("/api/v1/suppression-list/", address, "");
    match all.get(account, place, auth).await? {
        // "If the recipient is not in the suppression list, an HTTP status of 404 is returned."
        (404, body) if body["errors"].is_array() => Ok(Found::Nothing),
        (200, body) => entries(&body, address),
        _ => Err(Trouble::Here),
    }
}

fn entries(body: &Value, address: &Address) -> Result<Found, Trouble> {
    let rows = body["results"].as_array().ok_or(Trouble::Here)?;
    let stops = |row: &&Value| {
        let is_ours = row["recipient"].as_str().is_some_and(|to| Address::new(to).expose() == address.expose());
        let transactional = row["type"].as_str() == Some("transactional") || row["transactional"] == Value::Bool(true);
        is_ours && transactional
    };
    let stopping: Vec<&Value> = rows.iter().filter(stops).collect();
    if stopping.is_empty() {
        return Ok(Found::Nothing);
    }
    let since = stopping.iter().filter_map(|row| row["created"].as_str()?.parse::<Timestamp>().ok()).min();
    Ok(Found::Suppressed(since))
}
