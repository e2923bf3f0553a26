### What `invite-guard scenarios` and `docs/scenarios.md` say about each cause.

outgoing_mail_disabled-what = The site sends no mail at all.
outgoing_mail_disabled-applies = By an invitation to the portal, and by an unknown route. A silent add sends nothing anyway; an Atlassian-account invitation still goes; who signed up or wrote in expects no invitation.
outgoing_mail_disabled-blocks-when = Outgoing mail is known to be off. By an unknown route confirmed only for an account known to be for the portal only, otherwise likely.
outgoing_mail_disabled-clears-when = Outgoing mail is known to be on.

notification_disabled-what = The { -customer-invited } notification of the { -space(form: "both") } is off.
notification_disabled-applies = By an invitation to the portal, and by an unknown route.
notification_disabled-blocks-when = The notification is known to be off; by an unknown route never more than likely. The newest audit record “Customer invited notification changed” is the best source; without a record nothing is known.
notification_disabled-clears-when = The notification is known to be on.

created_by_automation-what = Automation’s “Add service project customer” action made the account, which sends nothing.
created_by_automation-applies = To accounts made at this add. An account that Automation made earlier and only adds now is an existing customer.
created_by_automation-blocks-when = The account was made at this add, and its maker is Atlassian’s Automation account or a { -flow(form: "both") } said that it added the customer.
created_by_automation-clears-when = The maker of the account is known to be somebody else; or, as likely, an imported export shows that every { -flow(form: "both") } which adds customers here mails them afterwards. A silent one in the export is a matter of the { -space(form: "both") } and says nothing about one person.

existing_customer-what = The person already had an account on the site; Jira invites a person once.
existing_customer-applies = To everybody but those who signed up or wrote to the desk.
existing_customer-blocks-when = There is dated evidence from before the add: an audit record “User created”, or presence in a role, organization or request in an earlier completed pass. The type of an account, a webhook that did not come and an empty search are never evidence.
existing_customer-clears-when = The audit record “User created” lies within the window of the add.

access_restricted-what = Customer access of the site doesn’t allow portal-only accounts, or not those of this domain.
access_restricted-applies = To portal-only accounts, by an invitation to the portal and by an unknown route. A desk’s own restricted access is normal and no cause.
access_restricted-blocks-when = An admin said that portal-only accounts are off, or that domains are limited to a list on which this one isn’t.
access_restricted-clears-when = Portal-only accounts are known to be on, and the domain is known to be allowed.

portal_permission_missing-what = The permission scheme of a company-managed { -space(form: "both") } keeps portal customers out; Jira then adds nobody.
portal_permission_missing-applies = By an invitation to the portal, and by an unknown route.
portal_permission_missing-blocks-when = { -portal-access } lacks Browse projects or Create issues in the scheme; by an unknown route, or read some time after the add, never more than likely.
portal_permission_missing-clears-when = It has both. A team-managed { -space(form: "both") } has no scheme to read.

malformed_address-what = The address as it was typed is none.
malformed_address-applies = To checks before inviting, where an address was typed.
malformed_address-blocks-when = The address breaks the rules of how one is written; the place and the character are told.
malformed_address-clears-when = Never: a well-formed address may still not exist, so the cause then doesn’t apply.

address_suppressed-what = Atlassian’s mail providers stopped sending to the address after a permanent bounce.
address_suppressed-applies = By an invitation to the portal or to an Atlassian account, and by an unknown route.
address_suppressed-blocks-when = A row of an imported notification log says that the address is blocked, up to 21 days after the row’s date confirmed, then likely; or an admin said so. Where another sender may be the one that matters (an Atlassian account), never more than likely.
address_suppressed-clears-when = An admin said that the address was unblocked, or a later delivery is known.

undeliverable_domain-what = The domain of the address takes no mail.
undeliverable_domain-applies = By an invitation to the portal or to an Atlassian account, and by an unknown route.
undeliverable_domain-blocks-when = The domain states by a null MX that it takes no mail; as likely, there is no such domain (looked up twice), or nothing there takes mail.
undeliverable_domain-clears-when = Never: a domain that takes mail may still lack the mailbox, so the cause then doesn’t apply.

inactive_account-what = The account is deactivated.
inactive_account-applies = To everybody but those who signed up or wrote to the desk.
inactive_account-blocks-when = Jira calls the account inactive; read some time after the add, never more than likely.
inactive_account-clears-when = Never: access to the portal may be revoked on an account that Jira calls active.

created_by_api-what = Another app or a script made the account, which sends nothing by itself.
created_by_api-applies = To accounts made at this add. An account that an app made earlier is an existing customer.
created_by_api-blocks-when = The account was made at this add by the account of another app; never more than likely, since some apps send a welcome of their own.
created_by_api-clears-when = The maker of the account is known to be somebody else; never more than likely, since a script may use a person’s token.

wrong_door-what = The person was added through People or Access, which sends Atlassian’s invitation instead of the portal’s.
wrong_door-applies = To accounts that are not for the portal only, by an invitation to an Atlassian account and by an unknown route.
wrong_door-blocks-when = An admin said that people are added that way here. The customer role is filled by either page and proves nothing. Never more than likely.
wrong_door-clears-when = An admin said that people are added through Customers; never more than likely.

invitations_muted-what = The person turned off product invitations in their Atlassian account.
invitations_muted-applies = To invitations to an Atlassian account; never to portal-only accounts.
invitations_muted-blocks-when = The person is known to have turned them off, and the account is new. Never more than likely, and named last.
invitations_muted-clears-when = The person is known to take them; never more than likely.

daily_mail_limit-what = A note on the page: a site whose products are all Free sends at most 100 e-mails a day.
daily_mail_limit-applies = To the whole site. It is never a person’s finding and never changes the one word.
daily_mail_limit-blocks-when = Every product is on the Free plan; whether today’s e-mails are used up is told to nobody.
daily_mail_limit-clears-when = A product is on a paid plan.

sender_domain_unverified-what = A note on the page: the { -space(form: "both") } has a sender address of its own on a domain that is not verified, so the default sender is used.
sender_domain_unverified-applies = To the { -space(form: "both") }. It is never a person’s finding and never changes the one word.
sender_domain_unverified-blocks-when = Jira lists something as wrong with the sender’s domain.
sender_domain_unverified-clears-when = The sender is Atlassian’s default one, or its domain is verified.
