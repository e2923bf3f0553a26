//! Small rules with their verdicts, each about one thing.
//! Knows no file.

use super::{action, add, branch, component, condition, either, judged, mail, variable};
use imports::automation::{About, Doubt, Reason, Verdict};
use rstest::rstest;
use serde_json::{Value, json};

const REPORTER: &str = "{{issue.reporter.emailAddress}}";
const GUEST: &str = "guest@example.com";

#[rstest]
#[case::copy(REPORTER, json!({"type": "COPY", "value": "reporter"}))]
#[case::smart(REPORTER, json!({"type": "SMART", "value": "{{issue.reporter.emailAddress}}"}))]
#[case::spaces(REPORTER, json!({"type": "SMART", "value": " {{ issue.reporter.emailAddress }} "}))]
#[case::letters(REPORTER, json!({"type": "SMART", "value": "{{Issue.Reporter.EmailAddress}}"}))]
#[case::short(REPORTER, json!({"type": "FREE", "value": "{{reporter.emailAddress}}"}))]
#[case::fields(REPORTER, json!({"type": "SMART", "value": "{{issue.fields.reporter.emailAddress}}"}))]
#[case::the_item_that_started_it(REPORTER, json!({"type": "SMART", "value": "{{triggerIssue.reporter.emailAddress}}"}))]
#[case::function("{{reporter.emailAddress.toLowerCase()}}", json!({"type": "COPY", "value": "reporter"}))]
#[case::text("{{reporter.emailAddress}}", json!("{{issue.reporter.emailAddress}}"))]
#[case::address(GUEST, json!({"type": "FREE", "value": "Guest@Example.com"}))]
#[case::named_address(GUEST, json!({"type": "FREE", "value": "A Guest <guest@example.com>"}))]
#[case::among_others(GUEST, json!({"type": "FREE", "value": "a@example.com; guest@example.com, b@example.com"}))]
#[case::field("{{issue.customfield_10050}}", json!({"type": "COPY", "value": "customfield_10050"}))]
fn the_same_person_in_other_words(
    #[case] added: &str,
    #[case] recipient: Value,
    #[values("to", "cc", "bcc")] field: &str,
) {
    let mail = action("jira.issue.outgoing.email", json!({field: [recipient]}));
    let rule = judged(&[add(added), mail]);
    assert_eq!(rule.verdict, Verdict::Mailed, "{rule:?}");
}

#[rstest]
#[case::nothing_follows(vec![add(REPORTER)], Reason::NoMail)]
#[case::to_another(vec![add(GUEST), mail("other@example.com")], Reason::OtherAddress)]
#[case::to_the_team(vec![add(REPORTER), mail("assignee")], Reason::OtherAddress)]
#[case::to_nobody(vec![add(GUEST), action("jira.issue.outgoing.email", json!({"to": [], "cc": [], "bcc": []}))], Reason::OtherAddress)]
#[case::before(vec![mail(GUEST), add(GUEST)], Reason::MailBefore)]
#[case::behind_a_condition(vec![add(GUEST), condition(), mail(GUEST)], Reason::ConditionBetween)]
#[case::in_a_block(vec![add(GUEST), either(vec![vec![mail(GUEST)]], false)], Reason::MailNotAlways)]
#[case::in_one_block(vec![add(GUEST), either(vec![vec![mail(GUEST)], vec![]], true)], Reason::MailNotAlways)]
#[case::in_all_blocks_but_no_else(vec![add(GUEST), either(vec![vec![mail(GUEST)], vec![mail(GUEST)]], false)], Reason::MailNotAlways)]
#[case::in_the_other_block(vec![either(vec![vec![add(GUEST)], vec![mail(GUEST)]], true)], Reason::MailNotAlways)]
#[case::in_a_branch(vec![add(GUEST), branch(vec![mail(GUEST)])], Reason::MailNotAlways)]
#[case::in_another_branch(vec![branch(vec![add(GUEST)]), branch(vec![mail(GUEST)])], Reason::MailNotAlways)]
#[case::before_it_in_a_branch(vec![branch(vec![mail(GUEST), add(GUEST)])], Reason::MailBefore)]
#[case::our_own_web_request(vec![add(GUEST), own_request()], Reason::NoMail)]
#[case::one_of_two(vec![add("a@example.com, b@example.com"), mail("a@example.com")], Reason::OtherAddress)]
#[case::the_variable_changed(
    vec![variable("who", "a@example.com"), add("{{who}}"), variable("who", "b@example.com"), mail("{{who}}")],
    Reason::OtherAddress
)]
#[case::a_mail_with_conditions(vec![add(GUEST), conditional(mail(GUEST))], Reason::MailNotAlways)]
#[case::an_add_among_conditions(vec![conditional_on(add(GUEST)), mail("b@example.com")], Reason::OtherAddress)]
fn silent(#[case] components: Vec<Value>, #[case] reason: Reason) {
    let rule = judged(&components);
    assert_eq!(rule.verdict, Verdict::Silent, "{rule:?}");
    assert_eq!(rule.findings.len(), 1, "{rule:?}");
    assert_eq!(rule.findings[0].reason, reason, "{rule:?}");
}

fn own_request() -> Value {
    action(
        "jira.issue.outgoing.webhook",
        json!({"url": "https://guard.example.com/app/ingest/automation", "headers": []}),
    )
}

fn conditional(mut component: Value) -> Value {
    component["conditions"] = json!([condition()]);
    component
}

fn unknown_container() -> Value {
    let mut container = either(vec![vec![], vec![]], false);
    container["type"] = json!("jira.condition.switch");
    container
}

fn conditional_on(inner: Value) -> Value {
    let mut outer = condition();
    outer["conditions"] = json!([inner]);
    outer
}

#[rstest]
#[case::after_the_block(vec![either(vec![vec![add(GUEST)]], false), mail(GUEST)])]
#[case::after_two_levels(vec![either(vec![vec![either(vec![vec![add(GUEST)], vec![]], true)]], false), mail(GUEST)])]
#[case::in_every_block(vec![add(GUEST), either(vec![vec![mail(GUEST)], vec![mail(GUEST)], vec![mail(GUEST)]], true)])]
#[case::in_the_branch(vec![branch(vec![add(REPORTER), mail("reporter")])])]
#[case::after_the_branch(vec![branch(vec![add(GUEST)]), mail(GUEST)])]
#[case::a_condition_in_the_branch_ends_only_it(vec![branch(vec![add(GUEST), condition()]), mail(GUEST)])]
#[case::the_condition_before(vec![condition(), add(GUEST), mail(GUEST)])]
#[case::twice_added(vec![add(GUEST), add(GUEST), mail(GUEST)])]
#[case::by_variable(vec![variable("Who", REPORTER), add("{{who}}"), mail("reporter")])]
#[case::to_variable(vec![add(REPORTER), variable("who", REPORTER), mail("{{ who }}")])]
#[case::by_either_name(vec![variable("who", "{{webhookData.mail}}"), add("{{who}}"), mail("{{who}}")])]
#[case::variable_of_a_block(vec![either(vec![vec![variable("who", GUEST), add("{{who}}")]], false), mail("{{who}}")])]
#[case::the_one_who_started_it_in_a_branch(vec![branch(vec![add("{{triggerIssue.reporter.emailAddress}}")]), mail("reporter")])]
#[case::templated(vec![add(GUEST), action("action.send-templated-email", json!({"to": [{"type": "FREE", "value": GUEST}]}))])]
#[case::value_is_the_address(vec![action("jira.sd.add.customer", json!(REPORTER)), mail("reporter")])]
#[case::an_unknown_kind_of_if(vec![add(GUEST), unknown_container(), mail(GUEST)])]
#[case::bare_blocks(vec![add(GUEST), component("CONDITION_BLOCK", "jira.condition.if.block", json!({}), vec![]), mail(GUEST)])]
fn mailed(#[case] components: Vec<Value>) {
    let rule = judged(&components);
    assert_eq!(rule.verdict, Verdict::Mailed, "{rule:?}");
    assert_eq!(rule.notes, [], "{rule:?}");
}

#[rstest]
#[case::unknown_action(vec![add(GUEST), action("com.acme.mailer:send", json!({}))], Doubt::UnknownStep)]
#[case::web_request(vec![add(GUEST), action("jira.issue.outgoing.webhook", json!({"url": "https://mail.example.com"}))], Doubt::WebRequest)]
#[case::perhaps_the_same(vec![add(REPORTER), mail("{{issue.watchers.emailAddress}}")], Doubt::OtherAddress)]
#[case::templated(vec![add(GUEST), action("action.send-templated-email", json!({"templateId": 7}))], Doubt::UnreadableMail)]
#[case::unreadable_recipient(vec![add(GUEST), action("jira.issue.outgoing.email", json!({"to": [{"type": "REFERENCE", "value": "x"}]}))], Doubt::UnreadableMail)]
#[case::unreadable_add(vec![action("jira.sd.add.customer", json!({"who": 1})), mail(GUEST)], Doubt::OtherAddress)]
#[case::condition_in_block(vec![either(vec![vec![add(GUEST), condition()]], false), mail(GUEST)], Doubt::ConditionInBlock)]
fn may_be_silent(#[case] components: Vec<Value>, #[case] doubt: Doubt) {
    let rule = judged(&components);
    assert_eq!(rule.verdict, Verdict::MayBeSilent, "{rule:?}");
    assert_eq!(rule.findings[0].doubts, [doubt], "{rule:?}");
}

#[test]
fn a_doubt_on_one_path_takes_nothing_from_the_other() {
    let script = action("com.acme.mailer:send", json!({}));
    let rule = judged(&[add(GUEST), either(vec![vec![script], vec![]], true)]);
    assert_eq!(rule.verdict, Verdict::Silent, "by the else nobody is mailed for sure: {rule:?}");
}

#[rstest]
#[case::each_reporter(vec![branch(vec![add(REPORTER)]), mail("reporter")])]
#[case::each_value(vec![
    component("BRANCH", "jira.smart.values.branch", json!({"query": {"value": "{{issue.members}}"}, "name": {"value": "member"}}), vec![add("{{member.emailAddress}}")]),
    mail("{{member.emailAddress}}"),
])]
#[case::a_variable_of_the_branch(vec![branch(vec![variable("who", REPORTER), add("{{who}}")]), mail("{{who}}")])]
fn a_mail_after_a_loop_counts_and_is_noted(#[case] components: Vec<Value>) {
    let rule = judged(&components);
    assert_eq!(rule.verdict, Verdict::Mailed, "a later mail at an outer level counts: {rule:?}");
    assert_eq!(rule.notes.iter().map(|note| note.about).collect::<Vec<_>>(), [About::MailAfterLoop], "{rule:?}");
}

#[test]
fn the_path_is_readable() {
    let rule = judged(&[condition(), either(vec![vec![], vec![condition(), branch(vec![add(GUEST)])]], false)]);
    let path: Vec<_> = rule.findings[0].path.iter().map(|step| (step.position.as_str(), step.kind.as_str())).collect();
    let expected = [
        ("2", "jira.condition.container.block"),
        ("2.2", "jira.condition.if.block"),
        ("2.2.2", "jira.issue.related"),
        ("2.2.2.1", "jira.sd.add.customer"),
    ];
    assert_eq!(path, expected);
}
