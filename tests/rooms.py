"""To which part of the tests a file belongs: to a room of the house, or to one of those that go through all rooms.

A room's part is what is tested of the room itself: its files import no higher one, themselves or by way of a helper.
"""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
ROOMS = (
    "core",
    "tables",
    "typeset",
    "exams",
    "documents",
    "documents/worked",
    "documents/paper",
    "documents/feedback",
    "documents/report",
    "marking/reading",
    "marking/judging",
    "marking/integrity",
    "marking/statistics",
    "marking/results",
    "marking",
    "exchange",
    "batch",
    "cli",
)
"""From the ground up; what imports the package as a whole, as users do, belongs to the last."""

THROUGH = {"documents/paper/papers": "documents/worked"}
"""Modules by which tests come to what another room makes: pages hold worked solutions before anything is set."""

JOURNEYS, STUDENTS, PAGES = "journeys", "students", "pages"
"""What a user does, from a bank to marks and feedback; what simulated students hand in; goldens of all pages."""

PARTS = (*ROOMS, JOURNEYS, STUDENTS, PAGES)


def part_of(path: Path) -> str:
    """The part of a test file; those that import nothing of ours run commands, and belong to the last room."""
    if path.parent.name == "endtoend":
        return JOURNEYS
    if any(name.startswith("tests.classroom") for name in _imported(path)):
        return STUDENTS
    room = max(_rooms_in(path), key=ROOMS.index, default=ROOMS[-1])
    return PAGES if path.parent.name == "golden" and room.startswith("documents") else room


@cache
def _rooms_in(path: Path) -> frozenset[str]:
    """Those that it imports, itself or by way of helpers, which may import one another."""
    found: set[str] = set()
    known, waiting = {path}, [path]
    while waiting:
        for name in _imported(waiting.pop()):
            top, _, rest = name.partition(".")
            if top == "tests":
                helper = TESTS.parent / (name.replace(".", "/") + ".py")
                if helper.is_file() and helper not in known:
                    known.add(helper)
                    waiting.append(helper)
            elif top == "examgen":
                found.add(_room(rest.replace(".", "/")))
    return frozenset(found)


def _room(module: str) -> str:
    """The innermost room of a module; what is in none is the package as a whole, or lies below all."""
    if module in THROUGH:
        return THROUGH[module]
    around = [room for room in ROOMS if f"{module}/".startswith(f"{room}/")]
    return max(around, key=len, default=ROOMS[0] if module else ROOMS[-1])


@cache
def _imported(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
