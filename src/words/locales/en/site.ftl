### What the site's page, its API and the self-test in the terminal say.

## Why a source stands as it does
selftest-why-itself = It states the thing itself.
selftest-why-hints = It only hints that something happened, and may come late, twice or never. Nothing is judged by it.
selftest-why-untried = The self-test doesn’t try this source: it needs an address or a file.
selftest-why-operator-has-none = The operator of Invite Guard has not set it up, or switched it off.
selftest-why-unavailable = Jira didn’t answer, or not in a readable form. Try again later.
selftest-why-not_exposed = This resource can’t be reached here: apps that come by Forge never can, and on other sites it may be gone or changed.
selftest-why-agreed = It said what an admin said, on { $since }.
selftest-why-differed = It said something else than an admin, on { $since }. It isn’t used until it says the same.
selftest-why-no-answer = It gave no answer that could be compared.
selftest-why-older-answer = Its last answer is from { $observed } and differs; something may have changed since. Repeat this when it may be asked again.
selftest-why-stopped = Jira queued an e-mail for it on { $since }, which must never happen. It is switched off for good on this site.
selftest-why-jira_rest-no-project = Invite Guard’s user sees no service { -space }. Give it Browse projects: { -space(form: "start") } settings > Access, role atlassian-addons-project-access.
selftest-why-jira_rest-forbidden = Invite Guard’s user may not read this site. Give it Browse projects: { -space(form: "start") } settings > Access, role atlassian-addons-project-access.
selftest-why-audit_log-forbidden = Invite Guard’s user lacks Administer Jira (Settings > System > Global permissions), or the site is on the Free plan, which has no audit log.
selftest-why-roster-no-pass = No pass over the customers of a service { -space } has been completed yet.
selftest-why-admin_statement-nobody = No admin has answered a question within 30 days.
selftest-why-mail_probe-off = The operator of Invite Guard has not switched it on (sources.mail_probe).
selftest-why-mail_probe-unproven = It was never compared here, so it is worth “likely” at most. Say whether outgoing mail is on.
selftest-why-mail_probe-forbidden = Invite Guard’s user may not call it.
selftest-why-jira_internal-off = The operator of Invite Guard has not switched it on (sources.internal_endpoints).
selftest-why-jira_internal-unproven = It was never compared here, so it is worth “likely” at most. Say whether { -customer-invited } is on in a { -space }.
selftest-why-jira_internal-forbidden = Invite Guard’s user lacks Administer projects in a { -space }: { -space(form: "start") } settings > Access, role Administrators.

## Alarms and notes
site-every-space = this site
site-alarm-mail_probe = Jira queued an e-mail for the mail probe on { $since }. It had no recipients, so nobody should have got it. The probe is switched off for good on this site. Please tell the makers of Invite Guard.
site-note-no-project = No service { -space } has been seen yet.
site-note-projects-left-out = { $count ->
        [one] One more { -space } is not listed here.
       *[other] { $count } more are not listed here.
    }
