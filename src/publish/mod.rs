//! Publishing: what the cases of one project say is written into Jira, by one writer per project.
//! Judges nothing. It reads cases whose version is ahead of what Jira shows, so a change is never lost and nothing is told twice.

mod adf;
mod canary;
mod case;
mod comment;
mod mark;
mod summary;
mod text;

use crate::domain::case::{Case, CaseState};
use crate::domain::project::{CommentMode, Project};
use crate::domain::tenant::Tenant;
use crate::domain::{Clock, ProjectId};
use crate::jira::{Jira, JiraError, Site};
use crate::store::{CaseFilter, Store, StoreError};
use crate::words::Words;
use diagnosis::Diagnosis;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Key of the issue property, and of the property of our comments.
pub const CASE_PROPERTY: &str = "invite-guard.case";
/// Key of the project property.
pub const HEALTH_PROPERTY: &str = "invite-guard.health";
/// Key of our project page in the descriptor, for the link in comments.
pub const PROJECT_PAGE: &str = "project";

/// Cases read at once.
const PAGE: u32 = 100;
/// Open cases looked at when comments become possible in a project.
const BACKLOG: u32 = 500;
/// More than so many of one cause at once are one line on the page, not comments.
const COMMENTS_OF_ONE_CAUSE: usize = 5;

/// What every writing needs.
const TO_WRITE: [&str; 2] = ["BROWSE_PROJECTS", "EDIT_ISSUES"];
/// What the project property needs.
const TO_SUMMARISE: &str = "ADMINISTER_PROJECTS";
/// What comments need; without the first Jira silently makes them public.
const TO_COMMENT: [&str; 4] = ["SERVICEDESK_AGENT", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS"];

/// Why publishing stopped. What was written until then is noted; the rest stays to be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Jira.
    #[error(transparent)]
    Jira(#[from] JiraError),
}

type Result<T> = std::result::Result<T, PublishError>;

/// What a page about the project says now.
#[derive(Debug)]
pub struct Health<'a> {
    /// Facts of site and project, judged.
    pub diagnosis: &'a Diagnosis,
    /// When.
    pub checked_at: Timestamp,
}

/// Writes into Jira. Cheap to clone.
#[derive(Clone)]
pub struct Publisher {
    store: Arc<dyn Store>,
    jira: Jira,
    clock: Arc<dyn Clock>,
    words: Words,
}

/// Whether comments may be written in this project, for this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comments {
    /// Not wanted, or not proven to be internal.
    Never,
    /// Proven before.
    Proven,
    /// Proven in this run: open cases that were shown without a comment get theirs.
    JustProven,
}

/// One run over one project.
struct Run<'a> {
    of: &'a Publisher,
    site: Site,
    tenant: &'a Tenant,
    project: &'a Project,
    mark: String,
    comments: Comments,
    now: Timestamp,
}

impl Publisher {
    /// A publisher in English, the language of every comment so far.
    pub fn new(store: Arc<dyn Store>, jira: Jira, clock: Arc<dyn Clock>) -> Self {
        Self { store, jira, clock, words: Words::for_locale("en") }
    }

    /// Writes every changed case of the project, and what the project shows about itself. Whoever calls holds the project's
    /// lane: two at once could write two comments.
    ///
    /// # Errors
    /// The first trouble; calling again goes on where it stopped.
    pub async fn publish_project(&self, tenant: &Tenant, project: ProjectId, health: &Health<'_>) -> Result<()> {
        let Some(project) = self.store.project(tenant.id, project).await? else { return Ok(()) };
        let key = self.store.marking_key().await?;
        let Some(mark) = mark::of(tenant.id, &key) else { return Ok(()) };
        let wants_comments = project.settings.comment_mode != CommentMode::Off;
        let changed = !self.store.unpublished(tenant.id, project.id, 1).await?.is_empty();
        let summary = self.summary(tenant, &project, health, &mark).await?;
        let try_canary = wants_comments && canary::is_due(&project, self.clock.now());
        if !changed && !summary.is_new && !try_canary {
            return Ok(());
        }
        let site = self.jira.site(tenant);
        let missing = self.missing(tenant, &project, &site, wants_comments).await?;
        let lacks = |key: &str| missing.iter().any(|missing| missing == key);
        if TO_WRITE.iter().any(|key| lacks(key)) {
            return Ok(()); // the page says so; cases stay unpublished until a later run may write
        }
        let comments = match wants_comments {
            true => self.comments(tenant, &project, &site, &mark, TO_COMMENT.iter().any(|key| lacks(key))).await?,
            false => Comments::Never,
        };
        let now = self.clock.now();
        let mut run = Run { of: self, site, tenant, project: &project, mark, comments, now };
        run.publish_cases().await?;
        if summary.is_new && !lacks(TO_SUMMARISE) {
            run.publish_summary(&summary).await?;
        }
        Ok(())
    }

    /// What the app user lacks here, kept for the page.
    async fn missing(
        &self,
        tenant: &Tenant,
        project: &Project,
        site: &Site,
        wants_comments: bool,
    ) -> Result<Vec<String>> {
        let mut keys = [&TO_WRITE[..], &[TO_SUMMARISE]].concat();
        keys.extend(TO_COMMENT.iter().filter(|_| wants_comments));
        let told = match site.my_permissions(project.id, &keys).await {
            Ok(told) => told,
            // A project that we may not even see, or a site that does not tell.
            Err(JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_)) => {
                BTreeMap::from([(TO_WRITE[0].to_owned(), sees(site, project).await?)])
            }
            Err(error) => return Err(error.into()),
        };
        // What Jira does not tell is tried, and Jira refuses it then. Not so the right without which a comment is public.
        let lacks = |key: &&str| !told.get(*key).copied().unwrap_or(*key != TO_COMMENT[0]);
        let missing: Vec<String> = keys.iter().copied().filter(lacks).map(str::to_owned).collect();
        if missing != project.missing {
            tracing::info!(tenant = tenant.id.0, project = project.id.0, ?missing, "permissions changed");
            self.store.set_missing(tenant.id, project.id, &missing).await?;
        }
        Ok(missing)
    }
}

/// Whether the app user sees the project at all.
async fn sees(site: &Site, project: &Project) -> Result<bool> {
    match site.project(project.id).await {
        Ok(seen) => Ok(seen.is_some()),
        Err(JiraError::NotFound | JiraError::Forbidden | JiraError::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Run<'_> {
    async fn publish_cases(&mut self) -> Result<()> {
        loop {
            let page = self.of.store.unpublished(self.tenant.id, self.project.id, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for case in page {
                self.publish_case(case).await?;
            }
        }
        if self.comments == Comments::JustProven {
            for case in self.backlog().await? {
                self.publish_case(case).await?;
            }
            canary::note_proven(self).await?;
        }
        Ok(())
    }

    /// Open cases that were shown before comments were possible, and of each cause only if they are few.
    async fn backlog(&self) -> Result<Vec<Case>> {
        let filter = CaseFilter { state: Some(CaseState::Open), limit: BACKLOG, ..CaseFilter::default() };
        let open = self.of.store.cases(self.tenant.id, self.project.id, &filter).await?;
        let waits = |case: &Case| !case.quiet && case.written.comment.is_none() && !case.written.comment_final;
        let waiting: Vec<Case> = open.into_iter().filter(waits).collect();
        let mut of_cause: HashMap<String, usize> = HashMap::new();
        for cause in waiting.iter().filter_map(Case::worth_a_comment) {
            *of_cause.entry(cause.scenario.clone()).or_default() += 1;
        }
        let few = |case: &Case| {
            let count = case.worth_a_comment().and_then(|cause| of_cause.get(&cause.scenario));
            count.is_some_and(|count| *count <= COMMENTS_OF_ONE_CAUSE)
        };
        Ok(waiting.into_iter().filter(few).collect())
    }
}
