//! The variables of a rule at the point that is being looked at.
//! Does not know their values, only whom they name.

use super::pending::Person;
use std::collections::HashMap;

/// What a variable names; none when it is no single person that we can tell.
type Names = Option<Person>;

/// The variables, with a way back to how they were.
#[derive(Default)]
pub(super) struct Variables {
    now: HashMap<String, Names>,
    /// What was overwritten, oldest first.
    before: Vec<(String, Option<Names>)>,
}

/// A point to go back to.
pub(super) struct Mark(usize);

impl Variables {
    pub(super) fn set(&mut self, name: &str, names: Names) {
        let old = self.now.insert(name.to_owned(), names);
        self.before.push((name.to_owned(), old));
    }

    /// Whether there is such a variable, and whom it names.
    pub(super) fn get(&self, name: &str) -> Option<Names> {
        self.now.get(name).copied()
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.before.len())
    }

    /// As it was at the mark; tells which variables were set since.
    pub(super) fn back_to(&mut self, mark: &Mark) -> Vec<String> {
        let mut set = Vec::new();
        while self.before.len() > mark.0 {
            let Some((name, old)) = self.before.pop() else { break };
            match old {
                Some(names) => self.now.insert(name.clone(), names),
                None => self.now.remove(&name),
            };
            set.push(name);
        }
        set
    }

    /// Names every variable anew, as a loop does that gives `issue` another meaning.
    pub(super) fn map(&mut self, mut rename: impl FnMut(Person) -> Names) {
        let changed: Vec<_> = self.now.iter().filter_map(|(name, names)| names.map(|n| (name.clone(), n))).collect();
        for (name, names) in changed {
            let renamed = rename(names);
            if renamed != Some(names) {
                self.set(&name, renamed);
            }
        }
    }
}
