"""版头 (§7.2): 份号, 密级, 紧急程度, 发文机关标志, 发文字号, 签发人 and the red line below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.formats import LETTER_FIRST, RED, Format
from drafter.docx.layout import Indent, Layout, twips, width_in_characters
from drafter.docx.markup import Style, element, paragraph, runs, tabbed, table
from drafter.docx.order import put
from drafter.printed import Line

TOP = ("serial", "secrecy", "urgency")
HEAD = (*TOP, "mark", "mark_word", "number")
"""Roles of the lines of 版头."""

FILL = 0.94
"""The share of the type area's width that 发文机关标志 takes at most."""
LINE = 1.2
"""Height of its lines, in sizes."""
INK = 0.12
"""Blank above its characters within their line, in sizes: a fifth of the line stands below the baseline."""
UNDER = 0.17
"""Blank below its characters within their line, in sizes."""


@dataclass(frozen=True)
class Mark:
    """How a 发文机关标志 is set: size in points, width of its characters as a share of their natural one."""

    size: float
    scale: float

    @property
    def line(self) -> int:
        """Height of its line in twips."""
        return round(self.size * LINE * 20)

    @property
    def ink(self) -> int:
        """Blank above its characters in twips."""
        return round(self.size * INK * 20)


def fitted(names: Sequence[str], word: str, format_: Format, layout: Layout) -> Mark:
    """The largest setting in which the longest of `names` and `word` beside it stand on one line."""
    width = max(map(width_in_characters, names)) + (width_in_characters(word) + 0.5 if word else 0)
    room = layout.text_width / 20 * FILL
    most = format_.mark_size if len(names) == 1 else format_.mark_size * 0.75
    size = min(most, room / width)
    if size >= format_.least_mark:
        return Mark(int(size * 2) / 2, 1)
    scale = max(format_.narrowest, room / width / format_.least_mark)
    size = min(format_.least_mark, room / width / scale)
    return Mark(int(size * 2) / 2, int(scale * 100) / 100)


@dataclass(frozen=True)
class HeaderMark:
    """A letter's 发文机关标志 and the red double line below it, for the first page's header: how far its line
    stands below the paper's edge in twips, the distance `space` of the red one in points.
    """

    text: str
    mark: Mark
    top: int
    space: int


def header_mark(name: str, format_: Format, layout: Layout) -> HeaderMark:
    """Of a letter (§8.1)."""
    mark = fitted([name], "", format_, layout)
    space = round(twips(format_.rule_below) / 20 - mark.size * UNDER)
    return HeaderMark(name, mark, twips(format_.mark_top) - mark.ink, space)


def letterhead(printed: Sequence[Line], format_: Format, layout: Layout) -> list[BaseOxmlElement]:
    """The blocks of 版头, which hold `printed`, its lines, one paragraph each."""
    top = [line for line in printed if line.role in TOP]
    names = [line.text for line in printed if line.role == "mark"]
    word = "".join(line.text for line in printed if line.role == "mark_word")
    numbers = [line.text for line in printed if line.role == "number"]
    blocks = _top(top, format_, layout)
    if names:
        mark = fitted(names, word, format_, layout)
        above = twips(format_.mark_top) - len(top) * layout.line_pitch - mark.ink
        blocks.append(_joint(names, word, mark, above) if word else _alone(names[0], mark, above))
        below = round(format_.number_below * layout.line_pitch - mark.size * UNDER * 20)
    for place, text in enumerate(numbers):
        blocks.append(_number(text, numbers, 0 if place or not names else below, format_, layout))
    if names and (numbers or not word):
        line, size = (layout.line_pitch, layout.body_size) if numbers else (mark.line, mark.size)
        put(blocks[-1][0], _rule(format_, line, size))
    if blocks and blocks[-1].tag == qn("w:p"):
        _blank_below(blocks[-1], title_below(format_, layout))
    return blocks


def title_below(format_: Format, layout: Layout) -> int:
    """The blank between the head and the title, in twips."""
    return round(format_.title_below * layout.line_pitch)


def _blank_below(made: BaseOxmlElement, blank: int) -> None:
    spacing = made[0].find(qn("w:spacing"))
    if spacing is None:
        spacing = element("w:spacing")
        put(made[0], spacing)
    spacing.set(qn("w:after"), str(blank))


def head_height(printed: Sequence[Line], format_: Format, layout: Layout) -> float:
    """What 版头 takes of the first page's type area, in twips."""
    top = sum(line.role in TOP for line in printed)
    names = [line.text for line in printed if line.role == "mark"]
    numbers = sum(line.role == "number" for line in printed)
    if format_.letter:
        head = header_mark("信", format_, layout)
        return (
            head.top
            + head.mark.line
            + head.space * 20
            - twips(layout.top)
            + max(top, numbers) * layout.line_pitch
        )
    height = float(top * layout.line_pitch)
    if names:
        word = "".join(line.text for line in printed if line.role == "mark_word")
        mark = fitted(names, word, format_, layout)
        height = twips(format_.mark_top) + len(names) * mark.line + twips(format_.rule_below)
        height += format_.number_below * layout.line_pitch if numbers else 0
    return height + numbers * layout.line_pitch


def _alone(name: str, mark: Mark, above: int) -> BaseOxmlElement:
    """The mark of one issuer, centred."""
    made = paragraph(Style.MARK, _set(name, mark))
    put(made[0], _spacing(above, mark))
    return made


def _top(top: Sequence[Line], format_: Format, layout: Layout) -> list[BaseOxmlElement]:
    """份号, 密级 and 紧急程度, one below the other; on a letter 发文字号 stands at the right of the first."""
    made = []
    for place, line in enumerate(top):
        style = Style.SERIAL if line.role == "serial" else Style.SECRECY
        first = place == 0 and format_.letter
        tabs = [("right", layout.text_width)] if "\t" in line.text else []
        content = tabbed(line.text, [None, Style.RUN_IN_TEXT])
        made.append(paragraph(style, content, tabs=tabs, before=_below_rule(layout) if first else None))
    return made


def _below_rule(layout: Layout) -> int:
    """Blank above the first line of a letter, in twips: its own line leaves some already."""
    free = (layout.line_pitch - layout.body_size * 20) / 2
    return max(0, round(layout.body_size * 20 * LETTER_FIRST - free))


def _set(text: str, mark: Mark) -> list[BaseOxmlElement]:
    """The runs of 发文机关标志."""
    made = runs(text)
    for run in made:
        for tag in ("w:sz", "w:szCs"):
            put(run[0], element(tag, {"w:val": str(round(mark.size * 2))}))
        if mark.scale < 1:
            put(run[0], element("w:w", {"w:val": str(round(mark.scale * 100))}))
    return made


def _spacing(before: int, mark: Mark) -> BaseOxmlElement:
    return element(
        "w:spacing",
        {
            "w:beforeLines": "0",
            "w:before": str(max(0, before)),
            "w:line": str(mark.line),
            "w:lineRule": "exact",
        },
    )


def _joint(names: Sequence[str], word: str, mark: Mark, above: int) -> BaseOxmlElement:
    """The names of several issuers below each other, of one width, 文件 at the right of them (§7.2.4)."""
    widths = [
        max(map(width_in_characters, names)) * mark.size * mark.scale,
        len(word) * mark.size * mark.scale,
    ]
    cells = []
    for texts in (names, [word]):
        rows = []
        for text in texts:
            row = paragraph(Style.MARK, _set(text, mark))
            put(row[0], _spacing(0, mark))
            if texts is names:
                put(row[0], element("w:jc", {"w:val": "distribute"}))
            rows.append(row)
        cells.append(rows)
    made = table(
        Style.MARK_TABLE,
        [round((width + mark.size / 2) * 20) for width in widths],
        [[rows[0] for rows in cells]],
        header=False,
    )
    for cell, rows in zip(made.iter("{*}tc"), cells, strict=True):
        cell.extend(rows[1:])
        margin = element("w:tcMar", None, element("w:top", {"w:w": str(max(0, above)), "w:type": "dxa"}))
        cell[0].insert(1, margin)
    return made


def _number(
    text: str, numbers: Sequence[str], below: int, format_: Format, layout: Layout
) -> BaseOxmlElement:
    """A row of 发文字号 and 签发人: centred alone, else one character in at both ends (§7.2.5, §7.2.6)."""
    if format_.letter:
        return paragraph(
            Style.NUMBER, runs(text), indent=Indent(layout.character_pitch), before=_below_rule(layout)
        )
    if "\t" not in text:
        return paragraph(Style.NUMBER, runs(text), before=below)
    pitch = layout.character_pitch
    columns = [
        max(
            width_in_characters(cell.removeprefix("签发人："))
            for row in numbers
            for cell in row.split("\t")[n : n + 1]
        )
        for n in range(1, max(row.count("\t") for row in numbers) + 1)
    ]
    starts: list[float] = []
    end = float(layout.characters - 1)
    for width in reversed(columns):
        starts.insert(0, end - width)
        end -= width + 1
    if text == numbers[0]:
        starts[0] -= width_in_characters("签发人：")
    made = paragraph(
        Style.NUMBER,
        _signers(text),
        tabs=[("left", round(start * pitch)) for start in starts],
        before=below,
    )
    put(made[0], element("w:ind", {"w:firstLineChars": "100", "w:firstLine": str(pitch)}))
    put(made[0], element("w:jc", {"w:val": "left"}))
    return made


def _signers(text: str) -> list[BaseOxmlElement]:
    """«签发人：» in the body's font, the names in 楷体 (§7.2.6)."""
    number, first, *others = text.split("\t")
    label = "签发人：" if first.startswith("签发人：") else ""
    made = [*runs(number), element("w:r", None, element("w:tab"))]
    made += [*runs(label), *runs(first.removeprefix(label), Style.SIGNER_NAME)]
    for name in others:
        made += [element("w:r", None, element("w:tab")), *runs(name, Style.SIGNER_NAME)]
    return made


def _rule(format_: Format, line: int, size: float) -> BaseOxmlElement:
    """The red line below 发文字号 (§7.2.7), `rule_below` the characters; their `line` is given in twips."""
    free = (line - size * 20) / 2
    space = round((twips(format_.rule_below) - free) / 20)
    return element(
        "w:pBdr",
        None,
        element("w:bottom", {"w:val": "single", "w:sz": "12", "w:space": str(space), "w:color": RED}),
    )
