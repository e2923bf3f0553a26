//! Sources that the operator switches on: the outgoing-mail probe and undocumented resources. Every cause stands without them.
//! Judges nothing: what they say goes into the history with its time, and their standing on the site caps what it is worth.

use super::{Sources, internal, mail_probe, store_gap};
use crate::domain::calibration::{Calibration, CalibrationState};
use crate::domain::history::{Line, Trusted};
use crate::domain::tenant::Tenant;
use crate::domain::{ProjectId, TenantId};
use crate::store::Store;
use diagnosis::{Confidence, FactKey, Gap, Source};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Which of them are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Optional {
    /// `sources.mail_probe`
    pub mail_probe: bool,
    /// `sources.internal_endpoints`
    pub internal_endpoints: bool,
}

/// An answer whose time is not known better than this cannot be put before or after an add.
const VAGUE: SignedDuration = SignedDuration::from_secs(60);

/// How these sources stand on one site.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    optional: Optional,
    calibrations: Vec<Calibration>,
}

impl Standing {
    /// Reads it; a store that does not answer leaves the sources unused. Nothing is read while they are off.
    pub(super) async fn read(store: &dyn Store, tenant: TenantId, optional: Optional) -> Self {
        if optional == Optional::default() {
            return Self::default();
        }
        match store.calibrations(tenant).await {
            Ok(calibrations) => Self { optional, calibrations },
            Err(error) => {
                store_gap(error);
                Self::default()
            }
        }
    }

    fn calibration(&self, source: Source) -> Option<&Calibration> {
        self.calibrations.iter().find(|known| known.source == source)
    }

    /// What a source is worth here: `None` when it is off, refuted or stopped.
    fn worth(&self, source: Source, on: bool) -> Option<Confidence> {
        on.then(|| self.calibration(source).map_or(Some(Confidence::Likely), Calibration::worth))?
    }

    /// Whether a line of the history counts: what a source said before it was proven may be what it was wrong about.
    pub(super) fn counts(&self, line: &Line) -> bool {
        let proven = self.calibration(line.source).filter(|known| known.state == CalibrationState::Proven);
        proven.is_none_or(|known| line.observed_at >= known.since)
    }

    pub(super) fn trusted(&self) -> Trusted {
        Trusted {
            mail_probe: self.worth(Source::MailProbe, self.optional.mail_probe),
            internal: self.worth(Source::JiraInternal, self.optional.internal_endpoints),
        }
    }
}

/// What a look through a source came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It said so, at this time.
    Said(bool, Timestamp),
    /// Why it said nothing.
    Nothing(Gap),
}

impl Seen {
    /// A value that was so at some time between the two.
    pub(super) fn between(value: bool, asked_at: Timestamp, answered_at: Timestamp) -> Self {
        if answered_at.duration_since(asked_at) > VAGUE {
            return Self::Nothing(Gap::Unavailable);
        }
        Self::Said(value, asked_at)
    }
}

impl Sources {
    /// The same sources with these on as well.
    #[must_use]
    pub fn with(mut self, optional: Optional) -> Self {
        self.optional = optional;
        self
    }

    pub(super) async fn standing(&self, tenant: &Tenant) -> Standing {
        Standing::read(self.store.as_ref(), tenant.id, self.optional).await
    }

    /// Looks where it is due, for adds that ended before `upto`; what is seen goes into the history.
    pub(super) async fn look(&self, tenant: &Tenant, project: Option<ProjectId>, upto: Timestamp, trusted: Trusted) {
        if trusted.mail_probe.is_some() {
            mail_probe::look(self, tenant).await;
        }
        if let Some(project) = project.filter(|_| trusted.internal.is_some()) {
            internal::look(self, tenant, project, upto).await;
        }
    }

    /// Looks at the site when its turn has come, whether or not anybody was added, so that there is a look before the next add
    /// as well as after it. Says whether something was seen.
    pub(crate) async fn look_by_itself(&self, tenant: &Tenant) -> bool {
        let trusted = self.standing(tenant).await.trusted();
        trusted.mail_probe.is_some() && mail_probe::look(self, tenant).await
    }

    /// Which optional sources are on.
    pub(crate) fn optional(&self) -> Optional {
        self.optional
    }

    /// Asks whether the site's mail is on, if that was not asked within six hours.
    pub(crate) async fn look_at_mail(&self, tenant: &Tenant) {
        mail_probe::look(self, tenant).await;
    }

    /// Reads a project's switch now, whenever it was read before.
    pub(crate) async fn look_at_toggle(&self, tenant: &Tenant, project: ProjectId) {
        internal::look_every(self, tenant, project, self.clock.now(), SignedDuration::ZERO).await;
    }

    /// Keeps what a look came to.
    pub(super) async fn keep(
        &self,
        tenant: &Tenant,
        source: Source,
        key: FactKey,
        project: Option<ProjectId>,
        seen: Seen,
    ) {
        let trouble = match seen {
            Seen::Nothing(gap) => Some(gap),
            Seen::Said(value, observed_at) => {
                let value = Value::Bool(value);
                let line = Line { key, project, value, before: None, source, since: None, observed_at, by: None };
                self.store.record(tenant.id, &[line]).await.err().map(store_gap)
            }
        };
        if let Err(error) = self.store.end_look(tenant.id, source, project, trouble).await {
            store_gap(error);
        }
    }
}
