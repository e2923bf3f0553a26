### The page's own strings: headings, buttons, states. Causes, verdicts and sources have their words in the other files.
### Arguments: $space, $site, $key, $request, $customer, $by, $who are texts; $time, $from and $until are points in time, which the
### reader's browser puts into their own zone.

page-title = Invite health
page-sub = { $space } ({ $key }) · checked { $time }
page-reload = Check again

## The answer
page-answer-label = Do invitations arrive?
page-answer-blocked = Invitations from { $space } don’t arrive
page-answer-may-be = Invitations from { $space } may not arrive
page-answer-clear = Nothing we can check blocks invitations from { $space }
page-answer-clear-why = Everybody who was added lately could be invited, as far as Jira tells.
page-answer-people = Some customers of { $space } got no invitation
page-answer-people-why = { $count ->
        [one] One customer was added without an invitation. See below who, why, and what to send them.
       *[other] { $count } customers were added without an invitation. See below who, why, and what to send them.
    }
page-answer-unknown = We can’t tell yet whether invitations from { $space } arrive
page-answer-unknown-why = A setting that decides it isn’t known here. Please answer below, or ask somebody who can.
page-answer-unknown-people = Some customers of { $space } got no invitation
page-open-outgoing_mail_disabled = Open outgoing mail
page-open-notification_disabled = Open customer notifications

## Questions
page-ask-outgoing_mail_disabled = Is outgoing mail on for { $site }?
page-ask-notification_disabled = Is { -customer-invited } on in { $space }?
page-ask-changed-on = Is it on again?
page-ask-changed-off = Is it off now?
page-ask-who = Can answer here: { $who }
page-answer-on = Yes, it’s on
page-answer-off = No, it’s off
page-answer-done = Noted, with your name and the time

## Causes
page-causes = What we found
page-affects-site = Affects every invitation from { $site }
page-affects-project = Affects everybody who is added to { $space }
page-proof = How we know
page-cure = What to do
page-by = By { $by }
page-likely = Likely
page-also = Also: { $cause }
page-automation = Automation
page-someone = somebody whose name Jira doesn’t show
page-nameless = A customer without a shown name
page-copy-to-admin = Text to send to an admin
page-copy-to-customer = Text to send to the customer
page-copy = Copy text
page-people = { $count ->
        [one] Who
       *[other] Who ({ $count })
    }
page-missed = { $count ->
        [one] Added meanwhile, not invited
       *[other] Added meanwhile, not invited ({ $count })
    }
page-more = { $count ->
        [one] and one more in the list below
       *[other] and { $count } more in the list below
    }
page-people-outgoing_mail_disabled = { $count ->
        [one] One customer was added while the site sent no e-mail
       *[other] { $count } customers were added while the site sent no e-mail
    }
page-people-notification_disabled = { $count ->
        [one] One customer was added while invitations were turned off
       *[other] { $count } customers were added while invitations were turned off
    }
page-people-created_by_automation = { $count ->
        [one] Automation added one customer without an invitation
       *[other] Automation added { $count } customers without an invitation
    }
page-people-existing_customer = { $count ->
        [one] One customer already had an account, so no invitation went out
       *[other] { $count } customers already had an account, so no invitation went out
    }
page-people-access_restricted = { $count ->
        [one] One customer was added while the site’s customer access kept them out
       *[other] { $count } customers were added while the site’s customer access kept them out
    }
page-people-portal_permission_missing = { $count ->
        [one] One customer was added while the permission scheme kept customers out
       *[other] { $count } customers were added while the permission scheme kept customers out
    }
page-people-malformed_address = { $count ->
        [one] One customer has an address that isn’t valid
       *[other] { $count } customers have addresses that aren’t valid
    }
page-people-address_suppressed = { $count ->
        [one] One customer has a blocked e-mail address
       *[other] { $count } customers have blocked e-mail addresses
    }
page-people-undeliverable_domain = { $count ->
        [one] One customer has an address whose domain takes no e-mail
       *[other] { $count } customers have addresses whose domain takes no e-mail
    }
page-people-inactive_account = { $count ->
        [one] One customer has an inactive account
       *[other] { $count } customers have inactive accounts
    }
page-people-created_by_api = { $count ->
        [one] One customer was added by an app or script without an invitation
       *[other] { $count } customers were added by an app or script without an invitation
    }
page-people-wrong_door = { $count ->
        [one] One customer was invited to Atlassian, not to your portal
       *[other] { $count } customers were invited to Atlassian, not to your portal
    }
page-people-invitations_muted = { $count ->
        [one] One customer may have turned off Atlassian invitations
       *[other] { $count } customers may have turned off Atlassian invitations
    }
page-missed-why = It’s fixed for the next ones, but nothing is sent later to those who were added meanwhile.
page-missed-step = Send them the portal link.

## People
page-adds = Recently added
page-adds-none = Nobody has been added since Invite Guard was installed. The next customer you add shows here.
page-added = added { $time }
page-how = { $how } · { $time }
page-window = Added between { $from } and { $until }; judged as of then
page-checked = checked { $time }
page-via-role = Added to the customers
page-via-organisation = Added with an organization
page-via-rule = A { -flow(form: "both") } said so
page-via-audit = Account created
page-via-request = First request
page-via-list_only = Seen on the customer list
page-handled = I sent the link
page-handled-done = Thanks. The warning for { $customer } is closed.
page-recheck = Check again
page-recheck-done = Checking { $customer } again
page-state-new = Checking
page-state-resolved = Solved
page-state-got_in = Got in
page-state-handled = Link sent
page-state-expired = Expired
page-state-on_purpose = On purpose

## What nobody can tell
page-never = What can’t be checked here

## Comments
page-comments = Comments on requests
page-comments-about = When a customer who wasn’t invited has an open request, Invite Guard can tell the team there. The customer never sees it and is never mailed.
page-comments-who = A { -space(form: "both") } admin can change this.
page-comments-off = No comments
page-comments-off-about = The panel beside the request and the page Invite health tell the team. Nothing is written on requests.
page-comments-off-done = No comments will be written
page-comments-request = Internal comment on the request
page-comments-request-about = One internal comment on the customer’s newest open request, with cause and cure. It is edited, not repeated, and only for causes somebody has to act on.
page-comments-request-done = Internal comments are on

## Lines at the end
page-rule-step = Added by Automation
page-rule-step-about = Automation’s “Add service project customer” sends no e-mail, and Jira tells nobody. If the { -flow(form: "both") } tells Invite Guard, whoever it adds is shown here within seconds.
page-rule-step-make = Show the step to add
page-made-title = The step to add, with a secret that is shown this once
page-made-close = Close

page-notes = About this page
page-note-missing = Invite Guard can’t write here: it lacks { $permissions }. The page works; the panel beside requests and comments don’t. A { -space(form: "both") } admin can give the app’s user these permissions.
page-note-canary-internal = Checked: comments by Invite Guard are internal in this { -space(form: "both") }.
page-note-canary-public = No comment is written: a trial comment by Invite Guard came out public here. Give the app’s user the Service Desk Team role.
page-note-canary-no_item = No comment is written yet: there is no { -work-item(form: "both") } without a customer on which to try that comments are internal.
page-note-canary-forbidden = No comment is written: Invite Guard lacks a permission to try that comments are internal here.
page-note-reading = Reading the customers of this { -space(form: "both") } for the first time. Nobody is judged for having been here already.
page-note-seeded = Customers who were here on { $time } were taken over as known; only adds after that are judged.
page-note-unread-forbidden = Invite Guard hasn’t been able to read { $way } since { $time }: a permission is missing, or it isn’t there. Nobody is taken for gone because of it; people added there go unnoticed.
page-note-unread-too_large = Invite Guard doesn’t read { $way } since { $time }: it’s larger than { $most } MiB. Nobody is taken for gone because of it; people added there are noticed by other signs only.
page-note-unread-list = Invite Guard hasn’t been able to read the customer list since { $time }. No add goes unnoticed because of it.
page-note-unread-unavailable = Jira hasn’t given a usable answer for { $way } since { $time }. Nobody is taken for gone because of it; it’s tried again.
page-note-import = { $people } people were added at once; this was found on { $time }.
page-note-import-causes = { $people } people were added at once; this was found on { $time }. { $causes }
page-note-import-cause = { $count } × { $cause }
page-way-role = the role “Service Desk Customers”
page-way-organisation = the organizations of this { -space(form: "both") }

## Beside a request
page-reporter = { $customer }, reporter of { $request } · checked { $time }
page-reporter-new = { $customer }, reporter of { $request }
page-request = { $request }
page-others = { $count ->
        [one] One other check
       *[other] { $count } other checks
    }
page-ended-got_in = { $customer } got in
page-ended-handled = The portal link was sent to { $customer }
page-ended-expired = Nothing more was seen of this invitation
page-ended-on_purpose = { $customer } was left without an invitation on purpose
page-nobody = No recent add to look at
page-nobody-why = Invite Guard hasn’t seen the reporter of this { -work-item(form: "both") } being added to this { -space(form: "both") }.
page-nobody-verdict = Nothing to check

## States
page-loading = Loading the last result
page-error-title = The result could not be loaded
page-error = The connection failed. We keep trying.
page-lost = Jira doesn’t tell this page which { -space(form: "both") }, request or organization it belongs to. We keep asking.
page-trouble-title = This is the last good result
page-retry = Try again
page-reference = Reference
page-forbidden-title = Only agents can see this
page-forbidden = Invite health shows who was added and why no invitation went out, so it is for people who work on requests here. A { -space(form: "both") } admin can add you to the Service Desk Team role.
page-forbidden-site-title = Only Jira admins can see this
page-forbidden-site = This page is about the whole site, so it needs the global permission Administer Jira. A Jira admin can give it at Settings > System > Global permissions.
page-bridge-title = Jira’s page bridge could not be reached
page-bridge = This page works inside Jira only. If you are in Jira, a browser extension or your network may block Atlassian’s script; reload once it is allowed.
page-no-script = This page needs JavaScript.
page-done = Done
page-failed = That didn’t work
page-copied = Copied
page-select = The text is selected. Press Ctrl+C or ⌘C to copy it.
