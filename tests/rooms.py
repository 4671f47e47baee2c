"""To which room of the house a test file belongs: the highest one that it imports, itself or by way of a helper."""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
ROOMS = ("core", "tables", "typeset", "exams", "documents", "marking", "batch", "cli")
"""From the ground up; what imports the package as a whole, as users do, belongs to the last."""


def room_of(path: Path) -> str:
    """The room of a test file; those that import nothing of ours run commands, and belong to the last."""
    found = _rooms_in(path)
    return max(found, key=ROOMS.index, default=ROOMS[-1])


@cache
def _rooms_in(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for name in _imported(path):
        top, _, rest = name.partition(".")
        if top == "tests":
            helper = TESTS.parent / (name.replace(".", "/") + ".py")
            found |= _rooms_in(helper) if helper.is_file() and helper != path else set()
        elif top == "examgen":
            room = rest.partition(".")[0]
            found.add(room if room in ROOMS else ROOMS[-1] if not room else ROOMS[0])
    return frozenset(found)


def _imported(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
