### One part a cause. Each has the same ids: what is said when it blocks (`title`, likely: `title-likely`, `why`), when it
### does not (`clear`), when nobody could tell (`unchecked`, `by-hand`), when it cannot concern the person
### (`not-applicable`); then what was seen, the steps, and a text to copy.
### Arguments: $space, $site, $portal ($portal_given: yes, no), $customer ($customer_start at the start of a sentence); evidence also $observed and
### $source; a text to copy also $observed.

learn-more = Learn more: why customers don’t receive invitations

## How and when something was seen; part of every statement below
seen = { $source ->
        [admin_statement] An admin said so on { $observed }.
        [audit_log] Recorded in Jira’s audit log; read { $observed }.
        [roster] Seen in a customer role or organization; checked { $observed }.
        [own_history] Concluded from earlier customers; checked { $observed }.
        [inferred] Concluded from other facts; checked { $observed }.
        [automation_rule] A { -flow(form: "both") } said so on { $observed }.
       *[other] Checked { $observed }.
    }
seen-since = Since { $since }.

## About the account, shared by several causes
account-seen-before = The account was on { $site } before this add. { seen }
account-seen-new = The account was created at this add. { seen }
account-seen-portal-only = The account is for the portal only. { seen }

## Outgoing mail is off
outgoing_mail_disabled-title = { $site } isn’t sending e-mail
outgoing_mail_disabled-title-likely = { $site } may not be sending e-mail
outgoing_mail_disabled-why = Outgoing mail is off for the whole site, so no invitation or request update leaves Jira.
outgoing_mail_disabled-note = Until it’s on, customers can’t reset passwords. Automation e-mails and Atlassian-account invitations may still arrive, so they don’t prove it works.
outgoing_mail_disabled-clear = { $site } sends e-mail
outgoing_mail_disabled-unchecked = We couldn’t check whether { $site } sends e-mail
outgoing_mail_disabled-by-hand = Ask a Jira admin to look at { -outgoing-mail }.
outgoing_mail_disabled-not-applicable = Outgoing mail doesn’t decide whether { $customer } is invited
outgoing_mail_disabled-seen-off = Outgoing mail: off. { seen }
outgoing_mail_disabled-seen-on = Outgoing mail: on. { seen }
outgoing_mail_disabled-step-open = Go to { -outgoing-mail }.
outgoing_mail_disabled-step-ask = See who turned it off and when, and ask if it was on purpose.
outgoing_mail_disabled-step-turn-on = Turn it on.
outgoing_mail_disabled-step-send-link = { $portal_given ->
        [yes] Send the portal link to anyone added while it was off, since that mail isn’t sent later: { $portal }
       *[no] Send the portal link to anyone added while it was off, since that mail isn’t sent later.
    }
outgoing_mail_disabled-copy = Hello, { $site } seems not to send any e-mail, so customers of { $space } get no invitations and no updates. Could you look at { -outgoing-mail }? The page shows who turned it off and when. Last seen off: { $observed }.

## The notification is off
notification_disabled-title = Invitations are turned off in { $space }
notification_disabled-title-likely = Invitations may be turned off in { $space }
notification_disabled-why = The { -customer-invited } notification is off, so new customers get no invitation; they may get only an e-mail asking them to verify their address.
notification_disabled-clear = Invitations are turned on in { $space }
notification_disabled-unchecked = We couldn’t check whether invitations are turned on in { $space }
notification_disabled-by-hand = Open { -space-settings } > Notifications > Customer notifications and tell Invite Guard whether { -customer-invited } is on.
notification_disabled-not-applicable = The invitation of { $space } isn’t what { $customer } would get
notification_disabled-seen-off = { -customer-invited }: off in { $space }. { seen }
notification_disabled-seen-on = { -customer-invited }: on in { $space }. { seen }
notification_disabled-step-open = Open { -space-settings } > Notifications > Customer notifications; in some { -spaces } it’s Project settings > Customer notifications.
notification_disabled-step-turn-on = Turn on { -customer-invited }.
notification_disabled-step-send-link = { $portal_given ->
        [yes] Send the portal link to anyone added while it was off: { $portal }
       *[no] Send the portal link to anyone added while it was off.
    }
notification_disabled-copy = Hello, in { $space } the { -customer-invited } notification seems to be off, so new customers get no invitation. Could you look at { -space-settings } > Notifications > Customer notifications? Last seen off: { $observed }.

## Made by Automation
created_by_automation-title = Automation added { $customer } without an invitation
created_by_automation-title-likely = Automation may have added { $customer } without an invitation
created_by_automation-why = The “Add service project customer” action creates access but sends no e-mail.
created_by_automation-clear = Automation didn’t create the account
created_by_automation-unchecked = We couldn’t check whether Automation added { $customer }
created_by_automation-by-hand = Look at { -space-settings } > Automation for a { -flow(form: "both") } that adds customers, or ask a Jira admin for the audit record “User created”.
created_by_automation-not-applicable = The account is older than this add, so no { -flow } created it now
created_by_automation-seen-automation = The account was created by Automation. { seen }
created_by_automation-seen-other = The account was created by somebody else than Automation. { seen }
created_by_automation-step-send-link = { $portal_given ->
        [yes] Send { $customer } the portal link now: { $portal }
       *[no] Send { $customer } the portal link now.
    }
created_by_automation-step-open-flow = Open the { -flow(form: "both") } in { -space-settings } > Automation; a global one needs a Jira admin.
created_by_automation-step-add-mail = After the add-customer step, add Send email to the new address with the portal link.
created_by_automation-step-run-once = Run it once and check its audit log.
created_by_automation-copy = Hello, you have access to { $space }. Open { $portal } and log in with this e-mail address.

## Already has an account
existing_customer-title = { $customer_start } already has an account, so no invitation goes out
existing_customer-title-likely = { $customer_start } may already have an account; then no invitation goes out
existing_customer-why = Jira invites a person once per site; adding them here gives access without an e-mail, even if the dialog says one will be sent.
existing_customer-clear = { $customer_start } had no account before
existing_customer-unchecked = We couldn’t check whether { $customer } already had an account
existing_customer-by-hand = Look for them under Customers in other { -spaces } of { $site }, or ask a Jira admin for the audit record “User created”.
existing_customer-not-applicable = { $customer_start } wasn’t invited: they signed up or wrote to the desk
existing_customer-step-add = If they aren’t in { $space } yet, add them at { -add-customers }.
existing_customer-step-send-link = { $portal_given ->
        [yes] Send them the portal link: { $portal }
       *[no] Send them the portal link.
    }
existing_customer-step-forgot-password = Ask them to choose { -forgot-password } there if they can’t log in.
existing_customer-step-set-password = Still no way in? Ask a site admin to set a temporary password.
existing_customer-copy = Hello, you already have an account and now have access to { $space }. Open { $portal } and log in with this e-mail address. If you can’t log in, choose { -forgot-password } there.
existing_customer-copy-short = Hello, you already have an account and now have access to { $space }. Open { $portal } and log in with this e-mail address. If you can’t log in, please reply to this message.
