//! The text of a comment: what blocks, how we know, who can do what, and where to look.
//! Holds no name and no address of a person, and mentions nobody: a mention would notify them.

use super::{PROJECT_PAGE, Run, adf};
use crate::domain::case::{Case, CaseState, Standing};
use crate::words::{RenderedEvidence, RenderedFinding, Slots};
use diagnosis::{Evidence, Finding, Severity, Source};
use serde_json::Value;

impl Run<'_> {
    /// The document for what the comment says now; `None`: that the block is gone, or that the case is over.
    pub(super) async fn text(&self, case: &Case, says: Option<&Standing>) -> Value {
        match says.and_then(|says| case.told(says)) {
            Some(finding) => self.blocked(case, &finding).await,
            None => self.over(case.state),
        }
    }

    async fn blocked(&self, case: &Case, finding: &Finding) -> Value {
        // Where Jira does not tell the names, key and plain words do.
        let space = self.site.project_name(self.project.id).await.unwrap_or_else(|_| self.project.key.clone());
        let portal = self.site.portal_url(self.project.id).await.ok().map(String::from);
        let base = &self.tenant.base_url;
        let host = base.host_str().unwrap_or_default();
        let slots = Slots { space: &space, site: host, portal: portal.as_deref(), customer: None };
        let words = &self.of.words;
        let told = words.finding(finding, &slots);
        let kind = if finding.scenario.severity == Severity::Error { "error" } else { "warning" };
        let added = words.when(case.added.not_after);
        let mut content =
            vec![adf::panel(kind, headline(&told)), said(&words.text("comment-about", &[("added", added.into())]))];
        if !told.evidence.is_empty() {
            content.push(adf::paragraph(vec![adf::strong(&words.text("comment-how-we-know", &[]))]));
            content.push(adf::bullets(self.evidence(finding, &told)));
        }
        content.push(adf::paragraph(vec![
            adf::strong(&words.text("comment-what-to-do", &[])),
            adf::text(&format!(" {}", words.text("comment-who", &[("who", told.who.as_str().into())]))),
        ]));
        content.push(adf::steps(told.steps.iter().map(|step| adf::linked(step, portal.as_deref())).collect()));
        content.push(said(&words.text("comment-sent", &[])));
        content.push(self.links(&told));
        content.push(said(&words.text("comment-internal", &[])));
        adf::doc(content)
    }

    /// Who turned a switch or made an account is not told here, since a name may not be kept: the audit log tells it.
    fn evidence(&self, finding: &Finding, told: &RenderedFinding) -> Vec<Vec<Value>> {
        let names = self.of.words.text("comment-audit-log-names", &[]);
        let point = |(seen, told): (&Evidence, &RenderedEvidence)| {
            let recorded = seen.origin.source == Source::AuditLog && seen.origin.by.is_some();
            let said = if recorded { format!("{} {names}", told.statement) } else { told.statement.clone() };
            vec![adf::text(&said)]
        };
        finding.evidence.iter().zip(&told.evidence).map(point).collect()
    }

    fn links(&self, told: &RenderedFinding) -> Value {
        let mut inline = vec![adf::link(&self.of.words.text("comment-page", &[]), &self.page())];
        for link in &told.links {
            inline.push(adf::text(" · "));
            inline.push(adf::link(&link.title, &link.url));
        }
        adf::paragraph(inline)
    }

    /// Our page of this project, on the site; or the project that has it in its menu.
    fn page(&self) -> String {
        let base = self.tenant.base_url.as_str().trim_end_matches('/');
        let (key, id) = (&self.project.key, self.project.id);
        match (&self.tenant.forge, &self.tenant.connect) {
            (None, Some(connect)) => {
                let app = &connect.app_key;
                format!("{base}/plugins/servlet/ac/{app}/{PROJECT_PAGE}?project.key={key}&project.id={id}")
            }
            // Where Jira puts a page of Forge is documented nowhere; it stands in the project's own menu.
            _ => format!("{base}/jira/servicedesk/projects/{key}"),
        }
    }

    fn over(&self, state: CaseState) -> Value {
        let (title, text) = (format!("comment-over-{}", state.name()), format!("comment-over-{}-text", state.name()));
        let words = &self.of.words;
        let over = vec![adf::paragraph(vec![adf::strong(&words.text(&title, &[]))]), said(&words.text(&text, &[]))];
        adf::doc(vec![
            adf::panel(if is_good(state) { "success" } else { "info" }, over),
            adf::paragraph(vec![adf::link(&words.text("comment-page", &[]), &self.page())]),
            said(&words.text("comment-internal", &[])),
        ])
    }
}

/// Whether the customer has a way in now.
fn is_good(state: CaseState) -> bool {
    matches!(state, CaseState::Resolved | CaseState::GotIn | CaseState::Handled | CaseState::Clear)
}

fn said(text: &str) -> Value {
    adf::paragraph(vec![adf::text(text)])
}

fn headline(told: &RenderedFinding) -> Vec<Value> {
    let mut said = vec![adf::paragraph(vec![adf::strong(&format!("{}: {}", told.verdict, told.title))])];
    said.extend([&told.why, &told.note].into_iter().flatten().map(|text| self::said(text)));
    said
}
