//! What a very large project costs the real process in memory: no more than a small one.
//! Knows no verdict; it looks into the database from outside to see when a pass is complete.

use super::program::{Program, wait_until};
use invite_guard_sandbox::{Limits, Options, ProjectType, Sandbox};
use sqlx::{AssertSqlSafe, Connection as _};

const PROJECT: &str = "HELP";
/// What 100,000 people may cost more than 1,000. Kept in memory as a list they alone would be more than that.
const MOST_MORE_MIB: u64 = 24;

/// Peak memory after two passes over a role of so many people.
async fn peak(people: usize) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let site = Sandbox::start(Options::default()).await.expect("a sandbox");
    site.set_limits(Limits { enforced: false, ..Limits::default() });
    site.add_project(PROJECT, "Help desk", ProjectType::ServiceDesk);
    site.add_old_customers(PROJECT, None, people);
    let program = Program::start(&site, folder.path()).await;
    site.install(&program.url).await.expect("installed");
    let url = format!("sqlite://{}", folder.path().join("guard.db").display());
    for twice in ["", "AND before_began IS NOT NULL"] {
        let sql = format!("SELECT COUNT(*) FROM roster_pass WHERE via = 'role' AND people = {people} {twice}");
        wait_until("a pass over the role is complete", || {
            let (url, sql) = (url.clone(), sql.clone());
            async move {
                let Ok(mut connection) = sqlx::SqliteConnection::connect(&url).await else { return false };
                let found = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).fetch_one(&mut connection).await;
                found.is_ok_and(|found| found == 1)
            }
        })
        .await;
    }
    let role = "/rest/api/3/project/{projectIdOrKey}/role/{id}";
    assert_eq!(site.count_calls("GET", role), 2, "one call for each pass, however many people");
    let peak = program.peak_memory();
    drop(program);
    site.stop().await;
    peak
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_memory_is_flat_from_a_thousand_to_a_hundred_thousand_people() {
    let (few, many) = (peak(1_000).await, peak(100_000).await);
    assert!(many <= few + MOST_MORE_MIB, "{few} MiB for 1,000 people and {many} MiB for 100,000");
}
