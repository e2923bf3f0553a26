//! The one integration binary; its modules mirror `src`.
//! Knows no internals: everything goes through public surfaces.

mod api;
mod browser;
mod connect;
mod coverage;
mod examine;
mod forge;
mod harness;
mod histories;
mod jira;
mod mail;
mod page;
mod process;
mod publish;
mod sources;
mod store;
mod tidy;
mod truth;
mod words;
mod worker;
