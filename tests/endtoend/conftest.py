"""What the tests of the command line share."""

from pathlib import Path

import pytest

from examgen.batch import making
from examgen.documents.paper.printing import PrintedPaper


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder; papers are made without typesetting them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "print_questions", lambda *_: PrintedPaper(b"%PDF questions", ""))
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")
    return tmp_path
