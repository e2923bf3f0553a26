//! The Forge door.
//! The manifest first: what Atlassian would let in, and that it asks for no more than the calls need.

mod events;
mod keys;
mod lint;
mod manifest;
mod moving;
mod scopes;
mod tokens;
mod walk;
