"""Themes: an instructor's rules, words and templates change papers, slips in them are told, and they read nothing."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from examgen.documents.paper import printing
from examgen.documents.paper.printing import key_pdf, questions_pdf
from examgen.documents.pdf.stored import store
from examgen.documents.style import PaperStyle
from examgen.errors import ExamgenError
from examgen.exams.banks.building import LoadedExam, Student, draw_variants, load_exam
from examgen.exams.exam import Variant
from examgen.exams.wording.words import words as shipped_words
from tests.stamped_pages import alternative_texts, text_of

BANNER = """{% extends "shipped/questions.html.j2" %}
{% block content %}<p>Faculty of {{ page.exam }}</p>{{ super() }}{% endblock %}
"""


@pytest.fixture(autouse=True, scope="module")
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Layouts of other tests are not looked at."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_folder", lambda: folder)
        printing._skeleton.cache_clear()
        yield
    printing._skeleton.cache_clear()


@pytest.fixture(scope="module")
def chain() -> tuple[LoadedExam, Variant]:
    """The smallest exam and one student's variant."""
    loaded = load_exam("scalar-chain", 7)
    [variant] = draw_variants(loaded, [Student("s1", "Ada")])
    return loaded, variant


def theme(folder: Path, **files: str | bytes) -> Path:
    """Write a theme; `texts_it_toml` is texts/it.toml."""
    names = {"css": "paper.css", "questions": "questions.html.j2", "key": "key.html.j2"}
    folder.mkdir(exist_ok=True)
    for key, content in files.items():
        path = folder / names.get(key, key.replace("texts_", "texts/").replace("_toml", ".toml"))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def styled(folder: Path, language: str = "en") -> PaperStyle:
    return PaperStyle.of(language, "a4", folder)


def paper(chain: tuple[LoadedExam, Variant], style: PaperStyle) -> bytes:
    return questions_pdf(chain[0].exam, chain[1], style)


def test_rules_stand_behind_the_shipped_ones(chain: tuple[LoadedExam, Variant], tmp_path: Path) -> None:
    """What they hide is gone from the paper and its key, and the rest stays."""
    style = styled(theme(tmp_path, css=".who { display: none }"))
    for make in (questions_pdf, key_pdf):
        text = text_of(make(chain[0].exam, chain[1], style))
        assert "Student number" not in text
        assert "The chain rule on a chain" in text
        assert "Student number" in text_of(make(chain[0].exam, chain[1]))


def test_words_of_a_shipped_language_change(chain: tuple[LoadedExam, Variant], tmp_path: Path) -> None:
    """Also those in a table; the others stay, and a text is no markup."""
    words = 'student = "<b>Matr. & Nr.</b>"\n[worked]\nforward = "Vorwärts!"\n'
    words += '[phrases]\n"The chain rule on a chain" = "Kette"'
    style = styled(theme(tmp_path, texts_de_toml=words), "de")
    assert "<b>Matr. & Nr.</b>" in text_of(paper(chain, style))
    assert "Kette" in text_of(paper(chain, style))
    key = text_of(key_pdf(chain[0].exam, chain[1], style))
    assert "Vorwärts!" in key
    assert shipped_words("de")["worked_solution"] in key
    assert "Vorwärts!" not in text_of(key_pdf(chain[0].exam, chain[1], PaperStyle("de")))


def test_a_language_that_ships_nowhere(chain: tuple[LoadedExam, Variant], tmp_path: Path) -> None:
    """Its words are on the paper, missing ones are English, formulas are read in English, and the PDF says its code."""
    style = styled(theme(tmp_path, texts_it_toml='student = "Matricola"\ndecimal_mark = ","'), "it")
    pdf = paper(chain, style)
    assert "Matricola" in text_of(pdf)
    assert "Write each answer" in text_of(pdf)
    assert re.search(r"\d,\d", text_of(pdf))
    assert "equals" in " ".join(alternative_texts(pdf))
    assert str(PdfReader(BytesIO(pdf)).root_object["/Lang"]) == "it"
    with pytest.raises(ExamgenError, match=r"^language 'it' is unknown; allowed: de, en, es, fr, hi\.$"):
        PaperStyle("it")


def test_templates_are_looked_up_before_the_shipped_ones(chain: tuple[LoadedExam, Variant], tmp_path: Path) -> None:
    """They can extend those; the key keeps its own."""
    style = styled(theme(tmp_path, questions=BANNER))
    text = text_of(paper(chain, style))
    assert "Faculty of scalar-chain" in text
    assert "(a)" in text
    assert "Faculty" not in text_of(key_pdf(chain[0].exam, chain[1], style))


def test_a_changed_theme_is_laid_out_anew(chain: tuple[LoadedExam, Variant], tmp_path: Path) -> None:
    """Layouts are kept by what a theme says, wherever it lies."""
    shipped = paper(chain, PaperStyle())
    folder = theme(tmp_path / "one", css="h1 { color: red }")
    first = paper(chain, styled(folder))
    theme(folder, css="h1 { color: blue }")
    second = paper(chain, styled(folder))
    assert len({shipped, first, second}) == 3
    count = len(list(store._folder().iterdir()))
    printing._skeleton.cache_clear()
    assert paper(chain, styled(theme(tmp_path / "two", css="h1 { color: red }"))) == first
    assert paper(chain, PaperStyle()) == shipped
    assert len(list(store._folder().iterdir())) == count


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"papre.css": ""}, r"papre\.css: not a file of a theme; allowed: paper\.css, .*Did you mean \"paper\.css\"\?"),
        ({"texts_it.txt": ""}, r"it\.txt: not a file of a theme"),
        (
            {"texts_Italiano_toml": ""},
            r"Italiano\.toml: the file's name is no language; use two or three small letters",
        ),
        ({"texts_it_toml": "name = "}, r"it\.toml: .*\(at .*\); write the words as TOML"),
        ({"texts_it_toml": 'nmae = "x"'}, r"it\.toml: 'nmae' is not a word of papers; .*Did you mean \"name\"\?"),
        ({"texts_it_toml": "[worked]\nfoward = 'x'"}, r"'worked\.foward' is not a word .*Did you mean \"forward\"\?"),
        ({"texts_it_toml": "name = 7"}, r"name is 7; use a text in quotes"),
        ({"texts_it_toml": "worked = 'x'"}, r"worked is 'x'; use a table"),
        ({"texts_it_toml": "singular_below_two = 'no'"}, r"use true or false"),
        ({"texts_it_toml": "[phrases]\na = 1"}, r"phrase 'a' is 1; use a text in quotes"),
        ({"texts_it_toml": 'variant = "V {x}"'}, r"variant is 'V \{x\}'; allowed words in braces: \{variant\}"),
        ({"texts_it_toml": 'variant = "V {variant.x}"'}, r"allowed words in braces"),
        ({"texts_it_toml": 'variant = "V {variant!r:>9}"'}, r"allowed words in braces"),
        ({"texts_it_toml": 'name = "{"'}, r"allowed words in braces: none"),
        ({"texts_it_toml": 'decimal_mark = ";"'}, r"decimal_mark is ';'; allowed: '\.', ','"),
        ({"css": b"h1 { color: \xff }"}, r"paper\.css: not UTF-8 at byte 12"),
        ({"css": " " * 2_000_000}, r"paper\.css: larger than 1024 KiB"),
    ],
)
def test_slips_are_told_with_their_place(tmp_path: Path, files: dict[str, str | bytes], told: str) -> None:
    """Before anything is made: the file, what is wrong, and what is allowed."""
    folder = theme(tmp_path / "look", **files)
    with pytest.raises(ExamgenError, match=rf"^{re.escape(str(folder))}/.*{told}"):
        styled(folder)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    """With what a theme is."""
    with pytest.raises(ExamgenError, match=r"look: there is no such folder; a theme is a folder with paper\.css, "):
        styled(tmp_path / "look")


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    """Systems leave them behind."""
    files: dict[str, str | bytes] = {".DS_Store": b"\0", "texts/.x": ""}
    assert styled(theme(tmp_path, **files)).theme is not None


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{% if %}", r"questions\.html\.j2: line 1: "),
        ("{{ pgae.title }}", "'pgae' is undefined"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ('{% extends "shipped/paper.html.j2" %}', r"TemplateNotFound: shipped/paper\.html\.j2"),
        ("{{ page.title | text('x', 'y', 'z', 'w') }}", "TypeError"),
    ],
)
def test_slips_in_templates_are_told(
    chain: tuple[LoadedExam, Variant], tmp_path: Path, template: str, told: str
) -> None:
    """With the file, in one line."""
    style = styled(theme(tmp_path, questions=template))
    with pytest.raises(ExamgenError, match=told) as caught:
        paper(chain, style)
    assert str(tmp_path / "questions.html.j2") in str(caught.value)


LISTENING: list[str] = []


@pytest.mark.parametrize(
    "css",
    [
        "h1 {{ background: url({url}) }}",
        '@import "{url}";',
        "@font-face {{ font-family: q; src: url({url}) }} h1 {{ font-family: q }}",
        "h1::before {{ content: url({url}) }} ul {{ list-style-image: url({url}) }}",
        "@page {{ background: url({url}) }}",
    ],
)
@pytest.mark.parametrize("where", ["file", "http", "relative"])
def test_rules_read_nothing(chain: tuple[LoadedExam, Variant], tmp_path: Path, css: str, where: str) -> None:
    """Neither a file nor an address is opened, and the instructor is told what was refused."""
    (tmp_path / "secret.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    url = {"file": (tmp_path / "secret.svg").as_uri(), "http": "http://127.0.0.1:9/x", "relative": "../secret.svg"}[
        where
    ]
    _refused(chain, theme(tmp_path / "look", css=css.format(url=url)), "a theme may read no files and no addresses")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ('<html lang="en"><title>t</title><img src="{url}">', "a theme may read no files"),
        ('<html lang="en"><title>t</title><link rel="stylesheet" href="{url}">', "a theme may read no files"),
        ('<html lang="en"><title>t</title><a rel="attachment" href="{url}">x</a>', "a theme may read no files"),
        ('{{% include "{path}" %}}', "TemplateNotFound"),
        ('{{% include "shipped/../../../{path}" %}}', "TemplateNotFound"),
        ("{{{{ page.style.theme.folder.parent.joinpath('secret.svg').read_text() }}}}", "unsafe|undefined"),
        ("{{{{ typesetter.images }}}}", "unsafe|undefined"),
        ("{{{{ page.title.__class__.__mro__ }}}}", "unsafe|undefined"),
        ("{{{{ marks_text.__func__.__globals__ }}}}", "unsafe|undefined"),
        ("{{{{ texts.update(name='x') }}}}", "unsafe|undefined|not safely callable"),
    ],
)
def test_templates_read_nothing(chain: tuple[LoadedExam, Variant], tmp_path: Path, template: str, told: str) -> None:
    """Neither what a page asks for nor what Jinja can reach opens a file."""
    path = tmp_path / "secret.svg"
    path.write_text("the secret", encoding="utf-8")
    _refused(chain, theme(tmp_path / "look", questions=template.format(url=path.as_uri(), path=path)), told)


def _refused(chain: tuple[LoadedExam, Variant], folder: Path, told: str) -> None:
    style = styled(folder)
    paper(chain, PaperStyle())
    opened: list[str] = []

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if LISTENING and LISTENING[0] == str(folder) and event in ("open", "socket.connect", "socket.getaddrinfo"):
            opened.append(f"{event} {arguments[:2]}")

    sys.addaudithook(listen)
    LISTENING.append(str(folder))
    try:
        with pytest.raises(ExamgenError, match=told) as caught:
            paper(chain, style)
    finally:
        LISTENING.clear()
    assert str(folder) in str(caught.value)
    assert not [event for event in opened if "secret" in event or "socket" in event]
