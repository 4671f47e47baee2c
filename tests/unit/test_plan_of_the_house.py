"""examgen/README.md is true: the rooms that it draws are there, and no others, and so is every file that it names."""

import re
from pathlib import Path

import pytest

from tests.rooms import PARTS, TESTS, part_of

HOUSE = Path(__file__).parents[2] / "examgen"
PLAN = (HOUSE / "README.md").read_text(encoding="utf-8")


def rooms_drawn() -> list[str]:
    """The folders of the picture, each with those around it."""
    [picture] = re.findall(r"```\n(cli/.*?)```", PLAN, re.DOTALL)
    found: list[str] = []
    around: list[str] = []
    for line in picture.splitlines():
        if name := re.match(r"( *)(\w+)/ ", line):
            around = [*around[: len(name[1]) // 2], name[2]]
            found.append("/".join(around))
    return found


def test_the_picture_has_every_room_and_no_other() -> None:
    """A folder of modules that is not drawn is a room that no visitor finds."""
    there = {str(path.parent.relative_to(HOUSE)) for path in HOUSE.rglob("*.py")} - {"."}
    drawn = rooms_drawn()
    assert set(drawn) == there
    assert len(drawn) == len(set(drawn))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.(?:py|toml))`", PLAN))))
def test_files_that_the_plan_names_are_there(name: str) -> None:
    """In the house, or beside it."""
    assert (HOUSE / name).is_file() or (HOUSE.parent / name).is_file()


def test_rooms_are_small() -> None:
    """At most 14 modules in a room, and 300 lines in a module, but for tables of rows."""
    for folder in {path.parent for path in HOUSE.rglob("*.py")}:
        assert len(list(folder.glob("*.py"))) <= 14, folder
    for path in HOUSE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300 or "\n_ROWS = (\n" in text, path


def test_no_two_modules_have_one_name() -> None:
    """A name says one thing."""
    names = [path.stem for path in HOUSE.rglob("*.py") if path.stem not in {"__init__", "__main__"}]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_every_part_of_the_tests_has_tests() -> None:
    """Each file belongs to one, whatever its helpers import, and all parts that can be asked for have files but one:
    evidence is looked for in simulated classes, which belong to the students."""
    assert set(PARTS) - {part_of(path) for path in TESTS.glob("*/test_*.py")} == {"marking/integrity"}
