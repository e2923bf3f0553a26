### The words of closed lists, and times. Each id is a list and a stable name.

## The one word about a person or a page. The same everywhere.
overall-blocked = Blocked
overall-may_be_blocked = May be blocked
overall-could_not_check = Could not check
overall-no_block_found = No block found
verdict-not_applicable = Does not apply

## The same as a sentence.
overall-blocked-sentence = Something blocks this invitation.
overall-may_be_blocked-sentence = Something may block this invitation.
overall-could_not_check-sentence = Not everything could be checked.
overall-no_block_found-sentence = Nothing we can check blocks this invitation.

## How sure
confidence-confirmed = Confirmed
confidence-likely = Likely
confidence-unknown = Unknown

## Why something is not known
gap-not_asked = Nobody has answered this yet.
gap-not_exposed = Jira doesn’t let apps read this here.
gap-forbidden = Invite Guard lacks the permission to read this.
gap-unavailable = Jira didn’t answer.
gap-stale = The last answer is too old to count.

## How we know
source-jira_rest = Read from Jira
source-jira_internal = Read from Jira (undocumented)
source-audit_log = Jira’s audit log
source-webhook = A message from Jira
source-forge_event = An event from Jira
source-roster = Seen in customer roles and organizations
source-own_history = What happened to earlier customers
source-admin_statement = An admin said so
source-imported_file = An imported file
source-automation_rule = A { -flow(form: "both") } said so
source-mail_probe = Asked Jira’s mail system
source-input = The address itself
source-dns = The domain name system
source-mail_provider = Your mail provider
source-inferred = Concluded from other facts

## Who can act
who-project_admin = { -space(form: "start") } (project) admin
who-jira_admin = Jira admin (Administer Jira)
who-org_admin = Organization admin
who-agent = Agent or admin
who-customer = The customer
who-mail_admin = The customer’s mail admin
who-flow_owner = Owner of the { -flow(form: "both") }, or a { -space(form: "both") } admin

## By which route somebody was added
route-portal_invite = Invited to the portal
route-account_invite = Invited to an Atlassian account
route-silent_create = Created without an e-mail
route-self_signup = Signed up
route-email_channel = By a request or an e-mail
route-unknown = Unknown

## Facts
fact-outgoing_mail_on = Outgoing mail
fact-invite_notification_on = { -customer-invited } notification
fact-portal_only_accounts_allowed = Portal-only accounts
fact-allowed_domains = Domains that customers may have
fact-on_free_plan = Free plan
fact-silent_rule = Automation that adds customers silently
fact-portal_permission_granted = Portal access in the permission scheme
fact-wrong_door = Adding through People or Access
fact-sender_verified = Sender's domain
fact-account_kind = Type of account
fact-known_before = Account before the add
fact-creator = Who made the account
fact-mail_route = Route of the add
fact-added_via = How the add was noticed
fact-account_active = Active account
fact-address_suppressed = Address blocked after a bounce
fact-address_fault = Form of the address
fact-address_domain_mail = Mail to the address's domain
fact-address_domain_listed = Domain on the list of allowed ones
fact-invited_elsewhere = Invited from another { -space } just before
fact-invitations_muted = Invitations switched off by the person

## Which e-mail to look for
mail-invitation = Your invitation, from this { -space }
mail-verification = Only a message that asks to verify the address
mail-atlassian_invitation = An invitation to an Atlassian account
mail-none = No e-mail
mail-unknown = Can’t be told

mail-invitation-sender = This { -space }’s notification address
mail-verification-sender = This { -space }’s notification address
mail-atlassian_invitation-sender = Atlassian

mail-invitation-subject = As written under { -customer-invited }
mail-verification-subject = A request to verify the address
mail-atlassian_invitation-subject = An invitation from Atlassian

## Times, always in UTC
when = { $day } { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    } { $year }, { $time } UTC

## What stands for a name that the reader of this text may not see or that nobody gave
slot-customer = this customer
slot-customer-start = This customer
slot-portal = the portal
