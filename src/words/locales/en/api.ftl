### What the API says that no page says.

timeline-turned-on = { $fact }: turned on
timeline-turned-off = { $fact }: turned off
timeline-said-on = { $fact }: an admin said that it is on
timeline-said-off = { $fact }: an admin said that it is off
