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
        [imported_file] Read from a file that an admin imported; it tells of { $observed }.
        [dns] Asked the domain name system; checked { $observed }.
        [mail_provider] Told by your mail provider; checked { $observed }.
        [input] Checked as it was typed.
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
created_by_automation-seen-flow-mails = Every { -flow(form: "both") } that adds customers in { $space } mails them afterwards. { seen }
created_by_automation-seen-flow = A { -flow } said that it added the customer. { seen }
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
existing_customer-seen-elsewhere = The account was invited from another { -space(form: "both") } of { $site } shortly before this add. { seen }
existing_customer-step-add = If they aren’t in { $space } yet, add them at { -add-customers }.
existing_customer-step-send-link = { $portal_given ->
        [yes] Send them the portal link: { $portal }
       *[no] Send them the portal link.
    }
existing_customer-step-forgot-password = Ask them to choose { -forgot-password } there if they can’t log in.
existing_customer-step-set-password = Still no way in? Ask a site admin to set a temporary password.
existing_customer-copy = Hello, you already have an account and now have access to { $space }. Open { $portal } and log in with this e-mail address. If you can’t log in, choose { -forgot-password } there.
existing_customer-copy-short = Hello, you already have an account and now have access to { $space }. Open { $portal } and log in with this e-mail address. If you can’t log in, please reply to this message.

## Customer access of the site keeps them out
access_restricted-title = { $site } doesn’t allow accounts like this one
access_restricted-title-likely = { $site } may not allow accounts like this one
access_restricted-why = Customer access of the site decides who may have a portal-only account. Whoever it keeps out isn’t added, and gets no invitation.
access_restricted-clear = { $site } allows portal-only accounts like this one
access_restricted-unchecked = We couldn’t check whom customer access of { $site } keeps out
access_restricted-by-hand = Ask a Jira admin to look at { -customer-access }: are portal-only accounts on, and is the address’s domain on the list, if there is one?
access_restricted-not-applicable = Customer access of { $site } isn’t about { $customer }
access_restricted-seen-off = Portal-only accounts: off. { seen }
access_restricted-seen-on = Portal-only accounts: on. { seen }
access_restricted-seen-unlisted = The address’s domain isn’t on the list of allowed ones. { seen }
access_restricted-seen-listed = The address’s domain is allowed. { seen }
access_restricted-step-open = Open { -customer-access }.
access_restricted-step-allow = Turn portal-only accounts on, or add the address’s domain to the list. A site or organization admin may have to do it.
access_restricted-step-add-again = Add the customer again at { -add-customers }.
access_restricted-copy = Hello, customer access of { $site } seems to keep customers of { $space } from getting an account, so they can’t be invited. Could you look at { -customer-access }? Portal-only accounts have to be on, and the customer’s domain on the list if there is one. Last seen: { $observed }.

## The permission scheme keeps portal customers out
portal_permission_missing-title = { $space } can’t take customers in
portal_permission_missing-title-likely = { $space } may not be able to take customers in
portal_permission_missing-why = The permission scheme doesn’t give { -portal-access } what portal customers need, so Jira adds nobody, even if its dialog says so.
portal_permission_missing-clear = The permission scheme of { $space } lets customers in
portal_permission_missing-unchecked = We couldn’t check whether { $space } can take customers in
portal_permission_missing-by-hand = Open { -space-settings } > Permissions: { -portal-access } needs Browse projects and Create issues. Look for Jira’s own notice “View error details and repair” as well.
portal_permission_missing-not-applicable = The permission scheme of { $space } doesn’t decide whether { $customer } is invited
portal_permission_missing-seen-missing = { -portal-access } lacks Browse projects or Create issues in { $space }. { seen }
portal_permission_missing-seen-granted = { -portal-access } has Browse projects and Create issues in { $space }. { seen }
portal_permission_missing-step-fix = Open Customers in { $space }. If Jira shows a notice, choose “View error details and repair”, then Fix permission.
portal_permission_missing-step-scheme = Otherwise open { -space-settings } > Permissions and grant Browse projects and Create issues to { -portal-access }.
portal_permission_missing-step-add-again = Add the customers again at { -add-customers }.
portal_permission_missing-copy = Hello, the permission scheme of { $space } seems to keep portal customers out, so nobody can be invited. Could you give { -portal-access } Browse projects and Create issues there? Last seen: { $observed }.

## The address is none
malformed_address-title = This address isn’t valid
malformed_address-title-likely = This address may not be valid
malformed_address-why = Nothing can be sent to it as it is written.
malformed_address-clear = The address is written as it should be
malformed_address-unchecked = We couldn’t check how the address is written
malformed_address-by-hand = Read the address letter by letter: one @, a dot in the domain, no comma, no brackets.
malformed_address-not-applicable = Nothing is wrong with how an address is written here
malformed_address-seen-character = “{ $character }” at place { $place } can’t stand there. { seen }
malformed_address-seen-missing = Something is missing at place { $place }. { seen }
malformed_address-step-correct = Ask for the right spelling, or correct it where it is obvious.
malformed_address-step-add = Add the customer with the corrected address at { -add-customers }.

## The address is blocked after bounces
address_suppressed-title = E-mail to { $customer } is blocked
address_suppressed-title-likely = E-mail to { $customer } may be blocked
address_suppressed-why = Their mail server rejected an earlier Atlassian e-mail for good, so Atlassian stopped sending to that address.
address_suppressed-note = Jira’s log keeps 21 days and only failures; no row doesn’t mean delivered. An invitation that was sent again from Atlassian Administration leaves by another sender, so its arrival proves nothing here.
address_suppressed-clear = The address isn’t blocked any more
address_suppressed-unchecked = We couldn’t check whether e-mail to { $customer } is blocked
address_suppressed-by-hand = Open { -notification-logs } in { $space } and look for the address; import the log here to have it checked.
address_suppressed-not-applicable = No invitation was to be sent to { $customer }, so no block could stop it
address_suppressed-seen-blocked = The address is blocked. { seen }
address_suppressed-seen-delivered = The address was unblocked, or mail to it was delivered since. { seen }
address_suppressed-step-mail-admin = Ask the customer’s mail admin to check the mailbox and to allow atlassian.net and atlassian.com.
address_suppressed-step-unblock = Open { -notification-logs } in { $space }. On Request notifications choose Unblock email address; on Customer invitations read the reason.
address_suppressed-step-email-audit = Not listed there? An organization admin can look at Settings > System > Admin email audit.
address_suppressed-step-support = Still blocked? Contact Atlassian Support with the address and the date.
address_suppressed-copy = Hello, Atlassian stopped sending e-mail to your address, because your mail server rejected an earlier one for good. Could you ask your mail admin to check the mailbox and to allow atlassian.net and atlassian.com? Afterwards we unblock it on our side. Until then you reach us here: { $portal }

## The domain takes no mail
undeliverable_domain-title = The domain of this address takes no e-mail
undeliverable_domain-title-likely = The domain of this address may take no e-mail
undeliverable_domain-why = Whatever is sent to an address there comes back, and Atlassian then blocks the address.
undeliverable_domain-clear = The domain of this address takes e-mail
undeliverable_domain-unchecked = We couldn’t check whether the domain of the address takes e-mail
undeliverable_domain-by-hand = Read the domain letter by letter, or write to the address from your own mailbox and see whether it comes back.
undeliverable_domain-not-applicable = The domain of the address stops no invitation here
undeliverable_domain-seen-null-mx = The domain states that it takes no e-mail. { seen }
undeliverable_domain-seen-no-such-domain = There is no such domain. { seen }
undeliverable_domain-seen-no-mail-host = The domain exists, but nothing there takes e-mail. { seen }
undeliverable_domain-step-spelling = Check the spelling of the domain with the customer.
undeliverable_domain-step-other = Ask for another address and add the customer with it at { -add-customers }.
undeliverable_domain-step-mail-admin = If the domain is right, its mail admin has to make it take e-mail.

## The account is deactivated
inactive_account-title = The account of { $customer } is inactive
inactive_account-title-likely = The account of { $customer } may have been inactive
inactive_account-why = Whoever has an inactive account can’t log in, and isn’t invited.
inactive_account-clear = The account of { $customer } is active
inactive_account-unchecked = We couldn’t check whether { $customer } may log in to the portal
inactive_account-by-hand = A portal-only account that Jira calls active may still have lost its access: look at Portal-only customers in Atlassian Administration.
inactive_account-not-applicable = { $customer_start } wasn’t invited: they signed up or wrote to the desk
inactive_account-seen-inactive = Jira calls the account inactive. { seen }
inactive_account-step-grant = For a portal-only account: in Atlassian Administration open Portal-only customers, choose the customer’s menu, then Grant access.
inactive_account-step-reactivate = For an Atlassian account: an organization admin reactivates the user.
inactive_account-step-send-link = { $portal_given ->
        [yes] Then send them the portal link: { $portal }
       *[no] Then send them the portal link.
    }
inactive_account-copy = Hello, your account for { $space } is active again. Open { $portal } and log in with this e-mail address.

## Made by another app or a script
created_by_api-title = An app or script added { $customer } without an invitation
created_by_api-title-likely = An app or script may have added { $customer } without an invitation
created_by_api-why = An account that is created through Jira’s interface for apps gets no invitation; some apps send a welcome of their own.
created_by_api-clear = No other app created the account
created_by_api-unchecked = We couldn’t check whether an app or script added { $customer }
created_by_api-by-hand = Ask a Jira admin for the author of the audit record “User created”.
created_by_api-not-applicable = The account is older than this add, so no app created it now
created_by_api-seen-app = The account was created by an app. { seen }
created_by_api-seen-other = The account was created by no other app. { seen }
created_by_api-step-send-link = { $portal_given ->
        [yes] Send { $customer } the portal link now: { $portal }
       *[no] Send { $customer } the portal link now.
    }
created_by_api-step-own-notice = In the app that adds customers, turn on its own notice to new customers.
created_by_api-copy = Hello, you have access to { $space }. Open { $portal } and log in with this e-mail address.

## Added through People or Access
wrong_door-title = { $customer_start } was invited to Atlassian, not to your portal
wrong_door-title-likely = { $customer_start } may have been invited to Atlassian, not to your portal
wrong_door-why = Adding somebody in People or Access sends Atlassian’s own e-mail; only { -add-customers } sends the invitation of { $space }. Customers are free either way.
wrong_door-clear = Customers of { $space } are added through { -add-customers }
wrong_door-unchecked = We couldn’t check through which page { $customer } was added
wrong_door-by-hand = Ask whoever added them: { -add-customers } sends your invitation, People and Access send Atlassian’s.
wrong_door-not-applicable = { $customer_start } wasn’t added through People or Access
wrong_door-seen-people = People are added through People or Access in { $space }. { seen }
wrong_door-seen-customers = People are added through { -add-customers } in { $space }. { seen }
wrong_door-step-look = Tell them to look for an e-mail from Atlassian about joining { $site }.
wrong_door-step-send-link = { $portal_given ->
        [yes] Send them the portal link: { $portal }
       *[no] Send them the portal link.
    }
wrong_door-step-next-time = Next time add customers at { -add-customers }.
wrong_door-copy = Hello, you have access to { $space }. You may have an e-mail from Atlassian about joining { $site }: accept it, then open { $portal } and log in with this e-mail address.

## Switched off by the person
invitations_muted-title = { $customer_start } turned off Atlassian invitations
invitations_muted-title-likely = { $customer_start } may have turned off Atlassian invitations
invitations_muted-why = People with an Atlassian account can unsubscribe from product invitations, and “unsubscribe from all” includes them.
invitations_muted-clear = { $customer_start } takes Atlassian invitations
invitations_muted-unchecked = We couldn’t check whether { $customer } turned off Atlassian invitations
invitations_muted-by-hand = Only they can see it: their avatar > Account settings > Email > Email preferences center > Product invitations.
invitations_muted-not-applicable = { $customer_start } gets no invitation that they could have turned off
invitations_muted-seen-off = Product invitations: turned off by the person. { seen }
invitations_muted-seen-on = Product invitations: on. { seen }
invitations_muted-step-open = They choose their avatar > Account settings > Email > Email preferences center.
invitations_muted-step-turn-on = They turn on Product invitations; if it’s on, off and on again.
invitations_muted-step-cancel = You cancel the pending invitation.
invitations_muted-step-again = You invite them again.
invitations_muted-copy = Hello, you have access to { $space }, but Atlassian’s invitations may be turned off in your account. Choose your avatar > Account settings > Email > Email preferences center and turn on Product invitations. You reach us here in any case: { $portal }

## A note: the Free plan’s limit
daily_mail_limit-title = { $site } sends at most 100 e-mails a day
daily_mail_limit-title-likely = { $site } may have used today’s e-mail limit
daily_mail_limit-why = Sites on the Free plan send up to 100 e-mails a day, counting every kind of Jira e-mail, Automation’s as well. Today’s count isn’t available to apps.
daily_mail_limit-clear = { $site } has no daily e-mail limit
daily_mail_limit-unchecked = We couldn’t check whether { $site } has a daily e-mail limit
daily_mail_limit-by-hand = Ask a Jira admin whether every product of { $site } is on the Free plan.
daily_mail_limit-not-applicable = { $site } has no daily e-mail limit
daily_mail_limit-seen-free = Plan: Free. { seen }
daily_mail_limit-seen-paid = Plan: paid. { seen }
daily_mail_limit-step-notice = Look for Jira’s notice that says when e-mail resumes.
daily_mail_limit-step-trim = Cut e-mail to agents: batch it, and trim the notification scheme.
daily_mail_limit-step-again = Invite again after the limit resets.
daily_mail_limit-step-support = If you upgraded in the last 30 days, ask Atlassian Support to lift the limit.

## A note: the sender’s domain isn’t verified
sender_domain_unverified-title = Invitations from { $space } leave by Atlassian’s default address
sender_domain_unverified-title-likely = Invitations from { $space } may leave by Atlassian’s default address
sender_domain_unverified-why = The { -space }’s own sender address is on a domain that isn’t verified, so the default sender is used; such e-mail may end in spam.
sender_domain_unverified-clear = The sender address of { $space } is in order
sender_domain_unverified-unchecked = We couldn’t check the sender address of { $space }
sender_domain_unverified-by-hand = Ask an organization admin to look at Atlassian Administration > Settings > Emails > Email domains.
sender_domain_unverified-not-applicable = { $space } has no sender address of its own
sender_domain_unverified-seen-unverified = Domain of the sender address: not verified. { seen }
sender_domain_unverified-seen-verified = Sender address: Atlassian’s, or on a verified domain. { seen }
sender_domain_unverified-step-verify = In Atlassian Administration open Settings > Emails > Email domains and run the DNS check; it may take up to 72 hours.
sender_domain_unverified-step-recipient = Until then ask customers to look into their spam folder.
sender_domain_unverified-copy = Hello, the sender address of { $space } is on a domain that isn’t verified, so its e-mail leaves by Atlassian’s default address and may end in spam. Could you look at Atlassian Administration > Settings > Emails > Email domains? Last seen: { $observed }.
