"""Class lists as people have them: `examgen batch` reads the export of each course system, and refuses damaged ids."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from examgen.batch import making
from examgen.cli import app
from examgen.documents.printing import PrintedPaper
from tests.marking_sheets import read_rows
from tests.packed_sheets import Cell, write_ods, write_xlsx, xlsx_sheet

RUNNER = CliRunner()
SEED = "5000000000"  # large enough for no note about it

MOODLE = (
    '\ufeff"First name",Surname,"ID number","Email address",Groups\n'
    'Ada,Lovelace,0012,ada@example.org,"G1, G2"\nJörg,"O\'Neill, Jr.",0013,joerg@example.org,\n'
)
CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,"HW 1 (4711)",Current Score\n'
    ",,,,,Manual Posting,\n"
    "    Points Possible,,,,,10.00,(read only)\n"
    '"Lovelace, Ada",70123,00501,ada@example.org,CS 101,9.00,90.00\n'
    '"King, Martin Luther, Jr.",70124,00502,mlk,"CS 101 and CS 102",,\n'
    '"Student, Test",70999,,a8f5f167f44f4964e6c998dee827110c,CS 101,,\n'
)
GRADESCOPE = (
    "First Name,Last Name,SID,Email,Role,Sections\n"
    "Ada,Lovelace,501,ada@example.org,Student,L1\nAlan,Turing,,alan@example.org,Instructor,\n"
    "Grace,Hopper,502,grace@example.org,Student,\n"
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\n'
    '"Lovelace"\t"Ada"\t"alovelace"\t"501"\t"2024-05-01 12:00:00"\t"Yes"\n'
)
TITLES = ("id", "name")
ADA = ("501", "Ada Lovelace")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder; papers are made without typesetting them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "print_questions", lambda *_: PrintedPaper(b"%PDF questions", ""))
    monkeypatch.setattr(making, "print_key", lambda *_: PrintedPaper(b"%PDF key", ""))
    monkeypatch.setattr(making, "print_filled", lambda *_: b"%PDF filled")
    return tmp_path


def made(roster: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Ids and names of the class that was made, and the notes."""
    done = RUNNER.invoke(app, ["batch", "scalar-chain", roster, "--seed", SEED, "--out", "class"])
    assert (done.exit_code, done.stderr) == (0, ""), (done.output, done.exception)
    notes = [line.removeprefix("Note: ") for line in done.stdout.splitlines() if line.startswith("Note: ")]
    return [(row["student"], row["name"]) for row in read_rows(Path("class/manifest.csv"))], notes


def refused(roster: str) -> str:
    """The line on stderr; nothing is made."""
    done = RUNNER.invoke(app, ["batch", "scalar-chain", roster, "--seed", SEED, "--out", "class"])
    assert (done.exit_code, done.stdout) == (1, ""), (done.output, done.exception)
    assert re.fullmatch(r"Error: [^\n]+\n", done.stderr)
    assert not Path("class").exists()
    return done.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize(
    ("text", "students", "note"),
    [
        ("id,name\n501,Ada Lovelace\n", [ADA], None),
        (
            MOODLE,
            [("0012", "Ada Lovelace"), ("0013", "Jörg O'Neill, Jr.")],
            'read as a Moodle participants list: id from "ID number", name from "First name" and "Surname"',
        ),
        (
            '"First name","Last name","ID number","Email address"\nAda,Lovelace,,ada@example.org\nB,C,,b@example.org\n',
            [("ada@example.org", "Ada Lovelace"), ("b@example.org", "B C")],
            'id from "Email address", name from "First name" and "Last name" ("ID number" is empty for all)',
        ),
        (
            '"First name","Last name","Email address",Roles,Groups\nAda,Lovelace,ada@example.org,Student,G1\n',
            [("ada@example.org", "Ada Lovelace")],
            'read as a Moodle participants list: id from "Email address", name from "First name" and "Last name"',
        ),
        (
            "Vorname;Nachname;ID-Nummer;E-Mail-Adresse;Gruppen\nAda;Lovelace;501;ada@example.org;\n",
            [ADA],
            'read as a Moodle participants list: id from "ID-Nummer", name from "Vorname" and "Nachname"',
        ),
        (
            "Vorname;Nachname;Matrikelnummer;E-Mail-Adresse\nAda;Lovelace;501;ada@example.org\n",
            [ADA],
            'read as a Moodle participants list: id from "Matrikelnummer", name from "Vorname" and "Nachname"',
        ),
        (
            "Prénom,Nom de famille,Numéro d’identification,Adresse de courriel\nAda,Lovelace,501,ada@example.org\n",
            [ADA],
            'id from "Numéro d’identification", name from "Prénom" and "Nom de famille"',
        ),
        (
            "Nombre,Apellido(s),Número de ID,Dirección de correo\nAda,Lovelace,501,ada@example.org\n",
            [ADA],
            'id from "Número de ID", name from "Nombre" and "Apellido(s)"',
        ),
        (
            CANVAS,
            [("00501", "Ada Lovelace"), ("00502", "Martin Luther King, Jr.")],
            'read as a Canvas gradebook: id from "SIS User ID", name from "Student"',
        ),
        (
            "Student,ID,SIS Login ID,Section\n    Points Possible,,,\n"
            '"Lovelace, Ada",501,ada,CS\n"Student, Test",9,,CS\n',
            [ADA],
            'read as a Canvas gradebook: id from "ID", name from "Student"',
        ),
        (
            GRADESCOPE,
            [ADA, ("502", "Grace Hopper")],
            'read as a Gradescope roster: id from "SID", name from "First Name" and "Last Name"',
        ),
        (
            "Name,SID,Email,Sections\nAda Lovelace,501,ada@example.org,\n",
            [ADA],
            'read as a Gradescope roster: id from "SID", name from "Name"',
        ),
        (
            "registration;name;id\n0000501;Ada Lovelace;alovelace\n",
            [("0000501", "Ada Lovelace")],
            'read as an R/exams list: id from "registration", name from "name"',
        ),
        (
            BLACKBOARD,
            [ADA],
            'read as a Blackboard list: id from "Student ID", name from "First Name" and "Last Name"',
        ),
        ("Name;Vorname;Matr.-Nr.\nLovelace;Ada;501\n", [ADA], 'id from "Matr.-Nr.", name from "Vorname" and "Name"'),
        ('Matrikelnr;"Nachname, Vorname"\n501;"Lovelace, Ada"\n', [ADA], 'name from "Nachname, Vorname"'),
        ("N° étudiant;Nom;Prénom\n501;Lovelace;Ada\n", [ADA], 'id from "N° étudiant", name from "Prénom" and "Nom"'),
        ("Student Name,Student_ID\nAda Lovelace,501\n", [ADA], 'id from "Student_ID", name from "Student Name"'),
        ("student,name,variant\n501,Ada Lovelace,X\n", [ADA], 'id from "student", name from "name"'),
        ("id,name,username\n501,Ada Lovelace,ada\n", [ADA], 'id from "id", name from "name"'),
    ],
)
@pytest.mark.usefixtures("here")
def test_the_lists_of_course_systems_are_read(text: str, students: list[tuple[str, str]], note: str | None) -> None:
    """Ids and names come from the right columns, sums and test students are no students, and a line says how."""
    Path("roster.csv").write_text(text, encoding="utf-8")
    found, notes = made("roster.csv")
    assert found == students
    if note is None:
        assert notes == []
    else:
        assert notes[0].startswith("roster.csv: ")
        assert note in notes[0]


@pytest.mark.usefixtures("here")
def test_who_is_no_student_in_the_course_is_left_out_and_named() -> None:
    """A Gradescope roster has its instructors in it."""
    Path("roster.csv").write_text(GRADESCOPE, encoding="utf-8")
    assert made("roster.csv")[1][1] == "roster.csv: left out are 1 of another role than student: Alan Turing"


@pytest.mark.parametrize(
    "content",
    [
        b"Course 4711;;\n;;\nWinter term;;\nMatrikelnummer;Name;\n501;Ada Lovelace;\n",
        b"id,name,,\n501,Ada Lovelace\n,,,\n\n",
        b"id,name\n501,Ada Lovelace,,\n",
        b"id,name,note\n501,Ada Lovelace,\n,,all others are ill\n",
        '\ufeff"id";"name"\r\n"501";"Ada\nLovelace"\r\n'.encode(),
        b'id,name\n"=""501""",Ada Lovelace\n',
        b"sep=;\nid;name\n501;Ada Lovelace\n",
        "id\tname\n501\tAda Lovelace\n".encode("utf-16"),
        b"id,name\r501,Ada Lovelace\r",
        ("id,name," + ",".join(f"HW {n}" for n in range(300)) + "\n501,Ada Lovelace" + "," * 300 + "\n").encode(),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_stands_around_a_list_does_no_harm(content: bytes) -> None:
    """Titles above the header, nameless columns, empty rows, byte order marks, many columns."""
    Path("roster.csv").write_bytes(content)
    assert made("roster.csv")[0] == [ADA]


ROWS: list[list[Cell]] = [["Exam list"], [], ["Name", "Matrikelnummer", "Note"], ["Ada Lovelace", 501, 1.3], ["", ""]]


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_spreadsheets_are_read(here: Path, suffix: str) -> None:
    """A number in a cell is an id without decimals; text with leading zeros stays as it is."""
    rows: list[list[Cell]] = [*ROWS, ["Grace Hopper", "00502", ""]]
    (write_xlsx if suffix == "xlsx" else write_ods)(here / f"roster.{suffix}", rows)
    found, notes = made(f"roster.{suffix}")
    assert found == [ADA, ("00502", "Grace Hopper")]
    assert notes == [f'roster.{suffix}: id from "Matrikelnummer", name from "Name"']


def test_a_list_in_the_letters_of_windows_is_read_and_told(here: Path) -> None:
    """Names come out right; an id that is not plain ASCII could be another student's, so it is refused."""
    (here / "roster.csv").write_bytes("id;name\n501;Jörg Müller\n".encode("cp1252"))
    found, notes = made("roster.csv")
    assert found == [("501", "Jörg Müller")]
    assert 'was read as Windows-1252, such as "Jörg Müller"' in notes[0]
    (here / "odd.csv").write_bytes("id;name\njörg;Jörg Müller\n".encode("cp1252"))
    done = RUNNER.invoke(app, ["batch", "scalar-chain", "odd.csv", "--seed", SEED, "--out", "other"])
    assert "odd.csv: line 2: id 'jörg' may be another one, as the file is not UTF-8" in done.stderr
    (here / "odd.csv").write_bytes("id;name\n501;Jörg Müller\n".encode() + "502;Jörg\n".encode("cp1252"))
    done = RUNNER.invoke(app, ["batch", "scalar-chain", "odd.csv", "--seed", SEED, "--out", "other"])
    assert "odd.csv: line 3, byte" in done.stderr
    assert "is not UTF-8 text" in done.stderr


@pytest.mark.parametrize(
    ("student", "told"),
    [
        ("2.02412E+11", "a number in scientific notation"),
        ("2,02412E+11", "a number in scientific notation"),
        ("1.0E5", "a number in scientific notation"),
        ("2e+05", "a number in scientific notation"),
        ("12345.0", "a number with decimals"),
        ("12345,00", "a number with decimals"),
        ("20,241,234", "a number with separators"),
        ("#######", "an error or a column that was too narrow"),
        ("#N/A", "an error or a column that was too narrow"),
        ("#VALUE!", "an error or a column that was too narrow"),
        ("#WERT!", "an error or a column that was too narrow"),
        ("2024-01-03", "a date"),
        ("2024-01-03 00:00:00", "a date"),
        ("03.01.2024", "a date"),
        ("1/3/2024", "a date"),
        ("31/12/24", "a date"),
        ("3-Jan", "a date"),
        ("03. Jan", "a date"),
        ("mars-24", "a date"),
        ("Mrz 24", "a date"),
    ],
)
@pytest.mark.usefixtures("here")
def test_an_id_that_a_spreadsheet_has_damaged_is_refused(student: str, told: str) -> None:
    """The line, what the id has become, and what to do; the rows before it make no papers either."""
    Path("roster.csv").write_text(f'name;id\nAda;501\nBob;"{student}"\n', encoding="utf-8")
    said = refused("roster.csv")
    assert said.startswith(f"roster.csv: line 3: id {student!r} is {told}")
    assert "format the column as text" in said


@pytest.mark.parametrize(
    "student", ["12E4", "2024-01-45", "12.345.678-9", "s-3", "1e5x", "#12", "dec", "0012", "1.5.2", "MAR-21"]
)
@pytest.mark.usefixtures("here")
def test_an_odd_id_that_no_spreadsheet_made_is_an_id(student: str) -> None:
    """Codes of a course, dates that are none, and numbers with dots as some countries write them."""
    Path("roster.csv").write_text(f"id;name\n{student};Ada\n", encoding="utf-8")
    assert made("roster.csv")[0] == [(student, "Ada")]


@pytest.mark.parametrize("cell", [12345.5, 1.5e15, 2.02412e25, 0.1])
def test_a_number_in_a_cell_that_is_no_whole_one_is_no_id(here: Path, cell: float) -> None:
    """Fractions, and numbers beyond the digits that a spreadsheet keeps."""
    write_xlsx(here / "roster.xlsx", [["id", "name"], ["s1", "Ada"], [cell, "Bob"]])
    assert refused("roster.xlsx").startswith("roster.xlsx: line 3: id ")


def test_a_date_in_a_cell_is_no_id(here: Path) -> None:
    """A cell of the kind "date", in both formats."""
    sheet = xlsx_sheet([["id", "name"], ["2024-01-03T00:00:00", "Ada"]])
    told = '<c r="A2" t="inlineStr"><is><t xml:space="preserve">2024-01-03T00:00:00</t></is></c>'
    assert told in sheet
    write_xlsx(here / "a.xlsx", [], sheet.replace(told, '<c r="A2" t="d"><v>2024-01-03T00:00:00</v></c>'))
    texts = [f'<table:table-cell office:value-type="string"><text:p>{x}</text:p></table:table-cell>' for x in TITLES]
    date = '<table:table-cell office:value-type="date" office:date-value="2024-01-03"/>'
    rows = ("".join(texts), date + texts[1])
    write_ods(here / "b.ods", [], "".join(f"<table:table-row>{row}</table:table-row>" for row in rows))
    for roster in ("a.xlsx", "b.ods"):
        assert re.match(rf"{roster}: line 2: id '2024-01-03.*' is a date", refused(roster))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "id,name\nJos\u00e9,Ada\nJose\u0301,Bob\n",
            r"line 3: id 'José' came before; .*that of line 2, too, where its accents are spelled otherwise",
        ),
        ("id,name\ns1,Ada\ns2,Bob\ns1,Cleo\n", r"line 4: id 's1' came before; .*that of line 2, too\)"),
        ("id,name\ns1,Ada\nｓ1,Bob\n", r"ids 's1' and 'ｓ1' differ in capitals or width only"),
        ("id,name\n,Bob\n", r"line 2: the id is empty \(\"id\" of 'Bob'\); give each student an id"),
        (
            '"First name",Surname,"ID number","Email address"\nAda,L,1,a@x\nBob,M,,b@x\n',
            r"line 3: the id is empty \(\"ID number\" of 'Bob M'\)",
        ),
        ("ids,names\n1,Ada\n", r'line 1: the header lacks "id", "name"; it has "ids", "names"\. .*Did you mean "id"\?'),
        ("mail,name\na@x,Ada\n", r'line 1: the header lacks "id"; it has "mail", "name"'),
        ("id,name,ID\n1,Ada,2\n", r'the header names "id" more than once'),
        ("id,name\n1,Ada,Lovelace\n", r"line 2: the row has 3 cells and the header 2"),
        ("", r"the file is empty"),
        ("Student,ID,SIS User ID\n    Points Possible,,\n", r"there are no students below the header"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_list_that_cannot_be_used_is_refused(text: str, said: str) -> None:
    """The line, what is wrong, and where the same id stands before."""
    Path("roster.csv").write_text(text, encoding="utf-8")
    assert re.match(r"roster\.csv: " + said, refused("roster.csv"))


def test_both_spellings_of_an_accent_make_the_same_paper(here: Path) -> None:
    """A letter with its accent in one character or in two: same seed, same student, same numbers, also for `make`."""
    sheets = []
    for number, student in enumerate(("Jos\u00e9", "Jose\u0301")):
        (here / "roster.csv").write_text(f"id,name\n{student},Ada\n", encoding="utf-8")
        options = ["--seed", SEED, "--out", f"class{number}"]
        assert RUNNER.invoke(app, ["batch", "scalar-chain", "roster.csv", *options]).exit_code == 0
        options = ["--seed", SEED, "--student", student, "--out", f"paper{number}"]
        assert RUNNER.invoke(app, ["make", "scalar-chain", *options]).exit_code == 0
        sheets += [
            (here / f"class{number}" / "handout" / "Jos%C3%A9" / "answers.csv").read_bytes(),
            (here / f"paper{number}" / "answers.csv").read_bytes(),
        ]
    assert len(set(sheets)) == 1
