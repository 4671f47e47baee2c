"""A class report as one web page, and as PDF from the same page: everything is in it, nothing is fetched."""

import io
from collections.abc import Mapping
from functools import lru_cache
from math import isnan
from typing import Any

import pikepdf
from jinja2 import Environment
from markupsafe import Markup

from examgen.documents.pdf.html_pdf import set_pages
from examgen.documents.report import plots
from examgen.documents.report.entry_table import entry_caption, entry_table
from examgen.documents.report.flow_pictures import flow_picture, percent
from examgen.documents.report.plain_formulas import with_formulas
from examgen.documents.report.report_page import ReportPage
from examgen.documents.web_templates import web_templates
from examgen.resources import shipped

Plots = Mapping[str, Any]


def plots_of(page: ReportPage) -> Plots:
    """The plots by their names in the template; empty where there is nothing to show.

    Raises: SetupError: Matplotlib is not installed.
    """
    entries = [entry for question in page.questions for entry in question.entries]
    below, above = "the numbers are in the table below", "as in the tables above"
    has_marks, is_telling = sum(page.histogram) > 0, any(not isnan(one.discrimination) for one in entries)
    return {
        "histogram": plots.histogram(page.histogram, f"papers by tenth of the marks; {below}") if has_marks else "",
        "task_bars": plots.task_bars(page.tasks, f"how each task came out; {below}") if page.tasks else "",
        "telling": plots.hard_and_telling(entries, f"entries by how hard they are; {above}") if is_telling else "",
        "flows": [flow_picture(question) for question in page.questions],
    }


def web_report(page: ReportPage, drawn: Plots) -> str:
    """The report as a web page, with its plots."""
    return _written(page, drawn, is_printed=False)


def printed_report(page: ReportPage, drawn: Plots) -> bytes:
    """The PDF of the same on A4.

    Raises: SetupError: Pango is not installed.
    """
    pages = set_pages(_written(page, drawn, is_printed=True), {})
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pages.pdf)) as document:
        document.save(
            target, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True
        )
    return target.getvalue()


def _written(page: ReportPage, drawn: Plots, *, is_printed: bool) -> str:
    names = ("class_report.css", "class_report_print.css" if is_printed else "class_report_web.css")
    css = "\n".join((shipped("templates") / name).read_text(encoding="utf-8") for name in names)
    template = _environment().get_template("class_report.html.j2")
    return template.render(page=page, css=Markup(css), is_printed=is_printed, **drawn)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return web_templates(
        {"percent": _percent, "formulas": with_formulas, "entry_table": entry_table, "entry_caption": entry_caption}
    )


def _percent(share: float) -> str:
    return percent(share) or "–"
