"""How long the files of an upload may take together, and whose files are charged to whom."""

from pathlib import Path

import pytest

from examgen.errors import AnswersError
from examgen.marking.reading import class_sheets
from examgen.marking.reading.class_sheets import read_files
from examgen.marking.reading.handed_in.sheets import FILE_SECONDS, Means, read_sheet
from examgen.marking.reading.handed_in.time_budget import FREE_SECONDS, TimeBudget
from examgen.marking.reading.handed_in.uploads import Upload
from examgen.tables.spreadsheet_reader import SpreadsheetReader

HEADER = "exam,variant,student,question,field,symbol,answer\n"


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["ada/a.pdf", "ada/x/b.pdf", "bob.zip/a.pdf", "bob.zip/x/b.pdf", "c.pdf"], ["ada", "bob.zip", ""]),
        (["class/ada/a.pdf", "class/bob/b.pdf", "class/c.pdf"], ["class/ada", "class/bob", "class"]),
        (["class/ada.zip/x/a.pdf", "class/ada.zip/x/b.pdf"], ["class/ada.zip"]),
        (["ada.zip/a.pdf"], ["ada.zip"]),
        (["a.pdf"], [""]),
        (["x/y/z/a.pdf"], ["x/y/z"]),
        ([], []),
    ],
)
def test_an_upload_is_a_folder_or_zip_below_what_was_given(names: list[str], groups: list[str]) -> None:
    """Folders of which each holds the other alone are passed through, as programs pack a class into one."""
    root = Path("/in")
    paths = [root / name for name in names]
    budget = TimeBudget(root, paths, 60)
    assert list(dict.fromkeys(budget.upload_of(path) for path in paths)) == [root / group for group in groups]


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def thread_time(self) -> float:
        """The processor time of now."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """In the place of the processor's own."""
    made = Clock()
    monkeypatch.setattr("examgen.marking.reading.handed_in.time_budget.time", made)
    return made


def test_an_upload_is_charged_for_all_of_its_files(clock: Clock) -> None:
    """Until nothing is left; others keep what they have."""
    ada, bob = Path("/in/ada/a.pdf"), Path("/in/bob/b.pdf")
    budget = TimeBudget(Path("/in"), [ada, bob], 10)
    for left in (10, 6, 2, 0):
        assert budget.left(ada) == left
        with budget.charged(ada, None):
            clock.now += 4
    assert (budget.left(bob), budget.taken) == (10, 4)
    assert "more than 10 seconds" in budget.problem(ada).detail
    assert "the files of ada " in budget.problem(ada).detail


def test_loose_files_are_charged_for_what_is_too_long(clock: Clock) -> None:
    """A class of thousands may lie there: an honest file costs nothing, and has its time even if others took all."""
    one = Path("/in/a.pdf")
    budget = TimeBudget(Path("/in"), [one, Path("/in/b.pdf")], 10)
    for _ in range(500):
        with budget.charged(one, None):
            clock.now += FREE_SECONDS
    assert budget.left(one) == pytest.approx(10)
    with budget.charged(one, None):
        clock.now += 12
    assert budget.left(one) == pytest.approx(FREE_SECONDS)
    for _ in range(499):
        with budget.charged(one, None):
            clock.now += FREE_SECONDS
    assert budget.left(one) < FREE_SECONDS / 2
    assert "the files given " in budget.problem(one).detail


def test_a_large_table_is_not_begun_without_time_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """As nothing stops the reading of a text on its way."""
    monkeypatch.setattr(class_sheets, "TABLE_SPEED", 1_000)
    (tmp_path / "s.csv").write_text(HEADER + "e,7,s1,Q1,z1,,0.5\n")
    (tmp_path / "t.csv").write_text(HEADER + "e,7,s2,Q1,z1,,0.5\n" * 20)
    assert clock.now == 0
    sheets = read_files(tmp_path, time_limit=0.2).sheets
    assert [[problem.reason for problem in sheet.problems] for sheet in sheets] == [[], ["out_of_time"]]


def test_the_other_process_is_charged_too(clock: Clock) -> None:
    """What reading a spreadsheet takes there, the student's files take."""
    path = Path("/in/ada/a.xlsx")
    budget = TimeBudget(Path("/in"), [path, Path("/in/b.csv")], 10)
    with SpreadsheetReader() as reader, budget.charged(path, reader):
        clock.now += 1
        reader.spent += 3
    assert (budget.taken, budget.left(path)) == (4, 6)


@pytest.mark.parametrize(("seconds", "reason"), [(FILE_SECONDS, "unusable_file"), (2.0, "out_of_time")])
def test_what_was_too_slow_is_told_by_what_stopped_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock, seconds: float, reason: str
) -> None:
    """The file's own limit, or that of its upload."""

    def slow(upload: Upload, means: Means) -> object:
        if upload.suffix == ".csv":
            return read_sheet(upload, means)
        clock.now += means.seconds
        raise AnswersError(f"{upload.path}: takes more than {means.seconds:g} seconds")

    monkeypatch.setattr(class_sheets, "read_sheet", slow)
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "a.pdf").write_bytes(b"x")
    (tmp_path / "s.csv").write_text(HEADER + "e,7,s1,Q1,z1,,0.5\n")
    sheets = read_files(tmp_path, time_limit=seconds + (seconds == FILE_SECONDS)).sheets
    assert [[problem.reason for problem in sheet.problems] for sheet in sheets] == [[reason], []]
