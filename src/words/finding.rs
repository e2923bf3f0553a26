//! One finding in words: title, why, evidence, who, steps, links, a text to copy.
//! Does not know how findings are ordered or laid out.

use super::{Args, Value, Words};
use diagnosis::{Confidence, Evidence, FactKey, Finding, KNOWLEDGE_ARTICLE, Overall, Ruling, Step, ticket_url};
use jiff::Timestamp;
use std::borrow::Cow;

/// What only the place of viewing knows. Filled in when somebody looks, for that reader, and kept nowhere.
#[derive(Clone, Copy, Debug)]
pub struct Slots<'a> {
    /// The name of the space (service project).
    pub space: &'a str,
    /// The host of the site, e.g. `example.atlassian.net`.
    pub site: &'a str,
    /// The address of the space's portal.
    pub portal: Option<&'a str>,
    /// The customer's name, where this reader may see it.
    pub customer: Option<&'a str>,
}

/// A finding in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFinding {
    /// What is the case, as a headline.
    pub title: String,
    /// The word shown everywhere: Blocked, May be blocked, Could not check, No block found; or that it does not apply.
    pub verdict: String,
    /// Why that is so: the cause when it blocks, the gap when nobody could tell.
    pub why: Option<String>,
    /// What else to know while it blocks.
    pub note: Option<String>,
    /// What it rests on.
    pub evidence: Vec<RenderedEvidence>,
    /// Who can act.
    pub who: String,
    /// What to do, in order. When nobody could tell: what to look at by hand. Nothing when there is nothing to do.
    pub steps: Vec<String>,
    /// Where to read on: Atlassian's article and public tickets.
    pub links: Vec<RenderedLink>,
    /// A text to send to somebody.
    pub copy_text: Option<String>,
}

/// One observation in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedEvidence {
    /// What was seen, how and when, as sentences.
    pub statement: String,
    /// How we know, in words.
    pub source: String,
    /// When we saw it.
    pub observed_at: Timestamp,
    /// Since when it holds.
    pub since: Option<Timestamp>,
    /// Account id of its author; a name is looked up by whoever shows it.
    pub by: Option<String>,
}

/// A link with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedLink {
    /// What is there.
    pub title: String,
    /// Where it is.
    pub url: String,
}

impl Words {
    /// The finding in words.
    pub fn finding(&self, finding: &Finding, slots: &Slots<'_>) -> RenderedFinding {
        let args = self.slot_args(slots);
        let blocks = finding.ruling == Ruling::Blocks;
        let part = |name: &str| format!("{}-{name}", finding.scenario.slug);
        let (title, verdict, why) = match (finding.ruling, finding.confidence) {
            (Ruling::Blocks, Confidence::Confirmed) => ("title", Some(Overall::Blocked), Some(part("why"))),
            (Ruling::Blocks, _) => ("title-likely", Some(Overall::MayBeBlocked), Some(part("why"))),
            (Ruling::Undetermined(gap), _) => ("unchecked", Some(Overall::CouldNotCheck), Some(super::Word::id(gap))),
            (Ruling::Clears, _) => ("clear", Some(Overall::NoBlockFound), None),
            (Ruling::NotApplicable, _) => ("not-applicable", None, None),
        };
        RenderedFinding {
            title: self.render(&part(title), &args),
            verdict: verdict.map_or_else(|| self.text("verdict-not_applicable", &[]), |word| self.word(word)),
            why: why.map(|id| self.render(&id, &args)),
            note: if blocks { self.optional(&part("note"), &args) } else { None },
            evidence: finding.evidence.iter().map(|evidence| self.evidence(evidence, &args)).collect(),
            who: self.word(finding.scenario.remedy.who),
            steps: self.steps(finding, &args),
            links: if blocks { self.links(finding) } else { Vec::new() },
            copy_text: if blocks { self.copy_text(finding, &args) } else { None },
        }
    }

    pub(super) fn slot_args<'a>(&self, slots: &Slots<'a>) -> Args<'a> {
        let or = |given: Option<&'a str>, id: &str| match given {
            Some(given) => Value::from(given),
            None => Value::from(self.text(id, &[])),
        };
        Args::from([
            (Cow::Borrowed("space"), Value::from(slots.space)),
            (Cow::Borrowed("site"), Value::from(slots.site)),
            (Cow::Borrowed("portal"), or(slots.portal, "slot-portal")),
            (Cow::Borrowed("portal_given"), Value::from(if slots.portal.is_some() { "yes" } else { "no" })),
            (Cow::Borrowed("customer"), or(slots.customer, "slot-customer")),
            (Cow::Borrowed("customer_start"), or(slots.customer, "slot-customer-start")),
        ])
    }

    fn evidence(&self, evidence: &Evidence, around: &Args<'_>) -> RenderedEvidence {
        let mut args = around.clone();
        args.insert(Cow::Borrowed("source"), Value::from(evidence.origin.source.name()));
        let mut statement = self.render_text(&evidence.statement, &args);
        if let Some(since) = evidence.origin.since {
            statement.push(' ');
            statement.push_str(&self.text("seen-since", &[("since", Value::from(self.when(since)))]));
        }
        RenderedEvidence {
            statement,
            source: self.word(evidence.origin.source),
            observed_at: evidence.origin.observed_at,
            since: evidence.origin.since,
            by: evidence.origin.by.clone(),
        }
    }

    fn steps(&self, finding: &Finding, args: &Args<'_>) -> Vec<String> {
        match finding.ruling {
            Ruling::Blocks => finding.steps.iter().map(|step| self.render(step.text, args)).collect(),
            Ruling::Undetermined(_) => vec![self.render(&format!("{}-by-hand", finding.scenario.slug), args)],
            Ruling::Clears | Ruling::NotApplicable => Vec::new(),
        }
    }

    fn links(&self, finding: &Finding) -> Vec<RenderedLink> {
        let article = RenderedLink { title: self.text("learn-more", &[]), url: KNOWLEDGE_ARTICLE.to_owned() };
        let ticket = |key: &&str| RenderedLink { title: (*key).to_owned(), url: ticket_url(key) };
        std::iter::once(article).chain(finding.scenario.tickets.iter().map(ticket)).collect()
    }

    /// Where a step was left out because it cannot work now, the text to copy must not name it either.
    fn copy_text(&self, finding: &Finding, around: &Args<'_>) -> Option<String> {
        let id = finding.scenario.remedy.copy?;
        let mut args = around.clone();
        if let Some(evidence) = finding.evidence.first() {
            args.insert(Cow::Borrowed("observed"), Value::from(self.when(evidence.origin.observed_at)));
        }
        let by_mail = |steps: &[Step]| steps.iter().filter(|s| s.hangs_on.contains(&FactKey::OutgoingMailOn)).count();
        let short = by_mail(&finding.steps) < by_mail(finding.scenario.remedy.steps);
        let short = if short { self.optional(&format!("{id}-short"), &args) } else { None };
        Some(short.unwrap_or_else(|| self.render(id, &args)))
    }
}
