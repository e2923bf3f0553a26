//! The rules of judgement, tested through the crate's public surface.
//! Does not know how facts are gathered or shown.

mod beyond;
mod facts;
mod fixtures;
mod forgetting;
mod law;
mod properties;
mod routes;
mod rules;
