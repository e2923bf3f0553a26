//! What the log's *Details* say, in the languages that Jira speaks: blocked, unblocked, or a failure of another kind.
//! Does not guess: a text that it does not know is a failure of an unknown kind.

use super::Failure;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Blocked,
    Unblocked,
    Failed(Failure),
    /// The label of the button that takes a block away: only shown where there is one.
    UnblockButton,
}

/// That a block is over; asked first, since each holds a word for "blocked".
const UNBLOCKED: &[&str] = &[
    "unblocked",
    "no longer blocked",
    "not blocked",
    "isn't blocked",
    "was removed from the block",
    "entsperrt",
    "nicht mehr blockiert",
    "nicht mehr gesperrt",
    "nicht blockiert",
    "nicht gesperrt",
    "blockierung aufgehoben",
    "sperre aufgehoben",
    "débloqué",
    "plus bloqué",
    "pas bloqué",
    "desbloquead",
    "no está bloquead",
    "ya no está",
    "解除されました",
    "解除済",
    "ブロックされていません",
];
const BUTTON: &[&str] = &[
    "unblock",
    "entsperren",
    "blockierung aufheben",
    "sperre aufheben",
    "débloquer",
    "desbloquear",
    "ブロックを解除",
    "ブロック解除",
];
const BLOCKED: &[&str] = &["blocked", "suppressed", "blockiert", "gesperrt", "bloqué", "bloquead", "ブロック"];
/// Somebody else blocked one mail, which puts the address on no list.
const BLOCKED_ELSEWHERE: &[&str] = &[
    "blocked by the recipient",
    "blocked by recipient",
    "blocked by spam",
    "blocked by a spam",
    "blocked by policy",
    "blocked by a policy",
    "blocked by a firewall",
    "blocked as spam",
    "blocked content",
    "blocked attachment",
    "blocked domain",
    "blocked sender",
];
const INTERNAL: &[&str] =
    &["internal error", "internal server error", "interner fehler", "erreur interne", "error interno", "内部エラー"];
const ADDRESS: &[&str] = &[
    "validation",
    "validierung",
    "validación",
    "invalid",
    "not valid",
    "malformed",
    "not formatted",
    "ungültig",
    "non valide",
    "inválid",
    "no es válid",
    "検証",
    "無効な",
    "不正な",
];
const TEMPLATE: &[&str] = &["template", "vorlage", "modèle", "plantilla", "テンプレート"];

/// Reads a text. What its first words say counts before what the rest explains.
pub(super) fn read(text: &str) -> Said {
    let text = text.to_lowercase().replace('’', "'");
    let head = text.split([':', ';', '.', '(', '–', '—', '。', '：', '\n']).next().unwrap_or_default();
    match said(head) {
        Said::Failed(Failure::Other) => said(&text),
        known => known,
    }
}

/// A text that also names another reason is not taken for a block.
fn said(text: &str) -> Said {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(UNBLOCKED) {
        Said::Unblocked
    } else if has(INTERNAL) {
        Said::Failed(Failure::InternalError)
    } else if has(TEMPLATE) {
        Said::Failed(Failure::TemplateTooLarge)
    } else if has(ADDRESS) {
        Said::Failed(Failure::BadAddress)
    } else if has(BUTTON) {
        Said::UnblockButton
    } else if has(BLOCKED) && !has(BLOCKED_ELSEWHERE) {
        Said::Blocked
    } else {
        Said::Failed(Failure::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Email address is blocked", Said::Blocked)]
    #[case("BLOCKED", Said::Blocked)]
    #[case("Blocked: invalid mailbox (5.1.1)", Said::Blocked)]
    #[case("This email address is blocked because earlier emails bounced. You can have it unblocked.", Said::Blocked)]
    #[case("E-Mail-Adresse ist blockiert", Said::Blocked)]
    #[case("Adresse e-mail bloquée", Said::Blocked)]
    #[case("Dirección de correo bloqueada", Said::Blocked)]
    #[case("メール アドレスがブロックされています", Said::Blocked)]
    #[case("Unblock email address", Said::UnblockButton)]
    #[case("Blockierung aufheben", Said::UnblockButton)]
    #[case("Email address was unblocked", Said::Unblocked)]
    #[case("No longer blocked", Said::Unblocked)]
    #[case("Nicht mehr blockiert", Said::Unblocked)]
    #[case("Adresse débloquée", Said::Unblocked)]
    #[case("ブロックが解除されました", Said::Unblocked)]
    #[case("Internal errors", Said::Failed(Failure::InternalError))]
    #[case("Email validation error: missing '@'", Said::Failed(Failure::BadAddress))]
    #[case("Notification template too large", Said::Failed(Failure::TemplateTooLarge))]
    #[case("Internal error: blocked thread", Said::Failed(Failure::InternalError))]
    #[case("Message blocked by the recipient's mail server", Said::Failed(Failure::Other))]
    #[case("Something else", Said::Failed(Failure::Other))]
    #[case("", Said::Failed(Failure::Other))]
    fn details_are_read(#[case] text: &str, #[case] expected: Said) {
        assert_eq!(read(text), expected, "{text}");
    }
}
