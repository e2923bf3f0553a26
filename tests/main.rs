//! The one integration binary; its modules mirror `src`.
//! Knows no internals: everything goes through public surfaces.

mod api;
/// The same tests once more, by the other door: what they say holds for both.
#[allow(clippy::duplicate_mod, reason = "each copy comes by its own door")]
#[path = "api/mod.rs"]
mod api_by_forge;
mod browser;
mod connect;
mod coverage;
mod examine;
mod forge;
mod harness;
mod histories;
mod jira;
mod mail;
mod page;
mod process;
mod publish;
mod sources;
mod store;
mod tidy;
mod truth;
mod words;
mod worker;
