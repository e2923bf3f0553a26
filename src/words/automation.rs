//! What is said about exported automation rules, the same in the terminal and to whoever uploads them.
//! Does not know a recipient, a header or a body: readings carry none.

use super::{Value, Words};
use imports::automation::{Finding, Note, Step, Unreadable};

impl Words {
    /// A silent path: where, why, and what keeps it from being sure.
    pub fn silent_path(&self, finding: &Finding) -> String {
        let reason = Value::from(self.text(&finding.reason.message_id(), &[]));
        let mut said = match finding.path.split_last() {
            None => self.text(&finding.reason.message_id(), &[]),
            Some((step, [])) => {
                let [step, kind] = place(step);
                self.text("automation-finding", &[step, kind, ("reason", reason)])
            }
            Some((step, outer)) => {
                let outer: Vec<_> = outer.iter().map(|step| format!("{} {}", step.position, step.kind)).collect();
                let [step, kind] = place(step);
                let outer = ("outer", Value::from(outer.join(" › ")));
                self.text("automation-finding-within", &[step, kind, outer, ("reason", reason)])
            }
        };
        if let Some(step) = &finding.stops_at {
            said = format!("{said} {}", self.text("automation-stops-at", &place(step)));
        }
        if !finding.is_sure() {
            let doubts: Vec<_> = finding.doubts.iter().map(|doubt| self.text(&doubt.message_id(), &[])).collect();
            let doubts = Value::from(doubts.join("; "));
            said = format!("{said} {}", self.text("automation-unsure", &[("doubts", doubts)]));
        }
        said
    }

    /// What to look at although a mail follows.
    pub fn automation_note(&self, note: &Note) -> String {
        match note.path.last() {
            Some(step) => self.text(&note.about.message_id(), &place(step)),
            None => self.text(&note.about.message_id(), &[]),
        }
    }

    /// Why a file of rules cannot be read, and where.
    pub fn unreadable_rules(&self, error: &Unreadable) -> String {
        let fault = self.text(&error.fault.message_id(), &[]);
        match (error.line, error.column) {
            (Some(line), Some(column)) => {
                let args =
                    [("fault", fault.into()), ("line", line.to_string().into()), ("column", column.to_string().into())];
                self.text("automation-file-at", &args)
            }
            _ => fault,
        }
    }
}

fn place(step: &Step) -> [(&'static str, Value<'_>); 2] {
    [("step", Value::from(step.position.as_str())), ("type", Value::from(step.kind.as_str()))]
}
