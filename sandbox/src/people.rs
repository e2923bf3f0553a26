//! People of the site: admins, agents, customers, apps; and how each looks in Jira's answers.
//! Does not know how somebody became a customer of a project (`customers`) nor what they may do (`permissions`).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::projects::ActorWho;
use crate::state::State;

/// Whole account id of the account under which Automation acts, the same on every site.
pub const AUTOMATION: &str = "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077";

/// Jira's three kinds of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    /// A person with an Atlassian account.
    Atlassian,
    /// An app or Atlassian's own machinery.
    App,
    /// A portal-only customer.
    Customer,
}

impl AccountType {
    /// The word in `accountType`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Atlassian => "atlassian",
            Self::App => "app",
            Self::Customer => "customer",
        }
    }
}

/// Whom to make with [`crate::Sandbox::add_user`]. Projects are keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserKind {
    /// Administers Jira and every project, and is an agent in each service project.
    SiteAdmin,
    /// Administers these projects and is an agent there; does not administer Jira.
    ProjectAdmin(Vec<String>),
    /// Works as an agent in these projects.
    Agent(Vec<String>),
    /// Has an Atlassian account and no right anywhere.
    Outsider,
    /// Another app, such as one that creates customers.
    App,
}

/// One account.
#[derive(Debug, Clone)]
pub struct Person {
    /// The account id.
    pub account_id: String,
    /// The id of the account in the audit log: its own for portal-only accounts, a directory key for the others.
    pub directory_key: String,
    /// What kind of account it is.
    pub account_type: AccountType,
    /// The shown name.
    pub display_name: String,
    /// The address, which answers show only while `address_visible`.
    pub address: String,
    /// Whether answers show the address.
    pub address_visible: bool,
    /// Whether the account may log in.
    pub active: bool,
    /// Whether the person switched invitations off in their Atlassian account.
    pub mutes_invitations: bool,
    /// When the account was made.
    pub created: Timestamp,
}

pub(crate) fn avatars() -> Value {
    let url = |size: u32| {
        format!("https://avatar-management--avatars.us-west-2.prod.public.atl-paas.net/initials/XX-0.png?s={size}")
    };
    json!({"48x48": url(48), "24x24": url(24), "16x16": url(16), "32x32": url(32)})
}

fn link(base_url: &str, version: u8, account_id: &str) -> String {
    let id = percent_encoding::utf8_percent_encode(account_id, percent_encoding::NON_ALPHANUMERIC);
    format!("{base_url}/rest/api/{version}/user?accountId={id}")
}

impl Person {
    /// As platform answers show somebody.
    pub fn as_user(&self, base_url: &str) -> Value {
        let mut user = json!({
            "self": link(base_url, 3, &self.account_id),
            "accountId": self.account_id,
            "avatarUrls": avatars(),
            "displayName": self.display_name,
            "active": self.active,
            "timeZone": "Etc/UTC",
            "accountType": self.account_type.word(),
        });
        if self.address_visible {
            user["emailAddress"] = json!(self.address);
        }
        user
    }

    /// As webhooks show somebody: never an address.
    pub fn in_webhook(&self, base_url: &str) -> Value {
        let mut user = self.as_user(base_url);
        user["self"] = json!(link(base_url, 2, &self.account_id));
        if let Some(fields) = user.as_object_mut() {
            fields.remove("emailAddress");
        }
        user
    }

    /// As service desk answers show somebody.
    pub fn as_customer(&self, base_url: &str) -> Value {
        let own = link(base_url, 2, &self.account_id);
        let mut user = json!({
            "accountId": self.account_id,
            "displayName": self.display_name,
            "active": self.active,
            "timeZone": "Etc/UTC",
            "_links": {"jiraRest": own, "avatarUrls": avatars(), "self": own},
        });
        if self.address_visible {
            user["emailAddress"] = json!(self.address);
        }
        user
    }
}

impl State {
    /// Makes a portal-only account.
    pub(crate) fn make_portal_account(&mut self, address: &str, name: &str) -> String {
        let id = format!("qm:{}:{}", self.directory_id, uuid::Uuid::new_v4());
        self.insert_person(id.clone(), id.clone(), AccountType::Customer, address, name);
        id
    }

    /// Makes an Atlassian account: 24 hexadecimal digits.
    pub(crate) fn make_atlassian_account(&mut self, address: &str, name: &str) -> String {
        let id = uuid::Uuid::new_v4().simple().to_string()[..24].to_owned();
        let key = format!("ug:{}", uuid::Uuid::new_v4());
        self.insert_person(id.clone(), key, AccountType::Atlassian, address, name);
        id
    }

    /// Makes the account of an app.
    pub(crate) fn make_app_account(&mut self, name: &str) -> String {
        let id = format!("712020:{}", uuid::Uuid::new_v4());
        let key = format!("ug:{}", uuid::Uuid::new_v4());
        self.insert_person(id.clone(), key, AccountType::App, "", name);
        id
    }

    pub(crate) fn insert_person(&mut self, id: String, key: String, kind: AccountType, address: &str, name: &str) {
        let person = Person {
            account_id: id.clone(),
            directory_key: key,
            account_type: kind,
            display_name: name.to_owned(),
            address: address.to_owned(),
            address_visible: kind != AccountType::App,
            active: true,
            mutes_invitations: false,
            created: self.now(),
        };
        self.people.insert(id, person);
    }

    /// Makes somebody who works on the site. Their account is as old as the site: no event, no audit record.
    pub(crate) fn add_user(&mut self, kind: &UserKind) -> String {
        self.next_user += 1;
        let n = self.next_user;
        let kind_name = match kind {
            UserKind::SiteAdmin => "Admin",
            UserKind::ProjectAdmin(_) => "Project admin",
            UserKind::Agent(_) => "Agent",
            UserKind::Outsider => "Outsider",
            UserKind::App => "App",
        };
        let name = crate::host::names::worker(kind_name, n);
        let id = match kind {
            UserKind::App => self.make_app_account(&name),
            _ => self.make_atlassian_account(&format!("user-{n}@team.example"), &name),
        };
        self.grant_kind(&id, kind);
        id
    }

    /// Deletes an account from everywhere it is a member.
    pub(crate) fn forget_person(&mut self, account: &str) {
        self.people.remove(account);
        let who = ActorWho::Person(account.to_owned());
        for project in self.projects.values_mut() {
            project.actors.retain(|(_, actor)| actor.who != who);
        }
        for organisation in self.organisations.values_mut() {
            organisation.members.retain(|member| member != account);
        }
    }

    pub(crate) fn person(&self, account_id: &str) -> Option<&Person> {
        self.people.get(account_id)
    }

    pub(crate) fn person_by_address(&self, address: &str) -> Option<&Person> {
        self.people.values().find(|person| !address.is_empty() && person.address.eq_ignore_ascii_case(address))
    }
}
