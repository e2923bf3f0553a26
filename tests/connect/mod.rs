//! The Connect door from outside: what the peers' own tests check (connect-acceptance), and every wrong proof on every route.
//! Knows no internals; the sandbox signs as Atlassian does.

pub(crate) mod bench;
mod descriptor;
mod headers;
mod installing;
mod keys;
mod tokens;
pub(crate) mod walk;
mod webhooks;
