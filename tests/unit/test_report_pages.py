"""Pages of class reports: plots with names of their own, formulas without MathML, greys that a printer tells apart."""

import re
from math import nan

import pytest

from examgen.documents.report import plots
from examgen.documents.report.flow_pictures import flow_picture, grey, percent
from examgen.documents.report.plain_formulas import with_formulas
from examgen.documents.report.report_page import EntryRow, NetworkFlow, QuestionReport, Step, TaskBar

FLOW = NetworkFlow(
    (("x₁", "x₂"), ("y₁",)), ((nan, nan), (0.5,)), ((nan, nan), (1.0,)), (((0.9, 0.25),),)
)  # fmt: skip
TENTHS = (0, 0, 1, 0, 2, 5, 9, 4, 3, 1)
STEPS = (Step("s", 1.0, 0.8, 2, 0, ()), Step("p", 1.0, 0.6, 1, 1, (0,)), Step("q", 0.5, nan, 0, 2, (0, 1)))
ENTRIES = tuple(EntryRow(f"z{n}", f"z_{n}", 9, n / 9, 0.1 * n, 0, 0, 9 - n, 1, "") for n in range(9))


def question(network: NetworkFlow | None, steps: tuple[Step, ...] = STEPS) -> QuestionReport:
    """A question with nothing in its tables."""
    return QuestionReport("Q1", "", network, steps, ())


def names_of(svg: str) -> set[str]:
    """What a drawing calls its own parts."""
    return set(re.findall(r'\bid="([^"]+)"', svg))


def test_drawings_of_one_page_share_no_names() -> None:
    """A browser takes the first of two parts that are called the same; and each reference is to a part of its own."""
    drawn = [
        plots.histogram(TENTHS, "papers"),
        plots.task_bars([TaskBar("Q1 (a)", 0.5, 0.2, 0.1, 0.1, 0.1)], "tasks"),
        plots.hard_and_telling(ENTRIES, "entries"),
        flow_picture(question(FLOW)),
        flow_picture(question(None)),
    ]
    names = [names_of(one) for one in drawn]
    assert sum(map(len, names)) == len(set().union(*names))
    for svg, known in zip(drawn, names, strict=True):
        assert svg.startswith('<svg role="img" aria-label="')
        assert set(re.findall(r'(?:href="|url\()#([\w.-]+)', svg)) <= known


def test_a_drawing_is_the_same_each_time() -> None:
    """Byte for byte, so that a report is."""
    assert plots.histogram(TENTHS, "papers") == plots.histogram(TENTHS, "papers")
    assert flow_picture(question(FLOW)) == flow_picture(question(FLOW))


def test_what_stands_in_a_drawing_is_text() -> None:
    """Symbols come from banks: they are no markup."""
    assert "<b>" not in plots.task_bars([TaskBar("<b>", 1, 0, 0, 0, 0)], '"><b>')


def test_a_network_shows_the_share_of_each_unit() -> None:
    """And the name of one of which nothing was asked; the way back is drawn where something of it was asked."""
    shown = flow_picture(question(FLOW))
    assert [word in shown for word in ("50%", "100%", "x₁", "back: derivatives")] == [True] * 4
    forward = NetworkFlow(FLOW.units, FLOW.forward, ((nan, nan), (nan,)), (((nan, nan),),))
    assert "back: derivatives" not in flow_picture(question(forward))


def test_what_has_no_room_is_left_to_the_table() -> None:
    """Too many steps, or a single one."""
    assert flow_picture(question(None, STEPS[:1])) == ""
    assert flow_picture(question(None, STEPS[:1] * 50)) == ""


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0%"), (0.001, "1%"), (0.5, "50%"), (0.999, "99%"), (1.0, "100%"), (nan, "")]
)
def test_a_share_is_full_or_nothing_only_where_it_is(share: float, shown: str) -> None:
    """Who had it wrong is not rounded away."""
    assert percent(share) == shown


def test_greys_grow_darker_the_fewer_had_it_right() -> None:
    """From white, in steps that can be seen, to a grey on which white letters stand."""
    found = [float(grey(share)) for share in (1.0, 0.9, 0.75, 0.5, 0.1)]
    assert found == sorted(found, reverse=True)
    assert (found[0], found[-1]) == (1.0, found[-2])
    assert found[0] - found[1] > 0.1


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("no formula & none", "no formula &amp; none"),
        ("the slope at $z$", 'the slope at <span class="inline"><i>z</i></span>'),
        ("$1 - a^2$", '<span class="inline">1 − <i>a</i><sup>2</sup></span>'),
        (r"$\frac{1}{1 + a}$", '<span class="inline">1/(1 + <i>a</i>)</span>'),
        (r"$w_{12}$", '<span class="inline"><i>w</i><sub>12</sub></span>'),
        (r"$\ln a$", '<span class="inline">ln\u2009<i>a</i></span>'),
        (r"$\sqrt{v}$", '<span class="inline">√(<i>v</i>)</span>'),
    ],
)
def test_short_formulas_need_no_mathml(text: str, html: str) -> None:
    """They are read the same on paper."""
    assert with_formulas(text).replace("\u2061", "") == html
