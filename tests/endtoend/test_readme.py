"""What README.md tells an instructor to type works as it stands there."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.batch import making
from examgen.cli import app
from examgen.documents.printing import PrintedPaper

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the README speaks of; PDFs are tested elsewhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "print_questions", lambda *_: PrintedPaper(b"%PDF questions", ""))
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")
    policy, family, exam = blocks("toml")
    (tmp_path / "my-question.toml").write_text(family, encoding="utf-8")
    (tmp_path / "my-exam.toml").write_text(exam, encoding="utf-8")
    with_policy = re.sub(r"\[policy\]\n.*\n", lambda _: policy, exam)
    assert policy in with_policy
    (tmp_path / "with-policy.toml").write_text(with_policy, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("id,name\ns1,Ada Lovelace\ns2,Alan Turing\n", encoding="utf-8")
    return tmp_path


def run(command: str) -> None:
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, (command, result.output)


def test_every_command_runs(desk: Path) -> None:
    """In the order of the tour; sheets are handed in as they were handed out."""
    commands = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("examgen ")]
    assert len(commands) >= 7
    for command in commands:
        if command == "examgen grade answers.csv":
            shutil.copy(desk / "output" / "question2-7" / "answers.csv", desk / "answers.csv")
        if "handed-in" in command:
            for sheet in (desk / "class" / "handout").rglob("answers.csv"):
                (desk / "handed-in").mkdir(exist_ok=True)
                shutil.copy(sheet, desk / "handed-in" / f"{sheet.parent.name}.csv")
        run(command)
    for name in ("my-exam", "with-policy"):
        run(f"examgen make {name}.toml --seed 7")
        run(f"examgen grade output/{name}-7/key/answers.csv")


@pytest.mark.usefixtures("desk")
def test_the_python_example_runs() -> None:
    """It marks the key itself, which has full marks."""
    (example,) = blocks("python")
    found: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), found)
    assert found["graded"].gradebook["percent"].tolist() == [100.0]  # type: ignore[attr-defined]


def test_pictures_and_links_are_there() -> None:
    """Every file that the README shows or links to exists."""
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    for target in targets:
        assert (Path(__file__).parents[2] / target).exists(), target
