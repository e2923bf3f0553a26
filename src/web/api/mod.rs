//! The JSON API of our page's script, as interface.md fixes it. Each handler's argument types say who may call it.
//! Knows no door: the scope's gate has proved who asks.

pub(super) mod cases;
pub(super) mod checks;
mod cursor;
pub(super) mod health;
pub(super) mod imports;
pub(super) mod ingest_secrets;
pub(super) mod missed;
mod on_purpose;
mod person_statements;
mod report;
pub(super) mod scans;
pub(super) mod settings;
pub(super) mod site;
pub(super) mod statements;
pub(super) mod trail;

use crate::words::Words;

/// The API speaks one language; pages speak the reader's.
fn words() -> Words {
    Words::for_locale("en")
}
