//! `invite-guard lint-automation`: silent *add customer* steps in exported automation rules.
//! Needs no settings and no store; keeps nothing of a file.

use super::{CliError, Verdict, print, print_json};
use crate::words::{Value, Words};
use clap::Args;
use imports::automation::{MAX_BYTES, Reading, Rule, State, Unreadable, read};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Finds silent "add customer" steps in exported automation rules.
#[derive(Debug, Args)]
pub(super) struct LintAutomation {
    /// Files as Jira's automation page exports them; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` says of a file.
#[derive(serde::Serialize)]
struct Row<'a> {
    file: &'a str,
    /// Rules that add customers without a mail, or may.
    silent: usize,
    #[serde(flatten)]
    reading: Reading,
}

/// Why nothing can be said of a file.
enum Fault {
    Io(std::io::Error),
    Unreadable(Unreadable),
}

impl LintAutomation {
    /// A silent rule anywhere is the worst, then a file that cannot be read, then a rule that cannot be judged.
    pub(super) fn run(&self) -> Result<Verdict, CliError> {
        let words = Words::for_locale("en");
        let (mut unread, mut worst) = (0_usize, Verdict::Fine);
        let mut rows = Vec::new();
        for file in &self.files {
            let name = file.to_string_lossy();
            match lint(file) {
                Ok(reading) => {
                    worst = worst.max(verdict(&reading));
                    if self.json {
                        let silent = reading.silent().count();
                        rows.push(serde_json::to_value(Row { file: &name, silent, reading })?);
                    } else {
                        report(&words, &name, &reading)?;
                    }
                }
                Err(fault) => {
                    unread += 1;
                    let said = fault.said(&words);
                    writeln!(std::io::stderr(), "invite-guard: {name}: {said}")?;
                    rows.push(json!({"file": name, "error": said}));
                }
            }
        }
        if self.json {
            print_json(&json!({"files": rows}))?;
        }
        if unread > 0 && worst != Verdict::Blocked {
            return Err(CliError::Usage(words.text("automation-not-all-read", &[("count", unread.into())])));
        }
        Ok(worst)
    }
}

impl Fault {
    fn said(&self, words: &Words) -> String {
        match self {
            Self::Io(error) => error.to_string(),
            Self::Unreadable(error) => words.unreadable_rules(error),
        }
    }
}

/// Reads no more of a file than may be judged.
fn lint(file: &Path) -> Result<Reading, Fault> {
    let most = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let done = if file.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes))
    };
    done.map_err(Fault::Io)?;
    read(&bytes).map_err(Fault::Unreadable)
}

fn verdict(reading: &Reading) -> Verdict {
    match () {
        () if reading.silent().next().is_some() => Verdict::Blocked,
        () if !reading.skipped.is_empty() => Verdict::Unchecked,
        () => Verdict::Fine,
    }
}

fn report(words: &Words, file: &str, reading: &Reading) -> Result<(), CliError> {
    let args = [
        ("file", Value::from(file)),
        ("read", Value::from(reading.read)),
        ("silent", Value::from(reading.silent().count())),
    ];
    print(&words.text("automation-file", &args))?;
    for rule in reading.rules.iter().filter(|rule| rule.adds > 0) {
        report_rule(words, rule)?;
    }
    for skipped in &reading.skipped {
        let args = [
            ("place", Value::from(skipped.place.as_str())),
            ("name", Value::from(name(words, skipped.name.as_deref()))),
            ("why", Value::from(words.text(&skipped.why.message_id(), &[]))),
        ];
        print(&format!("  {}", words.text("automation-skipped", &args)))?;
    }
    if !reading.unknown.is_empty() {
        let types: Vec<_> =
            reading.unknown.iter().map(|unknown| format!("{} ({})", unknown.kind, unknown.count)).collect();
        print(&format!("  {}", words.text("automation-unknown", &[("types", types.join(", ").into())])))?;
    }
    Ok(())
}

fn report_rule(words: &Words, rule: &Rule) -> Result<(), CliError> {
    let name = name(words, rule.name.as_deref());
    if rule.state == State::Disabled {
        return print(&format!("  {}: {name}", words.text(&rule.state.message_id(), &[])));
    }
    print(&format!("  {}: {name}", words.text(&rule.verdict.message_id(), &[])))?;
    for finding in &rule.findings {
        print(&format!("    {}", words.silent_path(finding)))?;
    }
    if rule.unlisted > 0 {
        print(&format!("    {}", words.text("automation-unlisted", &[("count", rule.unlisted.into())])))?;
    }
    for note in &rule.notes {
        print(&format!("    {}", words.automation_note(note)))?;
    }
    Ok(())
}

fn name(words: &Words, name: Option<&str>) -> String {
    name.map_or_else(|| words.text("automation-nameless", &[]), str::to_owned)
}
