//! The one table of facts: every fact with its key, stable name, level and type, and the three sheets that hold them.
//! Does not know who supplies a fact or which cause needs it.

use crate::{
    fact::{Fact, Observed, Origin},
    vocabulary::{AddressFault, Creator, DomainMail, Gap, Kind, Level, Route, Via},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

/// A fact's compile-time name: ties the key to the type of its value.
pub trait Key {
    /// What a known value of this fact is.
    type Value: Serialize + DeserializeOwned;
    /// The run-time name.
    const KEY: FactKey;
}

/// One fact as sources, cache, history, statements and fixtures carry it. Typed on the way in, checked on the way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Which fact.
    pub key: FactKey,
    /// Its value as JSON, or the gap.
    pub fact: Fact<Value>,
}

impl Reading {
    /// A seen value; the key's type says what it may be.
    pub fn known<K: Key>(value: K::Value, origin: Origin) -> Result<Self, serde_json::Error> {
        Self::of::<K>(Fact::of(value, origin))
    }

    /// A fact that could not be learned, and why.
    pub fn gap(key: FactKey, gap: Gap) -> Self {
        Self { key, fact: Fact::Unknown(gap) }
    }

    /// A fact of the key's own type, value or gap.
    pub fn of<K: Key>(fact: Fact<K::Value>) -> Result<Self, serde_json::Error> {
        let fact = match fact {
            Fact::Unknown(gap) => Fact::Unknown(gap),
            Fact::Known(seen) => Fact::of(serde_json::to_value(seen.value)?, seen.origin),
        };
        Ok(Self { key: K::KEY, fact })
    }

    /// The fact in the key's own type; nothing when the key differs or the value is not of that type.
    pub fn typed<K: Key>(&self) -> Option<Fact<K::Value>> {
        if self.key != K::KEY {
            return None;
        }
        typed(&self.fact)
    }
}

fn typed<T: DeserializeOwned>(fact: &Fact<Value>) -> Option<Fact<T>> {
    match fact {
        Fact::Unknown(gap) => Some(Fact::Unknown(*gap)),
        Fact::Known(Observed { value, origin }) => {
            T::deserialize(value).ok().map(|value| Fact::of(value, origin.clone()))
        }
    }
}

/// A line makes the field, the key, its stable name, its level, its type check and `forget`.
macro_rules! facts {
    ($($(#[$about:meta])* $level:ident $holder:ident {
        $($(#[$doc:meta])* $key:ident $field:ident: $ty:ty),+ $(,)?
    })+) => {
        /// The name of a fact. Its serialised form is the field's name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FactKey { $($($(#[$doc])* $key),+),+ }

        impl FactKey {
            /// Every fact, site first.
            pub const ALL: &'static [Self] = &[$($(Self::$key),+),+];

            /// What the fact is about.
            pub fn level(self) -> Level { match self { $($(Self::$key => Level::$level),+),+ } }

            /// The stable name: the same in JSON, in the store and in message ids.
            pub fn name(self) -> &'static str { match self { $($(Self::$key => stringify!($field)),+),+ } }

            /// The fact with this stable name.
            pub fn from_name(name: &str) -> Option<Self> { Self::ALL.iter().copied().find(|key| key.name() == name) }

            /// Whether this JSON value is of the fact's type.
            pub fn accepts(self, value: &Value) -> bool {
                match self { $($(Self::$key => <$ty>::deserialize(value).is_ok()),+),+ }
            }
        }

        /// The facts as types, for [`Reading::known`] and [`Reading::typed`].
        pub mod key { $($(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $key;
        )+)+ }
        $($(impl Key for key::$key {
            type Value = $ty;
            const KEY: FactKey = FactKey::$key;
        })+)+

        $(
            $(#[$about])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $holder { $($(#[$doc])* pub $field: Fact<$ty>),+ }

            impl $holder {
                /// Nothing asked yet: every fact is a gap.
                pub fn unasked() -> Self { Self { $($field: Fact::Unknown(Gap::NotAsked)),+ } }

                /// Takes the reading over. False when its key is of another level or its value of another type; then
                /// nothing changes.
                #[must_use = "a refused reading is lost"]
                pub fn put(&mut self, reading: &Reading) -> bool {
                    match reading.key {
                        $(FactKey::$key => match typed(&reading.fact) {
                            Some(fact) => { self.$field = fact; true }
                            None => false,
                        },)+
                        _ => false,
                    }
                }

                /// Makes the fact unasked; a key of another level changes nothing.
                pub fn forget(&mut self, key: FactKey) {
                    match key {
                        $(FactKey::$key => self.$field = Fact::Unknown(Gap::NotAsked),)+
                        _ => {}
                    }
                }

                /// After every source was heard: a fact that none told and that nobody is asked for cannot be known here.
                pub fn settle(&mut self) {
                    $(if !FactKey::$key.is_asked_for() && self.$field == Fact::Unknown(Gap::NotAsked) {
                        self.$field = Fact::Unknown(Gap::NotExposed);
                    })+
                }

                /// Every fact somebody has asked for, as readings. A fact nobody asked for is left out.
                pub fn readings(&self) -> Result<Vec<Reading>, serde_json::Error> {
                    let mut list = Vec::new();
                    $(if self.$field != Fact::Unknown(Gap::NotAsked) {
                        list.push(Reading::of::<key::$key>(self.$field.clone())?);
                    })+
                    Ok(list)
                }
            }

            impl Serialize for $holder {
                fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                    self.readings().map_err(serde::ser::Error::custom)?.serialize(to)
                }
            }

            impl<'de> Deserialize<'de> for $holder {
                fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    let mut sheet = Self::unasked();
                    for reading in Vec::<Reading>::deserialize(from)? {
                        if !sheet.put(&reading) {
                            return Err(refused(&reading));
                        }
                    }
                    Ok(sheet)
                }
            }
        )+
    };
}

/// Names the key, never the value: a value may have been put there by anybody.
fn refused<E: serde::de::Error>(reading: &Reading) -> E {
    E::custom(format_args!("fact {}: not of this level, or its value is not of this fact's type", reading.key.name()))
}

facts! {
    /// Facts of the whole site; 500 people share one sheet.
    Site SiteFacts {
        /// Whether the site sends mail at all (*Settings > System > Outgoing mail*).
        OutgoingMailOn outgoing_mail_on: bool,
        /// Whether people without an Atlassian account may be customers here (*Customer access*).
        PortalOnlyAccountsAllowed portal_only_accounts_allowed: bool,
        /// The domains to which *Customer access* is limited; none listed = any.
        AllowedDomains allowed_domains: Vec<String>,
        /// Whether every product of the site is on the Free plan, which sends at most 100 mails a day.
        OnFreePlan on_free_plan: bool,
    }
    /// Facts of one service project; everybody in it shares one sheet.
    Project ProjectFacts {
        /// Whether the project's *Customer invited* notification is on.
        InviteNotificationOn invite_notification_on: bool,
        /// Whether an enabled automation rule adds customers on some path without mailing them afterwards.
        SilentRule silent_rule: bool,
        /// Whether the permission scheme lets portal-only customers browse the project and create requests.
        PortalPermissionGranted portal_permission_granted: bool,
        /// Whether people are added here through *People* or *Access* instead of *Customers*.
        WrongDoor wrong_door: bool,
        /// Whether the project's own sender address is on a verified domain; `true` where it uses Atlassian's.
        SenderVerified sender_verified: bool,
    }
    /// Facts of one customer's add to one service project, as of that add.
    Person PersonFacts {
        /// Jira's `accountType`. Never evidence of having been here before.
        AccountKind account_kind: Kind,
        /// `true`: dated evidence from before the add's window. `false`: audit record "User created" inside it.
        KnownBefore known_before: bool,
        /// Author of the audit record "User created", or what a rule's web request said.
        Creator creator: Creator,
        /// The kind of mail Jira sends for this add; see [`route::infer`](crate::route::infer).
        MailRoute mail_route: Route,
        /// How we know of the add.
        AddedVia added_via: Via,
        /// Jira's `active`: whether the account may log in.
        AccountActive account_active: bool,
        /// Whether Atlassian's mail providers suppress the address after a permanent bounce.
        AddressSuppressed address_suppressed: bool,
        /// What is wrong with the address as it was typed; `None` = nothing.
        AddressFault address_fault: Option<AddressFault>,
        /// What the domain name system says about mail to the address's domain.
        AddressDomainMail address_domain_mail: DomainMail,
        /// Whether the address's domain is among `SiteFacts::allowed_domains`.
        AddressDomainListed address_domain_listed: bool,
        /// Whether the account was made within the hour before this add, by an invitation to another project.
        InvitedElsewhere invited_elsewhere: bool,
        /// Whether the person switched invitations off in their Atlassian account.
        InvitationsMuted invitations_muted: bool,
    }
}

impl FactKey {
    /// Whether a missing answer is somebody's to give: a person is asked, or an ordinary source should have told. All other facts
    /// come from a file, a statement or a source that nobody needs to hand in or switch on.
    pub fn is_asked_for(self) -> bool {
        matches!(
            self,
            Self::OutgoingMailOn
                | Self::InviteNotificationOn
                | Self::AccountKind
                | Self::KnownBefore
                | Self::Creator
                | Self::MailRoute
                | Self::AddedVia
        )
    }
}

impl SiteFacts {
    /// Whether the domain of an address that nobody can see is among the allowed ones: where no list limits them, any is.
    pub fn any_domain_listed(&self) -> Fact<bool> {
        match self.allowed_domains.known() {
            Ok(seen) if seen.value.is_empty() => Fact::of(true, seen.origin.clone()),
            Ok(_) => Fact::Unknown(Gap::NotExposed),
            Err(gap) => Fact::Unknown(gap),
        }
    }
}

impl FactKey {
    /// Whether this value, as JSON, is the one by which a cause blocks. Where two answers differ, that one is told.
    pub fn is_blocking(self, value: &Value) -> bool {
        match self {
            Self::OutgoingMailOn
            | Self::InviteNotificationOn
            | Self::PortalOnlyAccountsAllowed
            | Self::PortalPermissionGranted
            | Self::SenderVerified
            | Self::AccountActive
            | Self::AddressDomainListed => *value == Value::Bool(false),
            Self::KnownBefore
            | Self::SilentRule
            | Self::WrongDoor
            | Self::OnFreePlan
            | Self::AddressSuppressed
            | Self::InvitationsMuted => *value == Value::Bool(true),
            Self::AddressFault => !value.is_null(),
            Self::AddressDomainMail => value.as_str().is_some_and(|mail| mail != DomainMail::Receives.name()),
            Self::AllowedDomains
            | Self::AccountKind
            | Self::Creator
            | Self::MailRoute
            | Self::AddedVia
            | Self::InvitedElsewhere => false,
        }
    }
}

impl PersonFacts {
    /// The route as a word: a gap is `Unknown`. It decides whom a cause concerns and is not evidence itself, so a route that
    /// was only concluded does not make a switch that is known to be off any less off.
    pub fn route(&self) -> Route {
        self.mail_route.known().map_or(Route::Unknown, |seen| seen.value)
    }
}

/// What a cause is judged by: three sheets by reference, all as of the moment of the add and not "now".
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Shared by everybody on the site.
    pub site: &'a SiteFacts,
    /// Shared by everybody in the project.
    pub project: &'a ProjectFacts,
    /// This customer's own.
    pub person: &'a PersonFacts,
}

/// The three sheets of one person in one value, for saved facts and tests. Serialises as one list of readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Facts of the site.
    pub site: SiteFacts,
    /// Facts of the project.
    pub project: ProjectFacts,
    /// Facts of the person.
    pub person: PersonFacts,
}

impl Sheet {
    /// Nothing asked yet.
    pub fn unasked() -> Self {
        Self { site: SiteFacts::unasked(), project: ProjectFacts::unasked(), person: PersonFacts::unasked() }
    }

    /// Takes the reading over on its own level; false when its value is of another type, and then nothing changes.
    #[must_use = "a refused reading is lost"]
    pub fn put(&mut self, reading: &Reading) -> bool {
        match reading.key.level() {
            Level::Site => self.site.put(reading),
            Level::Project => self.project.put(reading),
            Level::Person => self.person.put(reading),
        }
    }

    /// Makes the fact unasked.
    pub fn forget(&mut self, key: FactKey) {
        self.site.forget(key);
        self.project.forget(key);
        self.person.forget(key);
    }

    /// After every source was heard: a fact that none told and that nobody is asked for cannot be known here.
    pub fn settle(&mut self) {
        self.site.settle();
        self.project.settle();
        self.person.settle();
    }

    /// Every fact somebody has asked for.
    pub fn readings(&self) -> Result<Vec<Reading>, serde_json::Error> {
        let mut list = self.site.readings()?;
        list.extend(self.project.readings()?);
        list.extend(self.person.readings()?);
        Ok(list)
    }

    /// What [`diagnose`](crate::diagnose) takes.
    pub fn facts(&self) -> Facts<'_> {
        Facts { site: &self.site, project: &self.project, person: &self.person }
    }
}

impl Serialize for Sheet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.readings().map_err(serde::ser::Error::custom)?.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Sheet {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut sheet = Self::unasked();
        for reading in Vec::<Reading>::deserialize(from)? {
            if !sheet.put(&reading) {
                return Err(refused(&reading));
            }
        }
        Ok(sheet)
    }
}
