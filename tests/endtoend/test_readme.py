"""What README.md tells an instructor to type works as it stands there, in a fresh clone, and so do the help pages."""

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from examgen.cli import app
from examgen.resources import shipped
from tests.moodle_reader import Answer, read_quiz
from tests.platform_responses import Sat, moodle_table

CHECKOUT = Path(__file__).parents[2]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
TRACKED = (".ci", "Makefile", "README.md", "banks", "examgen", "pyproject.toml", "templates")
TOUR = (
    "make",
    "samples",
    "batch",
    "rehearse",
    "secret",
    "grade",
    "explain",
    "export",
    "check",
    "new",
    "preview",
    "schema",
    "list",
)
"""Commands in the order in which their examples need one another."""


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone after `make demo` has set up its environment, which here borrows the libraries of this one."""
    folder = tmp_path_factory.mktemp("clone")
    for name in TRACKED:
        if (CHECKOUT / name).is_dir():
            shutil.copytree(CHECKOUT / name, folder / name)
        else:
            shutil.copy(CHECKOUT / name, folder / name)
    environment = folder / ".venv"
    venv.create(environment, symlinks=True, with_pip=False)
    [packages] = environment.glob("lib/python*/site-packages")
    libraries = dict.fromkeys(sysconfig.get_paths()[name] for name in ("purelib", "platlib"))
    (packages / "clone.pth").write_text("\n".join([str(folder), *libraries]))
    command = environment / "bin" / "examgen"
    command.write_text(f"#!{environment}/bin/python\nfrom examgen.cli import app\napp()\n")
    command.chmod(0o755)
    return folder


def in_clone(clone: Path, *command: str) -> str:
    """Run a command there, with nothing of this process's Python; returns what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


def test_every_command_runs_in_a_fresh_clone(clone: Path) -> None:
    """In order, in one shell, with nothing put there by hand; what the text promises is there afterwards."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    set_up = [line for line in lines if line.startswith("make ")]
    assert [line.split()[1] for line in set_up] == ["demo", "test"]
    for line in set_up:
        in_clone(clone, "make", "--dry-run", line.split()[1])
    tour = [line for line in lines if line not in set_up]
    assert sum(line.startswith("examgen ") for line in tour) >= 12
    before = set(clone.iterdir())
    printed = in_clone(clone, "bash", "-euo", "pipefail", "-c", "\n".join(tour))
    assert "ada" in printed
    sheets = clone / "output" / "question2-7" / "rehearsal" / "handed-in"
    [shown] = re.findall(r"```\n(exam,variant,.*?)```", README, re.DOTALL)
    assert (sheets / "emmy.csv").read_text(encoding="utf-8").startswith(shown)
    assert {path.name for path in set(clone.iterdir()) - before} == {"output"}

    tree = re.search(r"```\n(output/.*?)```", README, re.DOTALL)
    assert tree is not None
    folder, *promised = (re.split(r"\s{3,}", line.strip())[0] for line in tree[1].splitlines())
    for name in (name for names in promised for name in names.split(", ")):
        assert (clone / folder / name).is_file(), name
    feedback = clone / folder / "rehearsal" / "marks" / "feedback"
    assert {path.suffix for path in feedback.rglob("*") if "ada" in str(path)} >= {".html", ".pdf"}
    assert (clone / "output" / "marks" / "gradebook.csv").read_text(encoding="utf-8").count("Lovelace") == 1
    assert (clone / "output" / "my-question-7" / "questions.pdf").read_bytes().startswith(b"%PDF")

    answered_in_moodle(clone / "output" / "pool.xml", clone / "responses.csv")
    [marking] = [line for block in blocks("console") for line in block.splitlines() if "responses.csv" in line]
    printed = in_clone(clone, "bash", "-euo", "pipefail", "-c", f"PATH=$PWD/.venv/bin:$PATH\n{marking.lstrip('$ ')}")
    assert "\nada\t100\t100\t100\t" in printed
    assert {path.name for path in (clone / folder / "marks" / "feedback").iterdir()} >= {"ada.html", "ada.pdf"}

    (example,) = blocks("python")
    assert "100" in in_clone(clone, ".venv/bin/python", "-c", example)


def answered_in_moodle(pool: Path, responses: Path) -> None:
    """A student draws one variant of each exported question and answers it right, as Moodle's table tells it."""
    quiz = read_quiz(pool.read_bytes())
    drawn = list({question.category: question for question in quiz}.values())
    answers = {question.name: [as_typed(box.right) for box in question.boxes] for question in drawn}
    ada = Sat("Ada", "Lovelace", "ada@example.org", "ada", answers)
    responses.write_text(moodle_table(quiz, [ada]), encoding="utf-8")


def as_typed(right: Answer) -> str:
    """Numbers with four decimals, as they are asked."""
    return right.text if right.tolerance is None else f"{float(right.text):.4f}"


@pytest.mark.usefixtures("here")
def test_every_help_page_ends_with_two_examples_that_work() -> None:
    """In an empty folder, in the order of the tour."""
    assert set(TOUR) == set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert len(list(examples())) == 2
    for name in TOUR:
        commands = list(examples(name))
        assert [command.split()[:2] for command in commands] == [["examgen", name]] * 2
        for command in commands:
            run(command)


def examples(*command: str) -> Iterator[str]:
    """The last lines of a help page, each on one line of an ordinary terminal."""
    shown = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "80"}).output
    _, _, end = shown.rpartition("Examples:")
    return (line.strip() for line in end.splitlines() if line.strip())


def run(command: str) -> None:
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, (command, result.output)


@pytest.mark.usefixtures("here")
def test_the_files_that_are_shown_are_the_samples() -> None:
    """`examgen samples` writes the question and the exam of the text; with its policy, too, it is marked."""
    policy, family, graph, exam = blocks("toml")
    run("examgen samples")
    folder = Path("output/samples")
    assert (folder / "my-question.toml").read_text(encoding="utf-8") == family
    assert (folder / "my-exam.toml").read_text(encoding="utf-8") == exam
    with_policy = re.sub(r"\[policy\]\n.*\n", lambda _: policy, exam)
    assert policy in with_policy
    (folder / "with-policy.toml").write_text(with_policy, encoding="utf-8")
    run("examgen make output/samples/with-policy.toml --seed 7")
    run("examgen grade output/with-policy-7/key/answers.csv")
    (folder / "graph.toml").write_text(graph, encoding="utf-8")
    run("examgen make output/samples/graph.toml --seed 7")
    assert {path.name for path in (shipped("templates") / "samples").iterdir()} == {
        "my-exam.toml",
        "my-question.toml",
        "roster.csv",
    }


def test_pictures_and_links_are_there() -> None:
    """Every file that the README shows or links to exists."""
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    for target in targets:
        assert (CHECKOUT / target).exists(), target
