### What is said about exported automation rules: in the terminal, and to whoever uploads them.
### $name is the rule's own name, $file the name the reader gave; nothing else of a file is ever said.

automation-file = { $file }: { $read ->
        [one] one { -flow(form: "both") } read
       *[other] { $read } { -flows } read
    }, { $silent ->
        [0] none adds customers without a mail
        [one] one adds customers without a mail, or may
       *[other] { $silent } add customers without a mail, or may
    }
automation-verdict-silent = Silent
automation-verdict-may_be_silent = May be silent
automation-verdict-mailed = Mails everybody it adds
automation-verdict-adds_nobody = Adds nobody
automation-state-enabled = Enabled
automation-state-disabled = Disabled, does not count
automation-state-unknown = Not said whether enabled
automation-nameless = a { -flow(form: "both") } without a name

automation-finding = Step { $step } ({ $type }) adds a customer: { $reason }
automation-finding-within = Step { $step } ({ $type }) within { $outer } adds a customer: { $reason }
automation-reason-no_mail = no “Send email” step follows.
automation-reason-other_address = the “Send email” steps that follow go to somebody else.
automation-reason-mail_before = the “Send email” step to this person stands before it, not after it.
automation-reason-condition_between = a condition before the “Send email” step may end the { -flow(form: "both") } first.
automation-reason-mail_not_always = a “Send email” step to this person is there, but not after it on every path.
automation-stops-at = The condition is step { $step } ({ $type }).
automation-unsure = Not certain: { $doubts }.
automation-doubt-unknown_step = a step of a type we do not know follows, and may send a mail
automation-doubt-web_request = a web request follows, and may have a mail sent
automation-doubt-unreadable_mail = a mail follows whose recipients we cannot read
automation-doubt-may_be_same_address = a mail follows to an address that may be this person’s
automation-doubt-condition_in_block = it is not documented whether a condition inside a block ends everything or only the block
automation-doubt-state_unknown = the file does not say whether it is enabled
automation-note-mail_after_loop = Step { $step } ({ $type }) adds customers in a loop, and the mail is sent once, after it: check that it reaches each of them.
automation-unlisted = { $count ->
        [one] One more step adds customers so.
       *[other] { $count } more steps add customers so.
    }

automation-skipped = Not judged: { $place } ({ $name }): { $why }
automation-why-not_a_rule = this is not a { -flow(form: "both") } with its steps
automation-why-broken_component = a step has not the form of one
automation-why-too_deep = its steps are nested too deeply
automation-why-too_many_components = it has too many steps
automation-why-flat_components = its steps lie side by side instead of inside one another
automation-unknown = Types of steps that we do not know: { $types }

automation-file-empty = there is nothing in this file
automation-file-too_large = this file is larger than 20 MiB
automation-file-archive = this is an archive; unpack it and take the JSON file in it
automation-file-utf16 = this file is UTF-16; save it as UTF-8
automation-file-not_utf8 = this file is not UTF-8
automation-file-not_json = this file is not JSON, or only a part of it
automation-file-not_rules = this is JSON, but no export of { -flows }
automation-file-summary = this list has the names of { -flows } without their steps; export them instead
automation-file-too_many_rules = this file has more than 10,000 { -flows }; export fewer at a time
automation-file-at = { $fault } (line { $line }, column { $column })
automation-not-all-read = { $count ->
        [one] one file could not be read
       *[other] { $count } files could not be read
    }
