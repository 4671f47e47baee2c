"""What the tests of the command line share."""

from pathlib import Path

import pytest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """An empty current folder; papers are made without typesetting them."""
    request.getfixturevalue("untypeset")
    monkeypatch.chdir(tmp_path)
    return tmp_path
