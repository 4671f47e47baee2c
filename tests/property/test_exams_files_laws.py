"""File names for student ids, over any ids."""

import re
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from examgen.exams.folders.files import folder_name, safe_text, typed_text, write_files
from tests.laws import tried

IDS = st.text() | st.text(alphabet="ab.%2E/ ", max_size=5) | st.text(alphabet="aé", min_size=100, max_size=200)
DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)", re.IGNORECASE)


@given(st.lists(IDS, max_size=20))
@example(["%2E", ".", "%252E", "%", "", "con", "%63on", "a.", "a%2E"])
def test_different_ids_get_different_names(ids: list[str]) -> None:
    """No two ids share a folder."""
    assert len({folder_name(student) for student in ids}) == len(set(ids))


@given(IDS)
def test_names_are_safe_everywhere(student: str) -> None:
    """Plain ASCII of a moderate length, never a path, a hidden file or a device."""
    name = folder_name(student)
    assert re.fullmatch(r"[A-Za-z0-9_@+%-][A-Za-z0-9_.@+%-]*", name)
    assert not name.endswith(".")
    assert not DEVICE.match(name)
    assert len(name) <= 140


@tried(30)
@given(IDS)
def test_a_folder_of_any_name_lies_where_it_should(student: str) -> None:
    """A file for any student id ends up exactly one level below the output folder."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {f"{folder_name(student)}/answers.csv": b"x"})
        assert [path.relative_to(folder).parts[0] for path in Path(folder).glob("*/answers.csv")] == [
            folder_name(student)
        ]


@given(st.text())
def test_safe_text_never_starts_a_formula(text: str) -> None:
    """What is shown starts with no sign of a formula, and is the text but for one apostrophe."""
    shown = safe_text(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown in (text, "'" + text)


@given(st.text(alphabet="'=+-@\t\r＝ab1", max_size=6))
def test_texts_that_are_made_safe_stay_different(text: str) -> None:
    """Whatever apostrophes a text begins with, the text is told from what is shown of it."""
    assert typed_text(safe_text(text)) == text
