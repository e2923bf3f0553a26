//! Which readers are asked, and in which order. Pure.
//! Does not know any reader, nor what it says.

use diagnosis::FactKey;

/// What a reader says of itself.
#[derive(Debug, PartialEq)]
pub struct Spec {
    /// Its name on the page that tells what each source can see.
    pub name: &'static str,
    /// Which facts it may tell.
    pub supplies: &'static [FactKey],
    /// Whose word counts where two differ: the higher.
    pub authority: u8,
    /// Jira calls for one person at most; calls that are shared by everybody are not counted.
    pub calls: u8,
}

/// Facts that are needed to conclude others, or to know as of when those are to be judged.
fn rests_on(key: FactKey) -> &'static [FactKey] {
    match key {
        FactKey::MailRoute => &[FactKey::AccountKind, FactKey::Creator, FactKey::KnownBefore, FactKey::AddedVia],
        // The creation of the account tightens the window in which a switch is judged.
        FactKey::OutgoingMailOn
        | FactKey::InviteNotificationOn
        | FactKey::PortalOnlyAccountsAllowed
        | FactKey::AllowedDomains
        | FactKey::WrongDoor => &[FactKey::KnownBefore],
        FactKey::AddressDomainListed => &[FactKey::AllowedDomains],
        FactKey::InvitedElsewhere => &[FactKey::KnownBefore, FactKey::Creator],
        _ => &[],
    }
}

/// Indexes of the readers to ask for the wanted facts and what those rest on. Facts of the person come before those of project
/// and site, which are judged as of the person's add; within these what others rest on before what rests on others, and the
/// free before the costly, so that a call is spared when the answer is known already; then the higher authority.
pub fn plan(want: &[FactKey], specs: &[&Spec]) -> Vec<usize> {
    let mut wanted = want.to_vec();
    let mut next = 0;
    while let Some(key) = wanted.get(next).copied() {
        for needed in rests_on(key) {
            if !wanted.contains(needed) {
                wanted.push(*needed);
            }
        }
        next += 1;
    }
    let useful = |spec: &Spec| spec.supplies.iter().any(|key| wanted.contains(key));
    let mut chosen: Vec<usize> = (0..specs.len()).filter(|index| useful(specs[*index])).collect();
    chosen.sort_by_key(|index| {
        let spec = specs[*index];
        let level = spec.supplies.iter().map(|key| key.level()).max();
        let concluded = spec.supplies.iter().all(|key| !rests_on(*key).is_empty());
        (std::cmp::Reverse(level), concluded, spec.calls, std::cmp::Reverse(spec.authority))
    });
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn spec(name: &'static str, supplies: &'static [FactKey], authority: u8, calls: u8) -> Spec {
        Spec { name, supplies, authority, calls }
    }

    static ROSTER: Spec = spec("roster", &[FactKey::KnownBefore, FactKey::AddedVia], 1, 0);
    static LOG: Spec = spec("log", &[FactKey::KnownBefore, FactKey::Creator], 9, 1);
    static USER: Spec = spec("user", &[FactKey::AccountKind], 5, 1);
    static SWITCHES: Spec = spec("switches", &[FactKey::OutgoingMailOn, FactKey::InviteNotificationOn], 9, 0);
    static PROBE: Spec = spec("probe", &[FactKey::OutgoingMailOn], 3, 0);

    fn names(want: &[FactKey]) -> Vec<&'static str> {
        let specs = [&SWITCHES, &USER, &PROBE, &LOG, &ROSTER];
        plan(want, &specs).into_iter().map(|index| specs[index].name).collect()
    }

    #[test]
    fn only_what_is_wanted_is_asked() {
        assert!(names(&[]).is_empty());
        assert_eq!(names(&[FactKey::AccountKind]), ["user"]);
        assert_eq!(names(&[FactKey::AddedVia]), ["roster"]);
    }

    #[test]
    fn people_come_first_then_the_free_then_the_best() {
        assert_eq!(names(&[FactKey::OutgoingMailOn]), ["roster", "log", "switches", "probe"]);
        assert_eq!(names(FactKey::ALL), ["roster", "log", "user", "switches", "probe"]);
    }

    #[test]
    fn a_route_needs_what_it_is_concluded_from() {
        assert_eq!(names(&[FactKey::MailRoute]), ["roster", "log", "user"]);
    }
}
