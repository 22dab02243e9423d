"""Marks the parts of a written file and says which revision it shows; reads both from a returned file.

The revision stands twice: as custom document properties, which Word, WPS and LibreOffice keep, and as a
bookmark at the title, which stays when somebody removes the properties (Word: 检查文档).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.markup import element
from drafter.marks import mark_of, origin_in, origin_mark
from drafter.model import Origin
from drafter.printed import Line

_DRAFT, _NUMBER = "DrafterDraft", "DrafterRevision"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
# Format id of all custom properties (ECMA-376 part 4, §7.3.2.2), and the first number that is free for them.
_FORMAT, _FIRST = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}", 2
_FIRST_ID = 1000
"""Ids of bookmarks begin here: those of comments begin at 0."""


def mark_parts(paragraphs: Sequence[BaseOxmlElement], printed: Sequence[Line]) -> None:
    """Put a bookmark round the first paragraph of every part; the paragraphs are the printed lines."""
    done = {""}
    ids = count(_FIRST_ID)
    for paragraph, line in zip(paragraphs, printed, strict=True):
        mark = mark_of(line)
        if mark not in done:
            _bookmark(paragraph, mark, next(ids))
            done.add(mark)


def identify(document: Document, title: BaseOxmlElement, origin: Origin) -> None:
    """Have the file say which revision it shows."""
    if mark := origin_mark(origin):
        _bookmark(title, mark, _FIRST_ID - 1)
    properties = "".join(
        f'<property fmtid="{_FORMAT}" pid="{pid}" name="{name}"><vt:lpwstr>{text}</vt:lpwstr></property>'
        for pid, (name, text) in enumerate(
            ((_DRAFT, origin.draft.encode().hex()), (_NUMBER, origin.number)), start=_FIRST
        )
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Properties xmlns="{_PROPERTIES}" xmlns:vt="{_TYPES}">{properties}</Properties>'
    )
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CT.OFC_CUSTOM_PROPERTIES, xml.encode(), package)
    package.relate_to(part, RT.CUSTOM_PROPERTIES)


def origin_of(document: Document) -> Origin | None:
    """The revision that a file says it shows; None when it says none, or nothing that can be one."""
    found = _custom_properties(document)
    try:
        draft = bytes.fromhex(found[_DRAFT]).decode()
        return Origin(draft=draft, number=int(found[_NUMBER]))
    except (KeyError, ValueError):
        starts = document.element.body.iter(qn("w:bookmarkStart"))
        return origin_in([start.get(qn("w:name"), "") for start in starts])


def _custom_properties(document: Document) -> dict[str, str]:
    for relationship in document.part.package.rels.values():
        if relationship.reltype == RT.CUSTOM_PROPERTIES and not relationship.is_external:
            try:
                root = parse_xml(relationship.target_part.blob)
            except SyntaxError:  # what lxml raises for XML that is none
                return {}
            return {one.get("name") or "": "".join(one.itertext()) for one in root}
    return {}


def _bookmark(paragraph: BaseOxmlElement, name: str, number: int) -> None:
    """Put a bookmark round what a paragraph holds."""
    start = element("w:bookmarkStart", {"w:id": str(number), "w:name": name})
    paragraph.insert(1, start)
    paragraph.append(element("w:bookmarkEnd", {"w:id": str(number)}))
