//! Secrets of rules' web request steps, and the pace at which their requests are taken.
//! Knows no secret, only hashes.

use super::engines::each_engine;
use super::given::{account, at, installation};
use invite_guard::domain::ingest::{IngestSecret, SecretHash};
use invite_guard::domain::{ProjectId, TenantId};
use jiff::SignedDuration;

const P: ProjectId = ProjectId(10_000);
const Q: ProjectId = ProjectId(10_001);

fn secret(id: &str, tenant: TenantId, project: ProjectId) -> IngestSecret {
    IngestSecret {
        id: id.to_owned(),
        tenant,
        project,
        hash: SecretHash::of(id),
        created_at: at(0),
        created_by: account("admin"),
        last_used_at: None,
    }
}

#[tokio::test]
async fn a_secret_is_found_by_its_id_until_it_is_deleted_by_its_own_project() {
    each_engine(|store| async move {
        let tenant = store
            .install(&installation("one", "https://one.atlassian.net", "TEST-ONLY-secret"), at(0), &|_| Vec::new())
            .await
            .expect("installs");
        assert!(store.add_ingest_secret(&secret("a", tenant, P), 2).await.expect("adds"));
        assert!(store.add_ingest_secret(&secret("b", tenant, P), 2).await.expect("adds"));
        assert!(!store.add_ingest_secret(&secret("c", tenant, P), 2).await.expect("answers"), "two at most");
        assert!(store.add_ingest_secret(&secret("c", tenant, Q), 2).await.expect("adds"), "another project's");
        let found = store.ingest_secret("a").await.expect("reads").expect("is there");
        assert!(found.hash.fits(&SecretHash::of("a")) && (found.tenant, found.project) == (tenant, P));
        assert!(store.ingest_secret("A").await.expect("reads").is_none());
        assert!(!store.remove_ingest_secret(tenant, Q, "a").await.expect("answers"), "not that project's");
        assert!(!store.remove_ingest_secret(TenantId(99), P, "a").await.expect("answers"), "not that tenant's");
        assert!(!store.remove_ingest_secret(tenant, P, "a\0").await.expect("answers"));
        assert!(store.remove_ingest_secret(tenant, P, "a").await.expect("deletes"));
        let left: Vec<_> = store.ingest_secrets(tenant, P).await.expect("reads").into_iter().map(|s| s.id).collect();
        assert_eq!(left, ["b"]);
        store.uninstall("one", at(1), &|_| Vec::new()).await.expect("uninstalls");
        while !store.erase_tenant(tenant, 100).await.expect("erases") {}
        assert!(store.ingest_secret("b").await.expect("reads").is_none(), "erased with its tenant");
    })
    .await;
}

#[tokio::test]
async fn a_project_is_counted_by_the_minute_whichever_secret_it_uses() {
    each_engine(|store| async move {
        let (a, b) = (secret("a", TenantId(1), P), secret("b", TenantId(1), P));
        store.add_ingest_secret(&a, 2).await.expect("adds");
        for (n, secret) in [(0, &a), (10, &b), (20, &a)] {
            assert_eq!(store.admit_ingest(secret, at(n), 3).await.expect("answers"), None);
        }
        assert_eq!(store.admit_ingest(&b, at(45), 3).await.expect("answers"), Some(SignedDuration::from_secs(15)));
        assert_eq!(store.admit_ingest(&secret("c", TenantId(1), Q), at(45), 3).await.expect("answers"), None);
        assert_eq!(store.admit_ingest(&a, at(60), 3).await.expect("answers"), None, "another minute");
        let used = store.ingest_secret("a").await.expect("reads").expect("is there").last_used_at;
        assert_eq!(used, Some(at(60)));
    })
    .await;
}
