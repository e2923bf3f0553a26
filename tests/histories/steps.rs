//! What can happen on a site: to its projects, each with a history of its own, and to the site as a whole.
//! Knows no truth and plays nothing; steps name people and projects by numbers, so that a shortened list stays playable.

use proptest::collection::vec;
use proptest::prelude::*;

/// How somebody is added who may not be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Agent,
    Automation,
    RestByApp,
    RestByPerson,
    People,
    Organisation,
    Email,
    SelfSignup,
}

/// What becomes of the webhooks that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hints {
    Delivered,
    Dropped,
    Twice,
    Backwards,
    /// They wait on.
    Later,
}

/// Something that happens in one history. `desk` and `who` count modulo what is there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Nothing, so that histories do not march in step.
    Nothing,
    /// A project is made that nobody has seen yet.
    NewDesk,
    /// The project's *Customer invited*.
    Toggle {
        desk: usize,
        on: bool,
    },
    /// Its admin says what is true.
    StateToggle {
        desk: usize,
    },
    /// Who may use the portal.
    Access {
        desk: usize,
        open: bool,
    },
    Add {
        desk: usize,
        way: Way,
        hints: Hints,
    },
    /// Somebody of this history, wherever they are or were. `silent`: by an app.
    AddKnown {
        desk: usize,
        who: usize,
        silent: bool,
        hints: Hints,
    },
    Remove {
        desk: usize,
        who: usize,
    },
    /// Raised by the customer, or by an agent on their behalf.
    Request {
        desk: usize,
        who: usize,
        own: bool,
        hints: Hints,
    },
}

/// How a project's *Customer invited* stands at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// On as Jira delivers it; the log says nothing.
    Untouched,
    /// Off, switched before the log begins.
    OffUnrecorded,
    /// Off, and the log says so.
    OffRecorded,
    /// Off for a while, on again.
    OnRecorded,
}

/// A call of ours that goes wrong, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    pub(super) call: usize,
    pub(super) fault: usize,
    pub(super) times: usize,
}

/// Something that happens to the whole site, or time.
#[derive(Clone, Copy, Debug)]
pub(super) enum SiteStep {
    Mail(bool),
    /// The site's admin says what is true of outgoing mail.
    StateMail,
    /// Whether there is an audit log to read.
    Audit(bool),
    /// The log loses what is older than its retention.
    ForgetOld,
    /// Whether the app administers Jira.
    Administer(bool),
    Trouble(Trouble),
    NoTrouble,
    Deliver(Hints),
    Reinstall,
    /// The worker dies at its n-th call from now; another takes over.
    Kill(usize),
    Seconds(i64),
    Minutes(u32),
    Hours(u32),
    Days(u32),
    /// Nobody works for so many hours.
    Silence(i64),
    /// Everything is compared now, too.
    Look,
}

/// One history: how its two projects start, and what happens.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) starts: [Start; 2],
    pub(super) steps: Vec<Step>,
}

/// Several histories on one site at the same time.
#[derive(Clone, Debug)]
pub(super) struct Chronicle {
    pub(super) histories: Vec<History>,
    pub(super) site: Vec<SiteStep>,
}

impl Chronicle {
    /// The n-th way to leave something out of it; `None` when there are no more.
    pub(super) fn shortened(&self, n: usize) -> Option<Self> {
        let mut shorter = self.clone();
        if self.histories.len() > 1 {
            shorter.histories = vec![self.histories.get(n)?.clone()];
            return Some(shorter);
        }
        let happens = |step: &&mut SiteStep| !matches!(step, SiteStep::Seconds(0));
        let steps = shorter.histories.iter_mut().flat_map(|h| &mut h.steps).filter(|s| !matches!(s, Step::Nothing));
        let mut steps: Vec<&mut Step> = steps.collect();
        if let Some(step) = steps.get_mut(n) {
            **step = Step::Nothing;
            return Some(shorter);
        }
        let (n, mut site): (_, Vec<_>) = (n - steps.len(), shorter.site.iter_mut().filter(happens).collect());
        **site.get_mut(n)? = SiteStep::Seconds(0);
        Some(shorter)
    }
}

impl std::fmt::Display for Chronicle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for history in &self.histories {
            writeln!(f, "projects start {:?}", history.starts)?;
            for (round, step) in history.steps.iter().enumerate().filter(|(_, s)| !matches!(s, Step::Nothing)) {
                writeln!(f, "  {round}: {step:?}")?;
            }
        }
        for (round, step) in self.site.iter().enumerate().filter(|(_, s)| !matches!(s, SiteStep::Seconds(0))) {
            writeln!(f, "  after {round}, the site: {step:?}")?;
        }
        Ok(())
    }
}

fn hints() -> impl Strategy<Value = Hints> {
    prop_oneof![
        5 => Just(Hints::Delivered),
        3 => Just(Hints::Dropped),
        1 => Just(Hints::Twice),
        1 => Just(Hints::Backwards),
        2 => Just(Hints::Later),
    ]
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        6 => Just(Way::Agent),
        3 => Just(Way::Automation),
        1 => Just(Way::RestByApp),
        1 => Just(Way::RestByPerson),
        1 => Just(Way::People),
        1 => Just(Way::Organisation),
        1 => Just(Way::Email),
        1 => Just(Way::SelfSignup),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let (desk, who) = (0..3_usize, 0..8_usize);
    prop_oneof![
        2 => Just(Step::Nothing),
        1 => Just(Step::NewDesk),
        3 => (desk.clone(), any::<bool>()).prop_map(|(desk, on)| Step::Toggle { desk, on }),
        1 => desk.clone().prop_map(|desk| Step::StateToggle { desk }),
        1 => (desk.clone(), any::<bool>()).prop_map(|(desk, open)| Step::Access { desk, open }),
        8 => (desk.clone(), way(), hints()).prop_map(|(desk, way, hints)| Step::Add { desk, way, hints }),
        4 => (desk.clone(), who.clone(), prop::bool::weighted(0.2), hints())
            .prop_map(|(desk, who, silent, hints)| Step::AddKnown { desk, who, silent, hints }),
        2 => (desk.clone(), who.clone()).prop_map(|(desk, who)| Step::Remove { desk, who }),
        2 => (desk, who, any::<bool>(), hints())
            .prop_map(|(desk, who, own, hints)| Step::Request { desk, who, own, hints }),
    ]
}

fn start() -> impl Strategy<Value = Start> {
    prop_oneof![
        3 => Just(Start::Untouched),
        1 => Just(Start::OffUnrecorded),
        2 => Just(Start::OffRecorded),
        2 => Just(Start::OnRecorded),
    ]
}

fn site_step() -> impl Strategy<Value = SiteStep> {
    let trouble = (0..16_usize, 0..16_usize, 1..4_usize)
        .prop_map(|(call, fault, times)| SiteStep::Trouble(Trouble { call, fault, times }));
    prop_oneof![
        3 => any::<bool>().prop_map(SiteStep::Mail),
        4 => Just(SiteStep::StateMail),
        1 => prop::bool::weighted(0.6).prop_map(SiteStep::Audit),
        1 => Just(SiteStep::ForgetOld),
        1 => prop::bool::weighted(0.6).prop_map(SiteStep::Administer),
        2 => trouble,
        2 => Just(SiteStep::NoTrouble),
        2 => hints().prop_map(SiteStep::Deliver),
        1 => Just(SiteStep::Reinstall),
        1 => (1..30_usize).prop_map(SiteStep::Kill),
        3 => (0..40_i64).prop_map(SiteStep::Seconds),
        6 => (1..4_u32).prop_map(SiteStep::Minutes),
        3 => (1..4_u32).prop_map(SiteStep::Hours),
        3 => Just(SiteStep::Days(1)),
        1 => (1..100_i64).prop_map(SiteStep::Silence),
        2 => Just(SiteStep::Look),
    ]
}

/// So many histories side by side, each of up to so many steps.
pub(super) fn chronicle(histories: usize, steps: usize) -> impl Strategy<Value = Chronicle> {
    let history =
        ([start(), start()], vec(step(), steps / 2..=steps)).prop_map(|(starts, steps)| History { starts, steps });
    (vec(history, histories), vec(site_step(), steps)).prop_map(|(histories, site)| Chronicle { histories, site })
}
