//! The client against the sandbox, which is as strict as Jira and misbehaves on demand, and the only way out.
//! Knows no verdict.

mod answers;
mod counted;
pub(crate) mod given;
mod limits;
mod other_sites;
mod outbound;
mod resources;
