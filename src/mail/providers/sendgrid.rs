//! SendGrid's suppressions. Knows its API alone: <https://www.twilio.com/docs/sendgrid/api-reference/bounces-api>.
//! *Blocks* are not read: they do not keep later mail from going out.

use super::{Account, Found, Providers, Trouble};
use crate::domain::address::Address;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

/// Lists of one entry an address.
const LISTS: [&str; 3] =
    ["/v3/suppression/bounces/", "/v3/suppression/invalid_emails/", "/v3/suppression/spam_reports/"];
/// Who unsubscribed from everything.
const GLOBAL: &str = "/v3/asm/suppressions/global/";

pub(super) async fn find(all: &Providers, account: &Account, address: &Address) -> Result<Found, Trouble> {
    let auth = || SecretString::from(format!("Bearer {}", account.key.expose_secret().trim()));
    for list in LISTS {
        // "Not there" is an empty list here; a 404 tells of a wrong URL.
        let (200, body) = all.get(account, (list, address, ""), auth()).await? else { return Err(Trouble::Here) };
        if let Found::Suppressed(since) = entries(&body, address)? {
            return Ok(Found::Suppressed(since));
        }
    }
    let (200, body) = all.get(account, (GLOBAL, address, ""), auth()).await? else { return Err(Trouble::Here) };
    let Some(told) = body.as_object() else { return Err(Trouble::Here) };
    let is_ours = told.get("recipient_email").is_some_and(|to| is(to, address));
    Ok(if is_ours { Found::Suppressed(None) } else { Found::Nothing })
}

fn is(value: &Value, address: &Address) -> bool {
    value.as_str().is_some_and(|to| Address::new(to).expose() == address.expose())
}

fn entries(body: &Value, address: &Address) -> Result<Found, Trouble> {
    let rows = body.as_array().ok_or(Trouble::Here)?;
    let mut ours = rows.iter().filter(|row| is(&row["email"], address)).peekable();
    if ours.peek().is_none() {
        return Ok(Found::Nothing);
    }
    let since = ours.filter_map(|row| Timestamp::from_second(row["created"].as_i64()?).ok()).min();
    Ok(Found::Suppressed(since))
}
