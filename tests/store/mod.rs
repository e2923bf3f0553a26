//! The contract of the store: one body per behaviour, run on every engine.
//! Knows no SQL; everything goes through the ports.

pub(crate) mod engines;
pub(crate) mod fault;
mod given;
mod queue;
mod tenants;
