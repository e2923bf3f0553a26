//! What Jira says about a site, a project or an account now, and what that is worth for an add that lies back.
//! Does not know any call; Jira tells no history of these, so only whoever is added about now is judged by them in full.

use super::switches::NOW_LAGS;
use super::{Asked, Sources, Told, earlier, free_plan, portal_permission, sender};
use crate::domain::ProjectId;
use crate::domain::tenant::Tenant;
use crate::jira::JiraError;
use diagnosis::{Confidence, Fact, Gap, Key, Moment, Origin, Sheet, Source};
use jiff::Timestamp;

/// An answer that is the same for everybody.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) fact: Fact<bool>,
    /// When to ask again, if something passing stood in the way.
    pub(super) again_at: Option<Timestamp>,
}

impl Look {
    /// An answer with the time when Jira gave it, or why there is none. `missing` is what "not found" means here.
    pub(super) fn of(answer: Result<(bool, Timestamp), JiraError>, missing: Gap, now: Timestamp) -> Self {
        match answer {
            Ok((value, at)) => Self { fact: Fact::of(value, Origin::new(Source::JiraRest, at)), again_at: None },
            Err(JiraError::NotFound) => Self { fact: Fact::Unknown(missing), again_at: None },
            Err(error) => Self { fact: Fact::Unknown(error.gap()), again_at: error.again_at(now) },
        }
    }

    /// The same for each of these people, as of their adds.
    pub(super) fn for_each<K: Key<Value = bool>>(&self, who: &[Asked<'_>]) -> Vec<Told> {
        let one = |asked: &Asked<'_>| {
            let mut told = Told { again_at: self.again_at, ..Told::default() };
            told.put::<K>(as_of_add(self.fact.clone(), asked.added));
            told
        };
        who.iter().map(one).collect()
    }
}

/// What was seen about now was so at an add about now; at any other it was probably so.
pub(super) fn as_of_add<T>(fact: Fact<T>, added: Moment) -> Fact<T> {
    match fact {
        Fact::Known(seen) => {
            let at = seen.origin.observed_at;
            let near = |time: Timestamp| at.duration_since(time).abs() <= NOW_LAGS;
            let worth = if near(added.not_before) && near(added.not_after) {
                Confidence::Confirmed
            } else {
                Confidence::Likely
            };
            Fact::of(seen.value, seen.origin.at_most(worth))
        }
        gap => gap,
    }
}

/// Puts what can be seen of site and project now into the sheet of a page; says when to look again.
pub(super) async fn of_page(
    sources: &Sources,
    tenant: &Tenant,
    project: Option<ProjectId>,
    sheet: &mut Sheet,
) -> Option<Timestamp> {
    let (site, now) = (sources.jira.site(tenant), sources.clock.now());
    let remembered = &sources.remembered;
    let plan = free_plan::look(remembered, &site, tenant.id, now, false).await;
    sheet.site.on_free_plan = plan.fact;
    let mut again_at = plan.again_at;
    if let Some(project) = project {
        let permission = portal_permission::look(remembered, &site, tenant.id, project, now, false).await;
        let sender = sender::look(remembered, &site, tenant.id, project, now, false).await;
        again_at = earlier(again_at, earlier(permission.again_at, sender.again_at));
        sheet.project.portal_permission_granted = permission.fact;
        sheet.project.sender_verified = sender.fact;
    }
    again_at
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::added_now(-20, 0, Confidence::Confirmed)]
    #[case::within_a_wide_window(-3600, 0, Confidence::Likely)]
    #[case::added_an_hour_ago(-3610, -3600, Confidence::Likely)]
    #[case::seen_before_the_add(3600, 3610, Confidence::Likely)]
    fn what_is_seen_now_is_sure_only_for_an_add_about_now(
        #[case] from: i64,
        #[case] until: i64,
        #[case] worth: Confidence,
    ) {
        let at = |second: i64| Timestamp::from_second(1_795_590_000 + second).expect("a time");
        let added = Moment { not_before: at(from), not_after: at(until) };
        let fact = as_of_add(Fact::of(false, Origin::new(Source::JiraRest, at(0))), added);
        assert_eq!(fact.known().map(|seen| seen.origin.at_most), Ok(worth));
    }
}
