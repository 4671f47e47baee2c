"""Numbers, formulas, shapes and letters of options as answers.html reads them, many at once."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from py_mini_racer import MiniRacer, mini_racer

from examgen.documents.paper.sheet_script import FORMS, KINDS, READER, grammar, tables_of
from examgen.resources import shipped

_CALLS = """
const reader = numberReader(GRAMMAR);
const each = (texts) => JSON.stringify(texts.map(([text, mark]) => {
  const found = mark ? reader.read(text, mark) : reader.readBox(text);
  return { ...found, fault: found.reason ? reader.fault(text, found.reason) : "" };
}));
"""


@dataclass(frozen=True)
class Read:
    """What became of a text: a spelling, or a reason and the character at fault."""

    spelling: str = ""
    reason: str = ""
    fault: str = ""


@dataclass(frozen=True)
class PageReader:
    """The reader of the page in V8."""

    engine: MiniRacer

    def read(self, texts: Sequence[tuple[str, str]]) -> list[Read]:
        """Each text with its decimal mark; without one as in a box."""
        found = json.loads(str(self.engine.eval(f"each({json.dumps(texts)})")))
        return [Read(**one) for one in found]


@contextmanager
def page_reader() -> Iterator[PageReader]:
    """An engine with the shipped reader and the marker's tables."""
    script = (shipped("templates") / READER).read_text(encoding="utf-8")
    with mini_racer() as engine:
        engine.eval(script + _CALLS.replace("GRAMMAR", json.dumps(grammar())))
        yield PageReader(engine)


_FORM_CALLS = """
const forms = formReaders(GRAMMAR);
const known = new Set();
const formula = (text) => forms.formula(text, known);
const choice = ([text, count]) => forms.choice(text, count);
const each = (name, texts) => JSON.stringify(texts.map({ formula, choice, shape: forms.shape }[name]));
"""


@dataclass(frozen=True)
class FormReader:
    """What reads answers that are no numbers, in V8."""

    engine: MiniRacer

    def read(self, kind: str, texts: Sequence[object]) -> list[dict[str, object]]:
        """Each text, of a choice with the count of options: the reason with a position and a detail, or a character."""
        found: list[dict[str, object]] = json.loads(
            str(self.engine.eval(f"each({json.dumps(kind)}, {json.dumps(texts)})"))
        )
        return found

    def know(self, symbols: Iterable[str]) -> None:
        """From now on these spellings are symbols of the question."""
        self.engine.eval(f"known.clear(); {json.dumps(list(symbols))}.forEach((one) => known.add(one));")


@contextmanager
def form_reader() -> Iterator[FormReader]:
    """An engine with the shipped readers and the marker's tables."""
    files = (FORMS, *KINDS.values())
    script = "\n".join((shipped("templates") / name).read_text(encoding="utf-8") for name in files)
    tables = grammar() | tables_of(frozenset(KINDS))
    with mini_racer() as engine:
        engine.eval(script + _FORM_CALLS.replace("GRAMMAR", json.dumps(tables)))
        yield FormReader(engine)
