"""What papers as PDF, and the reader of those that come back, agree on: fields that are no answers, and own content."""

EXAM, VARIANT, STUDENT = IDENTITY = ("exam", "variant", "student")
"""Form fields that say whose paper it is; all others are answers."""

KEY = "key"
"""In the place of `EXAM`: the field of key/filled.pdf, which is no paper that somebody hands in."""

OWN_CONTENT = "/XXExamgen"
"""The entry by which a page's streams are known as those that it was handed out with: a program that draws on a page
adds one of its own. The prefix is that of private entries (PDF 32000-1, annex E); programs that fill in the form keep
them."""

BUBBLES = "/XXExamgenBubbles"
"""The entry by which the bubble pages of a paper are known, which printers put onto sheets of their own."""
