//! A local Jira and Jira Service Management site, as strict as the real one, for demos and tests.
//! Knows no app: it imports nothing of ours and is written from Atlassian's public specifications alone.
//!
//! It keeps state, so a test asserts what Jira now *holds*. It signs lifecycle calls, webhooks and pages as Atlassian
//! does, checks every token, enforces scopes, permissions, points and bursts, keeps audit records, and misbehaves on
//! demand. Everything listens on 127.0.0.1 and nothing is ever sent beyond it, except to the app that is installed.
//!
//! An app comes in by either door, or by both: by its Connect descriptor ([`Sandbox::install`]) or by its Forge manifest
//! ([`Sandbox::install_forge`]), which is then called with invocation tokens and calls back through a gateway
//! ([`Sandbox::api_url`]).
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use invite_guard_sandbox::{AddBy, Options, ProjectType, Sandbox};
//!
//! let site = Sandbox::start(Options::default()).await?;
//! site.add_project("HELP", "Help desk", ProjectType::ServiceDesk);
//! site.install("http://127.0.0.1:8080").await?;
//! let added = site.add_customer("HELP", AddBy::Automation);
//! assert_eq!(added.truth.causes, ["created_by_automation"]);
//! site.deliver_all().await;
//! # Ok(())
//! # }
//! ```

mod audit;
mod calls;
mod comments;
mod console;
mod control;
mod customers;
mod descriptor;
mod failures;
mod faults;
mod forge;
mod host;
mod keyserver;
mod lifecycle;
mod mail;
mod people;
mod permissions;
mod plans;
mod points;
mod projects;
mod requests;
mod rest;
mod rules;
mod server;
mod site;
mod specs;
mod state;
mod surface;
mod times;
mod tokens;
mod webhooks;

pub use calls::{CallRecord, Door, Violation};
pub use comments::CommentView;
pub use customers::{AddBy, Added, RestCaller, Truth};
pub use descriptor::Scope;
pub use failures::{LogForm, LogTab};
pub use faults::{Fault, HeldRequest, HoldAt, Matcher};
pub use keyserver::KeyServerMood;
pub use lifecycle::{Answer, App, InstallError, SignedRequest};
pub use mail::{Mail, MailKind, NotifyMood};
pub use people::{AUTOMATION, AccountType, Person, UserKind};
pub use plans::Plan;
pub use points::{BurstClock, Limits, Reason};
pub use projects::{CustomerAccess, ProjectType};
pub use requests::Channel;
pub use rules::{RuleStep, RuleTells};
pub use site::{Options, Sandbox};
pub use state::Clock;
pub use surface::RenameError;
pub use tokens::{Refusal, canonical_request, qsh, sign_hs256};
pub use webhooks::{Delivery, DeliveryState, Flow};
