//! Scheduled triggers: which are due by the site's clock, and their calls.
//! Does not know what the app does when it is called.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::Installation;
use super::manifest::Schedule;
use crate::site::Site;
use crate::state::State;

/// Scheduled triggers run for the first time this long after an install.
const FIRST: SignedDuration = SignedDuration::from_mins(5);

impl Installation {
    fn is_due(&self, schedule: &Schedule, now: Timestamp) -> bool {
        let last = self.ticked.get(&schedule.key);
        last.map_or(self.installed + FIRST, |last| *last + schedule.every) <= now
    }
}

impl State {
    /// Queues the calls of these scheduled triggers. A run that was missed is not made up for.
    fn queue_ticks(&mut self, which: impl Fn(&Installation, &Schedule) -> bool) -> Vec<u64> {
        let now = self.now();
        let cloud_id = self.forge.cloud_id.clone();
        let Some(installation) = &mut self.forge.installation else { return Vec::new() };
        let chosen = installation.manifest.schedules.iter().filter(|schedule| which(installation, schedule));
        let chosen: Vec<Schedule> = chosen.cloned().collect();
        for schedule in &chosen {
            installation.ticked.insert(schedule.key.clone(), now);
        }
        let queue = |schedule: &Schedule| {
            let body = json!({
                "context": {"cloudId": cloud_id, "moduleKey": schedule.key},
                "contextToken": uuid::Uuid::new_v4().to_string(),
            });
            self.queue_invocation(&format!("scheduledTrigger:{}", schedule.key), &schedule.endpoint, body.to_string())
        };
        chosen.iter().filter_map(queue).collect()
    }

    /// Queues what is due.
    pub(crate) fn queue_due_ticks(&mut self) -> Vec<u64> {
        let now = self.now();
        self.queue_ticks(|installation, schedule| installation.is_due(schedule, now))
    }

    /// Queues the most frequent scheduled trigger, due or not.
    pub(crate) fn queue_tick_now(&mut self) -> Option<u64> {
        let schedules = &self.forge.installation.as_ref()?.manifest.schedules;
        let key = schedules.iter().min_by_key(|schedule| schedule.every)?.key.clone();
        self.queue_ticks(|_, schedule| schedule.key == key).pop()
    }
}

impl Site {
    /// Runs what is due, one after another. Gives the answers; 0 is none.
    pub(crate) async fn tick(&self) -> Vec<u16> {
        let due = self.lock().queue_due_ticks();
        let mut answers = Vec::new();
        for id in due {
            answers.push(self.deliver(id).await);
        }
        answers
    }
}
