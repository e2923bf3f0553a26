//! What the demo prints. Standard output holds the address; what goes wrong goes to standard error.
//! Knows no state; the page itself tells what to click next.

use crate::Door;
use std::io::Write as _;

fn say(text: &str) {
    // A closed pipe must not end the demo.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

pub(crate) fn starting() {
    say("Starting Invite Guard and a local Jira site …");
}

pub(crate) fn installed(door: Door) {
    let how = match door {
        Door::Connect => "by the signed handshake",
        Door::Forge => "by its manifest, as Forge installs it",
    };
    say(&format!("Installed {how}. Reading who is there already …"));
}

pub(crate) fn ready(url: &str) {
    say(&format!(
        "
Invite Guard is running. A customer was added whose invitation does not go out, and the page says why.

  Open   {url}/

Then follow “Try this” on the right. Each click makes the next warning appear on the page by itself:

  1. A known customer is added                done: look at “What we found”
  2. Automation adds a customer               an account, and no mail
  3. Customer invited is turned off           the audit log tells who did it and when
  4. Outgoing mail is turned off              the page asks; answer “No, it’s off”
  5. Raise a request for one of them          the panel appears beside it
  6. Choose “Internal comment on the request” at the end of the page; the comment appears on the request

Look at it as somebody else with “Acting as”. Everything is on this computer; Ctrl-C stops it and leaves nothing behind."
    ));
}

pub(crate) fn stopping() {
    say("\nStopping …");
}

pub(crate) fn failed(error: &anyhow::Error) {
    let _ = writeln!(std::io::stderr().lock(), "\nTHE DEMO FAILED: {error:#}\n");
}
