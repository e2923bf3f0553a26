//! Projects, their roles, their switches, and organisations.
//! Does not know requests (`requests`) nor what an add to a role sets off (`customers`).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::audit::{Author, ObjectItem, Record};
use crate::state::State;

/// Id of the role *Service Desk Customers*.
pub(crate) const CUSTOMERS_ROLE: u64 = 10101;
/// Id of the role *Service Desk Team*.
pub(crate) const TEAM_ROLE: u64 = 10102;
/// Id of the role *Administrators*.
pub(crate) const ADMINISTRATORS_ROLE: u64 = 10002;
/// Id of the role that holds the users of apps.
pub(crate) const ADDONS_ROLE: u64 = 10003;

/// Every role of the site with its name and description.
pub(crate) const ROLES: &[(u64, &str, &str)] = &[
    (ADMINISTRATORS_ROLE, "Administrators", "Administrators of the project"),
    (ADDONS_ROLE, "atlassian-addons-project-access", "Gives apps access to the project"),
    (CUSTOMERS_ROLE, "Service Desk Customers", "Customers of the service project"),
    (TEAM_ROLE, "Service Desk Team", "The team that answers requests"),
];

/// What kind of project it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectType {
    /// A service project.
    ServiceDesk,
    /// A software project, which has no customers.
    Software,
}

impl ProjectType {
    /// The word in `projectTypeKey`.
    pub fn word(self) -> &'static str {
        match self {
            Self::ServiceDesk => "service_desk",
            Self::Software => "software",
        }
    }
}

/// Who may use a service project's portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerAccess {
    /// Anyone with an account on the site.
    AnyoneWithAccount,
    /// Customers the team adds.
    CustomersMyTeamAdds,
}

impl CustomerAccess {
    /// Jira's own words, as in its audit log.
    pub fn words(self) -> &'static str {
        match self {
            Self::AnyoneWithAccount => "Anyone with an account",
            Self::CustomersMyTeamAdds => "Customers my team adds to the project",
        }
    }
}

/// One actor of a role.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    /// Jira's id of the membership, not of the person.
    pub(crate) id: u64,
    /// Account id of a person, or the name of a group.
    pub(crate) who: ActorWho,
}

/// A person or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ActorWho {
    /// By account id.
    Person(String),
    /// By name.
    Group(String),
}

/// One project.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// Numeric id.
    pub(crate) id: u64,
    /// Key, such as `HELP`.
    pub(crate) key: String,
    /// Shown name.
    pub(crate) name: String,
    /// Kind.
    pub(crate) kind: ProjectType,
    /// Id of its service desk; no meaning for software projects.
    pub(crate) service_desk: u64,
    /// The toggle *Customer invited*.
    pub(crate) customer_invited_on: bool,
    /// Who may use the portal.
    pub(crate) access: CustomerAccess,
    /// Whether the permission scheme lets *Service Project Customer - Portal Access* browse and create.
    pub(crate) portal_access: bool,
    /// Whether it is team-managed, and so has its access outside of schemes.
    pub(crate) team_managed: bool,
    /// Its own sender address, and what is wrong with it.
    pub(crate) sender: Option<(String, Vec<String>)>,
    /// Actors by role id.
    pub(crate) actors: Vec<(u64, Actor)>,
    /// Organisations on the project, by id.
    pub(crate) organisations: Vec<u64>,
    /// Number of the newest work item.
    pub(crate) last_item: u64,
    /// A field beyond summary, description and type that creating a work item demands.
    pub(crate) demands_field: Option<String>,
}

/// One organisation.
#[derive(Debug, Clone)]
pub(crate) struct Organisation {
    /// Numeric id.
    pub(crate) id: u64,
    /// UUID.
    pub(crate) uuid: String,
    /// Shown name.
    pub(crate) name: String,
    /// Account ids of the members, in order.
    pub(crate) members: Vec<String>,
    /// When it was made.
    pub(crate) created: Timestamp,
}

impl Project {
    /// Account ids of the people in a role.
    pub(crate) fn people_in_role(&self, role: u64) -> impl Iterator<Item = &str> {
        self.actors.iter().filter(move |(id, _)| *id == role).filter_map(|(_, actor)| match &actor.who {
            ActorWho::Person(account) => Some(account.as_str()),
            ActorWho::Group(_) => None,
        })
    }

    fn audit_item(&self) -> ObjectItem {
        ObjectItem::plain(&self.id.to_string(), &self.name, "PROJECT")
    }

    /// As platform answers show the project.
    pub(crate) fn as_json(&self, base_url: &str) -> Value {
        json!({
            "self": format!("{base_url}/rest/api/3/project/{}", self.id),
            "id": self.id.to_string(),
            "key": self.key,
            "name": self.name,
            "projectTypeKey": self.kind.word(),
            "simplified": self.team_managed,
            "style": if self.team_managed { "next-gen" } else { "classic" },
            "isPrivate": false,
            "avatarUrls": self.avatars(base_url),
        })
    }

    fn avatars(&self, base_url: &str) -> Value {
        let url = |size: &str| format!("{base_url}/secure/projectavatar?{size}avatarId=10324");
        json!({
            "48x48": url(""), "24x24": url("size=small&"), "16x16": url("size=xsmall&"), "32x32": url("size=medium&")
        })
    }

    /// As webhooks and work items show the project.
    pub(crate) fn in_item(&self, base_url: &str, version: u8) -> Value {
        json!({
            "self": format!("{base_url}/rest/api/{version}/project/{}", self.id),
            "id": self.id.to_string(),
            "key": self.key,
            "name": self.name,
            "projectTypeKey": self.kind.word(),
            "avatarUrls": self.avatars(base_url),
        })
    }
}

impl Organisation {
    /// Puts somebody in; a second time changes nothing.
    pub(crate) fn add(&mut self, account: &str) {
        if let Err(place) = self.members.binary_search_by(|member| member.as_str().cmp(account)) {
            self.members.insert(place, account.to_owned());
        }
    }
}

impl State {
    /// Makes a project.
    pub(crate) fn add_project(&mut self, key: &str, name: &str, kind: ProjectType) -> u64 {
        self.next_project += 1;
        let number = self.next_project;
        let id = 10_000 + number;
        let project = Project {
            id,
            key: key.to_owned(),
            name: name.to_owned(),
            kind,
            service_desk: number,
            customer_invited_on: true,
            access: CustomerAccess::CustomersMyTeamAdds,
            portal_access: true,
            team_managed: false,
            sender: None,
            actors: Vec::new(),
            organisations: Vec::new(),
            last_item: 0,
            demands_field: None,
        };
        self.projects.insert(id, project.clone());
        self.grant_in_new_project(&project);
        let agent = self.house_agent.clone();
        self.add_actor(id, ADMINISTRATORS_ROLE, ActorWho::Group("administrators".to_owned()));
        if kind == ProjectType::ServiceDesk {
            self.add_actor(id, TEAM_ROLE, ActorWho::Person(agent));
        }
        id
    }

    /// Finds a project by id or key.
    pub(crate) fn project(&self, id_or_key: &str) -> Option<&Project> {
        let by_id = id_or_key.parse().ok().and_then(|id: u64| self.projects.get(&id));
        by_id.or_else(|| self.projects.values().find(|project| project.key.eq_ignore_ascii_case(id_or_key)))
    }

    /// The same for the Rust surface, where a wrong key is a mistake in the test.
    pub(crate) fn project_id(&self, id_or_key: &str) -> u64 {
        self.project(id_or_key).unwrap_or_else(|| panic!("no project {id_or_key}: add_project it first")).id
    }

    /// Deletes a project with everything in it, with the audit record that Jira writes for it.
    pub(crate) fn delete_project(&mut self, id_or_key: &str) {
        let id = self.project_id(id_or_key);
        let item = self.project_mut(id).audit_item();
        let admin = self.house_admin.clone();
        let record = Record::new("Project deleted", "projects", item).author(Author::of(self, &admin));
        self.audit(record);
        self.projects.remove(&id);
        self.items.retain(|_, item| item.project != id);
        self.project_properties.retain(|(project, _), _| *project != id);
        self.truths.retain(|(project, _), _| *project != id);
    }

    pub(crate) fn project_mut(&mut self, id: u64) -> &mut Project {
        self.projects.get_mut(&id).unwrap_or_else(|| panic!("no project with id {id}"))
    }

    /// Puts somebody into a role; a second time changes nothing.
    pub(crate) fn add_actor(&mut self, project: u64, role: u64, who: ActorWho) {
        self.next_actor += 1;
        let id = 20_000 + self.next_actor;
        let actors = &mut self.project_mut(project).actors;
        if !actors.iter().any(|(known, actor)| *known == role && actor.who == who) {
            actors.push((role, Actor { id, who }));
        }
    }

    /// Takes somebody off a project's customers: out of the role, and out of its organisations if asked.
    pub(crate) fn remove_customer(&mut self, project: u64, account: &str) {
        let who = ActorWho::Person(account.to_owned());
        self.project_mut(project).actors.retain(|(role, actor)| *role != CUSTOMERS_ROLE || actor.who != who);
    }

    /// Makes an organisation on a project, or finds the one of that name and puts it on the project.
    pub(crate) fn organisation_on(&mut self, project: u64, name: &str) -> u64 {
        let id = match self.organisations.values().find(|organisation| organisation.name == name) {
            Some(known) => known.id,
            None => {
                let id = self.organisations.len() as u64 + 1;
                let uuid = uuid::Uuid::new_v4().to_string();
                let created = self.now();
                let organisation = Organisation { id, uuid, name: name.to_owned(), members: Vec::new(), created };
                self.organisations.insert(id, organisation);
                id
            }
        };
        let organisations = &mut self.project_mut(project).organisations;
        if !organisations.contains(&id) {
            organisations.push(id);
        }
        id
    }

    /// Everybody who may use the portal, as the customer list shows them: the role's members, the organisations'
    /// members and, on an open desk, every customer account of the site.
    pub(crate) fn customers_of(&self, project: &Project) -> Vec<String> {
        let mut accounts: Vec<String> = project.people_in_role(CUSTOMERS_ROLE).map(str::to_owned).collect();
        for organisation in project.organisations.iter().filter_map(|id| self.organisations.get(id)) {
            accounts.extend(organisation.members.iter().cloned());
        }
        if project.access == CustomerAccess::AnyoneWithAccount {
            let everybody = self.people.values().filter(|p| p.account_type != crate::people::AccountType::App);
            accounts.extend(everybody.map(|person| person.account_id.clone()));
        }
        accounts.sort();
        accounts.dedup();
        accounts
    }

    /// Flips the toggle *Customer invited*, with the audit record that Jira writes for it.
    pub(crate) fn set_customer_invited(&mut self, project: u64, on: bool, by: &str) {
        let was = std::mem::replace(&mut self.project_mut(project).customer_invited_on, on);
        if was == on {
            return;
        }
        let item = self.project_mut(project).audit_item();
        let record = Record::new("Customer invited notification changed", "projects", item)
            .author(Author::of(self, by))
            .changed("isEnabled", Some(&was.to_string()), &on.to_string())
            .associating_itself();
        self.audit(record);
    }

    /// Changes who may use the portal, with the audit record that Jira writes for it.
    pub(crate) fn set_customer_access(&mut self, project: u64, access: CustomerAccess, by: &str) {
        let was = std::mem::replace(&mut self.project_mut(project).access, access);
        if was == access {
            return;
        }
        let item = self.project_mut(project).audit_item();
        let record = Record::new("Customer permissions changed", "projects", item)
            .author(Author::of(self, by))
            .description("Update who can access the portal and send requests")
            .changed("Customer access", Some(was.words()), access.words())
            .associating_itself();
        self.audit(record);
    }
}
