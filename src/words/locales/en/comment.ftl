### What publishing adds around a finding in a comment or notice. Causes, verdicts and sources have their words in the
### other files.

comment-about = This is about the customer who reported this { -work-item(form: "both") }; we first saw them in this { -space(form: "both") } on { $added }.
comment-how-we-know = How we know
comment-what-to-do = What to do
comment-who = Who can: { $who }
comment-audit-log-names = The audit log names who did it.
comment-page = Open Invite Guard
comment-sent = Does the customer have the portal link now? Choose “I sent the link” in Invite Guard, and this is settled.
comment-internal = Only your team sees this comment. It is edited when something changes, not repeated.

## What becomes of the comment when the case is over
comment-over-resolved = Nothing blocks this invitation any more
comment-over-resolved-text = What blocked it was cleared. Mail that wasn’t sent isn’t sent later: send the portal link to this customer if they don’t have it yet.
comment-over-got_in = This customer got in
comment-over-got_in-text = They raised or commented on a request themselves after they were added. Nothing is left to do.
comment-over-handled = Somebody on the team took care of it
comment-over-handled-text = The customer was sent the portal link. Nothing is left to do.
comment-over-expired = We stopped watching after two weeks
comment-over-expired-text = The customer didn’t get in during the two weeks after they were added, as far as we can see. Send them the portal link if they still need it.
comment-over-on_purpose = This is on purpose
comment-over-on_purpose-text = An admin marked the cause as intended in this { -space(form: "both") }.
comment-over-open = Nothing to act on is left
comment-over-open-text = What still stands is for information only; Invite Guard says what to send this customer.
comment-over-unchecked = This customer was added again
comment-over-unchecked-text = They were removed and added once more; what was said here was about the add before.
comment-over-clear = This customer was added again
comment-over-clear-text = They were removed and added once more, and nothing we can check blocks this invitation.
