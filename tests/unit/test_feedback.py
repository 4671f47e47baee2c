"""Feedback as a web page and as PDF: what a student sees, in whatever a student typed."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from examgen.batch.returned.class_feedback import Total, student_feedback
from examgen.core.formulas.number_grammar import REASONS
from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.documents.feedback import feedback_notes
from examgen.documents.feedback.printed import feedback_printing
from examgen.documents.feedback.printed.feedback_layout import skeleton_of
from examgen.documents.feedback.student_feedback import StudentFeedback
from examgen.documents.feedback.web_and_print import feedback_html, feedback_pdf
from examgen.documents.numbers import with_minus
from examgen.documents.style import PaperStyle
from examgen.errors import ExamgenError
from examgen.exams.exam import Variant
from examgen.exams.keys.key_folder import Key
from examgen.exams.keys.solved_papers import papers
from examgen.exams.wording.sentences import Wording
from tests.feedback_rows import NASTY, Did, class_of, rows_of
from tests.laws import some_of
from tests.misconception_names import NAMES
from tests.page_pictures import page_picture
from tests.pdf_structure import read_pdf, ua_findings
from tests.printed_boxes import words_of
from tests.stamped_pages import alternative_texts, page_texts, text_of

EXAM = "scalar-chain"
ENGLISH, GERMAN = PaperStyle("en"), PaperStyle("de")
TYPICAL = {
    # A slip in A2; what follows from it; then 1.2 · 0.6 · (1 − 0.6) = 0.288 without its slope.
    "A2": Did("0.6000", "wrong", 0.6, 0.51749),
    "dC_dA2": Did("1.2000", "follow_through", 1.2, 1.2),
    "dC_dz2": Did("1.2000", "wrong", 1.2, 0.288, "no-slope"),
    "dC_db2": Did("1.2000", "follow_through", 1.2, 1.2),
    "C": Did("", "blank"),
    "z1": Did(NASTY, "unreadable"),
    "b2_new": Did("0.2", "wrong", 0.2, 0.1708),
}


class Elements(HTMLParser):
    """Collects the elements, their attributes, and the visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._is_hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._is_hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._is_hidden = self._is_hidden and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self._is_hidden:
            self.text += data


def told(did: Mapping[str, Did], total: Total | None = None) -> StudentFeedback:
    """What a student of the small exam is told."""
    key = class_of(EXAM, "s1")
    return student_feedback(key.exam, key.variants[0], "s1", rows_of(key, key.variants[0], did), total)


def html_of(did: Mapping[str, Did], style: PaperStyle = ENGLISH, total: Total | None = None) -> str:
    key = class_of(EXAM, "s1")
    return feedback_html(key.exam, key.variants[0], told(did, total), style)


@cache
def typical_pdf(style: PaperStyle = ENGLISH) -> bytes:
    key = class_of(EXAM, "s1")
    return feedback_pdf(key.exam, key.variants[0], told(TYPICAL | {"z1": Did("<b>=cmd()", "unreadable")}), style)


def read(html: str) -> Elements:
    elements = Elements()
    elements.feed(html)
    return elements


def row_of(html: str, answer: str) -> str:
    """The text of the first table row that shows this answer."""
    rows = [read(row).text for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)]
    return next(row for row in rows if answer in row)


def test_answer_is_never_markup() -> None:
    """What a student typed is text: no element, no formula; characters that turn the writing direction are gone."""
    html = html_of(TYPICAL)
    elements = read(html)
    assert "script" not in elements.tags
    assert "<script>alert('$x$')</script> =cmd() 中" in elements.text
    assert "\u202e" not in html


def test_page_loads_and_runs_nothing() -> None:
    """No script, no address and no handler is in the page, and its policy forbids them."""
    html = html_of(TYPICAL)
    elements = read(html)
    assert not {"script", "img", "link", "iframe", "object", "form", "a"} & set(elements.tags)
    assert not [name for name, _ in elements.attributes if name in {"src", "href", "srcset"} or name.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    assert re.search(r'Content-Security-Policy" content="default-src \'none\'; style-src', html)


def test_row_says_everything_about_an_entry() -> None:
    """Answer, own value, reference, marks, and the outcome as a sign and in words stand in one row."""
    html = html_of(TYPICAL)
    row = row_of(html[html.index("<details>") :], "1.2000")
    parts = ("1.2000", "1.0350", "1 / 1", "(=)", "Follows on", "right from your own values")
    assert [part for part in parts if part not in row] == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "hi"])
def test_what_went_wrong_comes_before_what_is_right(language: str) -> None:
    """Wrong, blank and unreadable entries and their notes stand first; all others are folded, and counted."""
    style = PaperStyle(language)
    html = html_of(TYPICAL, style)
    first, folded = html.split("<details>")
    assert not re.search(r'<tr class="(correct|follow_through)">', first)
    assert first.index('<tr class="wrong">') < first.index("<article") < len(first)
    assert not re.search(r'<tr class="(wrong|blank|unreadable|imprecise)">', folded)
    count = len(re.findall(r'<tr class="(?:correct|follow_through)">', folded))
    summary = folded[: folded.index("</summary>")]
    assert style.words["feedback"]["right_answers"].format(count=count) in read(summary).text
    assert "details::details-content" in html


def test_one_minus_is_used_on_the_whole_page() -> None:
    """Typed numbers, own values and references have the same sign, also where a number cannot be read."""
    did = {
        "A2": Did("-0.6000", "wrong", -0.6, -0.51749),
        "z1": Did("-5 V", "unreadable", comment=REASONS["bad_char"]),
        "C": Did("-1.2e-3", "wrong", -0.0012, 0.1),
    }
    text = read(html_of(did)).text
    assert {"−0.6000", "−0.5175", "−5 V", "−1.2e−3"} <= set(re.findall(r"−[\d.]+(?: V|e−3)?", text))
    assert not re.search(r"-[.,]?\d", text)
    printed = text_of(feedback_pdf(class_of(EXAM, "s1").exam, class_of(EXAM, "s1").variants[0], told(did), ENGLISH))
    assert "−0.6000" in printed
    assert not re.search(r"[-‐][.,]?\d", re.sub(r"Variant:? ?\S+", "", printed))


def test_numbers_stand_below_one_another_at_their_right() -> None:
    """Cells of numbers and their headings are those that the style sheet moves to the right."""
    html = html_of(TYPICAL)
    assert "th.number, td.number { text-align: right; }" in html
    assert html.count('<th scope="col" class="number">') == 4 * html.count("<table>")
    assert len(re.findall(r'<td [^>]*class="[^"]*number|<td class="[^"]*number', html)) == 4 * 17


def test_diagram_stands_where_the_text_speaks_of_it() -> None:
    """The drawing comes behind the sentences on the network and before its numbers."""
    html = html_of(TYPICAL)
    solution = html[html.index("Worked solution</h2>") :]
    assert solution.index("<p>") < solution.index("<svg") < solution.index('<div class="chain">')


def test_names_of_rows_can_be_heard() -> None:
    """Each row is named in words beside its formula, which not every reader can say."""
    heads = re.findall(r'<th scope="row">(.*?)</th>', html_of(TYPICAL), re.DOTALL)
    assert len(heads) == 17
    assert all(re.match(r'<span class="aloud">\w[^<]*</span><span aria-hidden="true"><math', head) for head in heads)


def test_own_value_is_left_out_where_it_is_the_reference() -> None:
    """A right answer has nothing in the column of own values."""
    rows = re.findall(r'<tr class="correct">.*?</tr>', html_of(TYPICAL), re.DOTALL)
    assert rows
    assert all('number same"></td>' in row for row in rows)


def test_first_error_is_pointed_out() -> None:
    """The first wrong entry in the order of the paper has an arrow, and only that one; blanks before it have none."""
    html = html_of(TYPICAL)
    assert row_of(html, "0.6000").count("→ ×") == 1
    assert html.count("→ ×") == 1
    assert "first goes wrong in question 1, part (a)" in html


def test_a_slip_is_worked_out_with_own_numbers() -> None:
    """The first wrong answer that nothing explains has its calculation on the page and in print: 1.2 · 0.6 · 0.4."""
    did = {
        "A2": Did("0.6000", "follow_through", 0.6, 0.6),
        "dC_dA2": Did("1.2000", "follow_through", 1.2, 1.2),
        "dC_dz2": Did("0.9000", "wrong", 0.9, 0.288),
        "dC_db2": Did("0.7000", "wrong", 0.7, 0.9),
    }
    html = html_of(did)
    [slip] = re.findall(r'<div class="slip.*?\n</div>', html, re.DOTALL)
    text = " ".join(read(slip).text.split())
    assert "where your own earlier values lead to 0.2880. The calculation with your own numbers:" in text
    assert "1.2000⋅0.2400" in text.replace(" ", "")
    key = class_of(EXAM, "s1")
    pdf = feedback_pdf(key.exam, key.variants[0], told(did), ENGLISH)
    assert text_of(pdf).count("The calculation with your own numbers:") == 1
    assert any("1.2000 times 0.2400" in said for said in alternative_texts(pdf))


@pytest.mark.parametrize("answer", [Did("1.2000", "wrong", 1.2, 0.288, "no-slope"), Did("", "blank", None, 0.288)])
def test_what_is_no_slip_has_no_calculation_of_its_own(answer: Did) -> None:
    """A misconception has its step, and nothing is said of what was not written."""
    did = {"A2": Did("0.6000", "follow_through", 0.6, 0.6), "dC_dA2": Did("1.2000", "follow_through", 1.2, 1.2)}
    assert 'class="slip' not in html_of(did | {"dC_dz2": answer})
    assert 'class="slip' in html_of(did | {"dC_dz2": Did("0.9000", "wrong", 0.9, 0.288)})


def test_the_calculation_of_a_slip_takes_no_page_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for it in print, it is on the web page alone."""
    key, fields = class_of(EXAM, "s1"), ("z1", "A1", "z2", "A2", "C", "dC_dA2", "dC_dz2", "dC_db2")

    def printed(count: int) -> list[str]:
        did = {field: Did("9.0000", "wrong", 9.0) for field in fields[:count]}
        return page_texts(feedback_pdf(key.exam, key.variants[0], told(did), ENGLISH))

    few, many = printed(1), printed(5)
    monkeypatch.setattr(feedback_printing, "slip_parts", lambda *_: None)
    assert (len(few), len(many)) == (len(printed(1)), len(printed(5)))
    said = "The calculation with your own numbers:"
    assert [said in " ".join(pages) for pages in (few, many)] == [True, False]


def test_misconception_is_explained_with_own_numbers() -> None:
    """The explanation names the entry, the answer and the own value; its calculation has the student's own numbers."""
    html = html_of(TYPICAL)
    article = read(html[html.index("<article") : html.index("</article>")]).text
    assert "Note 1: Slope left out" in article
    assert "1.2000" in article
    assert "lead to 0.2880" in article
    right, done = article[article.index("As it should be") :].split("As you did it")
    # The slope at the student's own A2 is 0.6 · 0.4; at the reference it is 0.2497.
    assert [part.strip() for part in right.split("=")[-2:]] == ["1.2⋅0.2400", "0.2880"]
    assert [part.strip() for part in done.split("=")[-2:]] == ["∂C/∂A2", "1.2000"]


def test_misconceptions_that_fit_equally_are_all_explained() -> None:
    """Where marking could not tell two apart, both are explained, and the page says so."""
    html = html_of({"dC_dz2": Did("1.0350", "wrong", 1.035, 0.2584, "no-slope|layer-skipped")})
    assert "Slope left out or A layer was skipped" in html
    assert "fit each of these equally well" in html
    assert html.count("What was done:") == 2


@pytest.mark.parametrize("name", NAMES)
def test_every_misconception_can_be_shown(name: str) -> None:
    """Its texts become a page, with all their formulas and no brace left over."""
    html = html_of({"dC_dz2": Did("1.0350", "wrong", 1.035, 0.2584, name)})
    article = read(html[html.index("<article") : html.index("</article>")]).text
    assert not re.search(r"[{}\\$]", article)


def test_at_most_three_misconceptions_are_explained() -> None:
    """Those with most entries are; a further one is still named in its row."""
    names = ("no-slope", "no-bias", "ascent", "log10")
    fields = ("z1", "z2", "dC_dz2", "w1_new")
    did = {field: Did("9.0000", "wrong", 9.0, 1.0, name) for field, name in zip(fields, names, strict=True)}
    did |= {"b1_new": Did("9.0000", "wrong", 9.0, 1.0, "log10")}
    html = html_of(did)
    assert html.count("<article") == 3
    assert "Another logarithm, note 3" in html
    assert re.search(r"Wrong</b><span>: Step uphill</span>", html)


def test_name_that_nobody_knows_is_shown_and_not_explained() -> None:
    """A misconception without words, as of another version, breaks nothing."""
    html = html_of({"z1": Did("9.0000", "wrong", 9.0, 1.0, "newer-one")})
    assert "newer-one" in html
    assert "<article" not in html


def test_a_misconception_without_words_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the table that a language has nothing to say of is not passed over."""
    monkeypatch.setattr(feedback_notes, "MISCONCEPTIONS", {**MISCONCEPTIONS, "made-up": MISCONCEPTIONS["ascent"]})
    with pytest.raises(ExamgenError, match="language 'en' has no words for the misconception made-up; give "):
        html_of({"z1": Did("9.0000", "wrong", 9.0, 1.0, "no-bias|made-up")})


def test_too_few_digits_are_named() -> None:
    """A wrong answer that is right to its digits is told that digits are missing."""
    assert "too few digits" in row_of(html_of(TYPICAL), "0.1708")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "hi"])
def test_the_reason_of_an_unreadable_number_is_told(language: str) -> None:
    """In the language, with the code point of a character; what was told by hand is not taken for a reason."""
    sentence = REASONS["bad_char"]
    did = {
        "z1": Did("≈0.5", "unreadable", comment=f"{sentence} (It has U+2248, almost equal to.)"),
        "A1": Did("5 V", "unreadable", comment=REASONS["inner_space"]),
        "A2": Did("7", "unreadable", comment="Told by hand."),
    }
    style = PaperStyle(language)
    html = html_of(did, style)
    assert f"{with_minus(style.phrase(sentence))} (U+2248)</span>" in html
    assert f"{with_minus(style.phrase(REASONS['inner_space']))}</span>" in html
    assert html.count(f": {style.words['feedback']['why_unreadable']}</span>") == 1


def test_a_long_reason_gives_way_to_fewer_words_in_print() -> None:
    """A row of the table has one line: the reason is read aloud, and drawn in a note; without slots, lines break."""
    key = class_of(EXAM, "s1")

    def printed(comment: str, language: str) -> bytes:
        did = told({"z1": Did("≈0.5", "unreadable", comment=comment)})
        return feedback_pdf(key.exam, key.variants[0], did, PaperStyle(language))

    assert printed(REASONS["bad_char"], "hi") != printed("", "hi")
    told_aloud = "".join(alternative_texts(printed(REASONS["bad_char"], "en")))
    assert with_minus(REASONS["bad_char"]) in told_aloud


def test_all_right_is_said_so() -> None:
    """A perfect paper has no error, no note, and all marks."""
    html = html_of({}, total=Total(marks=told({}).marks, max_marks=told({}).max_marks, grade="A"))
    assert "All 17 entries are right." in html
    assert "Nothing that was written is wrong." in html
    assert "→ ×" not in html
    assert "<article" not in html
    assert "17 / 17" in html
    assert re.search(r"<dd>A</dd>", html)


def test_marks_and_grade_are_those_of_the_grade_book() -> None:
    """Totals are not added up again where the grade book has them, as after rounding."""
    elements = read(html_of(TYPICAL, total=Total(Decimal("12.50"), Decimal(17), "B−")))
    assert "12.5 / 17" in elements.text
    assert "B−" in elements.text


def test_rows_in_any_order_give_the_same_page() -> None:
    """The order of the results changes nothing, and a missing row is a blank."""
    key = class_of(EXAM, "s1")
    variant = key.variants[0]
    rows = rows_of(key, variant, TYPICAL)
    pages = [
        feedback_html(key.exam, variant, student_feedback(key.exam, variant, "s1", order, None), ENGLISH)
        for order in (rows, rows[::-1])
    ]
    assert pages[0] == pages[1]
    short = student_feedback(key.exam, variant, "s1", rows[:-1], None)
    assert feedback_html(key.exam, variant, short, ENGLISH).count('class="blank"') == 2


def test_decimal_comma_is_used_in_tables_and_formulas() -> None:
    """German numbers have a comma; what was typed stays as it was typed."""
    text = read(html_of(TYPICAL, GERMAN)).text
    assert "1,0350" in text
    assert "1.0350" not in text
    assert "1.2000" in text


@pytest.mark.parametrize("language", ["de", "es", "fr", "hi"])
def test_page_is_in_the_language(language: str) -> None:
    """No English label is left."""
    text = read(html_of(TYPICAL, PaperStyle(language))).text
    assert not re.search(r"Your answer|Reference|Wrong|Follows on|What was done|From your", text)


def test_pdf_has_every_number_and_word() -> None:
    """Answers, own values, references, marks and sentences can be copied from the PDF."""
    text = text_of(typical_pdf())
    for part in ("1.2000", "0.2880", "0.6000", "2.3000", "1.0350", "0 / 1", "1 / 1", "Zoë s1"):
        assert part in text, part
    for part in (
        "Wrong: Slope left out, note 1",
        "Blank: nothing was written",
    ):
        assert part in text, part
    assert "first goes wrong in question 1, part (a)" in text
    # Before all answers, and among them; the third is in the legend.
    assert text.count("→ ×") == 2


def test_marks_and_grade_stand_in_whole_boxes_in_print(tmp_path: Path) -> None:
    """White that begins behind any of these words ends at the lines around it, and never comes to the margin."""
    key = class_of(EXAM, "s1")
    student = told(TYPICAL, Total(Decimal("12.50"), Decimal(17), "B−"))
    pdf = feedback_pdf(key.exam, key.variants[0], student, ENGLISH)
    picture = Image.fromarray(page_picture(pdf, 1, tmp_path)).point(lambda grey: 255 * (grey > 250))
    words = reversed(words_of(tmp_path / "page.pdf"))  # of those that stand twice, the first is kept
    middles = {text: (int(x), picture.height - int(y)) for _, x, y, text in words}
    for word in ("Marks", "12.5", "Grade", "B−"):
        flooded, (x, y) = picture.copy(), middles[word]
        below = next(y + down for down in range(12) if flooded.getpixel((x, y + down)) == 255)
        ImageDraw.floodfill(flooded, (x, below), 128)
        assert flooded.getpixel((2, 2)) == 255, word


def test_what_went_wrong_comes_first_in_print() -> None:
    """Its rows, with their words, are before those of all entries, which have signs alone."""
    text = text_of(typical_pdf())
    wrong, answers = text[text.index("What went wrong") :].split("Your answers", 1)
    for part in ("Unreadable", "0.6000", "Blank: nothing was written", "Wrong: Slope left out, note 1"):
        assert part in wrong, part
    assert "nothing was written" not in answers
    assert "2.3000" in answers


def test_few_errors_have_few_pages() -> None:
    """At most four, however many entries are right, in the language whose lines are the highest."""
    key = class_of("question2", "s1")
    variant = key.variants[0]
    field = next(asked.name for paper, _ in papers(key.exam, variant) for asked in paper.fields if asked.layer == 2)
    did = {field: Did("9.1234", "wrong", 9.1234, 1.0, "no-slope")}
    feedback = student_feedback(key.exam, variant, "s1", rows_of(key, variant, did))
    pages = page_texts(feedback_pdf(key.exam, variant, feedback, PaperStyle("hi")))
    assert len(pages) <= 4
    assert "9.1234" in pages[0]


def test_pdf_shows_unknown_characters_as_question_marks() -> None:
    """An answer that the font cannot show leaves the layout as it is; it is shortened to its column."""
    assert "<b>=cmd()" in text_of(typical_pdf())
    key = class_of(EXAM, "s1")
    pdf = feedback_pdf(key.exam, key.variants[0], told(TYPICAL | {"z1": Did("中文 9", "unreadable")}), ENGLISH)
    assert "?? 9" in text_of(pdf)


def test_pdf_is_read_aloud_in_order(tmp_path: Path) -> None:
    """Tables have headers, and figures a text; what is empty on paper is said in words."""
    path = tmp_path / "feedback.pdf"
    path.write_bytes(typical_pdf())
    assert ua_findings(read_pdf(path)) == []
    said = alternative_texts(typical_pdf())
    assert "the same as the reference" in said
    assert "Follows on: right from your own values" in said


def test_pdf_is_the_same_again() -> None:
    """The same feedback gives the same bytes, also from a layout that is made anew."""
    first = typical_pdf.__wrapped__()
    skeleton_of.cache_clear()
    assert typical_pdf.__wrapped__() == first


def test_students_with_the_same_explanations_share_a_layout() -> None:
    """Other answers, outcomes and sentences need no layout of their own."""
    key = class_of(EXAM, "s1")
    typical_pdf()
    before = skeleton_of.cache_info().misses
    other = TYPICAL | {"z1": Did("", "blank"), "A1": Did("7", "wrong", 7.0, 2.3), "C": Did("0.2678", "correct", 0.2678)}
    feedback_pdf(key.exam, key.variants[0], told(other), ENGLISH)
    assert skeleton_of.cache_info().misses == before


def test_language_beyond_the_font_is_printed_too() -> None:
    """Hindi sentences are part of the layout, and numbers are slots all the same."""
    text = text_of(typical_pdf(PaperStyle("hi")))
    assert "1.2000" in text
    assert "0.2880" in text


def test_french_has_a_space_before_a_colon() -> None:
    """On the web and in print, between the outcome and what is said of it."""
    style = PaperStyle("fr")
    assert "Cohérent\u00a0: juste" in read(html_of(TYPICAL, style)).text
    assert "Vide : rien n’est écrit" in " ".join(text_of(typical_pdf(style)).split())


def formula_feedback() -> tuple[str, bytes]:
    """The pages of a student who got one formula wrong, left one out, and chose what is no option."""
    key = class_of("formulas", "s1")
    variant = key.variants[0]
    did = {
        "delta2_formula": Did("(a2 + y)*sigmoid'(z2)", "wrong"),
        "dL_dw2_1_1_formula": Did("", "blank"),
        "choice_e": Did("z", "unreadable"),
    }
    feedback = student_feedback(key.exam, variant, "s1", formula_rows(key, variant, did))
    return feedback_html(key.exam, variant, feedback, ENGLISH), feedback_pdf(key.exam, variant, feedback, ENGLISH)


def formula_rows(key: Key, variant: Variant, did: Mapping[str, Did]) -> list[dict[str, object]]:
    """Rows of what is no number, as marking writes them."""
    rows: list[dict[str, object]] = []
    for paper, _ in papers(key.exam, variant):
        for field in paper.other_fields:
            found = did.get(field.name, Did("right", "correct"))
            rows.append(
                {
                    "student": "s1",
                    "question": paper.question.id,
                    "field": field.name,
                    "answer": found.answer,
                    "value": "",
                    "reference": "",
                    "follow_through": "",
                    "outcome": found.outcome,
                    "marks": "0",
                    "max_marks": str(field.marks),
                    "comment": "Where a2 = 0.850, y = 0.768, z2 = 1.736, w2_2_1 = 0.809, z1_2 = 1.452, x_1 = 0.658, it "
                    "gives 0.1926, not 0.009081.",
                }
            )
    return rows


def test_formulas_are_shown_in_full() -> None:
    """What was typed, the right formula and the comment are not cut to the columns of numbers."""
    html, pdf = formula_feedback()
    for text in (read(html).text, " ".join(text_of(pdf).split())):
        assert "(a2 + y)*sigmoid'(z2)" in text
        assert "(a2 - y)*sigmoid'(z2)*a1_1" in text
        assert "it gives 0.1926, not 0.009081." in text


def test_pages_with_formulas_are_read_aloud_in_order(tmp_path: Path) -> None:
    """Rows of formulas are rows of the same table."""
    path = tmp_path / "feedback.pdf"
    path.write_bytes(formula_feedback()[1])
    assert ua_findings(read_pdf(path)) == []


@pytest.mark.parametrize("language", some_of(["en", "de", "fr", "es", "hi"], 2))
def test_marks_that_are_held_back_are_told_once(language: str) -> None:
    """Beside each entry that they are held back, and once why, in the language of the page, whatever the exam's is."""
    style, said = PaperStyle(language), Wording(language).tell("no_work", share=40)
    comments = [Wording(one).tell("no_work", share=40) for one in ("en", "de")]
    did = {
        "dC_dz2": Did("1.0000", "follow_through", 1.0, 1.0, comment=comments[0]),
        "dC_db2": Did("1.0000", "follow_through", 1.0, 1.0, comment=comments[1]),
    }
    text = read(html_of(did, style)).text
    assert text.count(style.words["feedback"]["why_held_back"]) == 2
    assert text.count(said) == 1
    key = class_of(EXAM, "s1")
    pdf = " ".join(text_of(feedback_pdf(key.exam, key.variants[0], told(did), style)).split())
    if language == "en":
        assert "Note 1: Marks that are held back" in pdf
        assert pdf.count("40 % of its marks are paid") == 1


def test_misconceptions_made_at_once_are_named_together() -> None:
    """One note has the words of both."""
    html = html_of({"dC_dz2": Did("1.0350", "wrong", 1.035, 0.2584, "error-sign+no-slope")})
    article = read(html[html.index("<article") : html.index("</article>")]).text
    assert "Note 1: Sign of the error and Slope left out" in article
    assert "target minus output" in article
    assert "without the derivative" in article
    assert article.count("What was done:") == 1


def test_entries_with_the_same_cause_are_named_once_each() -> None:
    """The first is shown in full, the others by the part of the paper and their symbols."""
    fields = ("dC_dz2", "dC_dz1", "w1_new")
    html = html_of({field: Did("9.0", "wrong", 9.0, 0.1, "no-slope") for field in fields})
    article = " ".join(read(html[html.index("<article") : html.index("</article>")]).text.split())
    assert re.search(r"The same shows in \(b\) ∂C/∂z1 ?, \(c\) w1,?new ?\.", article), article
