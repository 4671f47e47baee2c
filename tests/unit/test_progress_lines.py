"""Progress that is piped: a line now and then, with the time that is left."""

import time

import pytest

from examgen.cli.progress import progress


def test_a_second_step_is_timed_from_its_own_begin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Papers are made and then packed: what the making took says nothing of how long the packing takes."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    with progress("papers") as told:
        assert told is not None
        for now, done in ((100.0, 100), (200.0, 200), (201.0, 1), (212.0, 101), (223.0, 191)):
            clock[0] = now
            told(done, 200)
    assert capsys.readouterr().err.splitlines() == [
        "100 of 200 papers",
        "200 of 200 papers, about 0 s left",
        "101 of 200 papers, about 11 s left",
        "191 of 200 papers, about 1 s left",
    ]
