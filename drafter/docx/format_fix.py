"""Puts the format of any .docx right by GB/T 9704—2012 without touching a word of its text."""

from __future__ import annotations

import io
from copy import deepcopy

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx import page_fix, signature
from drafter.docx.base import empty_document, properties
from drafter.docx.effective import Formats, RunFormat
from drafter.docx.layout import STANDARD, Indent, Layout, half_points
from drafter.docx.markup import element
from drafter.docx.measures import attribute, switch, value
from drafter.docx.official_styles import BLANK, install
from drafter.docx.order import properties_of, put, remove
from drafter.docx.places import Place, belongs, blank_runs, may_be_blank, pieces, places
from drafter.docx.reader import open_document
from drafter.docx.sections import sections
from drafter.docx.setting import Setting, after_heading, setting_of
from drafter.docx.typefaces import for_latin, symbols, typeface
from drafter.model import Reading

_STYLES = {
    "title": "Title",
    "addressee": "Addressee",
    "text": "BodyText",
    "attachment": "BodyText",
    "unit": "Signature",
    "date": "IssueDate",
    "blank": BLANK,
}
_OF_PARAGRAPH = """ind jc spacing snapToGrid autoSpaceDE autoSpaceDN wordWrap overflowPunct topLinePunct
    adjustRightInd contextualSpacing mirrorIndents textAlignment outlineLvl"""
_OF_RUN = "rFonts sz szCs color spacing w kern snapToGrid fitText"
_BOLD = "b bCs"

BELOW_FIRST_NAME = 5.0
"""Indent of the second name of 附件说明, in characters: below the first, which «附件：» precedes (§7.3.4)."""


def put_right(data: bytes, reading: Reading, layout: Layout = STANDARD) -> bytes:
    """The .docx with the standard's page, page numbers and styles. `reading` says what its paragraphs are.

    Text, tables, pictures, links, notes, comments, tracked changes and automatic numbers stay. Blank
    paragraphs stay too, but take no room. Raises InputError when `data` cannot be read or `reading` is of
    another document.
    """
    document = open_document(data)
    _Fix(document, reading, layout).run()
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


class _Fix:
    def __init__(self, document: Document, reading: Reading, layout: Layout) -> None:
        self.document, self.layout = document, layout
        self.places = places(document, reading)
        self.model = empty_document(layout, properties(title="", author="", subject="", category=""))
        self.ids: dict[str, str] = {}

    def run(self) -> None:
        gridless = any(not section.grid for section in sections(self.document))
        before = Formats(self.document, self.layout)
        for place in self.places:
            if place.official or before.styled_as(place.paragraph, _NAMES):
                _own_number(place.paragraph, before)
        self.ids = install(self.document, self.model, before)
        for place in self.places:
            if place.kind != "other":
                self._paragraph(place)
            elif gridless:
                _off_the_grid(place.paragraph)
        self._blank_lines()
        self._numbers()
        self._signature()
        self._characters()
        page_fix.put_pages_right(self.document, self.layout)
        page_fix.put_numbers_right(self.document, self.model, self.ids)

    def _paragraph(self, place: Place) -> None:
        own = properties_of(place.paragraph, "w:pPr")
        remove(own, *_tags(_OF_PARAGRAPH))
        style = f"Heading{place.level}" if place.kind == "heading" else _STYLES[place.kind]
        put(own, element("w:pStyle", {"w:val": self.ids[style]}))
        self._indent(place, own)
        if place.has_picture:
            line = {"w:line": str(self.layout.line_pitch), "w:lineRule": "atLeast"}
            put(own, element("w:spacing", line))
        mark = own.find(qn("w:rPr"))
        if mark is not None:
            remove(mark, *_tags(_OF_RUN))

    def _indent(self, place: Place, own: BaseOxmlElement) -> None:
        """Indent less what blanks typed at the head do already, and in spite of an automatic number's."""
        if place.kind not in ("addressee", "text", "heading", "attachment"):
            return
        usual = 0.0 if place.kind == "addressee" else 2.0
        listed = place.kind == "attachment" and place.text.strip()[:1].isdigit()
        first = (BELOW_FIRST_NAME if listed else usual) - place.typed_blank
        if first == usual and own.find(qn("w:numPr")) is None:
            return
        name = "firstLine" if first >= 0 else "hanging"
        attributes = {"w:leftChars": "0", "w:left": "0"}
        attributes[f"w:{name}Chars"] = str(round(abs(first) * 100))
        attributes[f"w:{name}"] = str(round(abs(first) * self.layout.character_pitch))
        put(own, element("w:ind", attributes))

    def _blank_lines(self) -> None:
        """One blank line each that the standard wants: typed ones where there are, else by spacing. More of
        them take no room.
        """
        typed = set()
        for before, row, after in blank_runs(self.places):
            if not may_be_blank(before, after):
                continue
            typed |= {one.line for one in (before, after) if one is not None}
            style = element("w:pStyle", {"w:val": self.ids["BodyText"]})
            put(properties_of(row[0].paragraph, "w:pPr"), style)
        titles = [place for place in self.places if place.kind == "title"]
        names = [place for place in self.places if place.kind == "attachment"]
        for title in titles:
            if title is not titles[-1] or title.line in typed:
                self._space(title, "after", 0)
        for place in self.places:
            if place.kind == "unit" and place.line in typed:
                self._space(place, "before", 0)
        if names and names[0].line not in typed:
            self._space(names[0], "before", 100)

    def _space(self, place: Place, side: str, hundredths: int) -> None:
        own = properties_of(place.paragraph, "w:pPr")
        spacing = own.find(qn("w:spacing"))
        if spacing is None:
            spacing = element("w:spacing")
            put(own, spacing)
        spacing.set(qn(f"w:{side}Lines"), str(hundredths))
        spacing.set(qn(f"w:{side}"), str(hundredths * self.layout.line_pitch // 100))

    def _numbers(self) -> None:
        """Automatic numbers in the paragraph's own font, and no tab after them; bullets stay as they are."""
        formats = Formats(self.document, self.layout)
        for place in self.places:
            numbering = formats.numbering(place.paragraph) if place.official else None
            level = formats.level(numbering) if numbering else None
            if level is None or value(level, "numFmt") == "bullet":
                continue
            put(level, element("w:suff", {"w:val": "nothing"}))
            format_ = level.find(qn("w:rPr"))
            if format_ is not None:
                remove(format_, *_tags(f"{_OF_RUN} {_BOLD}"))

    def _signature(self) -> None:
        unit, date = signature.signed([place for place in self.places if place.official]) or (None, None)
        if unit is None or date is None:
            return
        of_unit, of_date = signature.indents(unit, date, self.layout)
        _stand(unit.paragraph, of_unit)
        _stand(date.paragraph, of_date)

    def _characters(self) -> None:
        formats = Formats(self.document, self.layout)
        for place in self.places:
            if not place.official:
                continue
            inside = 0 < place.heading_end < len(place.text)
            if inside:
                split(place.paragraph, place.heading_end)
            setting = setting_of(place, self.layout)
            for run in place.paragraph.iter(qn("w:r")):
                if belongs(run, place.paragraph) and not _of_symbols(run):
                    _plain(run, self.ids["RunInText"], bold=not setting.bold_rule)
            for piece in pieces(place.paragraph):
                if _of_symbols(piece.run):
                    continue
                own = properties_of(piece.run, "w:rPr")
                put(own, element("w:rFonts", {"w:hint": "eastAsia"}))
                after = inside and piece.start >= place.heading_end
                if after and own.find(qn("w:rStyle")) is None:
                    put(own, element("w:rStyle", {"w:val": self.ids["RunInText"]}))
                wants = after_heading(self.layout) if after else setting
                _insist(own, formats.run(piece.run, place.paragraph), wants)


_NAMES = frozenset(
    ("title", "body text", "heading 1", "heading 2", "heading 3", "heading 4", "主送机关", "成文日期")
)
"""Names, in lower case, of the styles that install() may replace in other people's documents."""


def split(paragraph: BaseOxmlElement, offset: int) -> None:
    """Have a run begin at the character `offset` (from 0) of a paragraph's text, unless one does."""
    for piece in pieces(paragraph):
        if piece.start < offset < piece.end:
            _split_run(piece.run, offset - piece.start)
            return


def _split_run(run: BaseOxmlElement, offset: int) -> None:
    rest = deepcopy(run)
    run.addnext(rest)
    place = 0
    format_ = qn("w:rPr")
    for first, second in zip(list(run), list(rest), strict=True):
        if first.tag == format_:
            continue
        size = sum(len(text) for text in _texts(first))
        if place + size <= offset and (size or place < offset):
            rest.remove(second)
        elif place >= offset:
            run.remove(first)
        else:
            text = first.text or ""
            for one, part in ((first, text[: offset - place]), (second, text[offset - place :])):
                one.text = part
                one.set(qn("xml:space"), "preserve")
        place += size


def _texts(child: BaseOxmlElement) -> list[str]:
    if child.tag == qn("w:t"):
        return [child.text or ""]
    return ["?"] if child.tag in _tags("tab br cr noBreakHyphen") else []


def _own_number(paragraph: BaseOxmlElement, formats: Formats) -> None:
    """Have a paragraph ask itself for the number that its style asks for."""
    numbering = formats.numbering(paragraph)
    if numbering is None:
        return
    own = properties_of(paragraph, "w:pPr")
    if value(own.find(qn("w:numPr")), "numId") is not None:
        return
    number_id, level = numbering
    asked = (element("w:ilvl", {"w:val": level}), element("w:numId", {"w:val": number_id}))
    put(own, element("w:numPr", None, *asked))


def _off_the_grid(paragraph: BaseOxmlElement) -> None:
    """Keep the height of lines that stood on no grid before the page had one."""
    own = properties_of(paragraph, "w:pPr")
    if switch(own, "snapToGrid") is None:
        put(own, element("w:snapToGrid", {"w:val": "0"}))


def _stand(paragraph: BaseOxmlElement, indent: Indent) -> None:
    attributes = {}
    for side, characters in (("left", indent.left), ("right", indent.right)):
        attributes[f"w:{side}Chars"] = str(round(characters * 100))
        attributes[f"w:{side}"] = str(round(characters * indent.pitch))
    own = properties_of(paragraph, "w:pPr")
    put(own, element("w:ind", attributes))
    put(own, element("w:jc", {"w:val": "left" if indent.left else "right"}))


def _of_symbols(run: BaseOxmlElement) -> bool:
    fonts = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    return (attribute(fonts, "ascii") or "").lower() in symbols()


def _plain(run: BaseOxmlElement, run_in: str, *, bold: bool) -> None:
    """Take off a run what its paragraph's style says; `bold` characters may stay so."""
    own = run.find(qn("w:rPr"))
    if own is None:
        return
    remove(own, *_tags(_OF_RUN if bold else f"{_OF_RUN} {_BOLD}"))
    if value(own, "rStyle") == run_in:
        remove(own, qn("w:rStyle"))


def _insist(own: BaseOxmlElement, has: RunFormat, wants: Setting) -> None:
    """State on the run what its character style says otherwise."""
    names = {"w:hint": "eastAsia"}
    if not typeface(wants.font).has(has.chinese):
        names["w:eastAsia"] = wants.font.name
    for slot, font in (("ascii", has.latin), ("hAnsi", has.other)):
        if (font or "").lower() not in for_latin():
            names[f"w:{slot}"] = wants.font.name
    put(own, element("w:rFonts", names))
    if has.size != wants.size:
        for tag in ("w:sz", "w:szCs"):
            put(own, element(tag, {"w:val": str(half_points(wants.size))}))
    if wants.bold_rule and has.bold:
        put(own, element("w:b", {"w:val": "0"}))
    if has.colour:
        put(own, element("w:color", {"w:val": "auto"}))
    if has.spacing != wants.spacing:
        put(own, element("w:spacing", {"w:val": str(wants.spacing)}))


def _tags(names: str) -> list[str]:
    return [qn(f"w:{name}") for name in names.split()]
