r"""What texts of banks, keys and themes may hold: characters that a page can show, and formulas that can be set.

A text is plain, with formulas between dollar signs. Its formulas are measured here, before a library sees them: what
reads formulas goes from part to part, and would run out of room where these are inside one another without end.
"""

import re

FORMULA = re.compile(r"\\\$|\$((?:[^$\\]|\\.)*)\$|\$", re.DOTALL)
r"""A dollar sign as text, a formula, or a dollar sign that none closes."""

MOST_LEVELS = 12
MOST_CHARACTERS = 2000
"""Of one formula; a page has no room for more."""

UNSHOWN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"
)
"""Control characters, halves of pairs, and those of Unicode's private planes, which stand for numbers put in."""

# Commands that take the next one where no brace follows them; of those with two arguments, the first may be one sign.
_OF_TWO = r"\\(?:[dtc]?frac|[dt]?binom)(?![A-Za-z])\s*[^\\{}\s]?\s*"
_OF_ONE = (
    r"\\(?:sqrt|(?:wide)?(?:hat|tilde|check)|bar|vec|d?dot|not|over\w+|under\w+|math\w+|bm|boldsymbol)(?![A-Za-z])"
    r"(?:\[[^\]]*\])?\s*"
)
_CHAIN = re.compile(rf"{_OF_TWO}|{_OF_ONE}")
_LEVEL = re.compile(
    rf"(?P<chain>(?:{_OF_TWO}|{_OF_ONE}){{2,}})|\\(?:begin|left|end|right)(?![A-Za-z])|\\.|[{{}}]", re.DOTALL
)
_SHOWN = 40


def checked_text(text: str) -> str:
    """The text.

    Raises: ValueError: it has a character that no page can show, or a formula that is too long or too deep; the message
        says which, and what is allowed.
    """
    if found := UNSHOWN.search(text):
        raise ValueError(f"has the character U+{ord(found[0]):04X}, which no page can show; leave it out")
    for match in FORMULA.finditer(text):
        if match[1] is not None and (problem := problem_of_formula(match[1])):
            raise ValueError(f"the formula ${shortened(match[1])}$ {problem}")
    return text


def problem_of_formula(latex: str) -> str:
    """What keeps a formula from being set, and what is allowed; empty where nothing does."""
    if (levels := levels_of(latex)) > MOST_LEVELS:
        return f"has {levels} levels of braces, brackets or fractions inside one another; use at most {MOST_LEVELS}"
    if len(latex) > MOST_CHARACTERS:
        return f"has {len(latex):,} characters; use at most {MOST_CHARACTERS:,}"
    return ""


def levels_of(latex: str) -> int:
    r"""How many braces, `\left` and `\begin` are open at once, or how many commands each take the next one."""
    here = most = 0
    for match in _LEVEL.finditer(latex):
        token = match[0]
        if match["chain"]:
            most = max(most, here + len(_CHAIN.findall(token)))
        elif token in ("{", r"\left", r"\begin"):
            here += 1
            most = max(most, here)
        elif token in ("}", r"\right", r"\end"):
            here -= 1
    return most


def shortened(latex: str) -> str:
    """A formula as messages show it."""
    return latex if len(latex) <= 2 * _SHOWN else f"{latex[:_SHOWN]}…"
