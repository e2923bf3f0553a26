//! The text of a comment: what blocks, how we know, who can do what, and where to look.
//! Holds no name and no address of a person, and mentions nobody: a mention would notify them.

use super::{PROJECT_PAGE, Run, adf};
use crate::domain::case::{Case, CaseState, Standing};
use crate::words::{RenderedFinding, Slots};
use diagnosis::{Finding, Severity};
use serde_json::Value;

impl Run<'_> {
    /// The document for what the comment says now; `None`: that the block is gone, or that the case is over.
    pub(super) async fn text(&self, case: &Case, says: Option<&Standing>) -> Value {
        match says.and_then(|says| case.told(says)) {
            Some(finding) => self.blocked(&finding).await,
            None => self.over(case.state),
        }
    }

    async fn blocked(&self, finding: &Finding) -> Value {
        // Where Jira does not tell the names, key and plain words do.
        let space = self.site.project_name(self.project.id).await.unwrap_or_else(|_| self.project.key.clone());
        let portal = self.site.portal_url(self.project.id).await.ok().map(String::from);
        let base = &self.tenant.installation.base_url;
        let host = base.host_str().unwrap_or_default();
        let slots = Slots { space: &space, site: host, portal: portal.as_deref(), customer: None };
        let words = &self.of.words;
        let told = words.finding(finding, &slots);
        let kind = if finding.scenario.severity == Severity::Error { "error" } else { "warning" };
        let mut content = vec![adf::panel(kind, headline(&told))];
        if !told.evidence.is_empty() {
            content.push(adf::paragraph(vec![adf::strong(&words.text("comment-how-we-know", &[]))]));
            content.push(adf::bullets(self.evidence(&told)));
        }
        content.push(adf::paragraph(vec![
            adf::strong(&words.text("comment-what-to-do", &[])),
            adf::text(&format!(" {}", words.text("comment-who", &[("who", told.who.as_str().into())]))),
        ]));
        content.push(adf::steps(told.steps.iter().map(|step| vec![adf::text(step)]).collect()));
        content.push(self.links(&told));
        content.push(adf::paragraph(vec![adf::text(&words.text("comment-internal", &[]))]));
        adf::doc(content)
    }

    fn evidence(&self, told: &RenderedFinding) -> Vec<Vec<Value>> {
        let base = self.tenant.installation.base_url.as_str().trim_end_matches('/');
        let point = |evidence: &crate::words::RenderedEvidence| {
            let mut inline = vec![adf::text(&evidence.statement)];
            if let Some(by) = &evidence.by {
                inline.push(adf::text(" "));
                let words = self.of.words.text("comment-by", &[]);
                inline.push(adf::link(&words, &format!("{base}/jira/people/{by}")));
            }
            inline
        };
        told.evidence.iter().map(point).collect()
    }

    fn links(&self, told: &RenderedFinding) -> Value {
        let mut inline = vec![adf::link(&self.of.words.text("comment-page", &[]), &self.page())];
        for link in &told.links {
            inline.push(adf::text(" · "));
            inline.push(adf::link(&link.title, &link.url));
        }
        adf::paragraph(inline)
    }

    /// Our page of this project, on the site.
    fn page(&self) -> String {
        let base = self.tenant.installation.base_url.as_str().trim_end_matches('/');
        let app = &self.tenant.installation.app_key;
        let (key, id) = (&self.project.key, self.project.id);
        format!("{base}/plugins/servlet/ac/{app}/{PROJECT_PAGE}?project.key={key}&project.id={id}")
    }

    fn over(&self, state: CaseState) -> Value {
        let (title, text) = (format!("comment-over-{}", state.name()), format!("comment-over-{}-text", state.name()));
        let words = &self.of.words;
        let said = vec![
            adf::paragraph(vec![adf::strong(&words.text(&title, &[]))]),
            adf::paragraph(vec![adf::text(&words.text(&text, &[]))]),
        ];
        adf::doc(vec![
            adf::panel("success", said),
            adf::paragraph(vec![adf::link(&words.text("comment-page", &[]), &self.page())]),
            adf::paragraph(vec![adf::text(&words.text("comment-internal", &[]))]),
        ])
    }
}

fn headline(told: &RenderedFinding) -> Vec<Value> {
    let mut said = vec![adf::paragraph(vec![adf::strong(&format!("{}: {}", told.verdict, told.title))])];
    said.extend([&told.why, &told.note].into_iter().flatten().map(|text| adf::paragraph(vec![adf::text(text)])));
    said
}
