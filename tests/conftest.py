"""What holds for every test: property tests draw the same examples on every machine, and take the time they need.

Goldens are text files under tests/golden/. After a change that is meant, `pytest --update-goldens` writes them anew;
their diff is read.
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.internal import entropy
from hypothesis.internal.conjecture import providers

from examgen.collector import seldom_collected
from tests.laws import SHARE, WHOLE
from tests.rooms import PARTS, part_of

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=SHARE)
settings.register_profile("thorough", settings.get_profile("repeatable"), max_examples=WHOLE)
settings.load_profile("repeatable")

# Hypothesis also tries the constants of our modules, of those that happen to be imported: other tests of a run would
# change the examples.
if hasattr(providers, "is_local_module_file"):
    vars(providers)["is_local_module_file"] = lambda _: False

# Before each example Hypothesis seeds the generator that NumPy shares, and restores it afterwards: more time than many
# an example takes, and nothing here draws from it.
if hasattr(entropy, "NP_RANDOM"):
    vars(entropy)["NP_RANDOM"] = entropy

# Layouts of one run of the tests are its own, shared by its workers and the processes that they start: a layout is
# written whole or not at all, and named by all that it depends on. Workers have the folder from who starts them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="examgen-tests-")
    atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
    # Tests start many processes. Where Python is told to keep no bytecode, each would compile the whole package anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Most of what tests make is kept: layouts, classes, modules. Looking for garbage in all of it, again and again, took a
# sixth of their time.
seldom_collected()

GOLDENS = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flag that refreshes goldens, and the part of the tests that is wanted."""
    parser.addoption("--update-goldens", action="store_true", help="write the goldens under tests/golden/ anew")
    parser.addoption("--room", choices=PARTS, help="only one part of the tests, see tests/rooms.py")


def pytest_configure(config: pytest.Config) -> None:
    """Goldens are written anew for all rows of a list, and not for a share of them."""
    if config.getoption("--update-goldens"):
        settings.load_profile("thorough")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests of other parts."""
    room = config.getoption("--room")
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if room and is_test and part_of(collection_path) != room else None


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: it is not looked through for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Workers begin with a half of the tests each, and who is done takes over from the others.

    Dealt out a few at a time, as is usual, tests that share a page or a class would make it in every worker.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden of this name, or write the golden where the flag asks for it."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def untypeset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers are made without typesetting them, where nobody looks at them."""
    from examgen.batch import making
    from examgen.documents.paper.printing import PrintedPaper

    monkeypatch.setattr(making, "print_questions", lambda *_: PrintedPaper(b"%PDF questions", ""))
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")
