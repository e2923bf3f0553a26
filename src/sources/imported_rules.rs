//! Whether a rule adds customers silently, by the rule export that an admin imported last.
//! Does not read rules: the import did, and only its result is kept.

use super::{Asked, Reach, Reader, Spec, Told};
use crate::domain::history::{Line, STATEMENT_FRESH};
use diagnosis::{Confidence, Fact, FactKey, Gap, Moment, Origin, Source, key};

pub(super) struct ImportedRules;

static SPEC: Spec = Spec { name: "rule_export", supplies: &[FactKey::SilentRule], authority: 80, calls: 0 };

#[async_trait::async_trait]
impl Reader for ImportedRules {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn read(&self, at: &Reach<'_>, who: &[Asked<'_>]) -> Vec<Told> {
        let one = |asked: &Asked<'_>| {
            let mut told = Told::default();
            told.put::<key::SilentRule>(match at.history {
                Ok(lines) => as_of(lines, asked.added),
                Err(gap) => Fact::Unknown(*gap),
            });
            told
        };
        who.iter().map(one).collect()
    }
}

/// An import tells how the rules were set then, until the next one, for 30 days. A line without a yes or no is an import that
/// could not tell.
fn as_of(lines: &[Line], window: Moment) -> Fact<bool> {
    let mut imports: Vec<&Line> =
        lines.iter().filter(|line| line.key == FactKey::SilentRule && line.source == Source::ImportedFile).collect();
    imports.sort_by_key(|line| line.observed_at);
    let (in_time, later) = imports.split_at(imports.partition_point(|line| line.observed_at <= window.not_after));
    let near = |line: &&Line| {
        let (seen, by) = (line.observed_at, window.not_after);
        by.duration_since(seen) <= STATEMENT_FRESH && seen.duration_since(by) <= STATEMENT_FRESH
    };
    let Some(last) = in_time.last().or(later.first()) else { return Fact::Unknown(Gap::NotAsked) };
    let told = |line: &Line, at_most| match line.value.as_bool() {
        Some(silent) => {
            let origin = Origin::new(Source::ImportedFile, line.observed_at).at_most(at_most);
            Fact::of(silent, Origin { by: line.by.clone(), ..origin })
        }
        None => Fact::Unknown(Gap::NotAsked),
    };
    if !near(last) {
        // Too old for this add; one soon after it may still tell how the rules were.
        return later
            .first()
            .filter(|line| near(line))
            .map_or(Fact::Unknown(Gap::Stale), |line| told(line, Confidence::Likely));
    }
    let sure = last.observed_at <= window.not_before;
    told(last, if sure { Confidence::Confirmed } else { Confidence::Likely })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};
    use rstest::rstest;
    use serde_json::{Value, json};

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(10_000 + hour)
    }

    fn import(hour: i64, value: Value) -> Line {
        Line {
            key: FactKey::SilentRule,
            project: None,
            value,
            before: None,
            source: Source::ImportedFile,
            since: None,
            observed_at: at(hour),
            by: None,
        }
    }

    #[rstest]
    #[case::none(&[], Err(Gap::NotAsked))]
    #[case::before(&[import(-9, json!(true))], Ok((true, Confidence::Confirmed)))]
    #[case::newest(&[import(-9, json!(true)), import(-3, json!(false))], Ok((false, Confidence::Confirmed)))]
    #[case::inside(&[import(-9, json!(true)), import(3, json!(false))], Ok((false, Confidence::Likely)))]
    #[case::after(&[import(12, json!(true))], Ok((true, Confidence::Likely)))]
    #[case::could_not_tell(&[import(-9, json!(true)), import(-3, json!(null))], Err(Gap::NotAsked))]
    #[case::too_old(&[import(-31 * 24, json!(true))], Err(Gap::Stale))]
    #[case::too_old_and_later(&[import(-31 * 24, json!(true)), import(12, json!(true))], Ok((true, Confidence::Likely)))]
    #[case::too_late(&[import(32 * 24, json!(true))], Err(Gap::Stale))]
    fn an_import_tells_until_the_next(#[case] lines: &[Line], #[case] expected: Result<(bool, Confidence), Gap>) {
        let fact = as_of(lines, Moment { not_before: at(0), not_after: at(10) });
        assert_eq!(fact.known().map(|seen| (seen.value, seen.origin.at_most)), expected);
    }
}
