"""An empty official document: the parts in base/ are a .docx unpacked, with the layout's values filled in.

They are written out rather than made from python-docx's default template, whose US Letter page, theme fonts,
English language and blue headings would all have to be undone (and which is not valid by ECMA-376).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import docx
from docx.document import Document
from jinja2 import Environment, PackageLoader, StrictUndefined

from drafter.docx.formats import (
    FOOT_PITCH,
    FOOT_SIZE,
    FORMATS,
    LETTER_FOOT,
    LETTER_RULE,
    RED,
    THICK,
    THIN,
    Format,
)
from drafter.docx.layout import Layout, half_points, twips
from drafter.docx.letterhead import HeaderMark
from drafter.docx.markup import printable

NO_NUMBER = "rId7"
"""The relationship of the footer that is empty, in base/word/_rels."""
LETTER_PARTS = ("word/header1.xml", "word/footer4.xml")
"""Header and footer of a letter's first page."""
FOOT = {"size": FOOT_SIZE, "pitch": FOOT_PITCH, "thick": THICK * 72 / 25.4, "thin": THIN * 72 / 25.4}


@dataclass(frozen=True)
class Properties:
    """The document properties that Word shows. `author` is the issuing unit, never a machine or a person."""

    title: str
    author: str
    subject: str
    category: str
    written: str


def properties(*, title: str, author: str, subject: str, category: str) -> Properties:
    """Properties with what XML does not allow removed, written now (UTC)."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Properties(printable(title), printable(author), printable(subject), printable(category), now)


def empty_document(
    layout: Layout,
    facts: Properties,
    format_: Format = FORMATS["standard"],
    head: HeaderMark | None = None,
) -> Document:
    """A document with page, styles, headers, footers and properties, but no text; `head` is a letter's."""
    package = io.BytesIO()
    given = {"layout": layout, "properties": facts, "format": format_, "head": head, "foot": FOOT, "red": RED}
    given |= {"rule": LETTER_RULE, "rule_foot": LETTER_FOOT}
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        for part in _parts().list_templates():
            if head is not None or part not in LETTER_PARTS:
                archive.writestr(part, _parts().get_template(part).render(given))
    package.seek(0)
    return docx.Document(package)


@cache
def _parts() -> Environment:
    loader = PackageLoader("drafter.docx", "base")
    parts = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    parts.filters.update(twips=twips, half_points=half_points)
    return parts
