//! The Forge door: the proof of an invocation, events, lifecycle, ticks, and the gate of our page's calls.
//! Knows no verdict and no page; nothing behind it knows which door somebody came through.

mod event;
pub(super) mod events;
mod gate;
mod installation;
mod keys;
pub(super) mod lifecycle;
mod token;

pub(super) use gate::{ForgeGate, TokenOwners};
pub(super) use installation::Installations;
pub(super) use keys::KeySet;

use url::Url;

/// What is set of this door. Without it the door is closed: every call is refused.
#[derive(Clone, Debug)]
pub struct ForgeSettings {
    /// `forge.app_id`: the only audience that is accepted.
    pub app_id: String,
    /// Where the public keys are: `forge.keys_url`, or those of `forge.environment`.
    pub keys_url: Url,
    /// The gateway below which REST calls may go: `forge.api_url`, or that of `forge.environment`.
    pub api_url: Url,
}

/// Marks a scope whose errors Forge passes on: its proxy takes JSON alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainJson;
