//! Everything the site remembers, behind one lock.
//! Does no input or output: answers, webhooks and mails leave it as values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::audit::Record;
use crate::calls::{CallRecord, Violation};
use crate::customers::Truth;
use crate::failures::FailedMail;
use crate::faults::{Hold, Misbehaviour};
use crate::forge::Forge;
use crate::lifecycle::{App, SignedRequest};
use crate::mail::{Mail, NotifyMood};
use crate::people::{AUTOMATION, AccountType, Person, UserKind};
use crate::plans::Plan;
use crate::points::Meter;
use crate::projects::{Organisation, Project};
use crate::requests::WorkItem;
use crate::rules::RuleStep;
use crate::webhooks::Delivery;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The site's memory.
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) base_url: String,
    pub(crate) display_url: Option<String>,
    pub(crate) port: u16,
    pub(crate) client_key: String,
    pub(crate) directory_id: String,
    // who
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) kinds: Vec<(String, UserKind)>,
    pub(crate) global_grants: BTreeSet<(String, String)>,
    pub(crate) project_grants: BTreeSet<(String, u64, String)>,
    pub(crate) house_admin: String,
    pub(crate) house_agent: String,
    pub(crate) app_account: Option<String>,
    pub(crate) app: Option<App>,
    pub(crate) forge: Forge,
    // what
    pub(crate) projects: BTreeMap<u64, Project>,
    pub(crate) organisations: BTreeMap<u64, Organisation>,
    pub(crate) items: BTreeMap<u64, WorkItem>,
    pub(crate) project_properties: BTreeMap<(u64, String), Value>,
    pub(crate) truths: BTreeMap<(u64, String), Truth>,
    // witnesses
    pub(crate) audit_log: Vec<Record>,
    pub(crate) audit_available: bool,
    pub(crate) mails: Vec<Mail>,
    pub(crate) failed_mails: Vec<FailedMail>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) rule_steps: BTreeMap<u64, RuleStep>,
    pub(crate) rule_requests: Vec<SignedRequest>,
    // switches
    pub(crate) outgoing_mail_on: bool,
    pub(crate) suppressed: BTreeSet<String>,
    /// Plan of every application of the site.
    pub(crate) plan: Plan,
    /// *Customer access*: whether portal-only accounts are on, and for which domains; none named = any.
    pub(crate) portal_only_accounts: bool,
    pub(crate) allowed_domains: Vec<String>,
    pub(crate) user_created_for_portal_accounts: bool,
    pub(crate) internal_endpoints: bool,
    pub(crate) notify: NotifyMood,
    // the door
    pub(crate) calls: Vec<CallRecord>,
    pub(crate) unexpected: Vec<String>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) meter: Meter,
    pub(crate) misbehaviours: Vec<Misbehaviour>,
    pub(crate) holds: Vec<Hold>,
    /// The trace header of the write being worked at, copied to the webhooks which it causes.
    pub(crate) trace: Option<String>,
    // counters
    pub(crate) next_project: u64,
    pub(crate) next_user: u64,
    pub(crate) next_customer: u64,
    pub(crate) next_actor: u64,
    pub(crate) next_audit: u64,
    pub(crate) next_item: u64,
    pub(crate) next_comment: u64,
    pub(crate) next_delivery: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, meter: Meter) -> Self {
        let mut state = Self {
            clock,
            base_url: String::new(),
            display_url: None,
            port: 0,
            client_key: uuid::Uuid::new_v4().to_string(),
            directory_id: uuid::Uuid::new_v4().to_string(),
            people: BTreeMap::new(),
            kinds: Vec::new(),
            global_grants: BTreeSet::new(),
            project_grants: BTreeSet::new(),
            house_admin: String::new(),
            house_agent: String::new(),
            app_account: None,
            app: None,
            forge: Forge::new(),
            projects: BTreeMap::new(),
            organisations: BTreeMap::new(),
            items: BTreeMap::new(),
            project_properties: BTreeMap::new(),
            truths: BTreeMap::new(),
            audit_log: Vec::new(),
            audit_available: true,
            mails: Vec::new(),
            failed_mails: Vec::new(),
            deliveries: Vec::new(),
            rule_steps: BTreeMap::new(),
            rule_requests: Vec::new(),
            outgoing_mail_on: true,
            suppressed: BTreeSet::new(),
            plan: Plan::Paid,
            portal_only_accounts: true,
            allowed_domains: Vec::new(),
            user_created_for_portal_accounts: true,
            internal_endpoints: false,
            notify: NotifyMood::Proper,
            calls: Vec::new(),
            unexpected: Vec::new(),
            violations: Vec::new(),
            meter,
            misbehaviours: Vec::new(),
            holds: Vec::new(),
            trace: None,
            next_project: 0,
            next_user: 0,
            next_customer: 0,
            next_actor: 0,
            next_audit: 0,
            next_item: 0,
            next_comment: 0,
            next_delivery: 0,
        };
        let key = format!("ug:{}", uuid::Uuid::new_v4());
        state.insert_person(AUTOMATION.to_owned(), key, AccountType::App, "", "Automation for Jira");
        state.house_admin = state.add_user(&UserKind::SiteAdmin);
        state.house_agent = state.add_user(&UserKind::Agent(Vec::new()));
        state
    }

    /// Now, to the millisecond: Jira knows no finer moment, and a finer one would fall out of its own window.
    pub(crate) fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}
