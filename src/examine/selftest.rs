//! What each source can see on a site now and why not, and whether those that must be proven there say what an admin says.
//! Does not know who may ask; words of people are compared here and recorded by whoever took them.

use super::Examiner;
use crate::domain::calibration::{Calibration, CalibrationState, fresh_for};
use crate::domain::history::{Line, STATEMENT_FRESH};
use crate::domain::project::Project;
use crate::domain::tenant::Tenant;
use crate::domain::{AccountId, ProjectId};
use crate::jira::JiraError;
use crate::sources::{Optional, Sources, facts_of};
use crate::store::StoreError;
use diagnosis::{Arg, FactKey, Gap, Source, Text};
use jiff::{SignedDuration, Timestamp};

/// An answer that is older than this may have been right when it was given.
const JUST_NOW: SignedDuration = SignedDuration::from_mins(5);

/// Projects whose history is looked through for statements; the rest is like them.
const PROJECTS: usize = 50;

/// How a source stands on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// States the thing itself, or said what an admin said.
    Proven,
    /// Never compared.
    Unproven,
    /// Said something else than an admin.
    Refuted,
    /// Cannot be used.
    Unavailable,
}

impl SourceState {
    /// Stable name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Unproven => "unproven",
            Self::Refuted => "refuted",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What one source can see here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// Which.
    pub source: Source,
    /// How it stands.
    pub state: SourceState,
    /// Facts it can tell now.
    pub sees: Vec<FactKey>,
    /// Why it stands so, and what would change it.
    pub why: Text,
    /// Why it cannot see, where Jira was asked and did not answer as it should.
    pub trouble: Option<Gap>,
}

/// Every source of a site.
#[derive(Clone, Debug)]
pub struct SelfTest {
    /// In the order of their words.
    pub sources: Vec<SourceReport>,
    /// When Jira queued a mail for the probe, which ended it.
    pub probe_stopped: Option<Timestamp>,
}

fn text(id: &str) -> Text {
    Text { id: id.to_owned(), args: Vec::new() }
}

fn dated(id: &str, name: &str, at: Timestamp) -> Text {
    Text { id: id.to_owned(), args: vec![(name.to_owned(), Arg::When(at))] }
}

impl SourceReport {
    fn unavailable(source: Source, why: Text, trouble: Option<Gap>) -> Self {
        Self { source, state: SourceState::Unavailable, sees: Vec::new(), why, trouble }
    }

    /// A source that states the thing itself proves itself by being there.
    fn there(source: Source, sees: Vec<FactKey>) -> Self {
        Self { source, state: SourceState::Proven, sees, why: text("selftest-why-itself"), trouble: None }
    }
}

/// One test being made.
struct Test<'a> {
    sources: &'a Sources,
    tenant: &'a Tenant,
    /// Asked now, and not from what is remembered.
    fresh: bool,
    now: Timestamp,
    projects: Vec<Project>,
    calibrations: Vec<Calibration>,
}

impl Examiner {
    /// Compares the sources that must be proven with what somebody says is so right now, and tells what every source sees.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn self_test(
        &self,
        tenant: &Tenant,
        said: &[Line],
        by: Option<&AccountId>,
    ) -> Result<SelfTest, StoreError> {
        let test = Test::of(self, tenant, true).await?;
        let probe = test.probe(said, by).await?;
        let internal = test.internal(said, by).await?;
        Test::of(self, tenant, true).await?.report(probe, internal).await
    }

    /// What every source sees, as far as that is known: no source that is switched on is asked for it.
    pub(super) async fn sources_now(&self, tenant: &Tenant) -> Result<SelfTest, StoreError> {
        Test::of(self, tenant, false).await?.report(None, None).await
    }

    /// Which sources saw this account being added, for somebody who has just added a test customer.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn seen_by(&self, tenant: &Tenant, account: &AccountId) -> Result<Vec<Source>, StoreError> {
        let log = self.sources.log(tenant, self.clock.now(), true).await;
        let store = self.sources.store();
        let created = store.created(tenant.id, std::slice::from_ref(account)).await?;
        let seats = store.seats(tenant.id, account).await?;
        let in_log = !created.is_empty() || log.created.iter().any(|created| created.account == *account);
        let seen = [(Source::AuditLog, in_log), (Source::Roster, !seats.is_empty())];
        Ok(seen.into_iter().filter(|(_, seen)| *seen).map(|(source, _)| source).collect())
    }
}

/// What a comparison came to, for the source's line.
type Compared = Option<Text>;

impl<'a> Test<'a> {
    async fn of(examiner: &'a Examiner, tenant: &'a Tenant, fresh: bool) -> Result<Self, StoreError> {
        let sources = &examiner.sources;
        let projects = sources.store().projects(tenant.id).await?;
        let calibrations = sources.store().calibrations(tenant.id).await?;
        Ok(Self { sources, tenant, fresh, now: examiner.clock.now(), projects, calibrations })
    }

    fn calibration(&self, source: Source) -> Option<&Calibration> {
        self.calibrations.iter().find(|known| known.source == source)
    }

    fn on(&self) -> Optional {
        self.sources.optional()
    }

    /// Asks whether mail is on, if its turn has come, and compares.
    async fn probe(&self, said: &[Line], by: Option<&AccountId>) -> Result<Compared, StoreError> {
        let stopped = self.calibration(Source::MailProbe).is_some_and(|known| known.stopped_at.is_some());
        if !self.on().mail_probe || stopped {
            return Ok(None);
        }
        self.sources.look_at_mail(self.tenant).await;
        self.compare(Source::MailProbe, FactKey::OutgoingMailOn, None, said, by).await
    }

    /// Reads the switch of every project that somebody spoke of, and compares; of one project where nobody spoke.
    async fn internal(&self, said: &[Line], by: Option<&AccountId>) -> Result<Compared, StoreError> {
        if !self.on().internal_endpoints {
            return Ok(None);
        }
        let mut spoken: Vec<ProjectId> = said.iter().filter_map(|line| line.project).collect();
        spoken.dedup();
        if spoken.is_empty() {
            spoken.extend(self.projects.first().map(|project| project.id));
        }
        let mut compared = None;
        for project in spoken {
            self.sources.look_at_toggle(self.tenant, project).await;
            let key = FactKey::InviteNotificationOn;
            let one = self.compare(Source::JiraInternal, key, Some(project), said, by).await?;
            compared = compared.or(one);
            if self.standing(Source::JiraInternal).await? == CalibrationState::Refuted {
                break; // one project in which it is wrong is enough
            }
        }
        Ok(compared)
    }

    async fn standing(&self, source: Source) -> Result<CalibrationState, StoreError> {
        let known = self.sources.store().calibrations(self.tenant.id).await?;
        Ok(known.into_iter().find(|known| known.source == source).map(|known| known.state).unwrap_or_default())
    }

    /// Agree: proven here. Differ: refuted, if the answer is of now.
    async fn compare(
        &self,
        source: Source,
        key: FactKey,
        project: Option<ProjectId>,
        said: &[Line],
        by: Option<&AccountId>,
    ) -> Result<Compared, StoreError> {
        let of_it = |line: &&Line| line.key == key && line.project == project;
        let Some(word) = said.iter().find(of_it) else { return Ok(None) };
        let store = self.sources.store();
        let seen = store.lines(self.tenant.id, project).await?;
        let newest = seen.iter().filter(|line| line.source == source && of_it(line)).max_by_key(|l| l.observed_at);
        let fresh =
            |line: &&Line| fresh_for(source).is_some_and(|fresh| self.now.duration_since(line.observed_at) <= fresh);
        let Some(answer) = newest.filter(fresh) else { return Ok(Some(text("selftest-why-no-answer"))) };
        let age = self.now.duration_since(answer.observed_at);
        let state = match answer.value == word.value {
            true => CalibrationState::Proven,
            false if age <= JUST_NOW => CalibrationState::Refuted,
            false => return Ok(Some(dated("selftest-why-older-answer", "observed", answer.observed_at))),
        };
        store.calibrate(self.tenant.id, source, state, by, answer.observed_at).await?;
        Ok(None)
    }

    async fn report(&self, probe: Compared, internal: Compared) -> Result<SelfTest, StoreError> {
        let mut sources = vec![
            self.jira_rest().await,
            self.audit_log().await,
            SourceReport {
                source: Source::Webhook,
                state: SourceState::Unproven,
                sees: Vec::new(),
                why: text("selftest-why-hints"),
                trouble: None,
            },
            self.roster(),
            self.admin_statement().await?,
            self.to_be_proven(Source::MailProbe, self.on().mail_probe, probe).await?,
            self.to_be_proven(Source::JiraInternal, self.on().internal_endpoints, internal).await?,
        ];
        for source in Source::ALL {
            let sees = facts_of(*source);
            if !sees.is_empty() && !sources.iter().any(|known| known.source == *source) {
                sources.push(self.untried(*source, sees));
            }
        }
        sources.sort_by_key(|report| report.source);
        let probe_stopped = self.calibration(Source::MailProbe).and_then(|known| known.stopped_at);
        Ok(SelfTest { sources, probe_stopped })
    }

    /// Sources that the self-test does not ask: they need an address or a file.
    fn untried(&self, source: Source, sees: Vec<FactKey>) -> SourceReport {
        if self.sources.operator_has(source) == Some(false) {
            return SourceReport::unavailable(source, text("selftest-why-operator-has-none"), None);
        }
        SourceReport { source, state: SourceState::Unproven, sees, why: text("selftest-why-untried"), trouble: None }
    }

    async fn jira_rest(&self) -> SourceReport {
        let source = Source::JiraRest;
        match self.sources.site(self.tenant).service_projects(1, false).await {
            Ok(found) if found.is_empty() => {
                SourceReport::unavailable(source, text("selftest-why-jira_rest-no-project"), Some(Gap::Forbidden))
            }
            Ok(_) => SourceReport::there(source, facts_of(source)),
            Err(error) => refused(source, &error),
        }
    }

    async fn audit_log(&self) -> SourceReport {
        let source = Source::AuditLog;
        let log = self.sources.log(self.tenant, self.now, self.fresh).await;
        match log.failed.or(log.mark.trouble) {
            None => SourceReport::there(source, facts_of(source)),
            Some(gap) => {
                let forbidden = gap == Gap::Forbidden;
                let why = if forbidden { "selftest-why-audit_log-forbidden" } else { "selftest-why-unavailable" };
                SourceReport::unavailable(source, text(why), Some(gap))
            }
        }
    }

    fn roster(&self) -> SourceReport {
        match self.projects.iter().any(|project| project.last_pass.is_some()) {
            true => SourceReport::there(Source::Roster, facts_of(Source::Roster)),
            false => SourceReport::unavailable(Source::Roster, text("selftest-why-roster-no-pass"), None),
        }
    }

    async fn admin_statement(&self) -> Result<SourceReport, StoreError> {
        let store = self.sources.store();
        let mut lines = store.lines(self.tenant.id, None).await?;
        for project in self.projects.iter().take(PROJECTS) {
            lines.extend(store.lines(self.tenant.id, Some(project.id)).await?);
        }
        let fresh = |line: &Line| self.now.duration_since(line.observed_at) <= STATEMENT_FRESH;
        let mut sees: Vec<FactKey> = lines
            .into_iter()
            .filter(|line| line.source == Source::AdminStatement && fresh(line))
            .map(|line| line.key)
            .collect();
        sees.sort();
        sees.dedup();
        Ok(match sees.is_empty() {
            true => {
                SourceReport::unavailable(Source::AdminStatement, text("selftest-why-admin_statement-nobody"), None)
            }
            false => SourceReport::there(Source::AdminStatement, sees),
        })
    }

    async fn to_be_proven(&self, source: Source, on: bool, compared: Compared) -> Result<SourceReport, StoreError> {
        let name = source.name();
        let known = self.calibration(source);
        if let Some(at) = known.and_then(|known| known.stopped_at) {
            return Ok(SourceReport::unavailable(source, dated("selftest-why-stopped", "since", at), None));
        }
        if !on {
            return Ok(SourceReport::unavailable(source, text(&format!("selftest-why-{name}-off")), None));
        }
        let since = known.map(|known| known.since);
        let (state, why) = match (known.map(|known| known.state).unwrap_or_default(), since) {
            (CalibrationState::Proven, Some(at)) => (SourceState::Proven, dated("selftest-why-agreed", "since", at)),
            (CalibrationState::Refuted, Some(at)) => {
                (SourceState::Refuted, dated("selftest-why-differed", "since", at))
            }
            _ => (SourceState::Unproven, text(&format!("selftest-why-{name}-unproven"))),
        };
        let (seen, trouble) = self.seen_lately(source).await?;
        let why = match (trouble, compared) {
            (Some(Gap::Forbidden), _) => text(&format!("selftest-why-{name}-forbidden")),
            (Some(Gap::NotExposed), _) => text("selftest-why-not_exposed"),
            (Some(_), _) => text("selftest-why-unavailable"),
            (None, Some(compared)) => compared,
            (None, None) => why,
        };
        let state = match state {
            SourceState::Unproven if trouble.is_some() && !seen => SourceState::Unavailable,
            state => state,
        };
        let sees = if seen { facts_of(source) } else { Vec::new() };
        Ok(SourceReport { source, state, sees, why, trouble })
    }
}

impl Test<'_> {
    /// Whether a look that still counts saw something, and what stood in the way of one that did not.
    async fn seen_lately(&self, source: Source) -> Result<(bool, Option<Gap>), StoreError> {
        let looks = self.sources.store().looks(self.tenant.id, source).await?;
        let fresh = fresh_for(source).unwrap_or(SignedDuration::ZERO);
        let lately = || looks.iter().filter(|look| self.now.duration_since(look.asked_at) <= fresh);
        let seen = lately().any(|look| look.trouble.is_none());
        // First what somebody can do something about.
        let rank = |gap: &Gap| [Gap::Forbidden, Gap::NotExposed].iter().position(|known| known == gap).unwrap_or(2);
        Ok((seen, lately().filter_map(|look| look.trouble).min_by_key(rank)))
    }
}

fn refused(source: Source, error: &JiraError) -> SourceReport {
    let why = match error {
        JiraError::Forbidden => "selftest-why-jira_rest-forbidden",
        _ => "selftest-why-unavailable",
    };
    SourceReport::unavailable(source, text(why), Some(error.gap()))
}
