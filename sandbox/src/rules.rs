//! Automation's step *Send web request*: an admin put it behind *Add service project customer* in a project's rule.
//! Does not know who listens. Like Automation it sends what its fields say, without any of Jira's tokens.

use std::time::Duration;

use serde_json::json;

use crate::lifecycle::SignedRequest;
use crate::site::Site;
use crate::state::State;

/// Which smart values the step's body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleTells {
    /// The account and the address.
    Account,
    /// The address alone.
    Address,
    /// Neither.
    Nobody,
}

/// One such step.
#[derive(Debug, Clone)]
pub struct RuleStep {
    /// Where it sends to.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// What its body tells.
    pub tells: RuleTells,
}

impl State {
    /// The rule goes on after it has added somebody.
    pub(crate) fn run_rule_step(&mut self, project: u64, account: &str) {
        let Some(step) = self.rule_steps.get(&project) else { return };
        let Some(person) = self.person(account) else { return };
        // A smart value without a value is an empty text.
        let (account, address) = match step.tells {
            RuleTells::Account => (person.account_id.as_str(), person.address.as_str()),
            RuleTells::Address => ("", person.address.as_str()),
            RuleTells::Nobody => ("", ""),
        };
        let body = json!({"accountId": account, "address": address, "ruleName": "Add customers", "issueKey": ""});
        let mut headers = step.headers.clone();
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        let request =
            SignedRequest { method: "POST".to_owned(), url: step.url.clone(), headers, body: body.to_string() };
        self.rule_requests.push(request);
    }
}

impl Site {
    /// Sends every web request that waits, oldest first; 0 stands for no answer. Automation does not try again.
    pub(crate) async fn send_rule_requests(&self) -> Vec<u16> {
        let waiting = std::mem::take(&mut self.lock().rule_requests);
        let mut answers = Vec::new();
        for request in waiting {
            let answer = request.send_within(&self.client, Duration::from_secs(20)).await;
            answers.push(answer.map_or(0, |answer| answer.status));
        }
        answers
    }
}
