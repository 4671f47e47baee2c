"""Papers, keys and web sheets: what they show, what stays text, and that a PDF reads nothing and is always the same."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from examgen.documents.pages import (
    AnswerBox,
    Cell,
    Given,
    LayerPicture,
    Line,
    NetworkPicture,
    PaperPage,
    QuestionPart,
    Section,
    Task,
)
from examgen.documents.paper.render import sheet_html
from examgen.documents.pdf import html_pdf
from examgen.documents.pdf.html_pdf import set_pages
from examgen.documents.pdf.skeleton import _pixel
from examgen.documents.style import PaperStyle
from examgen.errors import BankError, ExamgenError, SetupError
from tests.stamped_pages import alternative_texts, html_of, pdf_of, text_of

MARGIN, PAGE_WIDTH = 17 / 25.4 * 96, 210 / 25.4 * 96  # px


def matrix(rows: int, columns: int) -> str:
    cells = ((f"{(7 * row + 3 * column) % 19 - 9}.2718" for column in range(columns)) for row in range(rows))
    return r"\begin{bmatrix} " + r" \\ ".join(" & ".join(row) for row in cells) + r" \end{bmatrix}"


BOXES = (
    AnswerBox("z^{(1)}", ((Cell("z1_1", "z⁽¹⁾₁", "4 decimals"),), (Cell("z1_2", "z⁽¹⁾₂", "4 decimals"),))),
    AnswerBox("W^{(1)}", ((Cell("w11", "w⁽¹⁾₁₁", "4 decimals"), None), (None, Cell("w22", "w⁽¹⁾₂₂", "4 decimals")))),
    AnswerBox("L", ((Cell("loss", "L", "4 decimals"),),)),
)
SECTION = Section(
    "Forward pass",
    (
        Line(("z^{(1)}", "= W^{(1)} x", f"= {matrix(2, 3)}", f"= {matrix(2, 1)}"), "Layer 1 with $x$:"),
        Line(("L", r"= \frac{1}{2}\left(0.7400 - 1\right)^2", "= 0.0338")),
    ),
)
PICTURE = NetworkPicture(
    (LayerPicture(("x_1", "x_2"), "inputs"), LayerPicture(("a",), "tanh", True)), "Two units to one"
)
QUESTION = QuestionPart(
    "1", "Two passes", ("The net has $L = 2$ layers.",), PICTURE,
    (Given("", ("x = " + matrix(3, 1),)), Given("", ("y = 1",))),
    (Task("a", "Compute $z^{(1)}$.", "4 decimals", "5", BOXES[:1]), Task("b", "Go on.", "", "1", BOXES[1:])),
)  # fmt: skip
PAPER = PaperPage(
    "Midterm", "midterm-1", "S1", "Ada Lovelace", "K7Q2", ("Costs \\$3, about $x$.",), (QUESTION,), "6"
)  # fmt: skip
KEY = replace(PAPER, questions=(replace(QUESTION, sections=(SECTION,)),))
ROWS = [("Q1", "z1_1", "z⁽¹⁾₁"), ("Q1", "z1_2", "z⁽¹⁾₂"), ("Q1", "w11", "w"), ("Q1", "w22", "w"), ("Q1", "loss", "L")]


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.found if name == tag]


def paper_with(**changes: object) -> PaperPage:
    return replace(PAPER, **changes)  # type: ignore[arg-type]


def test_paper_shows_what_a_student_needs_and_nothing_of_the_solution() -> None:
    """Title, person, variant, question, drawing, numbers, lettered tasks with marks, digits and boxes."""
    page = Elements(html_of(PAPER))
    for part in (
        "Midterm", "Ada Lovelace", "S1", "Question 1: Two passes", "inputs", "+1", "(a)", "5 marks", "(4 decimals)",
        "(b)", "1 mark", "Costs $3, about ", "Total: 6 marks",
    ):  # fmt: skip
        assert part in page.text
    assert "Variant K7Q2" in page.text
    assert len(page.of("input")) == 5
    assert "Forward pass" not in html_of(KEY)


def test_boxes_have_the_shape_of_the_quantity_and_labels() -> None:
    """A box per asked entry in its row, none where nothing is asked, and no label on a single one.

    Only the entries of a vector stand side by side, each under its own symbol.
    """
    assert boxes(html_of(PAPER)) == [
        [[("z⁽¹⁾₁", "z1_1"), ("z⁽¹⁾₂", "z1_2")]],
        [[("w⁽¹⁾₁₁", "w11"), None], [None, ("w⁽¹⁾₂₂", "w22")]],
        [[("", "loss")]],
    ]


def boxes(html: str) -> list[list[list[tuple[str, str] | None]]]:
    """Label and name of every field of a page by box and row; None for a place without one."""
    found: list[list[list[tuple[str, str] | None]]] = []
    for text in re.split(r'<span class="cells[^"]*">', html)[1:]:
        end = text.index("</span></span></span>")
        rows = re.split(r"(?<=</span>)</span><span>(?=<span)", text[:end])
        found.append([[_cell(cell) for cell in re.split(r"(?<=>)</span><span(?= class|>)", row)] for row in rows])
    return found


def _cell(html: str) -> tuple[str, str] | None:
    label, name = re.search(r"<b>(.*?)</b>", html), re.search(r'<input name="(.*?)"', html)
    return (label[1] if label else "", name[1]) if name else None


def test_every_box_is_a_form_field() -> None:
    """Programs that fill in forms find each answer by its field id."""
    fields = PdfReader(BytesIO(pdf_of(PAPER))).get_fields() or {}
    assert sorted(fields) == sorted(cell.field for box in BOXES for row in box.cells for cell in row if cell)
    assert {field["/FT"] for field in fields.values()} == {"/Tx"}


def test_key_shows_the_worked_lines_and_no_boxes() -> None:
    """The key is marked as such, gives the numbers again, then every section, sentence and line."""
    page = Elements(html_of(KEY, with_solution=True))
    for part in ("Worked solution", "Question 1: Two passes", "Forward pass", "Layer 1 with "):
        assert part in page.text
    said = alternative_texts(pdf_of(KEY, with_solution=True))
    assert said[-1] == "L equals one half times (0.7400 minus 1) squared equals 0.0338"
    assert said[-2].startswith("z superscript (1) equals W superscript (1) times x equals matrix, 2 rows")
    assert {"y equals 1", "x"} <= set(said)
    assert not page.of("input")
    assert "Worked solution" not in html_of(PAPER)


@pytest.mark.parametrize("typed", ["<b>&{{7}}$x$", "\"'\\frac{1}%#"])
@pytest.mark.parametrize("field", ["title", "name", "student", "variant"])
def test_what_people_are_called_is_text(field: str, typed: str) -> None:
    """Markup, template syntax and formulas in names and titles are shown as they were typed."""
    page = paper_with(**{field: typed})
    for html in (html_of(page), sheet_html(page, ROWS)):
        elements = Elements(html)
        values = [value for _, attributes in elements.found for value in attributes.values()]
        assert any(typed in shown for shown in [elements.text, *values])
        assert typed not in html
    assert typed in text_of(pdf_of(page))


def test_markup_in_the_bank_is_text() -> None:
    """Sentences of questions and tasks may hold formulas, but no elements."""
    question = replace(QUESTION, title="<i>t</i>", text=("<img src=x> & $a<b$",), tasks=())
    page = Elements(html_of(paper_with(questions=(question,))))
    assert "<i>t</i>" in page.text
    assert "<img src=x> & " in page.text
    assert {image["src"].partition(":")[0] for image in page.of("img")} == {"formula"}
    assert not page.of("i")


def test_single_dollar_is_refused_with_its_place() -> None:
    """The message names the question and shows the text."""
    question = replace(QUESTION, text=("It costs $5.",))
    with pytest.raises(BankError, match=r"Question 1: 'It costs \$5\.' has a single"):
        html_of(paper_with(questions=(question,)))


def test_long_name_keeps_the_header_on_its_page() -> None:
    """A name of a thousand letters changes neither the number of pages nor what stands beside it."""
    usual, long = (PdfReader(BytesIO(pdf_of(page))) for page in (PAPER, paper_with(name="Wolfeschlegel " * 70)))
    assert len(usual.pages) == len(long.pages)
    assert "Student number" in long.pages[0].extract_text()


def test_pdf_says_its_title_language_pages_and_variant() -> None:
    """The document's properties are set, and each page's foot names the paper."""
    for content, title in ((pdf_of(PAPER), "Midterm"), (pdf_of(KEY, with_solution=True), "Midterm: Worked solution")):
        reader = PdfReader(BytesIO(content))
        assert reader.metadata is not None
        assert reader.metadata.title == title
        assert reader.metadata.creation_date is None
        assert str(reader.root_object["/Lang"]) == "en"
        assert "/StructTreeRoot" in reader.root_object
        for number, page in enumerate(reader.pages, start=1):
            text = page.extract_text()
            assert f"{number} / {len(reader.pages)}" in text
            assert "Variant K7Q2" in text
            words = " ".join(text.split())
            assert "Variant K7Q2 S1" in words
            assert words.endswith("Midterm")


def test_formulas_and_drawing_can_be_found_in_the_pdf() -> None:
    """The text of a PDF has plain letters, minus signs and the drawing's alternative text."""
    text = text_of(pdf_of(KEY, with_solution=True))
    assert "z(1) = W (1)x" in text
    assert "−9.2718" in text
    said = alternative_texts(pdf_of(PAPER))
    assert said[:3] == ["x", "L equals 2", "Two units to one"]
    assert said[3].endswith("row 1: minus 9.2718; row 2: minus 2.2718; row 3: 5.2718")


def in_another_process(code: str, **environment: str) -> str:
    """Output of a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    assert done.stderr == ""
    return done.stdout


def test_documents_load_without_weasyprint() -> None:
    """The second that its import takes is spent only where a PDF is written."""
    code = (
        "import sys, examgen.documents.paper.render, examgen.documents.pdf.html_pdf; print('weasyprint' in sys.modules)"
    )
    assert in_another_process(code) == "False\n"


@pytest.mark.parametrize(
    "html",
    [
        '<img src="{url}">',
        '<link rel="stylesheet" href="{url}"><p>x',
        '<link rel="attachment" href="{url}"><p>x',
        '<a rel="attachment" href="{url}">x</a>',
        '<style>@import "{url}"; @font-face {{ font-family: q; src: url({url}) }}</style><p style="font-family: q">x',
        '<p style="background: url({url})">x',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/><use href="{url}#a"/></svg>',
        '<object data="{url}"></object><embed src="{url}"><iframe src="{url}"></iframe>',
        '<p style="content: url({url}); list-style-image: url({url})">x',
    ],
)
@pytest.mark.parametrize("local", [True, False])
def test_document_reads_nothing(html: str, local: bool, tmp_path: Path) -> None:
    """Neither a file of this machine nor an address is opened, whatever a document asks for."""
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>the secret</text></svg>', encoding="utf-8")
    opened: list[str] = []

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "socket.connect", "socket.getaddrinfo") and LISTENING:
            opened.append(f"{event} {arguments[:2]}")

    set_pages("<html lang='en'><title>t</title><p>warm", {})
    sys.addaudithook(listen)
    LISTENING.append(True)
    try:
        url = secret.as_uri() if local else "http://127.0.0.1:9/x"
        content = set_pages(f"<html lang='en'><title>t</title>{html.format(url=url)}", {}).pdf
    finally:
        LISTENING.clear()
    assert not [event for event in opened if "secret" in event or "socket" in event]
    assert "the secret" not in text_of(content)


LISTENING: list[bool] = []


class NoPango(MetaPathFinder):
    """Makes the import of WeasyPrint fail as it does on a machine without Pango."""

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return None


@pytest.fixture
def without_pango(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])


@pytest.mark.usefixtures("without_pango")
def test_missing_pango_is_told_with_the_command_that_installs_it() -> None:
    """An instructor on a bare machine can copy the line."""
    with pytest.raises(SetupError) as caught:
        set_pages("<p>x", {})
    assert "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in str(caught.value)
    assert "brew install pango" in str(caught.value)


def boxes_of(html: str) -> Iterator[tuple[float, float, str]]:
    """Left and right end, in px, of every piece of text, formula and field on the pages."""
    import weasyprint

    fonts, styles = html_pdf._styles()
    pixel = b64encode(_pixel(0)).decode()
    html = re.sub(r'src="formula:\d+"', f'src="data:image/png;base64,{pixel}"', html)
    for page in weasyprint.HTML(string=html).render(stylesheets=styles, font_config=fonts).pages:
        for box in page._page_box.descendants():
            if box.element_tag in ("img", "input") or (type(box).__name__ == "TextBox" and box.text.strip()):
                yield box.position_x, box.position_x + box.width, getattr(box, "text", box.element_tag)


@pytest.mark.parametrize("size", [1, 2, 4, 6, 8])
def test_no_formula_runs_off_the_page(size: int) -> None:
    """Lines of matrices up to 8 x 8 break between relations, or within, but stay between the margins."""
    square, column = matrix(size, size), matrix(size, 1)
    terms = [f"+ {number}.2718 \\cdot \\left(-0.3141\\right)" for number in range(2 * size)]
    lines = (
        Line(
            (
                r"W_{\mathrm{new}}",
                r"= W - \eta \frac{\partial L}{\partial W}",
                f"= {square} - 0.7 {square}",
                f"= {square}",
            )
        ),
        Line(("z", "= W x + b", f"= {square} {column} + {column}", f"= {column}")),
        Line((r"\frac{\partial L}{\partial w_{11}}", "= 1", *terms, "= 0.5")),
        Line(("L", "= 0 " + " ".join(terms), "= 0.5")),
    )
    part = replace(
        QUESTION, givens=(Given("", (f"W = {square}",)), Given("", (f"b = {column}",))), sections=(Section("S", lines),)
    )
    cells = tuple(tuple(Cell(f"f{i}{j}", "∂L/∂w⁽¹⁾₁₁", "") for j in range(size)) for i in range(size))
    task = Task("a", "T", "", "1", (AnswerBox(r"\frac{\partial L}{\partial W^{(1)}}", cells),), "1")
    page = paper_with(questions=(replace(part, tasks=(task,)),))
    for html in (html_of(page, with_solution=True), html_of(page)):
        for left, right, text in boxes_of(html):
            assert left >= MARGIN - 2, text
            assert right <= PAGE_WIDTH - MARGIN + 2, text


def test_sheet_has_an_input_for_every_row_in_its_place() -> None:
    """Inputs are numbered as the rows of the file, and each says its symbol and digits."""
    html = sheet_html(PAPER, ROWS)
    page = Elements(html)
    labels = dict(re.findall(r'<label><span>([^<]*)</span><input id="(\w+)">', html))
    assert labels == {"z⁽¹⁾₁": "a0", "z⁽¹⁾₂": "a1", "w⁽¹⁾₁₁": "a2", "w⁽¹⁾₂₂": "a3", "L": "a4"}
    assert re.findall(r'<legend><b>\((.)\)</b>.*?<span class="digits">\((.*?)\)</span>', html) == [("a", "4 decimals")]
    form = page.of("form")[0]
    assert form["data-exam"] == "midterm-1"
    assert form["data-variant"] == "K7Q2"
    assert json.loads(form["data-rows"]) == [["Q1", [field for _, field, _ in ROWS]]]


def test_student_field_is_fixed_where_the_student_is_known() -> None:
    """A sheet for anybody asks for the number."""
    known, open_ = (
        next(a for a in Elements(sheet_html(page, ROWS)).of("input") if a["id"] == "student")
        for page in (PAPER, paper_with(student="", name=""))
    )
    assert known["value"] == "S1"
    assert "readonly" in known
    assert open_["value"] == ""
    assert "readonly" not in open_


def test_sheet_needs_no_network_and_runs_only_its_own_script() -> None:
    """Its policy forbids every address; the one script that may run is the one in the page, by its digest."""
    html = sheet_html(PAPER, ROWS)
    page = Elements(html)
    policy = next(meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(script) == 1
    assert f"script-src 'sha256-{b64encode(sha256(script[0].encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not [value for _, attributes in page.found for name, value in attributes.items() if name in ("src", "href")]
    assert re.findall(r"url\(.{16}", html) == ['url("data:font/woff2']


def test_sheet_of_other_rows_is_refused() -> None:
    """Rows and boxes that do not belong together are a mistake of the program, found before a student meets it."""
    with pytest.raises(ValueError, match="loss"):
        sheet_html(PAPER, ROWS[:-1])
    with pytest.raises(ValueError, match="Q2"):
        sheet_html(PAPER, [*ROWS, ("Q2", "z1_1", "z")])


def test_unknown_language_is_refused() -> None:
    """The message lists the languages that there are."""
    with pytest.raises(ExamgenError, match=r"'tlh'.*en"):
        PaperStyle("tlh")
