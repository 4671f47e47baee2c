"""Classes as pipelines make them: with a secret, by several processes, over again, and with what a class list says."""

import errno
import json
import os
import random
import re
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import examgen.cli.progress
from examgen.batch import class_drawing, class_making
from examgen.batch.making import MakeOptions
from examgen.batch.paper_orders import Drawer
from examgen.batch.running.pool import Finished, work_through
from examgen.batch.travelling import TravellingExam
from examgen.errors import ExamgenError
from examgen.exams.banks.building import Student, draw_variants, load_exam
from tests.command_line import invoke, refused, run, started
from tests.marking_sheets import read_rows
from tests.stamped_pages import copied_texts

BATCH = ("batch", "scalar-chain", "roster.csv", "--out", "class")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A current folder with a class list of four."""
    monkeypatch.chdir(tmp_path)
    write_roster("id,name", *(f"s{number},Name {number}" for number in range(4)))


def write_roster(*lines: str) -> None:
    """Write roster.csv."""
    Path("roster.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")


def contents(folder: str = "class") -> dict[str, bytes]:
    """All files by path below a folder."""
    files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_secret_takes_the_place_of_the_seed() -> None:
    """It is made for its owner only; the class is the same each time; nothing that is made tells it."""
    assert run("secret", "mine/exam.secret") == "Secret: mine/exam.secret\n"
    secret = Path("mine/exam.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_bytes()) == 32
    assert "practice" not in run(*BATCH, "--secret", secret)
    document = json.loads(Path("class/key/exam.json").read_text(encoding="utf-8"))
    assert document["seed"] is None
    assert stat.S_IMODE(Path("class/key").stat().st_mode) == 0o700
    made = contents()
    told = (secret.read_bytes(), secret.read_bytes().hex().encode())
    assert not any(one in content for content in made.values() for one in told)
    run(*BATCH[:-1], "again", "--secret", secret)
    assert contents("again") == made
    alone = run("make", "scalar-chain", "--student", "s2", "--secret", secret, "--out", "alone")
    assert "Seed" not in alone
    assert contents("alone")["answers.csv"] == made["handout/s2/answers.csv"]


def test_other_secrets_make_other_papers_and_are_refused_in_the_folder() -> None:
    """One bit is enough; the line says which option goes on."""
    run("secret", "a")
    content = bytearray(Path("a").read_bytes())
    content[31] ^= 1
    Path("b").write_bytes(bytes(content))
    Path("b").chmod(0o600)
    run(*BATCH, "--secret", "a")
    run(*BATCH[:-1], "other", "--secret", "b")
    ours, others = ({row["variant"] for row in read_rows(Path(f"{name}/manifest.csv"))} for name in ("class", "other"))
    assert not ours & others
    assert "give --secret with the file that it was made with" in refused(*BATCH, "--secret", "b")
    assert "a secret" in refused(*BATCH)
    assert "a secret" in refused(*BATCH, "--seed", 3)


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (bytes(32), 0o644, "others than its owner can use it (mode 644)"),
        (bytes(31), 0o600, "a secret is 32 random bytes, and this file has 31"),
        (bytes(33), 0o600, "a secret is 32 random bytes, and this file has more"),
        (None, 0, "examgen secret s makes one"),
    ],
)
def test_what_is_no_secret_is_refused(content: bytes | None, mode: int, words: str) -> None:
    """A file that others can read, one of another size, and one that is not there."""
    if content is not None:
        Path("s").write_bytes(content)
        Path("s").chmod(mode)
    assert words in refused(*BATCH, "--secret", "s")
    assert not Path("class").exists()


def test_a_secret_is_never_written_over() -> None:
    """Papers may have been made with it; nor is it given beside a seed."""
    run("secret", "s")
    before = Path("s").read_bytes()
    assert "is there already" in refused("secret", "s")
    assert "not both" in refused(*BATCH, "--secret", "s", "--seed", 1)
    assert Path("s").read_bytes() == before


def test_the_class_list_says_how_papers_look_and_is_kept() -> None:
    """Language, paper and accommodation of a student; the manifest has all columns, whatever stands in them."""
    write_roster(
        "id,name,Language,paper,Accommodation,group,Note,status",
        's0,Ada,,,,"G 1",=1+1,new',
        "s1,Bob,de,letter,30 Minuten mehr,,,",
        "s2,Cleo,fr,,,G2,,",
    )
    run(*BATCH, "--seed", 5000000000)
    rows = read_rows(Path("class/manifest.csv"))
    assert [row["Language"] for row in rows] == ["", "de", "fr"]
    assert [row["group"] for row in rows] == ["G 1", "", "G2"]
    assert [row["Note"] for row in rows] == ["'=1+1", "", ""]
    assert [row["roster_status"] for row in rows] == ["new", "", ""]
    assert {row["status"] for row in rows} == {"made"}
    texts = [" ".join(copied_texts(Path(f"class/handout/s{number}/questions.pdf"))) for number in range(3)]
    assert "Nachteilsausgleich" in texts[1]
    assert "30 Minuten mehr" in texts[1]
    assert "Accommodation" not in texts[0]
    assert 'lang="fr"' in Path("class/handout/s2/answers.html").read_text(encoding="utf-8")
    lines = Path("class/key/variants.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line).get("paper") for line in lines] == [None, "letter", None]
    Path("class/handed-in").mkdir()
    for number in range(3):
        (Path("class/handed-in") / f"s{number}.csv").write_bytes(
            Path(f"class/handout/s{number}/answers.csv").read_bytes()
        )
    assert invoke("grade", "class/handed-in", "--key", "class", "--feedback").exit_code == 0
    assert 'lang="de"' in Path("class/marks/feedback/s1.html").read_text(encoding="utf-8")


def test_capitals_of_a_class_list_are_no_other_language_or_paper() -> None:
    """A4 is what everybody writes, and spreadsheets make De of de; the manifest keeps what was written."""
    write_roster("id,name,language,paper", "s0,Ada,De,A4", "s1,Bob,FR,Letter", "s2,Cleo,,")
    run(*BATCH, "--seed", 5000000000, "--no-pdf")
    lines = Path("class/key/variants.jsonl").read_text(encoding="utf-8").splitlines()
    said = [(one.get("language"), one.get("paper")) for one in map(json.loads, lines)]
    assert said == [("de", "a4"), ("fr", "letter"), (None, None)]
    rows = read_rows(Path("class/manifest.csv"))
    assert [(row["language"], row["paper"]) for row in rows] == [("De", "A4"), ("FR", "Letter"), ("", "")]


def test_a_class_list_with_a_language_that_there_is_not_is_refused() -> None:
    """With the line, and what is allowed."""
    write_roster("id,name,language", "s0,Ada,en", "s1,Bob,klingon")
    assert refused(*BATCH).startswith("roster.csv: line 3: ")
    assert not Path("class").exists()


def test_what_lies_there_is_left_and_what_is_missing_or_changed_is_made() -> None:
    """The same command writes no paper anew but those that are not as they should be."""
    run(*BATCH, "--seed", 5000000000)
    made = contents()
    times = {path: path.stat().st_mtime_ns for path in Path("class").rglob("*.pdf")}
    Path("class/handout/s1/questions.pdf").unlink()
    Path("class/key/filled/s2.pdf").write_bytes(b"changed")
    run(*BATCH)
    assert contents() == made
    anew = {path for path, written in times.items() if path.stat().st_mtime_ns != written}
    assert {path.stem if path.parent.parent.name == "key" else path.parent.name for path in anew} == {"s1", "s2"}


@pytest.mark.parametrize(
    ("there", "instead"),
    [(b"variant", b"code"), (b"recipe", b"r"), (b",", b";"), (b"made", b"m\xe4de"), (b"\n", b"\n\0")],
)
def test_a_manifest_that_was_edited_is_made_again(there: bytes, instead: bytes) -> None:
    """With a column renamed, other separators or bytes that are no text: the same command ends with the same files."""
    run(*BATCH, "--seed", 5000000000, "--no-pdf")
    made = contents()
    Path("class/manifest.csv").write_bytes(made["manifest.csv"].replace(there, instead))
    run(*BATCH, "--no-pdf")
    assert contents() == made


def test_several_processes_make_the_files_of_one() -> None:
    """Whichever is killed meanwhile, and whenever: the one that leads, and then one of those that work for it."""
    write_roster("id,name", *(f"s{number},Name {number}" for number in range(24)))
    run(*BATCH, "--seed", 5000000000, "--jobs", 1)
    chooses = random.Random(7)
    for kills_leader in (True, False):
        more = len(papers_of("killed")) + chooses.randrange(1, 8)
        with started(*BATCH[:-1], "killed", "--jobs", 2, "--seed", 5000000000, stdout=subprocess.DEVNULL) as process:
            until = time.monotonic() + 60
            while len(papers_of("killed")) < more and process.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.002)
            workers = children_of(process.pid)
            os.kill(process.pid if kills_leader else chooses.choice(workers), signal.SIGKILL)
        assert process.returncode == (-signal.SIGKILL if kills_leader else 0)
    assert contents("killed") == contents()


def test_several_processes_draw_the_numbers_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a secret, and when many are added to a class that is there; progress is told as where one draws."""
    run("secret", "mine.secret")
    how = ("--secret", "mine.secret", "--no-pdf", "--fairness", "0.3")
    lines = [f"s{number},Name {number}" for number in range(150)]
    write_roster("id,name", *lines)
    run(*BATCH, *how, "--jobs", 1)
    write_roster("id,name", *lines[40:80])
    run(*BATCH[:-1], "parts", *how, "--jobs", 2)
    write_roster("id,name", *lines)
    monkeypatch.setattr(class_drawing, "DRAWN_AT_ONCE", 30)
    monkeypatch.setattr(examgen.cli.progress, "SECONDS_BETWEEN", 0.0)
    done = invoke(*BATCH[:-1], "parts", *how, "--jobs", 2)
    told = [line.partition(",")[0] for line in done.stderr.splitlines()]
    assert told[3] == "110 of 110 papers"
    assert contents("parts") == contents()


def test_an_exam_that_changes_while_it_is_drawn_is_told() -> None:
    """No paper has numbers of another exam than its key."""
    loaded = load_exam("scalar-chain", 7)
    drawer = Drawer("scalar-chain", 8, MakeOptions(), TravellingExam.of(loaded.exam))
    with pytest.raises(ExamgenError, match="scalar-chain: was changed while papers were drawn"):
        drawer([Student("s1")])
    same = replace(drawer, seed=7)
    assert [variant.code for variant, _ in same([Student("s1")])] == [draw_variants(loaded, [Student("s1")])[0].code]


def papers_of(folder: str) -> list[Path]:
    """Question papers that are there."""
    return list(Path(folder).glob("handout/*/questions.pdf"))


def children_of(process: int) -> list[int]:
    """The processes that work for another."""
    command = ["ps", "--ppid", str(process), "-o", "pid=,args="]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    # Where they are no copies of it, Python has one more process, which does nothing of the work.
    return [int(line.split()[0]) for line in found.splitlines() if "resource_tracker" not in line]


def test_a_paper_that_kills_its_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are made; its row says so, and the same command tries it again."""

    def without_one(work: Callable[[Any], Any], items: Sequence[Any], *how: Any) -> Iterator[Finished]:
        for done in work_through(work, items, *how):
            yield done if done.place != 1 else Finished(1, None, is_set_aside=True)

    with monkeypatch.context() as patched:
        patched.setattr(class_making, "work_through", without_one)
        done = invoke(*BATCH, "--seed", 5000000000)
    assert done.exit_code == 1
    assert re.fullmatch(r"Error: 1 paper could not be made[^\n]*: s1; [^\n]*\n", done.stderr)
    assert [row["status"] for row in read_rows(Path("class/manifest.csv"))] == ["made", "set-aside", "made", "made"]
    run(*BATCH)
    assert [row["status"] for row in read_rows(Path("class/manifest.csv"))] == ["made"] * 4


def test_a_full_disk_is_told_and_the_run_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line with the free space; what was made stays, and nothing is left half-written."""
    whole = os.fdopen
    left = [17]

    def full(*arguments: object, **options: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return whole(*arguments, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr("examgen.exams.folders.files.os.fdopen", full)
        said = refused(*BATCH, "--seed", 5000000000)
    assert re.search(r"No space left on device; [\d.]+ MB are free there", said)
    assert not [path for path in Path("class").rglob("*") if path.name.endswith((".part", ".lock"))]
    assert 1 <= len(list(Path("class").glob("handout/*/questions.pdf"))) < 4
    run(*BATCH)
    run(*BATCH[:-1], "peace", "--seed", 5000000000)
    assert contents() == contents("peace")


def test_keys_and_sheets_without_pages_are_made_quickly() -> None:
    """No PDF; the same sheets and the same key; with pages later, they are added."""
    run(*BATCH, "--seed", 5000000000, "--no-pdf")
    bare = contents()
    assert not [name for name in bare if name.endswith(".pdf")]
    assert all(row["questions_sha256"] == "" for row in read_rows(Path("class/manifest.csv")))
    run(*BATCH, "--seed", 5000000000)
    assert {name: content for name, content in contents().items() if name in bare and name != "manifest.csv"} == {
        name: content for name, content in bare.items() if name != "manifest.csv"
    }
    assert Path("class/key/papers/s3.pdf").is_file()


def test_machines_get_json_and_pipes_get_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress goes to stderr; what was made to stdout; --quiet says nothing."""
    monkeypatch.setattr(examgen.cli.progress, "SECONDS_BETWEEN", 0.0)
    done = invoke(*BATCH, "--seed", 5000000000)
    assert re.match(r"1 of 4 papers\n2 of 4 papers, about \d+ s left\n", done.stderr)
    Path("class/handout/s1/questions.pdf").unlink()
    done = invoke(*BATCH, "--json")
    assert [json.loads(line)["done"] for line in done.stderr.splitlines()] == [1, 2, 3, 4]
    told = json.loads(done.stdout)
    assert (told["students"], told["seed"], told["set_aside"]) == (4, 5000000000, [])
    done = invoke(*BATCH, "--quiet")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize(("asked", "times", "code"), [(signal.SIGINT, 2, 130), (signal.SIGTERM, 1, 143)])
def test_a_run_that_is_asked_to_end_does_so(asked: signal.Signals, times: int, code: int) -> None:
    """In one line, also where somebody is impatient; nothing keeps running, and the same command goes on."""
    write_roster("id,name", *(f"s{number},Name {number}" for number in range(100)))
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with started(*BATCH, "--seed", 5000000000, "--jobs", 2, **pipes, start_new_session=True) as process:
        until = time.monotonic() + 60
        while not list(Path("class").glob("handout/*/questions.pdf")):
            assert time.monotonic() < until
            time.sleep(0.01)
        for _ in range(times):
            os.killpg(process.pid, asked) if asked is signal.SIGINT else process.send_signal(asked)
            time.sleep(0.05)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (code, "Stopped.\n")
    while subprocess.run(["pgrep", "-g", str(process.pid)], capture_output=True, check=False).stdout:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_paper_of_which_the_manifest_knows_too_little_is_made_again() -> None:
    """A cell that somebody has cleared is no reason to hand out nothing."""
    run(*BATCH, "--seed", 5000000000)
    made = contents()
    for row in read_rows(Path("class/manifest.csv")):
        text = Path("class/manifest.csv").read_text(encoding="utf-8").replace(row["answers_sha256"], "")
        Path("class/manifest.csv").write_text(text, encoding="utf-8")
    Path("class/handout/s1/answers.csv").unlink()
    run(*BATCH)
    assert contents() == made


def test_a_lost_line_of_the_key_is_told() -> None:
    """Whoever is on the list has the same paper again; that others may be missing is said."""
    run(*BATCH, "--seed", 5000000000)
    made = contents()
    path = Path("class/key/variants.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], *lines[2:]]))
    said = run(*BATCH)
    assert "Note: class/key/variants.jsonl: had 3 papers, and the key was made with 4; " in said
    assert contents() == made
    assert "Note" not in run(*BATCH)
