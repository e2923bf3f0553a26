### The settings of a project: comments, answers, what is on purpose, the rule step, imports; and the trail of project and site.

settings-title = Invite Guard settings
settings-sub = { $space } ({ $key })
settings-read-only = You can read this. A { -space(form: "both") } admin can change it.
settings-save = Save

## What a comment does
settings-effects = What an internal comment does
settings-effect-customer = The customer
settings-effect-customer-what = Never sees it and gets no e-mail. Before the first one, Invite Guard tries on a { -work-item } without a customer that its comments are internal here, and writes none if they aren’t.
settings-effect-watchers = Watchers and assignee
settings-effect-watchers-what = People on the team who watch the request, and its assignee, may get the e-mail or page that Jira sends for any internal comment. That happens once a request: later changes are written into the same comment and notify nobody.
settings-effect-slas = SLAs
settings-effect-slas-what = The request’s “Updated” time changes. A goal that starts, pauses or stops on comments reacts if its condition counts internal ones.
settings-effect-flows = Flows (rules)
settings-effect-flows-what = A { -flow(form: "both") } that runs when somebody comments also runs for this comment, unless it looks at public comments only. With “No comments” nothing is written that watchers, SLAs or { -flows } react to.

## Answers to what no API shows
settings-answers = What Jira doesn’t show
settings-answers-about = Nothing in Jira tells an app these. An answer counts for 30 days, with the name of whoever gave it, and everybody who is undecided is judged again.
asked-invite_notification_on = Is { -customer-invited } on in { $space }?
asked-invite_notification_on-about = Look at { -space-settings } > Notifications > Customer notifications, or at { -space-settings } > Customer notifications.
asked-wrong_door = Where do you add customers of { $space }?
asked-wrong_door-about = Adding somebody in People or Access sends Atlassian’s own e-mail and not the invitation of this { -space(form: "both") }.
asked-outgoing_mail_on = Is outgoing mail on for { $site }?
asked-outgoing_mail_on-about = Look at { -outgoing-mail }.
asked-portal_only_accounts_allowed = May customers have portal-only accounts on { $site }?
asked-portal_only_accounts_allowed-about = Look at { -customer-access }.
asked-allowed_domains = Which e-mail domains may customers of { $site } have?
asked-allowed_domains-about = Look at { -customer-access }. Without a list there, save an empty one.
asked-domains-label = Domains, with commas between them
asked-domains-any = Every domain
asked-door-people = In People or Access
asked-door-customers = At { -add-customers }
asked-yes = Yes
asked-no = No
asked-said = { $by }: “{ $answer }” · { $time }
asked-counts-until = Counts until { $time }
asked-counted-until = Counted until { $time }. Please answer again.
asked-stale = Too old
asked-nobody = Nobody has answered this yet.

## On purpose
settings-marks = On purpose
settings-marks-about = While a cause is marked here, nobody is warned about it alone. It is still named in checks before inviting.
settings-marks-none = No cause is marked as intended.
settings-mark-unknown = A cause that this version of Invite Guard doesn’t know
settings-mark-until = Marked by { $by } · until { $time }
settings-mark-over = Marked by { $by } · ended { $time }
settings-mark-open = Marked by { $by } · without an end
settings-mark-is-over = Over
settings-mark-end = End this
settings-mark-ended = The cause is warned about again
settings-mark-add = Mark a cause as intended
settings-mark-cause = Cause
settings-mark-choose = Choose a cause
settings-mark-why = Reason, as others will read it
settings-mark-end-day = Last day (empty: without an end)
settings-mark-save = Mark as intended
settings-mark-done = Nobody is warned about it now

## The rule step
settings-secrets = Secrets in use
settings-secrets-none = No { -flow(form: "both") } of this { -space(form: "both") } has a secret yet.
settings-secret-made = { $id } · made by { $by } · { $time }
settings-secret-used = Last used { $time }
settings-secret-unused = Never used
settings-secret-delete = Delete
settings-secret-delete-about = After a delete the next request of the { -flow(form: "both") } with that secret is refused. The secret itself can’t be shown again; make another one.
settings-secret-deleted = The secret is deleted

## Imports
settings-imports = Import files from Jira
settings-imports-about = A file is read and not kept. Of addresses only keyed marks stay, of { -flows } only whether one adds customers without an e-mail.
settings-import-automation = Exported flows (rules)
settings-import-automation-about = Finds each step that adds customers without an e-mail after it. Export them as JSON at { -space-settings } > Automation.
settings-import-automation-file = JSON file
settings-import-log = { -notification-logs }
settings-import-log-about = Finds addresses that are blocked after a bounce. Open the log in { -space-settings }, copy its rows into a text file, or save them as “CSV UTF-8”.
settings-import-log-file = Text or CSV file
settings-import-last-silent = Last file: { $by }, { $time }. A { -flow(form: "both") } adds customers without an e-mail.
settings-import-last-mailed = Last file: { $by }, { $time }. Every { -flow(form: "both") } in it that adds customers mails them.
settings-import-last-unsure = Last file: { $by }, { $time }. It didn’t tell whether all who are added get an e-mail.
settings-import-read = Read this file
settings-import-done = The file was read
settings-read-title = What the file says
settings-read-count = Rows or { -flows } read:
settings-read-nothing = Nothing was found in it.
settings-read-skipped = Left out

## How long
settings-retention = How long ended cases are kept
settings-retention-about = Ended cases and what they rest on are erased after this. Open cases stay while the person is on the { -space(form: "both") }.
settings-retention-days = { $days ->
        [one] It is one day now.
       *[other] It is { $days } days now.
    }
settings-retention-label = Days (7 to 90)
settings-retention-done = Saved

## The trail
trail-title = Who did what
trail-empty = Nobody has changed, answered or imported anything in the last 90 days.
trail-by = { $by } · { $time }
trail-settings_changed = Changed the settings
trail-kept = { $retentionDays ->
        [one] ended cases kept for one day
       *[other] ended cases kept for { $retentionDays } days
    }
trail-statement = Answered: { $fact }
trail-statement-yes = Answered “yes” or “on”: { $fact }
trail-statement-no = Answered “no” or “off”: { $fact }
trail-import-automation = Imported { $read ->
        [one] one { -flow }
       *[other] { $read } { -flows }
    }; { $silent ->
        [0] none adds customers without an e-mail
        [one] one adds customers without an e-mail, or may
       *[other] { $silent } add customers without an e-mail, or may
    }
trail-import-log = Imported { $read ->
        [one] one row
       *[other] { $read } rows
    } of { -notification-logs }; { $kept ->
        [0] none told of a block
        [one] one told of a block or its end
       *[other] { $kept } told of a block or its end
    }
trail-check = { $addresses ->
        [one] Checked one address before inviting
       *[other] Checked { $addresses } addresses before inviting
    }
trail-ingest_secret_made = Made a secret for a { -flow(form: "both") }
trail-ingest_secret_deleted = Deleted a secret of a { -flow(form: "both") }
trail-scan_started = Started a scan
trail-scan_stopped = Stopped a scan
trail-handled = Closed a warning: the link was sent
trail-forgot = Had a customer forgotten
trail-selftest = { $statements ->
        [0] Tested the sources
        [one] Tested the sources and compared them with one answer
       *[other] Tested the sources and compared them with { $statements } answers
    }
trail-on_purpose = { $onPurpose ->
        [0] No cause is marked as intended now
        [one] One cause is marked as intended now
       *[other] { $onPurpose } causes are marked as intended now
    }
