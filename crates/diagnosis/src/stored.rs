//! A finding as it is kept and sent: the cause by its slug, so that no text and no function has to be stored.
//! Does not know where it is kept.

use crate::{Confidence, Evidence, Finding, Gap, Ruling, scenarios};
use serde::{Deserialize, Serialize};

/// The form of a [`Finding`] that can be written down and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFinding {
    /// Slug of the scenario.
    pub scenario: String,
    /// [`Ruling::name`].
    pub ruling: String,
    /// Why it is undetermined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// How sure.
    pub confidence: Confidence,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Message ids of the steps that can work.
    pub steps: Vec<String>,
}

impl From<&Finding> for StoredFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            scenario: finding.scenario.slug.to_owned(),
            ruling: finding.ruling.name().to_owned(),
            gap: finding.ruling.gap(),
            confidence: finding.confidence,
            evidence: finding.evidence.clone(),
            steps: finding.steps.iter().map(|step| step.text.to_owned()).collect(),
        }
    }
}

impl StoredFinding {
    /// The finding again; `None` when this version no longer knows the cause or the ruling.
    pub fn into_finding(self) -> Option<Finding> {
        let scenario = scenarios::by_slug(&self.scenario)?;
        let ruling = match (self.ruling.as_str(), self.gap) {
            ("blocks", _) => Ruling::Blocks,
            ("clears", _) => Ruling::Clears,
            ("not_applicable", _) => Ruling::NotApplicable,
            ("undetermined", Some(gap)) => Ruling::Undetermined(gap),
            _ => return None,
        };
        let steps =
            scenario.remedy.steps.iter().copied().filter(|s| self.steps.iter().any(|id| id == s.text)).collect();
        Some(Finding { scenario, ruling, confidence: self.confidence, evidence: self.evidence, steps })
    }
}
