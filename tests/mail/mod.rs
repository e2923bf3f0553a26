//! What addresses, domains and mail providers tell, against servers of the tests' own.
//! Knows no Jira; the syntax of addresses is tested beside its code.

mod dns;
mod providers;
pub(crate) mod resolver;
pub(crate) mod suppressing;
