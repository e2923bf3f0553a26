//! Forgets each fact of each fixture in turn; `law` says what may happen then.
//! Does not know what the facts mean.

use crate::{
    fixtures,
    law::{broken, finding},
};
use diagnosis::{Diagnosis, FactKey, Gap, Ruling, Scenario, Sheet, diagnose, diagnose_project, scenarios::REGISTRY};

#[test]
fn forgetting_a_fact_never_makes_a_verdict_surer() {
    let mut wrong = Vec::new();
    for fixture in fixtures::all() {
        for key in FactKey::ALL {
            wrong.extend(broken(&fixture.facts, *key).into_iter().map(|w| format!("{}: {w}", fixture.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The other half of a true `needs`: nothing stands in it that is never read.
#[test]
fn every_needed_fact_decides_something_somewhere() {
    for scenario in &REGISTRY {
        for key in scenario.needs {
            let decides = fixtures::all().iter().any(|fixture| {
                let mut without = fixture.facts.clone();
                without.forget(*key);
                let (all, fewer) = (judged(scenario, &fixture.facts), judged(scenario, &without));
                let (a, b) = (finding(&all, scenario.slug), finding(&fewer, scenario.slug));
                (a.ruling, a.confidence, &a.evidence) != (b.ruling, b.confidence, &b.evidence)
            });
            assert!(
                decides,
                "{}: no fixture changes without {}: take it out of `needs` or add a fixture",
                scenario.slug,
                key.name()
            );
        }
    }
}

fn judged(scenario: &Scenario, sheet: &Sheet) -> Diagnosis {
    if scenario.note {
        diagnose_project(&REGISTRY, &sheet.site, &sheet.project)
    } else {
        diagnose(&REGISTRY, sheet.facts())
    }
}

#[test]
fn with_nothing_known_nothing_is_said() {
    let nothing = Sheet::unasked();
    let diagnosis = diagnose(&REGISTRY, nothing.facts());
    for finding in &diagnosis.findings {
        assert_eq!(finding.ruling, Ruling::Undetermined(Gap::NotAsked), "{}", finding.scenario.slug);
        assert!(finding.evidence.is_empty(), "{}", finding.scenario.slug);
    }
    assert_eq!(diagnosis.overall(), diagnosis::Overall::CouldNotCheck);
}
