"""QTI 2.1 and 3.0 as two spellings of the same elements: each version is a row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from examgen.exchange.questions.xml_text import xml

MATHML = "http://www.w3.org/1998/Math/MathML"

_CAPITAL = re.compile(r"[A-Z]")
_FORMULA = re.compile(r"<math(?=[ >])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One version.

    Attributes:
        namespace: of items and tests.
        package: namespace of the manifest.
        schema, schema_version: as the manifest tells what kind of package it is.
        item_type, test_type: of the manifest's resources.
        is_kebab: whether elements are spelled `qti-item-body`, and attributes `base-type`.
        has_bodies: whether the content of modal feedback stands in an element of its own.
    """

    namespace: str
    package: str
    schema: str
    schema_version: str
    item_type: str
    test_type: str
    is_kebab: bool = False
    has_bodies: bool = False

    def tag(self, name: str, content: str = "", /, **attributes: str) -> str:
        """An element of QTI with its content, which is markup."""
        spelled = f"qti-{_kebab(name)}" if self.is_kebab else name
        told = "".join(f' {_kebab(key) if self.is_kebab else key}="{xml(text)}"' for key, text in attributes.items())
        return f"<{spelled}{told}>{content}</{spelled}>" if content else f"<{spelled}{told}/>"

    def root(self, name: str, content: str, /, **attributes: str) -> str:
        """A whole file."""
        found = self.tag(name, content, **attributes)
        opening, rest = found.split(" ", 1)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{opening} xmlns="{self.namespace}" {rest}\n'


QTI_21 = Dialect(
    namespace="http://www.imsglobal.org/xsd/imsqti_v2p1",
    package="http://www.imsglobal.org/xsd/imscp_v1p1",
    schema="QTIv2.1 Package",
    schema_version="1.0.0",
    item_type="imsqti_item_xmlv2p1",
    test_type="imsqti_test_xmlv2p1",
)

QTI_30 = Dialect(
    namespace="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    package="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    schema="QTI Package",
    schema_version="3.0.0",
    item_type="imsqti_item_xmlv3p0",
    test_type="imsqti_test_xmlv3p0",
    is_kebab=True,
    has_bodies=True,
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType({"qti21": QTI_21, "qti30": QTI_30})
"""By the name of the format."""


def markup_of(html: str) -> str:
    """HTML as markup of an item: its formulas are of the namespace of MathML."""
    return _FORMULA.sub(f'<math xmlns="{MATHML}"', html)


def _kebab(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"-{found[0].lower()}", name)
