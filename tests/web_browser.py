"""A real browser for the web pages: Chromium or Chrome, which `.ci/system` installs, and axe-core run in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
"""Under which names systems have it; elsewhere Playwright knows where Chrome is, or fails and says so."""

UNMEASURED = "color-contrast"
"""Axe leaves it open for signs such as ∂, which have the colour of the words around, and for words in drawings."""

RUN = """
async left_open => {
  const found = await axe.run({resultTypes: ["violations", "incomplete"]});
  const rules = [...found.violations, ...found.incomplete.filter(rule => rule.id !== left_open)];
  return rules.map(rule => `${rule.id}: ${rule.help}: ${rule.nodes[0].html}`);
}
"""
"""All that is found of hundreds of signs would take longer to bring here than to find."""


@contextmanager
def browser() -> Iterator[Browser]:
    """One process, for as many pages as are opened in it."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with sync_playwright() as playwright:
        chosen = playwright.chromium.launch(executable_path=program, channel=None if program else "chrome")
        yield chosen
        chosen.close()


@contextmanager
def opened(browser: Browser, html: str, width: int, scheme: str) -> Iterator[Page]:
    """A page on a screen of this width, all that is folded opened."""
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page.set_content(html)
    page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true; })")
    yield page
    page.close()


def findings(page: Page) -> list[str]:
    """What axe finds in a page as it stands, and what it cannot tell: rule, what it asks, and a first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(RUN, UNMEASURED)
    return found
