"""Papers, keys and files that lie in a folder are never written over unasked, and a key is never lost."""

import json
import os
import re
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.batch import class_drawing, making
from examgen.cli import app
from examgen.documents.paper.printing import PrintedPaper
from examgen.errors import BankError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants
from examgen.exams.exam import Variant
from examgen.exams.folders import files
from tests.marking_sheets import read_rows

RUNNER = CliRunner()
Command = Callable[..., tuple[object, ...]]
BIG, OTHER = "5000000007", "5000000008"
SMALL = "Note: practice mode: a seed this small can be found by trying; leave it out, or use --secret, where it counts"
WAYS = "choose another folder with --out, or write over it with --force"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a roster; a paper's PDF says whose it is and how it looks."""
    monkeypatch.chdir(tmp_path)

    def printed(kind: str) -> object:
        return lambda _, variant, style, *__: PrintedPaper(
            f"%PDF {kind} {variant.student} {variant.name} {style.language} {style.paper}".encode(), ""
        )

    monkeypatch.setattr(making, "print_questions", printed("questions"))
    monkeypatch.setattr(making, "print_key", printed("key"))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")
    write_roster("s1,Ada", "s2,Bob", "s3,Cleo")
    return tmp_path


def write_roster(*rows: str) -> None:
    """The class list of the next run."""
    Path("roster.csv").write_text("\n".join(["id,name", *rows, ""]), encoding="utf-8")


def contents(folder: str = ".") -> dict[str, bytes]:
    """All files by path."""
    return {str(path): path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()}


def run(*arguments: object) -> list[str]:
    """Run a command that must succeed; returns the notes that it printed."""
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert (done.exit_code, done.stderr) == (0, ""), (done.output, done.exception)
    return [line.removeprefix("Note: ") for line in done.stdout.splitlines() if line.startswith("Note: ")]


def refused(*arguments: object) -> str:
    """Run a command that must say one line on stderr and change nothing."""
    before = contents()
    done = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert (done.exit_code, done.stdout) == (1, ""), (done.output, done.exception)
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    assert contents() == before
    return done.stderr.removeprefix("Error: ").rstrip("\n")


def make(*options: object) -> tuple[object, ...]:
    """The arguments of a paper in the folder `out`."""
    return ("make", "scalar-chain", "--out", "out", "--seed", BIG, *options)


def batch(*options: object) -> tuple[object, ...]:
    """The arguments of a class in the folder `out`."""
    return ("batch", "scalar-chain", "roster.csv", "--out", "out", "--seed", BIG, *options)


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.usefixtures("here")
def test_the_same_again_is_written_anew(command: Command) -> None:
    """Same exam, seed, language, paper size and student: the files are the same bytes, and no lock remains."""
    run(*command())
    before = contents()
    assert run(*command()) == run(*command("--force")) == []
    assert contents() == before
    assert not any(Path(name).name.startswith(".") for name in before)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--seed", OTHER], f"seed {BIG}, notation scalar, language en, paper a4"),
        (["--notation", "nielsen"], "notation scalar"),
        (["--language", "de"], "language en"),
        (["--paper", "letter"], "paper a4"),
        (["--key-detail", "short"], "paper a4, full key)"),
        (["--student", "s2"], "the paper of student 's1'"),
    ],
)
@pytest.mark.usefixtures("here")
def test_another_paper_is_not_written_over(options: list[str], told: str) -> None:
    """Another seed, notation, language, size or student: one line says what lies there; --force does it."""
    run(*make("--student", "s1"))
    said = refused(*make("--student", "s1", *options))
    assert re.match(r"out: holds the paper of student 's1' of exam scalar-chain-\w{6} \(", said)
    assert told in said
    assert said.endswith(WAYS)
    run(*make("--student", "s1", *options, "--force"))
    assert run(*make("--student", "s1", *options)) == []


@pytest.mark.parametrize(
    "options", [["--seed", OTHER], ["--notation", "nielsen"], ["--language", "de"], ["--paper", "letter"]]
)
@pytest.mark.usefixtures("here")
def test_another_class_is_not_written_over(options: list[str]) -> None:
    """The same for a class; what lies there is counted."""
    run(*batch())
    said = refused(*batch(*options))
    assert re.match(r"out: holds a class of 3 of exam scalar-chain-\w{6} \(seed 5000000007, notation scalar,", said)
    assert said.endswith(WAYS)
    run(*batch(*options, "--force"))
    assert run(*batch(*options)) == []


@pytest.mark.usefixtures("here")
def test_another_exam_is_not_written_over() -> None:
    """Neither by a paper nor by a class."""
    run(*batch())
    assert "holds a class of 3 of exam scalar-chain-" in refused("batch", "formulas", "roster.csv", "--out", "out")
    assert "holds a class of 3 of exam scalar-chain-" in refused("make", "formulas", "--out", "out")
    assert "holds a class of 3 of exam scalar-chain-" in refused(*make("--student", "s1"))
    run("make", "formulas", "--out", "other")
    assert "holds a paper for anybody of exam formulas-" in refused(*batch("--out", "other"))


@pytest.mark.usefixtures("here")
def test_a_seed_that_is_forgotten_is_that_of_the_class() -> None:
    """Whoever adds students without the seed gets papers of the same class; for a paper, the seed is told."""
    run(*batch())
    before = contents("out")
    write_roster("s1,Ada", "s2,Bob", "s3,Cleo", "s4,Dan")
    done = RUNNER.invoke(app, ["batch", "scalar-chain", "roster.csv", "--out", "out"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Seed: {BIG} ")
    after = contents("out")
    assert {name: after[name] for name in before if "/s" in name} == {
        name: content for name, content in before.items() if "/s" in name
    }
    assert Path("out/handout/s4/questions.pdf").is_file()
    said = refused(*batch("--seed", 3))
    assert said.endswith(f"nothing was written: give --seed {BIG} to go on with it or add students, {WAYS}")
    run(*make("--out", "paper"))
    assert f"give --seed {BIG} to make it again, {WAYS}" in refused("make", "scalar-chain", "--out", "paper")


@pytest.mark.parametrize(
    "size",
    [
        ["--paper", "letter"],
        ["--key-detail", "short"],
        ["--language", "de"],
        ["--notation", "nielsen"],
        ["--student", "x"],
    ],
)
@pytest.mark.usefixtures("here")
def test_default_folders_do_not_clash(size: list[str]) -> None:
    """Where no folder is given, what differs has a folder of its own."""
    run("make", "scalar-chain", "--seed", BIG)
    before = contents()
    run("make", "scalar-chain", "--seed", BIG, *size)
    assert before.items() < contents().items()
    assert len(list(Path("output").iterdir())) == 2


@pytest.mark.parametrize(
    ("command", "name"),
    [
        *(
            (make, name)
            for name in ("questions.pdf", "answers.csv", "key/answers.csv", "key/answers.pdf", "key/filled.pdf")
        ),
        *(
            (batch, name)
            for name in ("manifest.csv", "handout/s2/answers.html", "key/papers/s1.pdf", "key/filled/s1.pdf")
        ),
    ],
)
@pytest.mark.usefixtures("here")
def test_files_of_others_are_not_written_over(command: Command, name: str) -> None:
    """A file of the same name, with no key beside it, is somebody's own; --force writes over it."""
    Path("out", name).parent.mkdir(parents=True)
    Path("out", name).write_text("mine", encoding="utf-8")
    said = refused(*command())
    assert said == f"out/{name}: is there already, and no key says of which exam; nothing was written: {WAYS}"
    run(*command("--force"))
    assert Path("out", name).read_bytes() != b"mine"


@pytest.mark.usefixtures("here")
def test_other_files_in_the_folder_stay() -> None:
    """What papers do not write over is nobody's business, such as filled-in sheets and marks."""
    Path("out/marks").mkdir(parents=True)
    Path("out/marks/results.csv").write_text("mine", encoding="utf-8")
    Path("out/notes.txt").write_text("mine", encoding="utf-8")
    run(*make())
    assert Path("out/marks/results.csv").read_text() == Path("out/notes.txt").read_text() == "mine"


@pytest.mark.parametrize("damage", ["{", '{"format": 99}', None])
@pytest.mark.parametrize("name", ["exam.json", "variants.jsonl"])
@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.usefixtures("here")
def test_a_damaged_key_is_not_written_over(command: Command, name: str, damage: str | None) -> None:
    """It may be all that is left of handed-out papers; --force keeps it, too."""
    run(*command())
    path = Path("out/key", name)
    if damage is None:
        path.unlink()
        path.mkdir()
    else:
        path.write_text(damage, encoding="utf-8")
    answers = Path("out/key/answers.csv").read_bytes()
    said = refused(*command())
    assert said.startswith(f"out/key/{name}: ")
    assert said.endswith(f"Nothing was written to out: {WAYS}")
    assert run(*command("--force")) == ["out: what lay there, an exam whose key cannot be read, is kept in out/old-1"]
    assert Path("out/old-1/key/answers.csv").read_bytes() == answers
    assert run(*command()) == []


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.usefixtures("here")
def test_a_forced_run_keeps_the_other_exam_whole(command: Command) -> None:
    """Key, papers and marks of before are together in a folder of their own, and can still mark what comes back."""
    run(*command())
    run("grade", "out/key/answers.csv", "--key", "out/key")
    before = {name.removeprefix("out/"): content for name, content in contents("out").items()}
    [note] = run(*command("--seed", OTHER, "--force"))
    assert re.fullmatch(
        rf"out: what lay there, .* of exam scalar-chain-\w+ \(seed {BIG}, .*, is kept in out/old-1", note
    )
    assert {name.removeprefix("out/old-1/"): content for name, content in contents("out/old-1").items()} == before
    assert not set(Path("out").glob("marks*"))
    assert stat.S_IMODE(Path("out/old-1/key").stat().st_mode) == 0o700
    run("grade", "out/old-1/key/answers.csv", "--key", "out/old-1")
    [note] = run(*command("--force"))
    assert note.endswith("is kept in out/old-2")


@pytest.mark.usefixtures("here")
def test_a_forced_run_that_fails_leaves_all_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new key cannot be written, the old one is where it was."""
    run(*batch())
    before = contents()

    def full(target: Path, *_: object) -> Path:
        raise OSError(28, os.strerror(28), str(target))

    monkeypatch.setattr(files, "_write_beside", full)
    assert "No space left" in refused(*batch("--seed", OTHER, "--force"))
    assert contents() == before
    assert not Path("out/old-1").exists()


@pytest.mark.usefixtures("here")
def test_students_who_left_the_roster_stay_in_the_key() -> None:
    """Key, manifest and handouts keep them, a line names them, and a change of name counts."""
    write_roster(*(f"s{number},Name {number}" for number in range(1, 9)))
    run(*batch())
    before = contents("out")
    write_roster("new,Newcomer", "s8,Renamed")
    [note] = run(*batch())
    assert note == (
        "7 students of this class are not on this roster; their papers stay in handout/, the key and the manifest: "
        "s1, s2, s3, s4, s5 and 2 more"
    )
    after = contents("out")
    # exam.json has the sums of the key's tables, and these have the newcomer.
    gone = {name for name in before if "/s8" not in name and not re.search(r"(csv|jsonl|exam\.json)$", name)}
    assert {name: before[name] for name in gone} == {name: after[name] for name in gone}
    people = [("new", "Newcomer"), ("s8", "Renamed"), *((f"s{number}", f"Name {number}") for number in range(1, 8))]
    rows = read_rows(Path("out/manifest.csv"))
    assert [(row["student"], row["name"]) for row in rows] == people
    assert all(len(row[column]) == 64 for row in rows for column in row if column.endswith("sha256"))
    variants = [json.loads(line) for line in Path("out/key/variants.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(variant["student"], variant["name"]) for variant in variants] == people
    assert {row["student"] for row in read_rows(Path("out/key/answers.csv"))} == dict(people).keys()
    assert run(*batch()) == [note]
    assert contents("out") == after
    write_roster(*(f"s{number},Name {number}" for number in range(1, 9)))
    assert run(*batch())[0].startswith("1 student of this class is not on this roster")
    kept = [name for name in before if name.startswith("out/handout")]
    assert {name: before[name] for name in kept}.items() < contents("out").items()


@pytest.mark.usefixtures("here")
def test_checksums_of_before_outlive_the_papers() -> None:
    """Papers that were taken out of the folder keep their lines; without a manifest, what is there is summed."""
    run(*batch())
    first = {row["student"]: row for row in read_rows(Path("out/manifest.csv"))}
    Path("out/handout/s2/questions.pdf").unlink()
    write_roster("s1,Ada")
    run(*batch())
    left = {"status": "not-listed"}
    expected = {"s1": first["s1"], "s2": first["s2"] | left, "s3": first["s3"] | left}
    assert {row["student"]: row for row in read_rows(Path("out/manifest.csv"))} == expected
    Path("out/manifest.csv").unlink()
    run(*batch())
    again = {row["student"]: row for row in read_rows(Path("out/manifest.csv"))}
    found = {student: row | ({"recipe": ""} if student != "s1" else {}) for student, row in expected.items()}
    assert again == found | {"s2": found["s2"] | {"questions_sha256": ""}}


@pytest.mark.usefixtures("here")
def test_a_newcomer_whose_id_looks_like_one_of_before_is_refused() -> None:
    """They would share a folder on some systems."""
    run(*batch())
    write_roster("S1,Ada")
    assert refused(*batch()) == "roster.csv: ids 'S1' and 's1' differ in capitals only; change one of them"


@pytest.mark.usefixtures("here")
def test_numbers_that_were_handed_out_stay() -> None:
    """Numbers come from the key where it knows a student: whatever is drawn later, handed-out papers keep theirs."""
    run(*batch())
    path = Path("out/key/variants.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    document = json.loads(lines[1])
    document["questions"]["Q1"]["givens"]["x"] = [[9.5]]
    path.write_text("\n".join([lines[0], json.dumps(document), lines[2], ""]), encoding="utf-8")
    changed = path.read_bytes()
    run(*batch())
    assert path.read_bytes() == changed


@pytest.mark.usefixtures("here")
def test_the_seed_is_in_the_key_before_numbers_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing else is; where no numbers can be drawn, the folder is gone again."""
    seen: list[tuple[list[str], int]] = []

    def drawn(loaded: LoadedExam, students: Sequence[Student]) -> list[Variant]:
        key = json.loads(Path("out/key/exam.json").read_bytes())
        seen.append(([name for name in contents("out") if "lock" not in name], key["seed"]))
        if len(seen) == 1:
            raise BankError("no draw passes")
        return draw_variants(loaded, students)

    monkeypatch.setattr(class_drawing, "draw_variants", drawn)
    assert refused(*batch()) == "no draw passes"
    assert not Path("out").exists()
    run(*batch())
    assert seen == [(["out/key/exam.json"], int(BIG))] * 2


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.usefixtures("here")
def test_a_policy_that_was_edited_in_the_key_stays(command: Command) -> None:
    """exam.json is where an instructor changes the policy; making more papers does not undo it, --force does."""
    run(*command())
    path = Path("out/key/exam.json")
    first = path.read_bytes()
    document = json.loads(first)
    document["policy"]["imprecise"] = "0.25"
    path.write_text(json.dumps(document), encoding="utf-8")
    [note] = run(*command())
    assert note.startswith(
        "out/key/exam.json: differs from the exam file, as another policy would make it, and stays so"
    )
    assert json.loads(path.read_bytes()) == document
    assert run(*command("--force")) == []
    assert path.read_bytes() == first


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.usefixtures("here")
def test_an_older_key_is_gone_on_with(command: Command) -> None:
    """A key that says neither seed nor language is told by the exam's id, which follows from the seed."""
    run(*command())
    path = Path("out/key/exam.json")
    whole = path.read_bytes()
    document = {name: value for name, value in json.loads(whole).items() if name not in {"seed", "language", "paper"}}
    path.write_text(json.dumps(document), encoding="utf-8")
    said = refused(*command("--seed", OTHER))
    assert "(notation scalar); nothing was written" in said
    assert run(*command()) == []
    assert path.read_bytes() == whole


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.usefixtures("here")
def test_a_key_is_for_its_owner_only(command: Command) -> None:
    """Folders 700 and files 600, also where they had wider modes before; handouts are as the umask says."""
    before = os.umask(0o022)
    try:
        Path("out/key/papers").mkdir(parents=True)
        Path("out/key").chmod(0o777)
        run(*command())
        run(*command())
    finally:
        os.umask(before)
    for path in Path("out").rglob("*"):
        is_kept = path.relative_to("out").parts[0] == "key"
        expected = (0o700 if is_kept else 0o755) if path.is_dir() else 0o600 if is_kept else 0o644
        if path != Path("out/key/papers") or command is batch:
            assert (stat.S_IMODE(path.stat().st_mode), path) == (expected, path)


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.parametrize(("seed", "notes"), [("7", [SMALL]), (str(2**32 - 1), [SMALL]), (str(2**32), [])])
@pytest.mark.usefixtures("here")
def test_a_small_seed_is_told(command: Command, seed: str, notes: list[str]) -> None:
    """One line, below 2**32 only."""
    done = RUNNER.invoke(app, [*map(str, command("--seed", seed))])
    assert [line for line in done.stdout.splitlines() if line.startswith("Note: ")] == notes


@pytest.mark.parametrize("command", [make, batch])
@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("file", r"file: cannot be written: a file is there, and a folder is needed; choose another one"),
        ("file/below", r"file/below: cannot be written: its way leads through a file; choose another folder"),
        ("x" * 300, r"x+: cannot be written: File name too long"),
        ("/proc/nowhere", r"/proc/nowhere: cannot be written: "),
    ],
)
def test_a_folder_that_cannot_be_made_is_one_line(here: Path, command: Command, out: str, told: str) -> None:
    """A file in its place, a name that is too long, a file system that takes nothing."""
    (here / "file").write_text("mine", encoding="utf-8")
    assert re.match(told, refused(*command("--out", out)))


@pytest.mark.usefixtures("here")
def test_a_sample_paper_is_the_bench_s_own() -> None:
    """Checking a bank again replaces its sample, which is in nobody's way; a folder that was named is guarded."""
    text = Path(__file__).parents[2].joinpath("banks", "families", "scalar-chain.toml").read_text(encoding="utf-8")
    for title in ("One", "Two"):
        Path("mine.toml").write_text(re.sub(r"(?m)^title = .*$", f'title = "{title}"', text, count=1), encoding="utf-8")
        run("check", "mine.toml", "--draws", 30)
    assert sorted(path.name for path in Path("output").iterdir()) == ["mine-0-sample"]
    assert sorted(path.name for path in Path("output/mine-0-sample").iterdir()) == [
        *("answers.csv", "answers.html", "key", "questions.pdf")
    ]
    run(*make())
    assert "out: holds a paper for anybody" in refused("check", "mine.toml", "--draws", 30, "--out", "out")
    run("check", "mine.toml", "--draws", 30, "--out", "out", "--force")
    assert Path("out/old-1/key/exam.json").is_file()
