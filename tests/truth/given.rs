//! Scenes of the truth table: the switches, the ways of adding, whether hints arrive.
//! Knows what is true from the sandbox only.

use crate::harness::{Bent, By, PROJECT, World};
use crate::store::engines::Engine;
use diagnosis::{FactKey, Source};
use invite_guard::domain::Clock;
use invite_guard::domain::calibration::CalibrationState;
use invite_guard::examine::Optional;
use invite_guard_sandbox::{AddBy, ProjectType, RestCaller, Truth, UserKind};
use jiff::SignedDuration;

/// The site's outgoing mail, and whether an admin told us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mail {
    OnTold,
    OffTold,
    OnUntold,
    OffUntold,
}

/// The project's *Customer invited* notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Toggle {
    /// On, switched on by somebody: the log says so.
    On,
    /// Off, switched off by somebody: the log says so.
    Off,
    /// On as Jira delivers it: the log says nothing.
    Unrecorded,
}

/// Whether we may read the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audit {
    Readable,
    Unreadable,
}

/// Whether Jira's webhooks reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hints {
    Delivered,
    Dropped,
}

/// How somebody is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Agent,
    Automation,
    Rest,
    RestByPerson,
    People,
    Organisation,
    Email,
    SelfSignup,
    OnBehalf,
    Existing,
}

impl Way {
    pub(super) const ALL: [Self; 10] = [
        Self::Agent,
        Self::Automation,
        Self::Rest,
        Self::RestByPerson,
        Self::People,
        Self::Organisation,
        Self::Email,
        Self::SelfSignup,
        Self::OnBehalf,
        Self::Existing,
    ];

    /// Whether the audit log shows nothing that tells this way from *Customers > Add*.
    pub(super) fn leaves_no_trace(self) -> bool {
        matches!(self, Self::RestByPerson | Self::Email | Self::SelfSignup)
    }
}

/// One state of the switches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene {
    pub(super) engine: Engine,
    pub(super) mail: Mail,
    pub(super) toggle: Toggle,
    pub(super) audit: Audit,
    pub(super) opted: Opted,
    pub(super) by: By,
}

/// The sources that an operator has to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opted {
    /// Off, as delivered.
    Out,
    /// On, and nobody has compared them with what is so.
    Unproven,
    /// On, and an admin's word has proven them on this site.
    Proven,
}

/// Somebody who was added.
#[derive(Debug)]
pub(super) struct Added {
    pub(super) way: Way,
    pub(super) hints: Hints,
    pub(super) account: String,
    pub(super) truth: Truth,
}

/// A scene, set.
pub(super) struct Stage {
    pub(super) world: World,
    elsewhere: Vec<String>,
}

impl Scene {
    /// Whether the switch behind a cause is off in this scene.
    pub(super) fn is_off(&self, slug: &str) -> bool {
        match slug {
            "outgoing_mail_disabled" => matches!(self.mail, Mail::OffTold | Mail::OffUntold),
            "notification_disabled" => self.toggle == Toggle::Off,
            _ => false,
        }
    }

    /// Flips the switches, tells what is told, and lets us see another project whose customers are known from then on.
    pub(super) async fn set(self) -> Stage {
        let on = self.opted != Opted::Out;
        let optional = Optional { mail_probe: on, internal_endpoints: on };
        let world = World::start_bent(self.engine, Bent { by: self.by, optional, ..Bent::default() }).await;
        if self.opted == Opted::Proven {
            for source in [Source::MailProbe, Source::JiraInternal] {
                let proven = CalibrationState::Proven;
                let kept = world.store.calibrate(world.id(), source, proven, None, world.clock.now());
                kept.await.expect("calibrations are kept");
            }
        }
        world.site.add_project("OPS", "Operations", ProjectType::ServiceDesk);
        let elsewhere = (0..4).map(|_| world.site.add_customer("OPS", AddBy::Agent).account_id).collect();
        world.site.drop_all();
        world.pass_in_steps(9, SignedDuration::from_hours(6)).await; // two daily passes: OPS is seeded and dated
        if self.toggle != Toggle::Unrecorded {
            world.site.set_customer_invited(PROJECT, false);
            world.clock.advance(SignedDuration::from_mins(1));
        }
        if self.toggle == Toggle::On {
            world.site.set_customer_invited(PROJECT, true);
        }
        let on = matches!(self.mail, Mail::OnTold | Mail::OnUntold);
        world.site.set_outgoing_mail(on);
        if matches!(self.mail, Mail::OnTold | Mail::OffTold) {
            world.state(FactKey::OutgoingMailOn, None, on).await;
        }
        world.pass(SignedDuration::from_mins(10)).await;
        if self.audit == Audit::Unreadable {
            world.site.set_audit_available(false);
        }
        world.pass(SignedDuration::from_mins(10)).await;
        Stage { world, elsewhere }
    }
}

impl Stage {
    /// Adds somebody, and lets a few minutes pass.
    pub(super) async fn add(&mut self, way: Way, hints: Hints) -> Added {
        let site = &self.world.site;
        let by = match way {
            Way::Agent => AddBy::Agent,
            Way::Automation => AddBy::Automation,
            Way::Rest => AddBy::Rest(RestCaller::App(site.add_user(UserKind::App))),
            Way::RestByPerson => AddBy::Rest(RestCaller::User(site.admin())),
            Way::People => AddBy::People,
            Way::Organisation => AddBy::Organisation("Acme".to_owned()),
            Way::Email => AddBy::Email,
            Way::SelfSignup => AddBy::SelfSignup,
            Way::OnBehalf => AddBy::OnBehalf,
            Way::Existing => AddBy::Existing(self.elsewhere.pop().expect("somebody from elsewhere is left")),
        };
        let added = site.add_customer(PROJECT, by);
        match hints {
            Hints::Delivered => self.world.deliver().await,
            Hints::Dropped => {
                site.drop_all();
            }
        }
        self.world.pass_in_steps(3, SignedDuration::from_mins(1)).await;
        let account = added.account_id;
        let truth = self.world.site.truth(PROJECT, &account).expect("the sandbox knows what is true of an add");
        Added { way, hints, account, truth }
    }

    /// A little more than a day: the daily pass finds who gave no hint.
    pub(super) async fn let_passes_find_the_rest(&self) {
        self.world.pass_in_steps(5, SignedDuration::from_hours(6)).await;
    }
}
