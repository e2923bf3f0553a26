### What the API says that no page says.

timeline-turned-on = { $fact }: turned on
timeline-turned-off = { $fact }: turned off
timeline-said-on = { $fact }: an admin said that it is on
timeline-said-off = { $fact }: an admin said that it is off
timeline-added-until-then = { $what }; { $added ->
        [one] one person added until then
       *[other] { $added } people added until then
    }
timeline-added-since = { $what }; { $added ->
        [one] one person added since
       *[other] { $added } people added since
    }
timeline-import = { $people } people were added at once
missed-copy = Hello, you have access to { $space }. The invitation e-mail was not sent. Open { $portal } and log in with this e-mail address. If you can’t log in, choose { -forgot-password } there.
missed-copy-without-password = Hello, you have access to { $space }. The invitation e-mail was not sent. Open { $portal } and log in with this e-mail address. If you can’t log in, please reply to this message.
missed-copy-without-portal = Hello, you have access to { $space }. The invitation e-mail was not sent. If you can’t find the help portal or can’t log in, please reply to this message.
ingest-step = In the { -flow } that adds customers, add the action “Send web request” right after “Add customer”, with this URL, these headers (hide the first one) and this body as custom data. Take the smart values of the customer whom the { -flow } adds; here they are those of the reporter. Then delete the secret from wherever you copied it to.
