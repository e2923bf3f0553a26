//! The one internal comment of a case: written once, found again after a stop, edited in place, never public.
//! Knows no words (`text`), and whether comments are allowed at all was settled before (`canary`).

use super::case::{Target, is_final};
use super::{CASE_PROPERTY, Comments, Result, Run};
use crate::domain::case::{Case, CaseState, Standing};
use crate::domain::project::Canary;
use crate::jira::Comment;
use diagnosis::Confidence;
use serde_json::Value;

impl Run<'_> {
    /// Writes, edits or leaves the comment.
    pub(super) async fn comment(&mut self, case: &mut Case, target: &Target) -> Result<()> {
        if self.comments == Comments::Never || case.written.comment_final {
            return Ok(());
        }
        if let Some((issue, _)) = case.written.comment.clone().filter(|(_, id)| id.is_empty()) {
            // A stop came between our asking and our noting: what Jira received is ours to take over.
            self.take_over(case, &issue).await?;
        }
        let says = case.worth_a_comment().filter(|_| case.state == CaseState::Open).cloned();
        match (case.written.comment.clone(), says, target) {
            (Some((issue, id)), says, _) if case.written.comment_says != says => {
                self.edit(case, &issue, &id, says).await
            }
            (None, Some(says), Target::On(request)) if !case.quiet => {
                let issue = request.key.clone();
                self.write(case, &issue, says).await
            }
            _ => Ok(()),
        }
    }

    /// Notes our comment on the item if there is one, or that there is none.
    async fn take_over(&mut self, case: &mut Case, issue: &str) -> Result<()> {
        case.written.comment = None;
        let found = match self.site.comments_with_property(issue, CASE_PROPERTY).await {
            Ok(found) => found,
            Err(error) if is_final(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let (account, mark) = (case.account.0.as_str(), self.mark.as_str());
        let ours = |property: &Value| property["tenant"] == mark && property["accountId"] == account;
        let ours: Vec<Comment> = found.into_iter().filter(|c| c.property.as_ref().is_some_and(ours)).collect();
        for comment in ours {
            if comment.jsd_public != Some(false) {
                self.withdraw(issue, &comment).await?;
                continue;
            }
            case.written.comment_says = comment.property.as_ref().and_then(read_says);
            case.written.comment = Some((issue.to_owned(), comment.id));
            return Ok(());
        }
        Ok(())
    }

    async fn write(&mut self, case: &mut Case, issue: &str, says: Standing) -> Result<()> {
        case.written.comment = Some((issue.to_owned(), String::new()));
        self.note(case).await?;
        // Also one that an earlier life of this case left here.
        self.take_over(case, issue).await?;
        if let Some((issue, id)) = case.written.comment.clone() {
            return match case.written.comment_says.as_ref() == Some(&says) {
                true => Ok(()),
                false => self.edit(case, &issue, &id, Some(says)).await,
            };
        }
        if self.comments == Comments::Never {
            return Ok(()); // what we found was public
        }
        let body = self.text(case, Some(&says)).await;
        let property = self.value(case, &says);
        match self.site.add_internal_comment(issue, &body, &[(CASE_PROPERTY, property)]).await {
            Ok(comment) if comment.jsd_public == Some(false) => {
                case.written.comment = Some((issue.to_owned(), comment.id));
                case.written.comment_says = Some(says);
                Ok(())
            }
            Ok(comment) => self.withdraw(issue, &comment).await,
            // Closed, locked or gone: final.
            Err(error) if is_final(&error) => {
                case.written.comment_final = true;
                Ok(())
            }
            // Whether Jira received it is not known; the next run looks for it where we noted.
            Err(error) => Err(error.into()),
        }
    }

    async fn edit(&mut self, case: &mut Case, issue: &str, id: &str, says: Option<Standing>) -> Result<()> {
        let body = self.text(case, says.as_ref()).await;
        let tells = says.clone().or_else(|| case.written.comment_says.clone());
        let tells = tells.unwrap_or(Standing { scenario: String::new(), confidence: Confidence::Unknown });
        let property = self.value(case, &tells);
        match self.site.edit_comment(issue, id, &body, &[(CASE_PROPERTY, property)]).await {
            Ok(comment) if comment.jsd_public == Some(true) => {
                case.written.comment = None;
                case.written.comment_final = true;
                self.withdraw(issue, &comment).await
            }
            Ok(_) => {
                case.written.comment_says = says;
                Ok(())
            }
            Err(error) if is_final(&error) => {
                case.written.comment_final = true;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A comment that is not internal although that was proven goes away at once, and no other is written here.
    async fn withdraw(&mut self, issue: &str, comment: &Comment) -> Result<()> {
        tracing::error!(
            project = self.project.id.0,
            "a comment came back public; deleted, and none is written any more"
        );
        self.site.delete_comment(issue, &comment.id).await?;
        self.comments = Comments::Never;
        Ok(self.of.store.set_canary(self.tenant.id, self.project.id, Canary::Public, self.now).await?)
    }
}

fn read_says(property: &Value) -> Option<Standing> {
    let scenario = property["scenario"].as_str()?.to_owned();
    let confidence = Confidence::from_name(property["confidence"].as_str()?)?;
    Some(Standing { scenario, confidence })
}
