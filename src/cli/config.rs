//! `invite-guard config`: the effective settings and where each came from.
//! Shows no secret.

use super::{CliError, Output, print, print_json, shown};
use crate::config::{KEYS, Layers};
use serde_json::json;

pub(super) fn run(layers: &Layers, output: Output) -> Result<(), CliError> {
    if output.json {
        let rows: Vec<_> = KEYS
            .iter()
            .map(|key| {
                let (value, from) = shown(layers, key);
                json!({"key": key.name, "value": value, "from": from})
            })
            .collect();
        return print_json(&rows);
    }
    for key in KEYS {
        let (value, from) = shown(layers, key);
        print(&format!("{:<28} {value}  ({from})", key.name))?;
    }
    Ok(())
}
