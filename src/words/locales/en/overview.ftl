### The page for Jira admins: the whole site, its projects, its sources.

overview-title = Invite Guard on { $site }
overview-sub = { $site } · checked { $time }
overview-blocked = Invitations from { $site } don’t arrive
overview-may-be = Invitations from { $site } may not arrive
overview-projects-blocked = { $count ->
        [one] Invitations from one { -space(form: "both") } don’t or may not arrive
       *[other] Invitations from { $count } { -spaces } don’t or may not arrive
    }
overview-projects-blocked-why = Nothing that we can check on the site itself stands in the way. The list below has the worst first, with its cause.
overview-no-project = No service { -space(form: "both") } has been seen yet
overview-no-project-why = Below, under “What each source can see”, stands which permission Invite Guard’s user lacks, if any.
overview-unknown = We can’t tell yet whether invitations from { $site } arrive
overview-unknown-why = A setting that decides it isn’t known here. Please answer below, or ask somebody who can.
overview-clear = Nothing we can check blocks invitations from { $site }
overview-clear-why = That holds for the site and for every service { -space(form: "both") } that Invite Guard sees.
overview-alarm-mail_probe = Jira queued an e-mail for the mail probe on { $time }. It had no recipients, so nobody should have got it. The probe is switched off for good on this site. Please tell the makers of Invite Guard.
overview-causes = The site
overview-projects = Service { -spaces }, worst first
overview-open = Open cases: { $causes }
overview-project = { $space } ({ $key })

## Sources
overview-sources = What each source can see
overview-sources-about = Some sources must be compared with what an admin says before they count in full here. What you say while testing also counts as your answer, with your name and the time.
overview-test = Test the sources
overview-tested = Tested. The results stand beside each source.
overview-sees = Tells: { $facts }
overview-source-proven = Proven here
overview-source-unproven = Not proven here
overview-source-refuted = Wrong here, not used
overview-source-unavailable = Can’t be used
overview-compared-agreed = It agreed with { $by } on { $time }
overview-compared-differed = It differed from { $by } on { $time }
overview-operator = the operator of Invite Guard
overview-compare-mail = Is outgoing mail on for { $site } right now?
overview-compare-toggle = Is { -customer-invited } on in { $space } right now?
