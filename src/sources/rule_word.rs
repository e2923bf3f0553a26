//! What a rule's web request said about an add: that a rule did it. A word, so never more than likely.
//! Does not know whether the rule made the account or found it there; the log's author tells that.

use super::{Asked, Reach, Reader, Spec, Told, soon, store_gap};
use crate::domain::AccountId;
use crate::domain::ingest::WORD_AFTER;
use crate::domain::person_line::PersonLine;
use diagnosis::{Confidence, Creator, CreatorKind, Fact, FactKey, Moment, Origin, Source, Via, key};
use jiff::{SignedDuration, Timestamp};

pub(super) struct RuleWord;

/// Read after the log, whose author decides what the word means; it asks Jira nothing itself.
static SPEC: Spec = Spec {
    name: "automation_rule",
    supplies: &[FactKey::Creator, FactKey::AddedVia, FactKey::KnownBefore],
    authority: 55,
    calls: 1,
};

/// Two clocks.
const SKEW: SignedDuration = SignedDuration::from_secs(2);

#[async_trait::async_trait]
impl Reader for RuleWord {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let accounts: Vec<AccountId> = who.iter().map(|asked| asked.account.clone()).collect();
        let lines = match at.store.person_lines(at.tenant.id, &accounts).await {
            Ok(lines) => lines,
            Err(error) => {
                let _ = store_gap(error); // that the word is missing changes no verdict for the worse
                let again = |_: &Asked<'_>| Told { again_at: soon(at.now), ..Told::default() };
                return who.iter().map(again).collect();
            }
        };
        let words = |line: &&PersonLine| {
            line.project == at.project && line.source == Source::AutomationRule && line.key == FactKey::Creator
        };
        let words: Vec<&PersonLine> = lines.iter().filter(words).collect();
        let one = |asked: &Asked<'_>| {
            let own = words.iter().filter(|line| line.account == *asked.account);
            let said = own.map(|line| line.observed_at).filter(|said| is_about(*said, asked.added)).max();
            said.map_or_else(Told::default, |said| one(asked, said))
        };
        who.iter().map(one).collect()
    }
}

/// Whether a rule that spoke then spoke of the add in this window.
fn is_about(said: Timestamp, added: Moment) -> bool {
    let early = added.not_before.saturating_sub(SKEW).unwrap_or(added.not_before);
    let late = added.not_after.saturating_add(WORD_AFTER).unwrap_or(added.not_after);
    early <= said && said <= late
}

fn one(asked: &Asked<'_>, said: Timestamp) -> Told {
    let mut told = Told::default();
    let word = || Origin::new(Source::AutomationRule, said).at_most(Confidence::Likely);
    told.put::<key::AddedVia>(Fact::of(Via::Rule, word()));
    match asked.so_far.person.creator.known() {
        Ok(creator) if creator.value.kind == CreatorKind::Automation => {}
        // Made by somebody else, whenever that was: then the rule only added them.
        Ok(creator) => {
            let origin = creator.origin.since.map_or_else(word, |since| word().since(since));
            told.put::<key::KnownBefore>(Fact::of(true, origin));
        }
        Err(_) => {
            let account = crate::jira::AUTOMATION_ACCOUNT.to_owned();
            told.put::<key::Creator>(Fact::of(Creator { account, kind: CreatorKind::Automation }, word()));
        }
    }
    told
}
