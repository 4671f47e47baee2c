"""Keys that earlier versions wrote are still read, and a sheet that was handed in then is marked as it is today.

`tests/cases/keys/` has one of each form that exam.json has had, oldest first, written by the version of its time.
"""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import examgen
from examgen.exams.keys.key_folder import read_key

KEYS = sorted((Path(__file__).parents[1] / "cases" / "keys").iterdir())


@pytest.mark.parametrize("folder", KEYS, ids=lambda folder: folder.name)
def test_sheets_of_earlier_keys_keep_their_marks(
    folder: Path, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    """A line for each entry: what was written, how it was judged, what it is called, and its marks."""
    examgen.grade(folder / "answers.csv", key=folder / "key", out=tmp_path)
    columns = ("question", "field", "answer", "outcome", "misconception", "marks", "max_marks")
    rows = csv.DictReader(io.StringIO((tmp_path / "results.csv").read_text(encoding="utf-8")))
    lines = ["\t".join(row[name] for name in columns) for row in rows]
    golden(f"old_keys/{folder.name}.txt", "".join(f"{line}\n" for line in ["\t".join(columns), *lines]))


def test_the_forms_of_earlier_keys_are_different() -> None:
    """What stands in exam.json, in its policy, questions, tasks and shapes tells them apart; none has what is new."""
    forms = [_form(json.loads((folder / "key" / "exam.json").read_text(encoding="utf-8"))) for folder in KEYS]
    assert all("draws" not in form for form in forms)
    assert all(read_key(folder).making.draws == 1 for folder in KEYS)
    assert len(set(forms)) == len(KEYS) >= 10


def _form(document: object) -> str:
    """The names in a document, at all depths."""
    if isinstance(document, dict):
        return f"{{{' '.join(f'{name} {_form(part)}'.strip() for name, part in document.items())}}}"
    if isinstance(document, list):
        return " ".join(dict.fromkeys(filter(None, map(_form, document))))
    return ""
