//! Invite Guard: explains why a Jira Service Management customer invitation does not arrive. This file is the map.
//!
//! | room | what it is | imports |
//! |---|---|---|
//! | [`domain`] | our nouns, the rules between them, ports | `diagnosis` |
//! | [`outbound`] | the only HTTP client builder | – |
//! | [`words`] | sentences from findings, per language | `diagnosis` |
//! | [`store`] | SQLite and PostgreSQL behind small traits | domain |
//! | [`jira`] | the signed, paced, lenient client | domain, outbound, `atlassian-jwt` |
//! | [`mail`] | what an address, its domain and a mail provider tell | domain, outbound |
//! | [`sources`] | one file per way to learn facts | store, jira, mail |
//! | [`examine`] | gather, then judge | sources, store, jira, mail |
//! | [`publish`] | what is written into Jira | store, jira, words |
//! | [`worker`] | loop, pipeline, passes, chores | examine, publish, store, jira |
//! | [`web`] | every route on one page; doors, API, panel | examine, store, jira, words, outbound |
//! | [`app`] | composition root | all |
//! | [`cli`] | a file per command | app, config, store, words |
//! | [`config`], [`telemetry`] | settings; logs and metrics | – |
//!
//! `ARCHITECTURE.md` tells how data flows, the invariants and the journeys.
#![warn(missing_docs)]

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod examine;
pub mod jira;
pub mod mail;
pub mod outbound;
pub mod publish;
pub mod sources;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod words;
pub mod worker;
