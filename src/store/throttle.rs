//! Pauses and pace slots in tables, so that one process's 429 is every process's.
//! Knows no Jira header, never sleeps, and answers "not paused" when it cannot tell.

use super::dialect::args;
use super::pool::ms;
use super::{Result, SqlStore};
use crate::domain::throttle::{Scope, Throttle};
use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;

/// Owner of the app's own scope; tenants begin at 1.
const NOBODY: i64 = 0;

fn tenant_of(scope: &Scope) -> i64 {
    match scope {
        Scope::App => NOBODY,
        Scope::Tenant(tenant) | Scope::Endpoint(tenant, _) => tenant.0,
    }
}

/// Whole milliseconds, at least one: a shorter pace would be none.
fn step(every: Duration) -> i64 {
    i64::try_from(every.as_millis()).unwrap_or(i64::MAX / 4).clamp(1, i64::MAX / 4)
}

impl SqlStore {
    async fn find_pause(&self, scope: &Scope, now: Timestamp) -> Result<Option<Timestamp>> {
        let sql = "SELECT until FROM pause WHERE scope = $1 AND until > $2";
        let row = self.db.read_one(sql, args![scope.key(), ms(now)]).await?;
        row.map(|row| row.time("until")).transpose()
    }

    async fn take_slot(&self, scope: &Scope, every: Duration, now: Timestamp) -> Result<Duration> {
        let (step, now) = (step(every), ms(now));
        let sql = "INSERT INTO pace (scope, tenant, next) VALUES ($1, $2, $3 + $4) ON CONFLICT (scope) DO UPDATE SET \
             next = CASE WHEN pace.next > $3 THEN pace.next + $4 ELSE $3 + $4 END RETURNING next";
        let rows = self.db.write_rows(sql, args![scope.key(), tenant_of(scope), now, step]).await?;
        let next = rows.first().map_or(Ok(now + step), |row| row.int("next"))?;
        Ok(Duration::from_millis(u64::try_from(next - step - now).unwrap_or(0)))
    }
}

#[async_trait]
impl Throttle for SqlStore {
    async fn paused_until(&self, scope: &Scope, now: Timestamp) -> Option<Timestamp> {
        self.find_pause(scope, now).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot tell whether calls are paused; Jira's own answer decides");
            None
        })
    }

    async fn pause(&self, scope: &Scope, until: Timestamp) {
        let sql = "INSERT INTO pause (scope, tenant, until) VALUES ($1, $2, $3) ON CONFLICT (scope) DO UPDATE SET \
             until = excluded.until WHERE excluded.until > pause.until";
        if let Err(error) = self.db.write(sql, args![scope.key(), tenant_of(scope), ms(until)]).await {
            tracing::warn!(%error, "a pause could not be shared; other workers will meet Jira's own answer");
        }
    }

    async fn slot(&self, scope: &Scope, every: Duration, now: Timestamp) -> Duration {
        self.take_slot(scope, every, now).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a slot could not be shared; pacing alone");
            every
        })
    }
}
