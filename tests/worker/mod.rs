//! The worker: loop, pipeline, passes and chores, told by what store and sandbox then hold.
//! Knows no SQL and no HTTP.

mod chores;
mod hints;
mod kills;
mod stopping;
mod store_kills;
