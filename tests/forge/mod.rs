//! The Forge door.
//! The manifest first: what Atlassian would let in, and that it asks for no more than the calls need.

mod lint;
mod manifest;
mod scopes;
