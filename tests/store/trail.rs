//! The trail: newest first, page by page, kept apart by site and project, ended by age and by an erasure.
//! Knows no page.

use super::engines::each_engine;
use super::given::at;
use invite_guard::domain::trail::{Deed, Entry};
use invite_guard::domain::{AccountId, ProjectId, TenantId};
use serde_json::json;

const T: TenantId = TenantId(1);
const P: ProjectId = ProjectId(10_000);

fn entry(project: Option<ProjectId>, second: i64, what: Deed) -> Entry {
    Entry::new(project, at(second), AccountId("5f00000000000000000000a1".into()), what)
}

#[tokio::test]
async fn entries_come_newest_first_a_page_at_a_time_and_leave_by_age() {
    each_engine(|store| async move {
        for second in 0..5 {
            store.note(T, &entry(Some(P), second, Deed::Check).with("addresses", 3usize)).await.expect("notes");
        }
        store.note(T, &entry(None, 6, Deed::Statement).with("value", true)).await.expect("notes");
        store.note(T, &entry(Some(ProjectId(10_001)), 7, Deed::Handled)).await.expect("notes");
        store.note(TenantId(2), &entry(Some(P), 8, Deed::Handled)).await.expect("notes");
        let first = store.trail(T, Some(P), None, 3).await.expect("reads");
        let rest = store.trail(T, Some(P), first.last().map(|noted| noted.place), 3).await.expect("reads");
        let times: Vec<_> = first.iter().chain(&rest).map(|noted| noted.entry.at).collect();
        assert_eq!(times, [at(4), at(3), at(2), at(1), at(0)]);
        assert_eq!(json!(first[0].entry.detail), json!({"addresses": 3}));
        assert_eq!(first[0].entry, entry(Some(P), 4, Deed::Check).with("addresses", 3usize), "as it was written");
        let of_site = store.trail(T, None, None, 9).await.expect("reads");
        assert_eq!(of_site.iter().map(|noted| noted.entry.what).collect::<Vec<_>>(), [Deed::Statement]);
        assert_eq!(store.sweep_trail(T, at(2)).await.expect("sweeps"), 2);
        assert_eq!(store.sweep_trail(T, at(2)).await.expect("sweeps"), 0);
        assert_eq!(store.trail(T, Some(P), None, 9).await.expect("reads").len(), 3);
        while !store.erase_tenant(T, 2).await.expect("erases") {}
        assert_eq!(store.trail(T, Some(P), None, 9).await.expect("reads"), []);
        assert_eq!(store.trail(TenantId(2), Some(P), None, 9).await.expect("reads").len(), 1, "another site's stays");
    })
    .await;
}
