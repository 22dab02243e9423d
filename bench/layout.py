"""How a .docx is laid out, measured on its printed pages and in its XML; any tool's, by the same rule.

    python -m bench.layout --sample FOLDER                      write the document that is compared
    python -m bench.layout LABEL=FILE.docx [LABEL=FILE.docx …]  measure it as each tool set it

LibreOffice makes a PDF of each file, pdfplumber gives the place of every character; nothing is asked of the
tool that made it. What GB/T 9704—2012 wants stands in the first column of the table; ✗ marks what is off by
more than its tolerance. Every document has the text of the sample (sample.md for tools that take Markdown,
plain.docx for those that take a Word file): its lines are found by their words. A font is judged by its name
in the file: a machine that measures may lack it, and LibreOffice then prints another.
"""

from __future__ import annotations

import argparse
import datetime
import io
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import docx
import pdfplumber
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from openxml_audit import OpenXmlValidator

from drafter import doctypes
from drafter.docx import office
from drafter.docx.effective import Formats
from drafter.docx.layout import STANDARD, Font
from drafter.docx.measures import attribute, value
from drafter.docx.places import pieces
from drafter.docx.reader import open_document, paragraphs
from drafter.docx.typefaces import typeface
from drafter.docx.writer import write
from drafter.errors import InputError
from drafter.model import Brief, Draft, Section
from drafter.model import Fact as Given
from drafter.printed import lines

MM = 25.4 / 72
NEAR = 1.0
"""Millimetres that a length may be off: the standard's tolerance of margins."""
DASH = 0.31
"""How far above the base of a line the dash of a Song font stands, in sizes."""
FEWEST = 10
"""Lines of the long text that a page has, or the file is of another document."""
FOOT = 40
"""Millimetres at the foot of a page in which its number is looked for."""
UNIT, DATE, ADDRESSEE = "某市水务和河湖管理局", "2025年12月5日", "市政府办公室"
TITLE = "某市2025年河湖管护工作总结"
FILLER = "全面加强河湖管护坚持系统治理源头治理综合治理压实各级河湖长责任推动水环境持续改善"
OPENING, RUN_IN = "现将有关情况总结如下：", "落实各项要求。"
HEADINGS = ("一、基本情况", "（一）健全工作机制", "1.压实责任", "（1）明确分工")
"""One heading of each level; behind the second its line goes on with RUN_IN."""
LONG = 1600
"""Characters of the long text: two full pages and more."""


@dataclass(frozen=True)
class Row:
    """A line of a printed page. Lengths are millimetres from the paper's upper left corner, sizes points."""

    text: str
    left: float
    right: float
    base: float
    size: float

    @property
    def middle(self) -> float:
        """Half a character above the base."""
        return self.base - self.size * MM / 2

    @property
    def dash(self) -> float:
        """Where a dash stands on it."""
        return self.base - self.size * MM * DASH


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Fact:
    """One row of the table: what was measured of a document, and whether it is as the standard wants."""

    name: str
    wanted: str
    measured: str
    right: bool


def printed(data: bytes) -> list[Page]:
    """The pages of a .docx as LibreOffice prints them. Raises InputError."""
    with pdfplumber.open(io.BytesIO(office.convert(data, ".docx", "pdf"))) as document:
        return [
            Page(float(page.width) * MM, float(page.height) * MM, tuple(_rows(page)))
            for page in document.pages
        ]


def _rows(page: pdfplumber.page.Page) -> Iterator[Row]:
    def base(char: dict[str, Any]) -> int:
        return round(char["matrix"][5])

    shown = [char for char in page.chars if char["text"].strip()]
    for _, group in groupby(sorted(shown, key=lambda char: (-base(char), char["x0"])), key=base):
        row = list(group)
        yield Row(
            text="".join(char["text"] for char in row),
            left=float(row[0]["x0"]) * MM,
            right=float(row[-1]["x1"]) * MM,
            base=float(page.height - statistics.mean(char["matrix"][5] for char in row)) * MM,
            size=round(statistics.median(char["size"] for char in row), 1),
        )


class Measure:
    """One document, measured."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.pages = printed(data)
        self.document = open_document(data)
        self.formats = Formats(self.document, STANDARD)
        self.lines = {"".join(_text(one).split()): one for one in paragraphs(self.document)}
        self.full = max(self.pages, key=lambda page: sum(FILLER[:6] in row.text for row in page.rows))
        """The page that has the most of the long text."""
        self.body = [row for row in self.full.rows if set(row.text) <= set(FILLER)]
        if len(self.body) < FEWEST:
            raise InputError("文件里没有样稿的正文", mend="先用 --sample 写出样稿，再由各工具排版")

    def facts(self) -> list[Fact]:
        page = [self.paper(), *self.margins(), self.a_page(), self.a_line(), self.pitch()]
        words = [self.title(), *self.headings(), self.text(), self.indent()]
        return [*page, *words, *self.numbers(), *self.signature(), *self.file()]

    def paper(self) -> Fact:
        wide, high = self.full.width, self.full.height
        return _fact("paper", "210×297 mm", f"{wide:.0f}×{high:.0f}", _near(wide, 210) and _near(high, 297))

    def margins(self) -> Iterator[Fact]:
        """Where the long text begins and ends; above and below it, half of the pitch is the line's own."""
        half = self._pitch() / 2
        found = {
            "top": (self.body[0].middle - half, 37),
            "left": (min(row.left for row in self.body), 28),
            "right": (self.full.width - max(row.right for row in self.body), 26),
        }
        for side, (measured, wanted) in found.items():
            yield _fact(f"{side} margin", f"{wanted} mm", f"{measured:.1f}", _near(measured, wanted))

    def a_page(self) -> Fact:
        count = len(self.body)
        return _fact("lines a page", "22", str(count), count == 22)

    def a_line(self) -> Fact:
        count = statistics.mode(len(row.text) for row in self.body)
        return _fact("characters a line", "28", str(count), count == 28)

    def pitch(self) -> Fact:
        points = self._pitch() / MM
        return _fact("line pitch", "28.99 pt", f"{points:.2f}", abs(points - 28.99) < 0.15)

    def _pitch(self) -> float:
        middles = [row.middle for row in self.body]
        return statistics.median(b - a for a, b in pairwise(middles))

    def title(self) -> Fact:
        return self._face("title", TITLE[:6], ("小标宋体",), 22, bold=False)

    def headings(self) -> Iterator[Fact]:
        for level, (words, face) in enumerate(
            zip(HEADINGS, ("黑体", "楷体", "仿宋体", "仿宋体"), strict=True), 1
        ):
            yield self._face(f"level {level}", words, (face,), 16, bold=False)

    def text(self) -> Fact:
        return self._face("text", FILLER[:6], ("仿宋体",), 16, bold=False)

    def _face(self, name: str, words: str, faces: Sequence[str], size: float, *, bold: bool) -> Fact:
        """Chinese font, size and weight of the line that begins with `words`."""
        wanted = f"{faces[0]} {size:g}"
        found = self._run(words)
        if found is None:
            return _fact(name, wanted, "not found", False)
        right = any(typeface(Font(found[0])).name == face for face in faces)
        said = f"{found[0]} {found[1]:g}{' bold' if found[2] else ''}"
        return _fact(name, wanted, said, right and found[1] == size and found[2] == bold)

    def _run(self, words: str) -> tuple[str, float, bool] | None:
        paragraph = self._paragraph(words)
        if paragraph is None:
            return None
        first = next(piece for piece in pieces(paragraph) if piece.text.strip())
        has = self.formats.run(first.run, paragraph)
        return has.chinese or "none", has.size, has.bold

    def _paragraph(self, words: str) -> BaseOxmlElement | None:
        return next((one for text, one in self.lines.items() if text.startswith(words)), None)

    def indent(self) -> Fact:
        """How far a paragraph of text begins behind the edge of the type area, in its own characters."""
        row = next(row for page in self.pages for row in page.rows if set(row.text) <= set(FILLER))
        edge = min(row.left for row in self.body)
        pitch = (self.body[1].right - self.body[1].left) / len(self.body[1].text)
        blank = (row.left - edge) / pitch
        return _fact("first line", "2 characters in", f"{blank:.1f}", abs(blank - 2) < 0.3)

    def numbers(self) -> Iterator[Fact]:
        """The page number: the lowest line of a page that holds nothing but its number."""
        found = [
            (n, row) for n, page in enumerate(self.pages[:4], 1) if (row := _number(page, n)) is not None
        ]
        texts = {row.text.replace(str(number), "1") for number, row in found}
        form = "、".join(sorted(texts)) or "none"
        yield _fact(
            "page number",
            "—1— on every page",
            form,
            texts == {"—1—"} and len(found) == min(len(self.pages), 4),
        )
        sides = [
            "right"
            if row.left > self.full.width / 2 + 10
            else "left"
            if row.right < self.full.width / 2 - 10
            else "centre"
            for _, row in found
        ]
        wanted = ["right" if number % 2 else "left" for number, _ in found]
        yield _fact(
            "its side",
            "odd right, even left",
            ", ".join(sides[:2]) or "none",
            bool(sides) and sides == wanted,
        )
        size = found[0][1].size if found else 0
        yield _fact("its size", "14 pt", f"{size:g}" if found else "none", size == 14)
        below = found[0][1].dash - 262 if found else 0
        yield _fact(
            "below the type area",
            "7 mm",
            f"{below:.1f}" if found else "none",
            bool(found) and _near(below, 7),
        )

    def signature(self) -> Iterator[Fact]:
        """The unit leaves two characters at its right, the date begins two right of it (§7.3.5.2)."""
        rows = [row for page in self.pages for row in page.rows]
        date = next((row for row in rows if row.text.strip() == DATE), None)
        unit = next((row for row in rows if row.text.strip() == UNIT), None)
        if date is None or unit is None:
            yield _fact("signature", "date two characters right", "not found", False)
            return
        cell = 156 / 28
        shift, blank = (date.left - unit.left) / cell, (self.full.width - 26 - unit.right) / cell
        said = f"date {shift:+.1f}, {blank:.1f} blank"
        yield _fact("signature", "date +2, 2 blank", said, abs(shift - 2) <= 0.6 and abs(blank - 2) <= 0.6)

    def file(self) -> Iterator[Fact]:
        errors = _schema_errors(self._data)
        yield _fact("schema errors", "0", str(errors), errors == 0)
        found = [self._paragraph(words) for words in (TITLE, *HEADINGS[:2])]
        levels = [self.formats.paragraph(one).outline if one is not None else None for one in found[1:]]
        said = " ".join(str(level or "–") for level in levels)
        yield _fact("outline levels", "1 2", said, levels == [1, 2])
        style = ""
        if found[0] is not None:
            chain = self.formats.chain(value(found[0].find(qn("w:pPr")), "pStyle"))
            style = value(chain[-1], "name") or "" if chain else ""
        yield _fact("title's style", "Title", style or "none", style.lower() == "title")
        stated = [attribute(one.find(qn("w:lang")), "eastAsia") for one in self.formats.defaults("w:rPr")]
        language = next(filter(None, stated), "none")
        yield _fact("East Asian language", "zh-CN", language, language == "zh-CN")


def _text(paragraph: BaseOxmlElement) -> str:
    return "".join(piece.text for piece in pieces(paragraph))


def _fact(name: str, wanted: str, measured: str, right: bool) -> Fact:
    return Fact(name, wanted, measured, right)


def _near(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) <= NEAR


def _number(page: Page, number: int) -> Row | None:
    """The line near the foot of a page that holds its number and no word."""
    low = [row for row in page.rows if row.middle > page.height - FOOT and str(number) in row.text]
    return next((row for row in low[::-1] if not set(row.text) - set(f"{number}-–—―－第页·")), None)


def _schema_errors(data: bytes) -> int:
    """What openxml-audit finds wrong by ECMA-376."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measured.docx"
        path.write_bytes(data)
        return len(OpenXmlValidator().validate(str(path)).errors)


def sample() -> Draft:
    """The document that is compared: headings of each level, pages of text, unit and date."""
    doctype = doctypes.load("work-summary")
    opening, part = doctype.sections[0].id, doctype.sections[1].id
    brief = Brief(
        doctype=doctype.id,
        unit=UNIT,
        period="2025年",
        topic="河湖管护",
        addressee=ADDRESSEE,
        date=datetime.date(2025, 12, 5),
        facts=(Given(id="F1", text="坚持系统治理"),),
    )
    text = "\n".join((RUN_IN, *HEADINGS[2:], (FILLER * 60)[:LONG] + "。"))
    sections = (
        Section(id=opening, spec=opening, text=OPENING),
        Section(id=part, spec=part, level=1, number="一、", heading=HEADINGS[0][2:], written=False),
        Section(id=f"{part}.1", spec=part, level=2, number="（一）", heading=HEADINGS[1][3:], text=text),
    )
    return Draft(brief=brief, title=TITLE, writer="template", sections=sections)


def write_sample(folder: Path) -> None:
    """The document as Markdown, as a .docx on A4 without any format, and as this program sets it."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = sample()
    rows = [line.text for line in lines(draft)]
    marks = {TITLE: "# ", HEADINGS[0]: "## ", HEADINGS[2]: "#### ", HEADINGS[3]: "##### "}
    marked = [f"### {row}" if row.startswith(HEADINGS[1]) else marks.get(row, "") + row for row in rows]
    (folder / "sample.md").write_text("\n\n".join(marked) + "\n", encoding="utf-8")
    plain = docx.Document()
    plain.sections[0].page_width, plain.sections[0].page_height = Mm(210), Mm(297)
    for row in rows:
        plain.add_paragraph(row)
    plain.save(str(folder / "plain.docx"))
    doctype = doctypes.load(draft.brief.doctype)
    (folder / "drafter.docx").write_bytes(write(draft, doctype, checklist=False))


def table(measured: Mapping[str, Sequence[Fact]]) -> str:
    """The facts of each document side by side, as a Markdown table."""
    first = next(iter(measured.values()))
    rows = [["", "GB/T 9704—2012", *measured], ["---"] * (len(measured) + 2)]
    for number, fact in enumerate(first):
        cells = [facts[number] for facts in measured.values()]
        shown = [one.measured if one.right else f"✗ {one.measured}" for one in cells]
        rows.append([fact.name, fact.wanted, *shown])
    right = [f"{sum(one.right for one in facts)} of {len(facts)}" for facts in measured.values()]
    rows.append(["rows right", "", *right])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", metavar="LABEL=FILE.docx")
    parser.add_argument("--sample", type=Path, metavar="FOLDER", help="write the document that is compared")
    asked = parser.parse_args()
    if asked.sample:
        write_sample(asked.sample)
    named = [one.partition("=")[::2] for one in asked.files]
    measured = {label: Measure(Path(file).read_bytes()).facts() for label, file in named}
    if measured:
        print(table(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
