"""What web pages of their own share, that are no papers and know no themes: their templates, and digests of scripts."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from examgen.resources import shipped

if TYPE_CHECKING:
    from jinja2 import Environment


def web_templates(filters: Mapping[str, Callable[..., Any]]) -> "Environment":
    """The shipped templates, with these filters; all texts are escaped."""
    # Imported where a page is written: whoever marks a class may write none.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(shipped("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= filters
    return environment


def content_digest(text: str) -> str:
    """SHA-256 of a script or style sheet, as the Content-Security-Policy of its page names it."""
    return b64encode(sha256(text.encode()).digest()).decode()
