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
created_by_automation-clears-when = The maker of the account is known to be somebody else.

existing_customer-what = The person already had an account on the site; Jira invites a person once.
existing_customer-applies = To everybody but those who signed up or wrote to the desk.
existing_customer-blocks-when = There is dated evidence from before the add: an audit record “User created”, or presence in a role, organization or request in an earlier completed pass. The type of an account, a webhook that did not come and an empty search are never evidence.
existing_customer-clears-when = The audit record “User created” lies within the window of the add.
