### What is said to whoever uploads a file; never what stands in it, but for the number of a line.

import-log-blocked = { $count ->
        [one] One row says that an address is blocked.
       *[other] { $count } rows say that an address is blocked.
    }
import-log-unblocked = { $count ->
        [one] One row says that an address is not blocked any more.
       *[other] { $count } rows say that an address is not blocked any more.
    }
import-log-internal_error = { $count ->
        [one] One mail failed by an internal error; sending it again may work.
       *[other] { $count } mails failed by internal errors; sending them again may work.
    }
import-log-bad_address = { $count ->
        [one] One mail failed since what was typed is no address; correct it and add the customer again.
       *[other] { $count } mails failed since what was typed is no address; correct them and add the customers again.
    }
import-log-template_too_large = { $count ->
        [one] One mail failed since its template is larger than 6 MB.
       *[other] { $count } mails failed since their template is larger than 6 MB.
    }
import-log-other = { $count ->
        [one] One row has a reason that we do not know; it was not counted as a block.
       *[other] { $count } rows have reasons that we do not know; they were not counted as blocks.
    }

import-log-line = line { $line }
import-further-on = further on
import-skipped-more = { $count ->
        [one] One more row was left out.
       *[other] { $count } more rows were left out.
    }
import-log-why-no-address = The row shows no address, or more than one; a name tells nobody.
import-log-why-no-date = The row has no date.
import-log-why-unreadable-date = The date can’t be read, or there is no such day.
import-log-why-relative-date = “Yesterday” or “2 hours ago” is no date; let Jira show the full date, or write it in.
import-log-why-ambiguous-date = The date could be two days, and no other date of the file tells which; write the month as a word.
import-log-why-future-date = The date lies in the future.
import-log-why-long-cell = A cell of the row is longer than any of the log’s.

import-log-not-utf8 = This file is not text in UTF-8. Save it as “CSV UTF-8”, or paste the rows.
import-log-archive = This is a spreadsheet or an archive. Save it as “CSV UTF-8”, or paste the rows.
import-log-no-log = No row of Customer notification logs is in here: each has a date, an address and a reason, with tabs, commas, semicolons or several blanks between them.
import-log-too-many-rows = There are more than 50,000 rows in here; the log shows three weeks. Import fewer at a time.

import-unknown-step = { $count ->
        [one] A step of this type is not known to us, and was not judged.
       *[other] { $count } steps of this type are not known to us, and were not judged.
    }
