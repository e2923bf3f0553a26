//! Who was added on a path and has had no mail yet.
//! Does not know how a path runs on; it only remembers, joins and forgets.

use super::Doubt;
use super::address::Who;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Number of a person in [`People`].
pub(super) type Person = u32;

/// Everybody a rule names, each once.
#[derive(Default)]
pub(super) struct People {
    known: Vec<Who>,
    numbers: HashMap<Who, Person>,
}

impl People {
    pub(super) fn number(&mut self, who: Who) -> Person {
        let next = Person::try_from(self.known.len()).unwrap_or(Person::MAX);
        *self.numbers.entry(who).or_insert_with_key(|who| {
            self.known.push(who.clone());
            next
        })
    }

    pub(super) fn who(&self, person: Person) -> &Who {
        &self.known[person as usize]
    }
}

/// Somebody added, as later mails may name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Added {
    /// Number of the step that added them, and of the address within it.
    pub(super) target: usize,
    /// As the step spells them; none when a variable in that spelling has another value by now.
    pub(super) text: Option<Person>,
    /// Who that is, variables resolved; none when we cannot tell.
    pub(super) value: Option<Person>,
    /// They were added in a loop that is over, and `text` may mean somebody else here.
    pub(super) left_loop: bool,
}

/// What happened since they were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trail {
    doubts: u8,
    /// Number of the condition that ended the path.
    pub(super) stopped_at: Option<usize>,
}

impl Trail {
    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.doubts |= 1 << doubt as u8;
    }

    pub(super) fn doubts(self) -> Vec<Doubt> {
        Doubt::ALL.iter().copied().filter(|doubt| self.doubts & (1 << *doubt as u8) != 0).collect()
    }

    /// Of two paths the one that proves more: fewer doubts, then the one that ran to its end.
    pub(super) fn surer(self, other: Self) -> Self {
        let rank = |trail: &Self| (trail.doubts.count_ones(), trail.stopped_at.is_some(), trail.stopped_at);
        std::cmp::min_by_key(self, other, rank)
    }
}

/// Everybody who was added on some path up to a point, and not mailed on that path.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending(BTreeMap<Added, Trail>);

/// The recipients of a mail, as they are spelt and as they resolve.
#[derive(Default)]
pub(super) struct Recipients {
    pub(super) texts: HashSet<Person>,
    pub(super) values: HashSet<Person>,
}

impl Pending {
    pub(super) fn add(&mut self, added: Added) {
        self.0.insert(added, Trail::default());
    }

    /// Either path may have been taken.
    pub(super) fn join(&mut self, other: Self) {
        for (added, trail) in other.0 {
            self.0.entry(added).and_modify(|known| *known = known.surer(trail)).or_insert(trail);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Added, Trail)> {
        self.0.iter().map(|(added, trail)| (*added, *trail))
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.0.values_mut().for_each(|trail| trail.doubt(doubt));
    }

    pub(super) fn stopped_at(mut self, step: Option<usize>) -> Self {
        self.0.values_mut().for_each(|trail| trail.stopped_at = step);
        self
    }

    /// A mail went out. Tells whose loop was over, so that it may have gone to somebody else.
    pub(super) fn mail(&mut self, to: &Recipients, complete: bool, people: &People) -> Vec<usize> {
        let mut after_loop = Vec::new();
        self.0.retain(|added, trail| {
            if added.value.is_some_and(|value| to.values.contains(&value)) {
                return false;
            }
            if added.text.is_some_and(|text| to.texts.contains(&text)) {
                if added.left_loop {
                    after_loop.push(added.target);
                }
                return false;
            }
            if !complete {
                trail.doubt(Doubt::UnreadableMail);
            }
            let named = added.value.or(added.text).map(|person| people.who(person));
            let may_be = |other: &Person| named.is_none_or(|named| !named.surely_not(people.who(*other)));
            if to.values.iter().any(may_be) {
                trail.doubt(Doubt::OtherAddress);
            }
            true
        });
        after_loop
    }

    /// Changes how those who were added are named.
    pub(super) fn rename(&mut self, rename: impl Fn(Added) -> Added) {
        let mut renamed = Self::default();
        for (added, trail) in std::mem::take(&mut self.0) {
            renamed.join(Self(BTreeMap::from([(rename(added), trail)])));
        }
        *self = renamed;
    }
}
