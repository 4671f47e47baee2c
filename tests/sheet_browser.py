"""answers.html at work without a browser: its script in V8, the engine of most, with a page made by `sheet_dom.js`."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer, mini_racer

DOM = Path(__file__).parent / "sheet_dom.js"
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class _Boxes(HTMLParser):
    """The form and the boxes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.form: dict[str, str] = {}
        self.student = ""
        self.boxes: list[dict[str, object]] = []
        self._is_matrix = False
        self._known = ""
        self._label = ""
        self._is_label = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        data = {name[5:]: value for name, value in found.items() if name.startswith("data-")}
        if tag == "form":
            self.form = data
        elif tag == "div" and "grid" in found.get("class", "").split():
            self._is_matrix = "matrix" in found["class"].split()
        elif tag == "section":
            self._known = data.get("known", "")
        elif tag == "label":
            self._label, self._is_label = "", True
        elif found.get("id") == "student":
            self.student = found.get("value", "")
        elif re.fullmatch(r"a\d+", found.get("id", "")):
            box = {"id": found["id"], "dataset": data, "label": self._label.strip(), "is_matrix": self._is_matrix}
            self.boxes.append(box | {"tagName": tag.upper(), "known": self._known})

    def handle_data(self, data: str) -> None:
        if self._is_label:
            self._label += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._is_label = False


@dataclass(frozen=True)
class Browser:
    """An open page, and what a student does with it."""

    engine: MiniRacer

    def type(self, box: str, text: str) -> None:
        """Replace what is in a box."""
        self._run("type", box, text)

    def leave(self, box: str) -> None:
        """Go to another place, and wait as long as a hand needs for it."""
        self._run("leave", box)
        self.wait(200)

    def wait(self, milliseconds: int) -> None:
        """Do nothing."""
        self._run("pass", milliseconds)

    def told(self, box: str) -> Mapping[str, str | None]:
        """What is said of a box: invalid, described (by which element), place (id of that element), said."""
        found: dict[str, str | None] = self._run("told", box)
        return found

    def save(self) -> list[dict[str, str]]:
        """The rows of the saved file, none where nothing was saved."""
        return list(csv.DictReader(io.StringIO(self._run("save") or "")))

    @property
    def status(self) -> str:
        """The line beside the button."""
        return str(json.loads(str(self.engine.eval("JSON.stringify(elements.status.textContent)"))))

    @cached_property
    def stored(self) -> dict[str, str]:
        """What the browser has stored so far, to open the page with it again."""
        found: dict[str, str] = json.loads(str(self.engine.eval("JSON.stringify(page.stored)")))
        return found

    def _run(self, name: str, *arguments: object) -> Any:
        said = ", ".join(map(json.dumps, arguments))
        return json.loads(str(self.engine.eval(f"JSON.stringify({name}({said}) ?? null)")))


@contextmanager
def opened(html: str, stored: Mapping[str, str] | None = None) -> Iterator[Browser]:
    """Open a page in a browser that has stored something, or nothing."""
    boxes = _Boxes(html)
    page = {"form": boxes.form, "student": boxes.student, "boxes": boxes.boxes, "stored": dict(stored or {})}
    (script,) = SCRIPT.findall(html)
    with mini_racer() as engine:
        engine.eval(f"const page = {json.dumps(page)};\n{DOM.read_text(encoding='utf-8')}")
        engine.eval(script)
        yield Browser(engine)
