"""A class report as one web page, and as PDF from the same page: everything is in it, nothing is fetched."""

import io
from collections.abc import Mapping
from functools import lru_cache
from math import isnan
from typing import Any

import pikepdf
from jinja2 import Environment
from markupsafe import Markup

from examgen.documents.numbers import with_minus
from examgen.documents.pdf.html_pdf import set_pages
from examgen.documents.report import plots
from examgen.documents.report.flow_pictures import flow_picture, percent
from examgen.documents.report.plain_formulas import with_formulas
from examgen.documents.report.report_page import EntryRow, ReportPage
from examgen.documents.web_templates import web_templates
from examgen.resources import shipped

HARD, TELLS_LITTLE = 0.5, 0.1
"""Entries that are pointed out: fewer marks than half on average, or hardly any correlation with the rest."""


def report_files(page: ReportPage) -> tuple[str, bytes]:
    """The web page, and the PDF of the same on A4.

    Raises: SetupError: Matplotlib or Pango is not installed.
    """
    shown = _plots(page)
    return _written(page, shown, is_printed=False), _printed(_written(page, shown, is_printed=True))


def _printed(html: str) -> bytes:
    pages = set_pages(html, {})
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages.pdf)) as document:
        document.save(
            target, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True
        )
    return target.getvalue()


def _written(page: ReportPage, shown: Mapping[str, Any], *, is_printed: bool) -> str:
    names = ("class_report.css", "class_report_print.css" if is_printed else "class_report_web.css")
    css = "\n".join((shipped("templates") / name).read_text(encoding="utf-8") for name in names)
    template = _environment().get_template("class_report.html.j2")
    return template.render(page=page, css=Markup(css), is_printed=is_printed, **shown)


def _plots(page: ReportPage) -> dict[str, Any]:
    """The plots by their names in the template; empty where there is nothing to show."""
    entries = [entry for question in page.questions for entry in question.entries]
    below, above = "the numbers are in the table below", "as in the tables above"
    has_marks, is_telling = sum(page.histogram) > 0, any(not isnan(one.discrimination) for one in entries)
    return {
        "histogram": plots.histogram(page.histogram, f"papers by tenth of the marks; {below}") if has_marks else "",
        "task_bars": plots.task_bars(page.tasks, f"how each task came out; {below}") if page.tasks else "",
        "telling": plots.hard_and_telling(entries, f"entries by how hard they are; {above}") if is_telling else "",
        "flows": [flow_picture(question) for question in page.questions],
    }


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return web_templates({"percent": _percent, "two": _two, "formulas": with_formulas, "points_out": _points_out})


def _percent(share: float) -> str:
    return percent(share) or "–"


def _two(number: float) -> str:
    return "–" if isnan(number) else with_minus(f"{number:.2f}")


def _points_out(entry: EntryRow) -> str:
    """What an entry is pointed out for, in a word or two."""
    found = ["hard"] if entry.difficulty < HARD else []
    if entry.discrimination < TELLS_LITTLE:
        found.append("tells little")
    return ", ".join(found)
