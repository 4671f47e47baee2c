r"""Moodle's notation for boxes inside a text, `{1:NUMERICAL:=0.5:0.01~%0%-0.5:0.01#feedback}`.

Moodle finds such boxes by regular expressions and then decodes entities, once. So whatever has a meaning to those
expressions, or to what is replaced behind them (`\}` and `\#`), is written as an entity.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from markupsafe import Markup

from examgen.exchange.questions.xml_text import shown

_SPECIAL = re.compile(r"[&<>\"'~#{}=%\r\n]")


@lru_cache(maxsize=1024)
def cloze_text(markup: str) -> str:
    """Markup as an answer or its feedback; Moodle reads the same markup back, a backslash as its entity."""
    # Moodle drops backslashes before # and } behind its decoding, so none may be left by then.
    plain = shown(markup).replace("\\", "&#92;")
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", plain)


def outside(markup: Markup) -> Markup:
    """Markup around the boxes: nothing in it can be taken for one, nor for the place of one."""
    return Markup(shown(str(markup)).replace("{", "&#123;").replace("}", "&#125;"))


def numerical(weight: int, right: tuple[float, float], wrong: Sequence[tuple[float, float, str]]) -> str:
    """A box for a number.

    Args:
        weight: its share of the marks, a whole number.
        right: the right number and its tolerance.
        wrong: numbers worth nothing, their tolerance, and the feedback on them as markup.
    """
    answers = [f"={number(right[0])}:{number(right[1])}"]
    answers += [f"%0%{number(value)}:{number(band)}#{cloze_text(told)}" for value, band, told in wrong]
    return f"{{{weight}:NUMERICAL:{'~'.join(answers)}}}"


def choice(weight: int, options: Sequence[tuple[str, str]], *, is_single: bool) -> str:
    """A list of options, all shown.

    Args:
        weight: as of a box for a number.
        options: what each is worth in percent, and its markup.
        is_single: whether one is chosen.
    """
    answers = "~".join(f"%{percent}%{cloze_text(markup)}" for percent, markup in options)
    return f"{{{weight}:{'MULTICHOICE_V' if is_single else 'MULTIRESPONSE'}:{answers}}}"


def number(value: float) -> str:
    """A number that reads back as the same double, without a point where it is whole."""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
