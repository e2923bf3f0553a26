//! `rotate-keys`: seals every stored secret again with the newest key, so that an older one may be taken out of the settings.
//! Knows no secret.

use super::{CliError, Output, print, print_json};
use crate::app;
use crate::config::Settings;
use serde_json::json;

pub(super) async fn run(settings: &Settings, output: Output) -> Result<(), CliError> {
    let moved = app::open_store(settings).await?.reseal().await?;
    match output.json {
        true => print_json(&json!({"resealed": moved})),
        false if moved == 0 => print("Every secret was sealed with the newest key already."),
        false => print(&format!("Sealed {moved} secrets again with the newest key.")),
    }
}
