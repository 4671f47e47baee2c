"""Papers come back from a scanner: read, doubted, settled in a browser, and marked; and what gets in between."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser

from examgen.batch import making
from examgen.documents.paper.printing import PrintedPaper
from examgen.exams.bubbles.bubble_grids import Bubble, Grid
from examgen.exams.bubbles.bubble_pages import bubble_paper, frame_origin
from examgen.exams.exam import Variant
from examgen.exams.keys.key_folder import Key, read_key
from examgen.marking.reading.handed_in import sheets
from tests.command_line import refused, run
from tests.scanned_pages import DPI, Hand, Sheet, blurred, noised, shaded, turned
from tests.web_browser import findings

SEED = "5000000000"
EXAM = "scalar-chain"
Grey = NDArray[np.uint8]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three with bubble pages, each filled in right but for what is spoiled."""
    folder = tmp_path_factory.mktemp("scans")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
        patched.setattr(making, "print_filled", lambda *_: b"%PDF filled")
        roster = folder / "roster.csv"
        roster.write_text("id,name\ns1,Ada\ns2,Bob\ns3,Cleo\n")
        run("batch", EXAM, roster, "--seed", SEED, "--out", folder / "class", "--jobs", 1, "--scan")
    return folder / "class"


def lines_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


def answers_of(made: Path) -> Mapping[tuple[str, str], str]:
    """By student and field what is right, to the digits that are asked."""
    rows = lines_of(made / "key" / "answers.csv")
    return {(row["student"], row["field"]): f"{float(row['answer']):.{row['decimals']}f}" for row in rows}


def sheet_of(made: Path, key: Key, variant: Variant) -> Sheet:
    """A student's only bubble page, as it comes from the printer."""
    [page] = bubble_paper(key.exam, variant).pages
    with pypdfium2.PdfDocument(made / "handout" / variant.student / "questions.pdf") as document:
        last = document[len(document) - 1]
        picture = last.render(scale=DPI / 72, grayscale=True).to_numpy().copy()
        width, height = (points * 25.4 / 72 for points in last.get_size())
    return Sheet(page, picture.reshape(picture.shape[:2]), frame_origin(width, height))


def filled(made: Path, student: str, spoiled: int = 0, left_out: int = 0) -> Grey:
    """The scan of a page that is filled in right; the first entries have two bubbles in their last column."""
    key = read_key(made)
    [variant] = [one for one in key.variants if one.student == student]
    sheet = sheet_of(made, key, variant)
    hand = Hand(sheet, np.random.default_rng(len(student) + ord(student[-1])))
    right = answers_of(made)
    for place, grid in enumerate(sheet.page.grids[left_out:]):
        text = right[student, grid.field]
        hand.write_number(grid, text)
        if place < spoiled:
            hand.fill(_other(grid, len(text.lstrip("-")), text[-1]))
    return noised(blurred(turned(sheet.picture, 1.5), 0.7), hand.rng, 3.0)


def _other(grid: Grid, column: int, but: str) -> Bubble:
    return next(one for one in grid.bubbles if one.column == column and one.value not in (but, "."))


def pdf_of(*pictures: Grey) -> bytes:
    """A scan as scanners write it."""
    pages = [Image.fromarray(picture) for picture in pictures]
    data = BytesIO()
    pages[0].save(data, "PDF", save_all=True, append_images=pages[1:], resolution=DPI)
    return data.getvalue()


def marks(folder: Path) -> dict[str, str]:
    rows = lines_of(folder / "gradebook.csv")
    return {row["student"]: row["marks"] for row in rows if row["status"] == "marked"}


def outcomes(folder: Path, student: str) -> list[str]:
    rows = lines_of(folder / "results.csv")
    return [row["outcome"] for row in rows if row["student"] == student]


def test_scans_are_read_doubted_settled_and_marked(made: Path, tmp_path: Path, chromium: Browser) -> None:
    """Two doubtful entries are unreadable, and nobody's mistakes, until a person has settled them in the browser."""
    scans, out = tmp_path / "scans.pdf", tmp_path / "marks"
    scans.write_bytes(pdf_of(filled(made, "s1"), filled(made, "s2", spoiled=2), filled(made, "s3")))
    told = run("grade", scans, "--key", made, "--out", out)
    assert "Doubtful: " in told
    assert "doubts.html: 2 entries wait to be settled" in told
    assert set(outcomes(out, "s1")) == set(outcomes(out, "s3")) == {"correct"}
    assert outcomes(out, "s2").count("unreadable") == 2
    results = lines_of(out / "results.csv")
    doubtful = "This entry is doubtful on the scan; a person has yet to settle what it says."
    assert {row["comment"] for row in results if row["outcome"] == "unreadable"} == {doubtful}
    lines = lines_of(out / "scanned.csv")
    assert [line["doubt"] for line in lines if line["doubt"]] == 2 * ["two_filled"]
    assert all((float(line["confidence"]) < 0.5) == bool(line["doubt"]) for line in lines)
    settled = settle(chromium, out / "doubts.html", answers_of(made), tmp_path)
    again = run("grade", scans, settled, "--key", made, "--out", out)
    assert "Doubtful" not in again
    assert not (out / "doubts.html").exists()
    assert set(outcomes(out, "s2")) == {"correct"}


def settle(chromium: Browser, path: Path, right: Mapping[tuple[str, str], str], folder: Path) -> Path:
    """Type what is right into each box of the page, and save the file."""
    page = chromium.new_page(accept_downloads=True)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: complaints.append(request.url) if request.url.startswith("http") else None)
    page.goto(path.as_uri())
    assert findings(page) == []
    entries = page.locator(".entry")
    assert entries.count() == 2
    for place in range(2):
        entry = entries.nth(place)
        assert entry.locator("img").evaluate("image => image.naturalWidth") > 200
        _, student, _, _, field = entry.evaluate("entry => JSON.parse(entry.dataset.entry)")
        entry.locator(".text").fill(right[student, field])
    assert page.inner_text("#progress") == "2 of 2 settled"
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(folder / "settled.csv")
    page.close()
    assert complaints == []
    return folder / "settled.csv"


def test_pages_that_are_no_pages_are_named_and_the_rest_is_read(made: Path, tmp_path: Path) -> None:
    """Blank paper, darkness, a page twice, once as it was and once with other answers: named with file and page."""
    good, other = filled(made, "s1"), filled(made, "s2")
    dark = (good // 12).astype(np.uint8)
    # The third copy says what the second said, and makes it no surer.
    alike = 2 * (filled(made, "s2", left_out=1),)
    pages = (good, np.full_like(good, 255), dark, other, turned(good, -2), *alike)
    (tmp_path / "scans.pdf").write_bytes(pdf_of(*pages))
    out = tmp_path / "marks"
    told = run("grade", tmp_path / "scans.pdf", "--key", made, "--out", out)
    assert "scans.pdf: page 2: It shows no corner marks of a bubble page, or fewer than three\n" in told
    assert "scans.pdf: page 3: It is too dark to be read" in told
    assert "scans.pdf: page 5: has the code of scans.pdf page 1, and says the same; it counts once\n" in told
    assert "scans.pdf: page 6: has the code of scans.pdf page 4, and 1 entry differs; " in told
    assert set(outcomes(out, "s1")) == {"correct"}
    assert outcomes(out, "s2").count("unreadable") == 1
    assert (out / "doubts.html").read_text(encoding="utf-8").count("scans.pdf, page 3") == 1


def test_photos_lie_in_a_folder_beside_other_sheets(made: Path, tmp_path: Path) -> None:
    """Ada's as a photo in a folder of hers, Bob's in a zip, Cleo's answers.csv as ever; a holiday picture is named."""
    folder = tmp_path / "in"
    (folder / "s1").mkdir(parents=True)
    photo = shaded(filled(made, "s1"), np.random.default_rng(2), 0.6)
    cv2.imwrite(str(folder / "s1" / "page.jpg"), photo)
    with ZipFile(folder / "s2.zip", "w") as packed:
        packed.writestr("scan.png", cv2.imencode(".png", filled(made, "s2"))[1].tobytes())
    right = answers_of(made)
    rows = lines_of(made / "handout" / "s3" / "answers.csv")
    with (folder / "s3.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "answer": right["s3", row["field"]]} for row in rows)
    cv2.imwrite(str(folder / "beach.png"), np.random.default_rng(1).integers(0, 255, (400, 600), dtype=np.uint8))
    told = run("grade", folder, "--key", made, "--out", tmp_path / "marks")
    assert "beach.png: is not read: a picture; It shows no corner marks" in told
    for student in ("s1", "s2", "s3"):
        assert set(outcomes(tmp_path / "marks", student)) == {"correct"}


def test_a_copy_of_a_page_in_another_students_name_takes_nothing_away(made: Path, tmp_path: Path) -> None:
    """Files lie loose in a folder, each called after who handed it in."""
    folder = tmp_path / "in"
    folder.mkdir()
    for student, whose in (("s1", "s1"), ("s2", "s2"), ("s3", "s2")):
        cv2.imwrite(str(folder / f"{student}.png"), filled(made, whose))
    told = run("grade", folder, "--key", made, "--out", tmp_path / "marks")
    assert set(outcomes(tmp_path / "marks", "s2")) == {"correct"}
    assert "s3" not in marks(tmp_path / "marks")
    assert "s3.png: is a file of 's3'" in told


def test_a_page_on_which_no_circle_is_filled_is_told(made: Path, tmp_path: Path) -> None:
    """It may be blank, or a copy from which the pencil has gone."""
    (tmp_path / "scans.pdf").write_bytes(pdf_of(filled(made, "s1"), filled(made, "s2", left_out=99)))
    told = run("grade", tmp_path / "scans.pdf", "--key", made, "--out", tmp_path / "marks")
    assert "scans.pdf: page 2: no circle is filled" in told
    assert "page 1: no circle" not in told


def test_scans_and_sheets_of_one_exam_ask_for_one_key(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for by the exam's id; the digest on the pages is no other exam."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "scan.pdf").write_bytes(pdf_of(filled(made, "s1")))
    (folder / "s3.csv").write_bytes((made / "handout" / "s3" / "answers.csv").read_bytes())
    assert f"the sheets name {read_key(made).exam.id!r}, and no key of it" in refused("grade", "in")
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "class").symlink_to(made)
    run("grade", "in", "--out", tmp_path / "marks")
    assert set(outcomes(tmp_path / "marks", "s1")) == {"correct"}


def test_a_students_photo_speaks_for_that_student_only(made: Path, tmp_path: Path) -> None:
    """A page with Ada's code in Bob's folder gets Ada nothing, and is named."""
    folder = tmp_path / "in"
    for student, whose in (("s1", "s1"), ("s2", "s1"), ("s3", "s3")):
        (folder / student).mkdir(parents=True)
        picture = filled(made, whose, spoiled=3 * (student != whose))
        cv2.imwrite(str(folder / student / "page.png"), picture)
    told = run("grade", folder, "--key", made, "--out", tmp_path / "marks")
    assert set(outcomes(tmp_path / "marks", "s1")) == {"correct"}
    assert "s2" not in marks(tmp_path / "marks")
    assert "s1" in told


def test_the_key_is_found_by_the_code_on_a_page(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by the exam that a sheet names; pages of another exam are named and not marked."""
    monkeypatch.chdir(made.parent)
    (made.parent / "scan.pdf").write_bytes(pdf_of(filled(made, "s1")))
    run("grade", "scan.pdf", "--key", made, "--out", tmp_path / "one")
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "key").symlink_to(made / "key")
    (beside / "scan.pdf").write_bytes(pdf_of(filled(made, "s1")))
    run("grade", beside / "scan.pdf", "--out", tmp_path / "two")
    assert marks(tmp_path / "one") == marks(tmp_path / "two")
    run("make", EXAM, "--seed", "6000000000", "--out", tmp_path / "other")
    told = refused("grade", beside / "scan.pdf", "--key", tmp_path / "other", "--out", tmp_path / "three")
    assert "It is of another exam" in told


def test_without_the_libraries_a_scan_says_what_to_install(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the one line of a mistake."""
    monkeypatch.setattr(sheets, "can_scan", lambda: False)
    (tmp_path / "scan.pdf").write_bytes(pdf_of(np.full((100, 100), 255, dtype=np.uint8)))
    (tmp_path / "scan.png").write_bytes(b"")
    for name in ("scan.pdf", "scan.png"):
        assert 'pip install "examgen[scan]"' in refused("grade", tmp_path / name, "--key", made)


def test_settled_entries_of_another_exam_are_refused(made: Path, tmp_path: Path) -> None:
    """And so is settled.csv without scans."""
    (tmp_path / "scan.pdf").write_bytes(pdf_of(filled(made, "s1")))
    settled = tmp_path / "settled.csv"
    settled.write_text("exam,student,variant,question,field,settled\nother-ABC,s1,V,Q1,z1,0.5\n")
    assert "line 2: is of exam 'other-ABC', not of" in refused("grade", tmp_path / "scan.pdf", settled, "--key", made)
    assert "together with the scans" in refused("grade", settled, settled, "--key", made)


def test_a_class_is_scanned_in_parts(made: Path, tmp_path: Path) -> None:
    """One part a day: what was read before stays counted and its doubts shown, with their pictures, until settled."""
    out = tmp_path / "marks"
    (tmp_path / "a.pdf").write_bytes(pdf_of(filled(made, "s1", spoiled=1), filled(made, "s2", spoiled=2)))
    (tmp_path / "b.pdf").write_bytes(pdf_of(filled(made, "s3", spoiled=1)))
    run("grade", tmp_path / "a.pdf", "--key", made, "--out", out)
    before = marks(out)
    told = run("grade", tmp_path / "b.pdf", "--key", made, "--out", out)
    entries = len(answers_of(made))
    assert f"scanned.csv: {entries} entries on 3 pages, 2 of them from earlier markings" in told
    assert "4 entries wait to be settled" in told
    assert {**before, "s3": marks(out)["s3"]} == marks(out)
    page = (out / "doubts.html").read_text(encoding="utf-8")
    assert page.count("<img ") == 4
    assert [page.count(f"{name}, page ") for name in ("a.pdf", "b.pdf")] == [3, 1]
    # A sheet that somebody types hides nothing either, and what is settled counts with any file of the class.
    typed = tmp_path / "typed.csv"
    typed.write_bytes(b"".join((made / "handout" / "s3" / "answers.csv").read_bytes().splitlines(keepends=True)[:2]))
    run("grade", typed, "--key", made, "--out", out)
    assert (out / "doubts.html").read_text(encoding="utf-8").count("<img ") == 4
    settled = settled_of(made, tmp_path / "settled.csv", "s1", "s2")
    told = run("grade", tmp_path / "b.pdf", settled, "--key", made, "--out", out)
    assert "1 entry waits to be settled" in told
    assert set(outcomes(out, "s1")) == set(outcomes(out, "s2")) == {"correct"}
    assert len(list((out / "doubts").iterdir())) == 1
    # It is said once and for all.
    run("grade", tmp_path / "a.pdf", "--key", made, "--out", out)
    assert set(outcomes(out, "s1")) == set(outcomes(out, "s2")) == {"correct"}
    run("grade", tmp_path / "b.pdf", settled_of(made, tmp_path / "more.csv", "s3"), "--key", made, "--out", out)
    assert marks(out).keys() == {"s1", "s2", "s3"}
    assert {one for student in marks(out) for one in outcomes(out, student)} == {"correct"}
    assert not (out / "doubts.html").exists()
    assert not (out / "doubts").exists()


def settled_of(made: Path, path: Path, *students: str) -> Path:
    """All entries of these students that are doubtful, settled."""
    out = path.parent / "marks" / "scanned.csv"
    exam, right = read_key(made).exam.id, answers_of(made)
    open_ = [line for line in lines_of(out) if line["doubt"] and not line["settled"] and line["student"] in students]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("exam", "student", "variant", "question", "field", "settled"))
        for line in open_:
            names = [line[name] for name in ("student", "variant", "question", "field")]
            writer.writerow([exam, *names, right[line["student"], line["field"]]])
    return path


def test_a_page_that_comes_again_on_another_day_is_compared(made: Path, tmp_path: Path) -> None:
    """Equal it counts once; where it differs it is doubted, also what was settled; and the old marks of others stay."""
    out = tmp_path / "marks"
    for name, picture in (("a", filled(made, "s1", spoiled=1)), ("b", filled(made, "s1")), ("c", filled(made, "s2"))):
        (tmp_path / f"{name}.pdf").write_bytes(pdf_of(picture))
    scan = ("--key", made, "--out", out)
    run("grade", tmp_path / "b.pdf", *scan)
    run("grade", tmp_path / "c.pdf", *scan)
    assert "has the code of" not in run("grade", tmp_path / "b.pdf", *scan)
    again = tmp_path / "again.pdf"
    again.write_bytes((tmp_path / "b.pdf").read_bytes())
    assert "again.pdf: page 1: has the code of b.pdf page 1, and says the same; it counts once" in run(
        "grade", again, *scan
    )
    # The first entry of that one has a second circle in its last column.
    other = filled(made, "s1", left_out=1)
    (tmp_path / "d.pdf").write_bytes(pdf_of(other))
    told = run("grade", tmp_path / "d.pdf", *scan)
    assert "d.pdf: page 1: has the code of again.pdf page 1, and 1 entry differs; it is doubtful" in told
    assert outcomes(out, "s1").count("unreadable") == 1
    assert set(outcomes(out, "s2")) == {"correct"}
    run("grade", tmp_path / "c.pdf", settled_of(made, tmp_path / "settled.csv", "s1"), *scan)
    assert set(outcomes(out, "s1")) == {"correct"}
    assert len(lines_of(out / "scanned.csv")) == 2 * len(answers_of(made)) / 3
    run("grade", tmp_path / "c.pdf", *scan, "--fresh")
    assert {line["student"] for line in lines_of(out / "scanned.csv")} == {"s2"}


def test_what_was_settled_is_open_again_where_another_copy_says_something_else(made: Path, tmp_path: Path) -> None:
    """And not where it says what a person has said."""
    out = tmp_path / "marks"
    scan = ("--key", made, "--out", out)
    for name, left_out in (("doubtful", 0), ("right", 0), ("other", 1)):
        picture = filled(made, "s1", spoiled=int(name == "doubtful"), left_out=left_out)
        (tmp_path / f"{name}.pdf").write_bytes(pdf_of(picture))
    run("grade", tmp_path / "doubtful.pdf", *scan)
    settled = settled_of(made, tmp_path / "settled.csv", "s1")
    run("grade", tmp_path / "doubtful.pdf", settled, *scan)
    assert "Doubtful" not in run("grade", tmp_path / "right.pdf", *scan)
    assert set(outcomes(out, "s1")) == {"correct"}
    run("grade", tmp_path / "doubtful.pdf", settled, *scan, "--fresh")
    assert "1 entry waits to be settled" in run("grade", tmp_path / "other.pdf", *scan)


def test_a_damaged_table_of_earlier_scans_is_named(made: Path, tmp_path: Path) -> None:
    """In one line, with what to do; nothing of it is lost by marking over it."""
    (tmp_path / "a.pdf").write_bytes(pdf_of(filled(made, "s1")))
    scan = ("grade", tmp_path / "a.pdf", "--key", made, "--out", tmp_path / "marks")
    run(*scan)
    table = tmp_path / "marks" / "scanned.csv"
    text = table.read_text(encoding="utf-8")
    header, line, rest = text.split("\n", 2)
    for place, cell, problem in (
        (7, "sure", "confidence is 'sure'"),
        (8, "odd", "doubt 'odd' is none of two_filled, "),
    ):
        cells = line.split(",")
        cells[place] = cell
        wrong = "\n".join((header, ",".join(cells), rest))
        table.write_text(wrong, encoding="utf-8")
        told = refused(*scan)
        assert f"scanned.csv: line 2: {problem}" in told
        assert "--fresh" in told
        assert table.read_text(encoding="utf-8") == wrong


def settling(made: Path, path: Path, *lines: tuple[str, str]) -> Path:
    """A file that settles entries of s1 by their fields."""
    key = read_key(made)
    [variant] = [one for one in key.variants if one.student == "s1"]
    question = key.exam.questions[0].id
    rows = [f"{key.exam.id},s1,{variant.code},{question},{field},{text}\n" for field, text in lines]
    path.write_text("exam,student,variant,question,field,settled\n" + "".join(rows), encoding="utf-8")
    return path


def test_what_a_person_says_of_a_sure_entry_counts_and_is_told(made: Path, tmp_path: Path) -> None:
    """Also where it is nothing that can be read; no table has it as a formula. Two words for one entry are refused."""
    (tmp_path / "scan.pdf").write_bytes(pdf_of(filled(made, "s1")))
    first, second = [field for student, field in answers_of(made) if student == "s1"][:2]
    scan = ("grade", tmp_path / "scan.pdf", "--key", made, "--out", tmp_path / "marks")
    settled = settling(made, tmp_path / "settled.csv", (first, "=1+1"), (second, answers_of(made)["s1", second]))
    told = run(*scan, settled)
    read = answers_of(made)["s1", first]
    assert "1 settled entry was read as something else without doubt, and what was settled counts, the first" in told
    assert f"{first} of student 's1': '=1+1', read as '{read}'" in told
    for _ in range(2):
        [line] = [line for line in lines_of(tmp_path / "marks" / "scanned.csv") if line["field"] == first]
        assert (line["value"], line["read"], line["settled"]) == ("'=1+1", read, "yes")
        assert outcomes(tmp_path / "marks", "s1").count("unreadable") == 1
        run(*scan)
    twice = settling(made, tmp_path / "twice.csv", (first, "0.5"), (second, "1"), (first, "0.6"))
    told = refused(*scan, twice)
    assert f"twice.csv: line 4: settles {read_key(made).exam.questions[0].id} {first} of student 's1' as '0.6'" in told
    assert f"and {twice}: line 2 as '0.5'; leave one of the two" in told


def test_settled_entries_without_scans_are_refused(made: Path, tmp_path: Path) -> None:
    """Alone, and beside sheets of which none is a scan, where they would settle nothing."""
    settled = settling(made, tmp_path / "settled.csv", ("z1", "0.5"))
    sheet = made / "handout" / "s1" / "answers.csv"
    for files in ((settled,), (sheet, settled)):
        told = refused("grade", *files, "--key", made, "--out", tmp_path / "marks")
        assert "settled.csv: settles entries of scans; give it together with the scans" in told


def test_scanners_and_phones_write_other_kinds(made: Path, tmp_path: Path) -> None:
    """A TIFF of several pages is read; a photo of a kind that is not read says what to do, and so does an empty PDF."""
    first, *others = [Image.fromarray(filled(made, student)) for student in ("s1", "s2", "s3")]
    first.save(tmp_path / "scan.tif", save_all=True, append_images=others, compression="tiff_lzw")
    run("grade", tmp_path / "scan.tif", "--key", made, "--out", tmp_path / "marks")
    assert {one for student in ("s1", "s2", "s3") for one in outcomes(tmp_path / "marks", student)} == {"correct"}
    (tmp_path / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic")
    told = refused("grade", tmp_path / "photo.heic", "--key", made)
    assert "photo.heic: is not read: a picture of a kind that is not read; save photos of answer pages as JPEG" in told
    with pikepdf.new() as empty:
        empty.save(tmp_path / "empty.pdf")
    assert "empty.pdf: has no form fields" in (told := refused("grade", tmp_path / "empty.pdf", "--key", made))
    assert "as a scan: is a damaged or protected PDF, or one without pages" in told
