//! What people set in their own Atlassian accounts, such as *Product invitations* off.
//! Knows nothing of it: there is no way to read it, for us or for an admin, and each time it says just that.

use super::{Asked, Reach, Reader, Spec, Told};
use diagnosis::{Fact, FactKey, Gap, key};

pub(super) struct Preferences;

static SPEC: Spec = Spec { name: "preferences", supplies: &[FactKey::InvitationsMuted], authority: 0, calls: 0 };

#[async_trait::async_trait]
impl Reader for Preferences {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, _at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let one = |_: &Asked<'_>| {
            let mut told = Told::default();
            told.put::<key::InvitationsMuted>(Fact::Unknown(Gap::NotExposed));
            told
        };
        who.iter().map(one).collect()
    }
}
