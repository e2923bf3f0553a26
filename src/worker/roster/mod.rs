//! Passes over the people of projects, whatever hints came or did not come: when each way of each project is read.
//! Judges nothing and knows no wire shape; what a pass changes is the store's to say.

mod pages;
mod raise;
mod role;
mod told;

use super::Inner;
use super::outcome::{Outcome, Trouble};
use crate::domain::roster::{LastPass, PassGap, Unread, must_reseed, quota};
use crate::domain::tenant::Tenant;
use crate::domain::work::{NewWork, Work, spread};
use crate::domain::{ProjectId, TenantId};
use crate::jira::{JiraError, TOO_LARGE};
use diagnosis::Via;
use jiff::{SignedDuration, Timestamp};

/// A site with more service projects than this is looked at in its most recent ones.
const PROJECTS: usize = 2_000;
/// The second look waits for the first passes, as long as they get on.
const SECOND_LOOK_WAITS: SignedDuration = SignedDuration::from_secs(2);
const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(2);
/// So many projects are read at once; more are spread, so that one site does not fill the queue in one moment.
const AT_ONCE: usize = 20;
const PROJECTS_APART: SignedDuration = SignedDuration::from_secs(10);

impl Inner {
    /// Finds the service projects and asks for a pass over each, by every way whose turn it is.
    pub(super) async fn reconcile(&self, tenant: &Tenant, again: bool) -> Result<Outcome, Trouble> {
        let now = self.clock.now();
        if again && self.first_passes_go_on(tenant, now).await? {
            return Ok(Outcome::defer(now + SECOND_LOOK_WAITS, "first_passes_go_on"));
        }
        let projects = self.jira.site(tenant).service_projects(PROJECTS, true).await?;
        let turns =
            Turns { last: self.store.last_passes(tenant.id).await?, every: self.intervals().await?, again, now };
        let configured = self.settings.reconcile_interval;
        let within = if again { SignedDuration::ZERO } else { spread_over(projects.len(), configured) };
        let mut then = Vec::new();
        for project in &projects {
            self.store.see_project(tenant.id, project.id, &project.key, now).await?;
            let at = now + spread(project.id.0, within);
            let ways = Way::ALL.into_iter().filter(|way| turns.has(project.id, *way));
            then.extend(ways.map(|way| NewWork::wish(tenant.id, at, way.start(project.id, false))));
        }
        tracing::info!(
            tenant = tenant.id.0,
            projects = projects.len(),
            passes = then.len(),
            again,
            "looking at everybody"
        );
        Ok(Outcome::then(then))
    }

    /// Projects are read one after the other. Only a look after the last first one dates every sighting before the next windows.
    async fn first_passes_go_on(&self, tenant: &Tenant, now: Timestamp) -> Result<bool, Trouble> {
        let projects = self.store.projects(tenant.id).await?;
        let newest = projects.iter().filter_map(|p| p.last_pass).max().unwrap_or(tenant.installed_at);
        let waiting = projects.iter().any(|p| p.last_pass.is_none());
        Ok(waiting && now.duration_since(newest) < STUCK_AFTER)
    }

    /// How far apart passes lie at present: as configured, or as the quota that all sites share allows.
    async fn intervals(&self) -> Result<Intervals, Trouble> {
        let (truth, lists) = self.store.points_a_round().await?;
        let configured = self.settings.reconcile_interval;
        Ok(Intervals {
            configured,
            truth: quota::interval(Via::Role, configured, truth),
            lists: quota::interval(Via::ListOnly, configured * quota::LISTS_EVERY, lists),
        })
    }

    /// Whether so much time went by since the last pass that the next one must be silent.
    async fn must_reseed(&self, last: Option<Timestamp>, via: Via, now: Timestamp) -> Result<bool, Trouble> {
        if self.settings.reconcile_interval.is_zero() || !must_reseed(last, now, self.settings.reconcile_interval) {
            return Ok(false);
        }
        Ok(must_reseed(last, now, self.intervals().await?.of(via)))
    }

    /// Writes down why a way cannot be read, if the error says so for good. The roster keeps what it knows, and nobody is taken
    /// for absent. The next turn tries again.
    async fn note_unread(
        &self,
        tenant: TenantId,
        project: ProjectId,
        via: Via,
        error: &JiraError,
        last_try: bool,
    ) -> Result<bool, Trouble> {
        let why = match error {
            JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_) => Unread::Forbidden,
            JiraError::Garbage(TOO_LARGE) => Unread::TooLarge,
            JiraError::Garbage(_) | JiraError::Unavailable(_) if last_try => Unread::Unavailable,
            _ => return Ok(false),
        };
        tracing::warn!(tenant = tenant.0, project = project.0, via = via.name(), %error, "people cannot be read");
        self.store.note_gap(tenant, project, PassGap { via, why, at: self.clock.now() }).await?;
        Ok(true)
    }
}

/// How far apart passes lie.
struct Intervals {
    configured: SignedDuration,
    truth: SignedDuration,
    lists: SignedDuration,
}

impl Intervals {
    fn of(&self, via: Via) -> SignedDuration {
        if via == Via::ListOnly { self.lists } else { self.truth }
    }
}

/// A way that passes read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Role,
    Organisations,
    List,
}

impl Way {
    const ALL: [Self; 3] = [Self::Role, Self::Organisations, Self::List];

    fn via(self) -> Via {
        match self {
            Self::Role => Via::Role,
            Self::Organisations => Via::Organisation,
            Self::List => Via::ListOnly,
        }
    }

    fn start(self, project: ProjectId, reseed: bool) -> Work {
        match self {
            Self::Role => Work::ReadRole { project, reseed },
            way => Work::ReadPass { project, via: way.via(), reseed },
        }
    }
}

/// Which ways have their turn.
struct Turns {
    last: Vec<LastPass>,
    every: Intervals,
    again: bool,
    now: Timestamp,
}

impl Turns {
    fn has(&self, project: ProjectId, way: Way) -> bool {
        let Some(last) = self.last.iter().find(|last| last.project == project && last.via == way.via()) else {
            return true;
        };
        match way {
            Way::Role if self.again => true,
            // A second look dates the sightings of the first; at any other time it is worth it only where it costs little.
            Way::Organisations if self.again => {
                last.seeded || last.points <= u64::from(quota::FAST_PAGES) * quota::answer(quota::PAGE as usize)
            }
            Way::List if self.again => false,
            way => {
                let every = self.every.of(way.via());
                // Turns come at the configured interval; the nearest one is meant.
                every <= self.every.configured
                    || self.now.duration_since(last.began) + self.every.configured / 2 >= every
            }
        }
    }
}

/// The time over which the projects of one site are spread.
fn spread_over(projects: usize, interval: SignedDuration) -> SignedDuration {
    if projects <= AT_ONCE {
        return SignedDuration::ZERO;
    }
    let all = PROJECTS_APART * i32::try_from(projects).unwrap_or(i32::MAX);
    if interval.is_zero() { all } else { all.min(interval / 4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_projects_are_read_at_once_and_many_are_spread_over_a_quarter_of_the_interval() {
        let day = SignedDuration::from_hours(24);
        assert_eq!(spread_over(20, day), SignedDuration::ZERO);
        assert_eq!(spread_over(100, day), SignedDuration::from_secs(1_000));
        assert_eq!(spread_over(2_000, SignedDuration::from_hours(4)), SignedDuration::from_hours(1));
        let within = spread_over(2_000, day);
        let starts: std::collections::BTreeSet<_> =
            (10_000..12_000).map(|id| spread(id, within).as_secs() / 600).collect();
        assert!(starts.len() > 30, "spread evenly: {starts:?}");
    }

    #[test]
    fn lists_have_their_turn_at_every_seventh_and_stretched_ways_skip_turns() {
        let day = SignedDuration::from_hours(24);
        let began = Timestamp::UNIX_EPOCH;
        let last =
            |via| LastPass { project: ProjectId(1), via, began, ended: began, seeded: false, people: 1, points: 3 };
        let turns = |days: i32, truth: i32, again| Turns {
            last: vec![last(Via::Role), last(Via::Organisation), last(Via::ListOnly)],
            every: Intervals { configured: day, truth: day * truth, lists: day * 7 },
            again,
            now: began + day * days,
        };
        let has = |turns: &Turns| Way::ALL.map(|way| turns.has(ProjectId(1), way));
        assert_eq!(has(&turns(1, 1, false)), [true, true, false]);
        assert_eq!(has(&turns(7, 1, false)), [true, true, true]);
        assert_eq!(has(&turns(2, 4, false)), [false, false, false], "the quota stretches a day to four");
        assert_eq!(has(&turns(4, 4, false)), [true, true, false]);
        assert_eq!(has(&turns(2, 4, true)), [true, true, false], "a second look is at once, where it costs little");
        assert_eq!(Way::ALL.map(|way| turns(1, 9, false).has(ProjectId(2), way)), [true; 3], "a new project");
    }
}
