"""The Tab key, in a real bash: what it offers after a command that is begun."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from examgen.cli import completion
from examgen.documents.style import PAPERS
from examgen.exams.banks.bank_files import shipped_banks
from examgen.exams.naming.notation import NOTATIONS
from examgen.marking.grading import grade
from examgen.resources import shipped
from tests.command_line import with_examgen
from tests.marking_sheets import make_key, write_sheet

TAB = r"""
eval "$(examgen --show-completion bash)"
while IFS= read -r line; do
    read -ra COMP_WORDS <<<"$line"
    [[ "$line" == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _examgen_completion examgen
    echo "${COMPREPLY[*]}"
done
"""

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


@pytest.fixture
def bash(tmp_path: Path) -> dict[str, str]:
    """An environment whose `examgen` is this one, with a home of its own."""
    return with_examgen(tmp_path / "bin")


def run(script: str, environment: dict[str, str], folder: Path, typed: str = "") -> str:
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=environment, cwd=folder, input=typed, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@needs_bash
def test_tab_offers_what_fits(bash: dict[str, str], tmp_path: Path) -> None:
    """Commands, options, exams with TOML files, names for options, and students and fields of a marked class."""
    (tmp_path / "sigmoids.toml").touch()
    (tmp_path / "sig$(touch harmed).toml").touch()
    made = make_key(tmp_path / "class", students=("s1", "$(touch harmed)"))
    grade(write_sheet(tmp_path / "class" / "a.csv", made.rows), made.key)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "mine.toml").touch()
    expected = {
        "examgen ma": "make",
        "examgen make --banks own mi": "midterm mine minibatch",
        "examgen new other --banks own --like min": "mine minibatch",
        "examgen make sig": "sigmoid-3-4-4-2 sigmoid-chain sigmoid-neuron sigmoids.toml",
        "examgen make --not": "--notation",
        "examgen batch --notation n": "nielsen",
        "examgen make --language ": "de en es fr hi",
        "examgen explain class s": "s1",
        "examgen explain class s1 z": "z1 z2",
    }
    offered = run(TAB, bash, tmp_path, "\n".join(expected) + "\n").splitlines()
    assert dict(zip(expected, offered, strict=True)) == expected
    assert not (tmp_path / "harmed").exists()


@needs_bash
def test_completion_can_be_installed(bash: dict[str, str], tmp_path: Path) -> None:
    """--install-completion writes what a new bash reads at its start."""
    assert "bash completion installed" in run("examgen --install-completion; exit $?", bash, tmp_path)
    assert "_examgen_completion" in run("source ~/.bashrc; complete -p examgen", bash, tmp_path)


def test_names_are_those_that_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Tab offers is every exam, notation, language and paper size, and nothing else."""
    monkeypatch.chdir(tmp_path)
    assert set(completion.exams("")) == {path.stem for path in shipped_banks()}
    assert completion.notations("") == list(NOTATIONS)
    assert completion.paper_sizes("") == list(PAPERS)
    assert {f"{code}.toml" for code in completion.languages("")} == {
        path.name for path in (shipped("templates") / "texts").iterdir()
    }


def test_names_of_own_folders_are_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of EXAMGEN_BANKS, whatever else stands in the variable."""
    (tmp_path / "circles.toml").touch()
    monkeypatch.setenv("EXAMGEN_BANKS", os.pathsep.join(["", "no/such/folder", str(tmp_path), "x" * 5000]))
    assert completion.exams("circ") == ["circles", "circuit"]


def test_what_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    """Tables that are missing, damaged or no tables end in an empty list, not in an error over the prompt."""
    assert completion.students(None, "") == completion.fields(tmp_path, "s1", "") == []
    (tmp_path / "results.csv").write_bytes(b"student,field\n\xff\xfe,\x00\n")
    assert completion.students(tmp_path, "") == []
    assert completion.exams("no/such/folder/") == completion.exams("\0") == []
