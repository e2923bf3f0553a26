//! What somebody fills in on the screens for admins: fields, a file, a test of the sources.
//! Knows no server, as `flows`.

use super::flows::{Page, fragment, ok};
use super::host::Reply;
use serde_json::{Value, json};

fn at(module: &str) -> Value {
    json!({ "moduleKey": module, "locale": "en-US", "extension": { "project": { "id": "10001", "key": "SUP" } } })
}

impl Page<'_> {
    /// What was sent to change something, oldest first.
    fn sent(&self) -> Vec<Value> {
        self.host.asked("invoke").into_iter().filter(|call| call["method"] != "GET").collect()
    }

    pub(super) async fn what_is_filled_in_reaches_the_server(&self) {
        let shown = fragment("settings-full");
        self.open(320, at("settings"), move |call| match call["method"].as_str() {
            Some("GET") => ok(shown.clone()),
            _ => ok(json!({})),
        })
        .await;
        self.says("Mark a cause as intended").await;
        self.run("for (const one of document.querySelectorAll('details')) one.open = true").await;
        let wide = self.run("return document.documentElement.scrollWidth <= innerWidth").await;
        assert_eq!(wide, json!(true), "320 px: the page scrolls sideways");
        self.click("[data-key=add-mark] [type=submit]").await;
        assert_eq!(self.sent(), Vec::<Value>::new(), "a form that lacks something is not sent");
        let fill = "document.querySelector('select[name=scenario]').value = 'inactive_account';\
                    document.querySelector('[name=why]').value = ' They left '";
        self.run(fill).await;
        self.click("[data-key=add-mark] [type=submit]").await;
        self.asked("showFlag", 1).await;
        let marked = &self.sent()[0];
        assert_eq!(
            (&marked["path"], &marked["method"]),
            (&json!("/forge/api/v1/projects/10001/settings"), &json!("PUT"))
        );
        let marks = marked["body"]["onPurpose"].as_array().expect("a list");
        let last = marks.last().expect("a mark");
        assert_eq!(last, &json!({ "scenario": "inactive_account", "why": "They left" }), "an empty field says nothing");
        assert_eq!(marks.len(), 3, "with the two that count already");

        self.run("document.querySelector('[name=retentionDays]').value = '30'").await;
        self.click("form:has([name=retentionDays]) [type=submit]").await;
        self.asked("showFlag", 2).await;
        assert_eq!(self.sent()[1]["body"], json!({ "retentionDays": 30 }), "a number is a number");
        self.went_clean("forms").await;
    }

    pub(super) async fn a_file_is_carried_and_what_was_read_is_shown(&self) {
        let shown = fragment("settings-first");
        self.open(1100, at("settings"), move |call| match call["method"].as_str() {
            Some("GET") => ok(shown.clone()),
            _ => ok(json!({
                "read": 2, "findings": [{ "reason": "blocked", "count": 1, "statement": "One row <b>blocks</b>." }],
                "skipped": [{ "where": "line 3", "why": "It has no date." }],
            })),
        })
        .await;
        self.says("Import files from Jira").await;
        let choose = "const files = new DataTransfer(); files.items.add(new File(['a;\\u00fc\\n'], 'log.CSV'));\
                      document.querySelector('[data-key=import-log] input').files = files.files";
        self.run(choose).await;
        self.click("[data-key=import-log] [type=submit]").await;
        self.says("One row <b>blocks</b>.").await;
        self.says("line 3: It has no date.").await;
        let sent = &self.sent()[0];
        assert_eq!(sent["path"], "/forge/api/v1/projects/10001/imports/notification-log");
        assert_eq!((&sent["body"], &sent["headers"]["Content-Type"]), (&json!("a;ü\n"), &json!("application/json")));
        self.click(".made [data-action=close]").await;
        // The browser tells of the closing when it comes to it.
        let gone = "return new Promise((done) => { const look = () => document.querySelector('.made') \
                    ? requestAnimationFrame(look) : done(true); look(); })";
        assert_eq!(self.run(gone).await, json!(true), "closed is gone");
        self.went_clean("a file").await;
    }

    pub(super) async fn results_of_a_test_stand_beside_each_source(&self) {
        let shown = fragment("site-full");
        self.open(1100, at("site"), move |call| match call["path"].as_str() {
            Some("/forge/api/v1/site/selftest") => ok(json!({ "sources": [
                { "name": "mail_probe", "state": "unproven", "sees": [], "why": "It gave no answer." },
                { "name": "of_tomorrow", "state": "proven", "sees": [], "why": "Nobody shows this." },
            ] })),
            Some("/forge/panel/site") => ok(shown.clone()),
            _ => Reply::Thrown("nothing else is asked"),
        })
        .await;
        self.says("What each source can see").await;
        self.click("[data-source=mail_probe] [data-action=test]").await;
        self.says("It gave no answer.").await;
        assert_eq!(
            self.sent()[0]["body"],
            json!({ "statements": { "outgoing_mail_on": true } }),
            "what the admin says"
        );
        self.went_clean("a test").await;
    }
}
