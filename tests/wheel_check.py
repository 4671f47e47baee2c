"""Checks what people install: `make test` runs it.

Builds the source distribution and, from that, the wheel; installs the wheel into an empty environment, and makes and
marks an exam from an empty folder, so that nothing of the checkout can help.
"""

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
MADE = [
    "questions.pdf",
    "answers.csv",
    "answers.html",
    "key/answers.pdf",
    "key/filled.pdf",
    "key/answers.csv",
    "key/exam.json",
    "key/variants.jsonl",
]
# Folders of the checkout, each with the folder that its files have in the wheel.
SHIPPED = {"examgen": "examgen", "templates": "examgen/templates", "banks": "examgen/banks"}


def main() -> None:
    """Build, install, run; leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="examgen-wheel-") as name:
        folder = Path(name)
        wheel = build(folder / "dist")
        check_contents(wheel)
        examgen = install(wheel, folder / "environment")
        check_commands(examgen, folder / "work")
    print(f"wheel check: {wheel.name} is complete, installs alone, makes an exam and marks a sheet")


def build(dist: Path) -> Path:
    """Return the wheel that is built from the source distribution that is built from the checkout."""
    run(sys.executable, "-m", "build", "--outdir", dist, CHECKOUT, cwd=CHECKOUT)
    (wheel,) = dist.glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """The wheel has every file of the package, its templates and its banks, and nothing else."""
    found = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        f"{inside}/{path.relative_to(CHECKOUT / outside).as_posix()}"
        for outside, inside in SHIPPED.items()
        for path in (CHECKOUT / outside).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    for folder in SHIPPED.values():
        check(any(name.startswith(f"{folder}/") for name in found), f"{wheel.name} has nothing in {folder}/")
    check(
        found == expected,
        f"{wheel.name} lacks {sorted(expected - found)} and should not have {sorted(found - expected)}",
    )


def install(wheel: Path, environment: Path) -> Path:
    """Install the wheel alone into a new environment, and return its examgen command."""
    venv.create(environment, with_pip=True)
    run(environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", wheel, cwd=environment)
    return environment / "bin" / "examgen"


def check_commands(examgen: Path, work: Path) -> None:
    """The commands of the readme work in an empty folder."""
    work.mkdir()
    run(examgen, "--help", cwd=work)
    run(examgen, "list", cwd=work)
    run(examgen, "new", "mine", cwd=work)
    run(examgen, "make", "--seed", "7", cwd=work)
    exam = work / "output" / "question2-7"
    absent = [name for name in MADE if not (exam / name).is_file()]
    check(not absent, f"examgen make --seed 7 did not write {absent} into output/question2-7")
    run(examgen, "grade", "output/question2-7/answers.csv", cwd=work)
    run(examgen, "samples", cwd=work)
    run(examgen, "rehearse", "output/question2-7", cwd=work)
    run(examgen, "grade", "output/question2-7/rehearsal/handed-in", cwd=work)


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command without the caller's Python paths, and show what it printed if it fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    line = " ".join([Path(command[0]).name, *map(str, command[1:])])
    check(done.returncode == 0, f"{line} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    print(f"wheel check: {line}", flush=True)


def check(holds: bool, otherwise: str) -> None:
    """End the program with a message unless it holds."""
    if not holds:
        sys.exit(f"wheel check: {otherwise}")


if __name__ == "__main__":
    main()
