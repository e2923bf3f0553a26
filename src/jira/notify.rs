//! Whether Jira would send mail at all, told by how it refuses a *notify* call that can never send: there is no such work
//! item, and there are no recipients. Does not know how often this may be asked, nor what the answer is worth.
//!
//! Jira looks at its mail switch first (403), then for the item (404), then at the recipients (400).

use super::client::{Answer, Answered, Call, Endpoint, endpoint};
use super::{JiraError, Result, Site};
use serde_json::{Value, json};

static NOTIFY: Endpoint = endpoint!(POST "/rest/api/3/issue/{issue}/notify");

/// How Jira took a notification to nobody about nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notified {
    /// It got past the mail switch and met the missing item or the missing recipients.
    MailOn,
    /// Refused with a text that names mail: the switch is off or no mail server is set.
    MailOff,
    /// Taken into the mail queue, which must never happen.
    Queued,
    /// Anything else, by its status.
    Unclear(u16),
}

/// Nobody, and a text that would explain itself.
fn to_nobody() -> Value {
    json!({
        "subject": "Invite Guard: never sent",
        "textBody": "Invite Guard asks whether outgoing mail is on. This message has no recipients and is never sent.",
        "to": {
            "users": [], "groups": [], "groupIds": [],
            "reporter": false, "assignee": false, "watchers": false, "voters": false,
        },
    })
}

impl Site {
    /// Asks for a notification to nobody about an item that cannot be there: numbers of items begin at 1.
    pub async fn notify_nobody(&self, project_key: &str) -> Result<Answer<Notified>> {
        let nothing = format!("{project_key}-0");
        if !crate::domain::project::is_item_key(&nothing) {
            return Err(JiraError::NotFound);
        }
        let answered = self.exchange(Call::to(&NOTIFY).part(nothing).json(to_nobody())).await?;
        Ok(Answer::new(read(&answered), answered.bounds))
    }
}

fn read(answered: &Answered) -> Notified {
    match (answered.status(), answered.json::<Value>()) {
        // Whatever 2xx it is: Jira did not refuse.
        (200..=299, _) => Notified::Queued,
        // Only an answer of Jira's own counts; a page of a proxy says nothing about mail.
        (400 | 404, Ok(Value::Object(_))) => Notified::MailOn,
        (403, Ok(body)) if names_mail(&body) => Notified::MailOff,
        (status, _) => Notified::Unclear(status),
    }
}

/// Whether a text of Jira's error names mail as a word. One that names an address is about somebody, not about the switch.
fn names_mail(body: &Value) -> bool {
    let listed = body["errorMessages"].as_array().into_iter().flatten();
    let by_field = body["errors"].as_object().into_iter().flat_map(|fields| fields.values());
    let texts = listed.chain(by_field).chain([&body["message"], &body["errorMessage"]]).filter_map(Value::as_str);
    let mail = |word: &str| matches!(word, "mail" | "mails" | "email" | "emails" | "smtp");
    let mut texts = texts.map(str::to_lowercase).filter(|text| !text.contains('@'));
    texts.any(|text| text.split(|c: char| !c.is_alphanumeric()).any(mail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::disabled(json!({"errorMessages": ["Outgoing emails are disabled."], "errors": {}}), true)]
    #[case::no_server(json!({"errorMessages": ["No SMTP server is configured."]}), true)]
    #[case::german(json!({"errorMessages": ["Ausgehende E-Mails sind deaktiviert."]}), true)]
    #[case::one_message(json!({"message": "Outgoing mail is off"}), true)]
    #[case::scope(json!({"errorMessages": ["The app does not have the scope that this resource needs."]}), false)]
    #[case::address(json!({"errorMessages": ["ann@mail.example may not do this."]}), false)]
    #[case::inside_a_word(json!({"errorMessages": ["The mailbox-9 project is blackmailed."]}), false)]
    #[case::elsewhere(json!({"path": "/mail", "errorMessages": []}), false)]
    #[case::a_list(json!(["mail"]), false)]
    #[case::a_text(json!("mail"), false)]
    fn only_jiras_own_words_about_mail_count(#[case] body: Value, #[case] named: bool) {
        assert_eq!(names_mail(&body), named, "{body}");
    }

    #[test]
    fn the_body_names_nobody() {
        let to = &to_nobody()["to"];
        let fields = to.as_object().expect("an object");
        let nobody = |value: &Value| *value == json!(false) || value.as_array().is_some_and(Vec::is_empty);
        assert!(fields.values().all(nobody), "{to}");
    }
}
