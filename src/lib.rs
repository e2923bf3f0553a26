//! Invite Guard: explains why a Jira Service Management customer invitation does not arrive. This file is the map.
//!
//! | room | what it is | imports |
//! |---|---|---|
//! | [`domain`] | our nouns, ports | `diagnosis` |
//! | [`outbound`] | the only HTTP client builder | |
//! | [`jira`] | the signed, paced, lenient client | domain, outbound, `atlassian-jwt` |
//! | [`sources`] | one file per way to learn facts; cache, plan | store, jira |
//! | [`examine`] | gather, then judge | sources |
//! | [`publish`] | properties and internal comments in Jira | domain, store, jira, words |
//! | [`store`] | SQLite and PostgreSQL | domain |
//! | [`web`] | what browsers and Jira reach | domain, store, words |
//! | [`words`] | sentences from findings, per language | diagnosis |
//! | [`worker`] | loop, pipeline, passes, chores | domain, store, jira, examine, publish |
#![warn(missing_docs)]

pub mod config;
pub mod domain;
pub mod examine;
pub mod jira;
pub mod outbound;
pub mod publish;
pub mod sources;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod words;
pub mod worker;
