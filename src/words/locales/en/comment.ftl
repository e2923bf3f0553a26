### What publishing adds around a finding in a comment or notice. Causes, verdicts and sources have their words in the
### other files.
