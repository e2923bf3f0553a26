//! The paths through a rule, and the adds on them that no mail follows.
//! Does not know which path a run took; a path counts when conditions leave it open.
//!
//! How a rule runs, as Atlassian documents it:
//! - Steps run one after the other. A condition that is not met ends the rule.
//! - Of an if/else, one block runs, or none when every block has conditions; then the rule goes on. Whether a condition
//!   *within* a block ends the rule or only the block is not documented; a finding that hangs on it says so.
//! - A branch runs beside the rule, once for each of its issues or values, perhaps for none. A condition in it ends that one
//!   run only. `issue` in it is the branch's, and variables made in it end with it.
//!
//! Hence a mail in a branch or in a block covers no add outside it (unless every block mails), and a mail outside covers an add
//! inside. Where the add is in a loop and named by what changes there, the mail after it counts, and a note says that it is sent
//! but once.

use super::address::{self, Who};
use super::kinds::{Kind, Over, kind};
use super::pending::{Added, Pending, People, Person, Recipients, Trail};
use super::shape::Component;
use super::variables::Variables;
use super::{About, Doubt, Finding, Note, Reason, Step};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What came of a rule.
pub(super) struct Judged {
    /// Steps that add a customer.
    pub(super) adds: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<Note>,
    /// Types that we do not know, once per component.
    pub(super) unknown: Vec<String>,
}

/// Judges the components of a rule.
pub(super) fn judge(components: &[Component<'_>]) -> Judged {
    let mut walk = Walk::default();
    let mut flow = walk.run(components, Pending::default(), Place::default());
    flow.out.join(flow.stopped);
    walk.conclude(&flow.out)
}

/// Where in a rule a list of components stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// In a branch over issues: `issue` is not the one that started the rule.
    looping: bool,
    /// Among the conditions of a component.
    conditions: bool,
}

impl Place {
    fn children(self) -> Self {
        Self { conditions: false, ..self }
    }

    fn number(self, index: usize) -> String {
        format!("{}{}", if self.conditions { "c" } else { "" }, index + 1)
    }
}

/// How a stretch of a path ends.
#[derive(Default)]
struct Flow {
    /// By going on.
    out: Pending,
    /// By a condition that was not met.
    stopped: Pending,
}

/// A step that adds somebody.
struct Target {
    /// Number of the step.
    step: usize,
    path: Vec<Step>,
}

#[derive(Default)]
struct Walk {
    people: People,
    variables: Variables,
    targets: Vec<Target>,
    /// Number of the first and the last mail to each person, and of the last mail of all.
    mails: HashMap<Person, (usize, usize)>,
    last_mail: Option<usize>,
    /// The way to the component at hand.
    path: Vec<Step>,
    /// Components seen so far.
    steps: usize,
    conditions: HashMap<usize, Step>,
    after_loop: BTreeSet<usize>,
    unknown: Vec<String>,
}

impl Walk {
    /// One component after the other.
    fn run(&mut self, list: &[Component<'_>], before: Pending, place: Place) -> Flow {
        let mut flow = Flow { out: before, stopped: Pending::default() };
        let mut at = 0;
        while let Some(component) = list.get(at) {
            let chain = list[at..].iter().take_while(|c| kind_of(c) == Kind::Block).count();
            if chain > 0 {
                flow = self.either(&list[at..at + chain], at, flow, place);
                at += chain;
                continue;
            }
            self.enter(place.number(at), component);
            flow = self.component(component, flow, place.children());
            self.path.pop();
            at += 1;
        }
        flow
    }

    fn enter(&mut self, number: String, component: &Component<'_>) {
        let position = match self.path.last() {
            Some(outer) => format!("{}.{number}", outer.position),
            None => number,
        };
        let shown = shown_type(&component.kind);
        if !kind(component.category, &component.kind).1 {
            self.unknown.push(shown.clone());
        }
        self.path.push(Step { position, kind: shown });
        self.steps += 1;
    }

    fn component(&mut self, component: &Component<'_>, mut flow: Flow, place: Place) -> Flow {
        let step = self.steps;
        self.aside_conditions(component, &mut flow.out, place);
        match kind_of(component) {
            Kind::Container => return self.either(&component.children, 0, flow, place),
            Kind::Block => {} // `run` takes blocks together
            Kind::Loop(over) => self.repeat(component, over, &mut flow.out, place),
            Kind::Condition => {
                let here = self.path.last().cloned();
                self.conditions.extend(here.map(|here| (step, here)));
                flow.stopped.join(flow.out.clone().stopped_at(Some(step)));
                let within = self.run(&component.children, std::mem::take(&mut flow.out), place);
                flow.out = within.out;
                flow.stopped.join(within.stopped);
            }
            action => {
                // Actions have no conditions of their own in any export seen; one that has may not happen.
                let without = (!component.conditions.is_empty()).then(|| flow.out.clone());
                self.action(action, component, &mut flow.out, place.looping);
                if let Some(without) = without {
                    flow.out.join(without);
                }
                self.aside(&component.children, place, &mut flow.out);
            }
        }
        flow
    }

    fn action(&mut self, action: Kind, component: &Component<'_>, pending: &mut Pending, looping: bool) {
        match action {
            Kind::Add => self.add(component, pending, looping),
            Kind::Mail => self.mail(component, pending, looping),
            Kind::Variable => {
                if let Some((name, expression)) = address::variable(component.value) {
                    let names = address::expression(&expression, looping).and_then(|who| self.resolve(who));
                    self.set_variable(&name, names, pending);
                }
            }
            Kind::WebRequest if !address::is_own_request(component.value) => pending.doubt(Doubt::WebRequest),
            Kind::Unknown => pending.doubt(Doubt::UnknownStep),
            _ => {}
        }
    }

    fn add(&mut self, component: &Component<'_>, pending: &mut Pending, looping: bool) {
        let mut people: Vec<_> = address::added(component.value, looping).into_iter().map(Some).collect();
        if people.is_empty() {
            people.push(None); // somebody; no mail can be told to be theirs
        }
        for who in people {
            let text = who.clone().map(|who| self.people.number(who));
            let value = who.and_then(|who| self.resolve(who));
            pending.add(Added { target: self.targets.len(), text, value, left_loop: false });
            self.targets.push(Target { step: self.steps, path: self.path.clone() });
        }
    }

    fn mail(&mut self, component: &Component<'_>, pending: &mut Pending, looping: bool) {
        let (who, complete) = address::mailed(component.value, looping);
        let mut to = Recipients::default();
        for who in who {
            to.values.extend(self.resolve(who.clone()));
            to.texts.insert(self.people.number(who));
        }
        for person in to.texts.union(&to.values) {
            self.mails.entry(*person).or_insert((self.steps, self.steps)).1 = self.steps;
        }
        self.last_mail = Some(self.steps);
        self.after_loop.extend(pending.mail(&to, complete, &self.people));
    }

    /// Whom a spelling means here: a variable's value, else what it says.
    fn resolve(&mut self, who: Who) -> Option<Person> {
        match who.head().and_then(|head| self.variables.get(head).map(|names| (head, names))) {
            Some((head, names)) => names.filter(|_| matches!(&who, Who::Here(path) if path == head)),
            None => Some(self.people.number(who)),
        }
    }

    fn set_variable(&mut self, name: &str, names: Option<Person>, pending: &mut Pending) {
        self.variables.set(name, names);
        let people = &self.people;
        let means_it = |person: Person| people.who(person).head() == Some(name);
        if pending.iter().any(|(added, _)| added.text.is_some_and(means_it)) {
            pending.rename(|added| Added { text: added.text.filter(|text| !means_it(*text)), ..added });
        }
    }

    /// An if/else: one of the blocks runs, or none. The first of `blocks` has this index in its list.
    fn either(&mut self, blocks: &[Component<'_>], first: usize, flow: Flow, place: Place) -> Flow {
        let mut after = Flow { out: Pending::default(), stopped: flow.stopped };
        let mut one_runs = false;
        let mut set = BTreeSet::new();
        for (index, block) in blocks.iter().enumerate() {
            let mark = self.variables.mark();
            self.enter(place.number(first + index), block);
            let mut within = if kind_of(block) == Kind::Block {
                // Only a block after another is an else; a first block without conditions is one that we do not understand.
                one_runs |= index > 0 && block.conditions.is_empty();
                self.aside_conditions(block, &mut after.out, place);
                self.run(&block.children, flow.out.clone(), place.children())
            } else {
                self.component(block, Flow { out: flow.out.clone(), ..Flow::default() }, place.children())
            };
            self.path.pop();
            set.extend(self.variables.back_to(&mark));
            within.stopped.doubt(Doubt::ConditionInBlock);
            after.out.join(within.out);
            after.stopped.join(within.stopped);
        }
        if !one_runs {
            after.out.join(flow.out);
        }
        // Which block ran is not known, and so is what the variables name that it set.
        set.iter().for_each(|name| self.variables.set(name, None));
        after
    }

    /// A branch: beside the rule, once for each issue or value.
    fn repeat(&mut self, branch: &Component<'_>, over: Over, pending: &mut Pending, place: Place) {
        let before = self.variables.mark();
        let issues = over == Over::Issues;
        if issues {
            let people = &mut self.people;
            self.variables.map(|person| match people.who(person).clone() {
                Who::Here(path) => (!place.looping).then(|| people.number(Who::Trigger(path))),
                _ => Some(person),
            });
        }
        let begin = self.variables.mark();
        if let (Over::Values, Some(name)) = (over, address::loop_variable(branch.value)) {
            self.variables.set(&name, None);
        }
        let flow = self.run(&branch.children, Pending::default(), Place { looping: place.looping || issues, ..place });
        let own: BTreeSet<String> = self.variables.back_to(&begin).into_iter().collect();
        self.variables.back_to(&before);
        let mut inner = flow.out;
        inner.join(flow.stopped.stopped_at(None));
        self.leave(&mut inner, &own, issues, place.looping);
        pending.join(inner);
    }

    /// After a branch, those who were added in it bear the names that they have outside.
    fn leave(&mut self, inner: &mut Pending, own: &BTreeSet<String>, issues: bool, still_looping: bool) {
        let mut renames = HashMap::new();
        for person in inner.iter().flat_map(|(added, _)| [added.text, added.value]).flatten() {
            let outside = match self.people.who(person).clone() {
                Who::Trigger(path) if issues && !still_looping => Some(self.people.number(Who::Here(path))),
                Who::Here(path) if issues && self.variables.get(first(&path)).is_none() => None,
                Who::Here(path) if own.contains(first(&path)) => None,
                _ => Some(person),
            };
            renames.insert(person, outside);
        }
        inner.rename(|added| {
            let outside = |person: Person| renames.get(&person).copied().flatten();
            let value = added.value.and_then(outside);
            // A spelling that means somebody else outside still counts (at an outer level), and a note tells of it.
            let text = added.text.map(|text| outside(text).unwrap_or(text));
            let left_loop = added.left_loop || (text.is_some() && added.text.and_then(outside).is_none());
            Added { text, value, left_loop, ..added }
        });
    }

    /// Steps that should not be where they are, such as actions among conditions: they may run, and may not.
    fn aside(&mut self, list: &[Component<'_>], place: Place, pending: &mut Pending) {
        if list.is_empty() {
            return;
        }
        let mark = self.variables.mark();
        let flow = self.run(list, Pending::default(), place);
        let set = self.variables.back_to(&mark);
        set.iter().for_each(|name| self.variables.set(name, None));
        pending.join(flow.out);
        pending.join(flow.stopped.stopped_at(None));
    }

    fn aside_conditions(&mut self, component: &Component<'_>, pending: &mut Pending, place: Place) {
        self.aside(&component.conditions, Place { conditions: true, ..place }, pending);
    }

    /// What is left over at the end of the rule becomes findings.
    fn conclude(self, left: &Pending) -> Judged {
        let mut ends: BTreeMap<usize, (Added, Trail)> = BTreeMap::new(); // by step: the surest of its addresses
        for (added, trail) in left.iter() {
            let end = ends.entry(self.targets[added.target].step).or_insert((added, trail));
            if end.1.surer(trail) != end.1 {
                *end = (added, trail);
            }
        }
        let findings = ends.values().map(|(added, trail)| self.finding(added, *trail)).collect();
        let steps: BTreeMap<usize, &Target> = self.targets.iter().map(|target| (target.step, target)).collect();
        let noted: BTreeSet<usize> = self.after_loop.iter().map(|target| self.targets[*target].step).collect();
        let noted = noted.iter().filter(|step| !ends.contains_key(step)).filter_map(|step| steps.get(step));
        let notes = noted.map(|target| Note { path: target.path.clone(), about: About::MailAfterLoop }).collect();
        Judged { adds: steps.len(), findings, notes, unknown: self.unknown }
    }

    fn finding(&self, added: &Added, trail: Trail) -> Finding {
        let target = &self.targets[added.target];
        let mails = [added.text, added.value].into_iter().flatten().filter_map(|person| self.mails.get(&person));
        let (mut earlier, mut later) = (false, false);
        for (first, last) in mails {
            earlier |= *first < target.step;
            later |= *last > target.step;
        }
        let stop = trail.stopped_at.filter(|_| later).and_then(|step| self.conditions.get(&step));
        let reason = match () {
            () if stop.is_some() => Reason::ConditionBetween,
            () if later => Reason::MailNotAlways,
            () if earlier => Reason::MailBefore,
            () if self.last_mail.is_some_and(|mail| mail > target.step) => Reason::OtherAddress,
            () => Reason::NoMail,
        };
        Finding { path: target.path.clone(), reason, stops_at: stop.cloned(), doubts: trail.doubts() }
    }
}

fn kind_of(component: &Component<'_>) -> Kind {
    let blocks = || component.children.iter().all(|child| kind(child.category, &child.kind).0 == Kind::Block);
    match kind(component.category, &component.kind) {
        // An unknown kind of if/else is one nevertheless, and ends no path.
        (Kind::Condition, false) if !component.children.is_empty() && blocks() => Kind::Container,
        (kind, _) => kind,
    }
}

fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

/// A type as it may be shown: types are words with dots; anything else could be somebody's address.
fn shown_type(kind: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_');
    if !kind.is_empty() && kind.len() <= 120 && kind.chars().all(is_word) { kind.to_owned() } else { "?".to_owned() }
}
