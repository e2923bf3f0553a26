//! Nothing of a file but names, ids, types and positions comes out again.
//! Looks at all that a reading can be turned into.

use super::{action, add, branch, condition, rule};
use imports::automation::read;
use proptest::prelude::*;
use serde_json::{Value, json};

fn web_request(header: &str, body: &str) -> Value {
    let headers = json!([
        {"id": "h1", "name": "Authorization", "value": header, "headerSecure": true},
        {"id": "h2", "name": "X-Key", "value": {"keyOrValue": header, "secret": true}},
    ]);
    let value = json!({"url": format!("https://u:{header}@hooks.example.com/{header}"), "headers": headers, "customBody": body});
    action("jira.issue.outgoing.webhook", value)
}

fn letter(to: &str, body: &str) -> Value {
    let all = json!([{"type": "FREE", "value": to}, {"type": "SMART", "value": to}, {"type": "ID", "value": to}]);
    action(
        "jira.issue.outgoing.email",
        json!({"to": all, "cc": all, "bcc": to, "fromName": to, "subject": body, "body": body}),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn secrets_and_addresses_never_come_out(
        header in "s3cr3t-[a-z0-9]{12}", body in "b0dy-[a-z0-9]{12}", user in "us3r[a-z0-9]{8}", cut in 0.0_f64..1.0
    ) {
        let address = format!("{user}@example.com");
        let components = vec![
            add(&address),
            web_request(&header, &body),
            branch(vec![condition(), add(&format!("{{{{{user}.emailAddress}}}}")), letter(&address, &body)]),
            action(&address, json!({"secret": header, "to": address})),
            json!({"component": header, "type": "com.acme.unknown", "value": {header.clone(): body}, "children": [web_request(&header, &body)]}),
            json!({"component": "ACTION", "type": "jira.sd.add.customer", "value": format!("{{\"email\":\"{address}\"}}")}),
        ];
        let mut broken = rule(&[json!({"component": "ACTION", "type": [header, body, address]})]);
        broken["name"] = json!("Broken");
        let mut whole = rule(&components);
        whole["id"] = json!(address);
        whole["uuid"] = json!(format!("{address}/{header}"));
        whole["authorAccountId"] = json!(user);
        let file = json!({"cloud": true, "owner": address, "rules": [whole, broken]}).to_string();
        let mut outputs = Vec::new();
        let reading = read(file.as_bytes()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert_eq!((reading.rules.len(), reading.skipped.len()), (1, 1));
        outputs.push(format!("{reading:?}"));
        outputs.push(serde_json::to_string(&reading).unwrap_or_default());
        let end = (file.len() as f64 * cut) as usize;
        if let Err(error) = read(&file.as_bytes()[..end]) {
            outputs.push(format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap_or_default()));
        }
        for output in outputs {
            for secret in [&header, &body, &user] {
                prop_assert!(!output.contains(secret.as_str()), "{} in {}", secret, output);
            }
        }
    }
}
