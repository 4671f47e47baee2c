"""Numbers as answers.html reads them, many at once."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from py_mini_racer import MiniRacer, mini_racer

from examgen.documents.paper.sheet_script import READER, grammar
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
