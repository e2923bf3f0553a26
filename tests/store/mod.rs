//! The contract of the store: one body per behaviour, run on every engine.
//! Knows no SQL; everything goes through the ports.

mod calibration;
mod cases;
pub(crate) mod engines;
mod facts;
pub(crate) mod fault;
mod forge;
pub(crate) mod given;
mod inbox;
mod ingest;
mod marks;
mod model;
mod opening;
mod passes;
mod queue;
mod roster;
mod scans;
mod small;
mod tenants;
mod together;
mod trail;
