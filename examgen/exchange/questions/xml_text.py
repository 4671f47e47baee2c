"""Texts in XML files: what a parser reads back is what was written, whatever somebody has typed."""

import re
from hashlib import sha256
from html import escape

_UNSHOWN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def shown(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _UNSHOWN.sub("\ufffd", text)


def xml(text: str) -> str:
    """Text between tags or quotes."""
    return escape(shown(text)).replace("\r", "&#13;")


def cdata(markup: str) -> str:
    """Markup as one text; the end of a section within it begins another one."""
    return f"<![CDATA[{shown(markup).replace(']]>', ']]]]><![CDATA[>')}]]>"


def ident(*names: str) -> str:
    """An identifier that is the same each time, so that what is imported again is no other question."""
    return f"g{sha256(' '.join(names).encode()).hexdigest()[:31]}"
