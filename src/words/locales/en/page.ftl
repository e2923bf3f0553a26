### The page's own strings: headings, buttons, states. Causes, verdicts and sources have their words in the other files.
