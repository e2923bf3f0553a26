//! The Rust surface: what a test or the demo does to the site, as methods of [`crate::Sandbox`].
//! Holds no rules; each method is a line or two into the room that has them.

mod app;
mod door;
mod failures;
mod forge;
mod optional;
mod people;
mod requests;
mod setup;

pub use app::RenameError;
