//! Adding a customer, by each of the ways there are, and the truth about each add: which mail went out, and why not.
//! Knows only what the site knows. This is what verdicts are judged by, so it never asks the app.

use jiff::Timestamp;

use crate::host::names;
use crate::mail::MailKind;
use crate::people::{AUTOMATION, AccountType, Person};
use crate::projects::{Actor, ActorWho, CUSTOMERS_ROLE};
use crate::requests::{Channel, NewItem};
use crate::state::State;
use crate::webhooks::Flow;

/// The way by which somebody becomes a customer of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddBy {
    /// An agent, by *Customers > Add customers*.
    Agent,
    /// The Automation action *Add service project customer*.
    Automation,
    /// The REST API: the account is made and put on the project without any mail.
    Rest(RestCaller),
    /// The role on the *People* page: an Atlassian account and Atlassian's own invitation.
    People,
    /// An organisation's *Add customers*; the organisation is made if the project has none of that name.
    Organisation(String),
    /// An agent raises a request for somebody by their address, whom that makes known to the desk and nothing else.
    OnBehalf,
    /// An agent puts somebody by their address among the participants of this request.
    Participant(String),
    /// A first mail to the desk, which also raises a request.
    Email,
    /// Signing up on the portal.
    SelfSignup,
    /// An agent adds an account that is on the site already.
    Existing(String),
}

/// Who calls the REST API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestCaller {
    /// Another app, by its account id.
    App(String),
    /// A person's API token, by their account id.
    User(String),
}

/// What is true of one add, settled at that moment.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Truth {
    /// When it was.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// The mail that went out, if any.
    pub mail: Option<MailKind>,
    /// Why no invitation went out although one was to be expected: every cause that held, site before project before
    /// person. Empty where the way itself promises none (sign-up, e-mail, a request raised for them or with them).
    pub causes: Vec<&'static str>,
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_string())
}

/// What an add came to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Added {
    /// The account.
    pub account_id: String,
    /// Its address.
    pub address: String,
    /// Whether the account was made by this add.
    pub new_account: bool,
    /// What is true of the add.
    pub truth: Truth,
    /// Key of the request that the add raised, if the way raises one.
    pub request: Option<String>,
}

/// Causes by which Jira adds nobody, whatever its dialog says, or sends nothing to an account.
const KEPT_OUT: &[&str] = &["access_restricted", "portal_permission_missing", "inactive_account"];

impl State {
    /// Whether *Customer access* keeps somebody out.
    fn keeps_out(&self, person: &Person) -> bool {
        let domain = person.address.rsplit('@').next().unwrap_or_default();
        let listed = self.allowed_domains.is_empty() || self.allowed_domains.iter().any(|known| known == domain);
        person.account_type == AccountType::Customer && (!self.portal_only_accounts || !listed)
    }

    /// Adds a customer. Without an address a fresh one is used; an address the site knows means that account.
    pub(crate) fn add_customer(&mut self, project: u64, by: &AddBy, address: Option<&str>) -> Added {
        let known = match by {
            AddBy::Existing(account) => Some(account.clone()),
            _ => address.and_then(|a| self.person_by_address(a)).map(|person| person.account_id.clone()),
        };
        let actor = self.actor_of(by);
        let account = match known.clone() {
            Some(account) => {
                assert!(self.people.contains_key(&account), "no account {account} on this site");
                account
            }
            None => self.make_customer(by, address, actor.as_deref()),
        };
        self.place(project, by, &account);
        let truth = self.settle(project, by, &account, known.is_some());
        self.truths.insert((project, account.clone()), truth.clone());
        let request = self.request_of(project, by, &account);
        if *by == AddBy::Automation {
            self.run_rule_step(project, &account);
        }
        let address = self.person(&account).map(|person| person.address.clone()).unwrap_or_default();
        Added { account_id: account, address, new_account: known.is_none(), truth, request }
    }

    /// Makes portal-only customers who have been on the project for long, in its role or in an organisation on it: no event, no
    /// record, no mail.
    pub(crate) fn add_old_customers(&mut self, project: u64, organisation: Option<&str>, number: usize) -> Vec<String> {
        let mut accounts = Vec::with_capacity(number);
        for _ in 0..number {
            self.next_customer += 1;
            let n = self.next_customer;
            let address = format!("customer-{n}@customers.example");
            accounts.push(self.make_portal_account(&address, &names::customer(n)));
        }
        match organisation {
            Some(name) => {
                let id = self.organisation_on(project, name);
                let members = &mut self.organisations.get_mut(&id).expect("just found or made").members;
                members.extend(accounts.iter().cloned());
                members.sort();
            }
            // Made just now, so nobody can hold the role already.
            None => {
                for account in &accounts {
                    self.next_actor += 1;
                    let actor = Actor { id: 20_000 + self.next_actor, who: ActorWho::Person(account.clone()) };
                    self.project_mut(project).actors.push((CUSTOMERS_ROLE, actor));
                }
            }
        }
        accounts
    }

    /// The request that the way raises, or which it is about.
    fn request_of(&mut self, project: u64, by: &AddBy, account: &str) -> Option<String> {
        match by {
            AddBy::Email => {
                let item = NewItem::request(account, account, Channel::Email, "First mail to the desk");
                Some(self.raise(project, item))
            }
            AddBy::OnBehalf => {
                let agent = self.house_agent.clone();
                Some(self.raise(project, NewItem::request(account, &agent, Channel::Jira, "Raised on behalf")))
            }
            AddBy::Participant(item) => {
                let id = self.item_id(item);
                self.add_participant(id, account);
                Some(item.clone())
            }
            _ => None,
        }
    }

    /// Whose account does it; nobody's when Jira's own machinery does.
    fn actor_of(&self, by: &AddBy) -> Option<String> {
        match by {
            AddBy::Agent | AddBy::Organisation(_) | AddBy::Existing(_) | AddBy::OnBehalf | AddBy::Participant(_) => {
                Some(self.house_agent.clone())
            }
            AddBy::Automation => Some(AUTOMATION.to_owned()),
            AddBy::Rest(RestCaller::App(account) | RestCaller::User(account)) => Some(account.clone()),
            // As captured: accounts made by Atlassian's account system have a record without an author.
            AddBy::People | AddBy::Email | AddBy::SelfSignup => None,
        }
    }

    fn make_customer(&mut self, by: &AddBy, address: Option<&str>, actor: Option<&str>) -> String {
        self.next_customer += 1;
        let n = self.next_customer;
        let address = address.map_or_else(|| format!("customer-{n}@customers.example"), str::to_owned);
        let account = match by {
            AddBy::People => self.make_atlassian_account(&address, &names::customer(n)),
            _ => self.make_portal_account(&address, &names::customer(n)),
        };
        self.audit_user_created(&account, actor);
        if *by == AddBy::SelfSignup {
            self.audit_password_changed(&account);
        }
        if *by == AddBy::People || self.user_created_for_portal_accounts {
            let flow = if *by == AddBy::Automation { Flow::Secondary } else { Flow::Primary };
            self.queue_user_event("user_created", &account, flow);
        }
        account
    }

    fn place(&mut self, project: u64, by: &AddBy, account: &str) {
        match by {
            AddBy::Organisation(name) => {
                let id = self.organisation_on(project, name);
                self.organisations.get_mut(&id).expect("just found or made").add(account);
            }
            AddBy::OnBehalf | AddBy::Participant(_) => {}
            _ => self.add_actor(project, CUSTOMERS_ROLE, ActorWho::Person(account.to_owned())),
        }
    }

    /// Sends what Jira would send and writes down what is true.
    fn settle(&mut self, project: u64, by: &AddBy, account: &str, existed: bool) -> Truth {
        let invited_on = self.project_mut(project).customer_invited_on;
        let mutes = self.person(account).is_some_and(|person| person.mutes_invitations);
        let due = match by {
            _ if existed => None,
            AddBy::Agent | AddBy::Organisation(_) | AddBy::Existing(_) if invited_on => Some(MailKind::Invitation),
            AddBy::Agent | AddBy::Organisation(_) | AddBy::Existing(_) => Some(MailKind::Verification),
            AddBy::People if mutes => None,
            AddBy::People => Some(MailKind::AtlassianInvitation),
            AddBy::Email | AddBy::SelfSignup => Some(MailKind::Verification),
            AddBy::Automation | AddBy::Rest(_) | AddBy::OnBehalf | AddBy::Participant(_) => None,
        };
        let causes = self.causes(project, by, account, existed, mutes);
        // Whoever is kept out is told nothing: not by Jira, and not by us who put them into the role all the same.
        let due = due.filter(|_| !causes.iter().any(|cause| KEPT_OUT.contains(cause)));
        let actor = self.actor_of(by).unwrap_or_else(|| account.to_owned());
        let mail = due.filter(|kind| self.send(account, *kind, &actor));
        // Atlassian's own invitations are in no project's log.
        if mail.is_none() && matches!(due, Some(MailKind::Invitation | MailKind::Verification)) {
            self.note_blocked(project, None, account);
        }
        Truth { at: self.now(), mail, causes }
    }

    fn causes(&self, project: u64, by: &AddBy, account: &str, existed: bool, mutes: bool) -> Vec<&'static str> {
        let project = &self.projects[&project];
        let invited_on = project.customer_invited_on;
        let person = self.person(account);
        let inactive = person.is_some_and(|person| !person.active);
        let kept_out = person.is_some_and(|person| self.keeps_out(person));
        let by_portal = matches!(by, AddBy::Agent | AddBy::Organisation(_) | AddBy::Existing(_));
        let by_account = *by == AddBy::People;
        let promises_none = matches!(by, AddBy::SelfSignup | AddBy::Email | AddBy::OnBehalf | AddBy::Participant(_));
        let suppressed = self.person(account).is_some_and(|person| self.suppressed.contains(&person.address));
        let held = [
            ("outgoing_mail_disabled", by_portal && !self.outgoing_mail_on),
            ("access_restricted", by_portal && kept_out),
            ("portal_permission_missing", by_portal && !project.team_managed && !project.portal_access),
            ("notification_disabled", by_portal && !invited_on),
            ("inactive_account", (by_portal || by_account) && inactive),
            ("created_by_automation", *by == AddBy::Automation && !existed),
            ("created_by_api", matches!(by, AddBy::Rest(_)) && !existed),
            ("address_suppressed", (by_portal || by_account) && suppressed),
            ("existing_customer", existed && !promises_none),
            ("invitations_muted", by_account && mutes),
        ];
        held.into_iter().filter_map(|(slug, holds)| holds.then_some(slug)).collect()
    }
}
