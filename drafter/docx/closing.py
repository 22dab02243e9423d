"""What stands between the text and 版记: 附件说明 (§7.3.4), 署名 and 成文日期 (§7.3.5), 附注 (§7.3.6)."""

from __future__ import annotations

from collections.abc import Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from drafter.docx.layout import Indent, Layout, width_in_characters
from drafter.docx.markup import Style, element, paragraph, runs, tabbed
from drafter.docx.order import put
from drafter.printed import Line

KEPT_LINES = 6
"""The longest last paragraph, in lines, that moves to the next page whole with the signature."""
SEAL_LINES = 4
"""Lines from one row of seals to the next: a seal is about 42 mm high."""
SEALED_RIGHT = 4
"""Characters at the right of a sealed copy's date (§7.3.5.1)."""


def kept_with_signature(before: Sequence[Line], layout: Layout) -> int:
    """How many of the lines `before` the signature stand on its page: 附件说明 and the last paragraph, as no
    page may hold the signature alone (§7.5).

    A long paragraph is not kept whole for it: LibreOffice would move all of it to the next page.
    """
    count = 0
    for line in reversed(before):
        if line.role == "cell" or len(line.text) > KEPT_LINES * layout.characters:
            break
        count += 1
        if line.role != "attached":
            break
    return count


def attached(printed: Sequence[Line], layout: Layout) -> list[BaseOxmlElement]:
    """附件说明: two characters in, a blank line above; a title goes on below its first character."""
    made = []
    for place, line in enumerate(printed):
        label = "附件：" if place == 0 else ""
        number = line.text.removeprefix(label).partition(".")[0] + "." if len(printed) > 1 else ""
        left = 5 + width_in_characters(number)
        hanging = width_in_characters(label + number)
        row = paragraph(Style.ATTACHED, runs(line.text), before=layout.line_pitch if place == 0 else None)
        put(row[0], _indent(left, hanging, layout.character_pitch))
        made.append(row)
    return made


def _indent(left: float, hanging: float, pitch: int) -> BaseOxmlElement:
    return element(
        "w:ind",
        {
            "w:leftChars": str(round(left * 100)),
            "w:left": str(round(left * pitch)),
            "w:hangingChars": str(round(hanging * 100)),
            "w:hanging": str(round(hanging * pitch)),
        },
    )


def signature(units: Sequence[Line], date: Line, sealed: bool, layout: Layout) -> list[BaseOxmlElement]:
    """署名 and 成文日期: without a seal (§7.3.5.2), or sealed, with room for the seals (§7.3.5.1)."""
    names = [line.text for line in units]
    if sealed:
        return _sealed(names, date.text, layout)
    last, day = layout.signature_indents(names[-1], date.text)
    joint = len(names) > 1
    made = [
        paragraph(
            Style.PLACED_SIGNATURE if joint else Style.SIGNATURE,
            runs(name),
            indent=Indent(last.pitch, right=last.right),
            before=0 if place else None,
        )
        for place, name in enumerate(names)
    ]
    style = Style.PLACED_DATE if joint else Style.ISSUE_DATE
    return [*made, paragraph(style, runs(date.text), indent=day)]


def lines_above(rows: Sequence[str], sealed: bool) -> list[int]:
    """How many blank lines stand above each row of 署名."""
    if not sealed:
        return [1, *[0] * (len(rows) - 1)]
    return [SEAL_LINES if len(rows) > 1 or "\t" in rows[0] else 2] * len(rows)


def _sealed(rows: Sequence[str], date: str, layout: Layout) -> list[BaseOxmlElement]:
    """The last unit is centred over the date, four characters from the right; the others of its row stand
    evenly at its left, and rows above leave room for their seals.
    """
    pitch, wide = layout.character_pitch, width_in_characters(date)
    longest = max(width_in_characters(name) for row in rows for name in row.split("\t"))
    right = max(SEALED_RIGHT, (longest - wide) / 2)
    middle = layout.characters - right - wide / 2
    made = []
    for row, above in zip(rows, lines_above(rows, True), strict=True):
        count, before = row.count("\t"), above * layout.line_pitch
        if count:
            step = middle / (count - 0.5)
            stops = [("center", round((middle - step * (count - 1 - n)) * pitch)) for n in range(count)]
            one = paragraph(Style.PLACED_SIGNATURE, tabbed(row), tabs=stops, before=before)
            put(one[0], element("w:ind", {"w:rightChars": "0", "w:right": "0"}))
            put(one[0], element("w:jc", {"w:val": "left"}))
        else:
            blank = layout.characters - middle - width_in_characters(row) / 2
            one = paragraph(
                Style.PLACED_SIGNATURE, runs(row), indent=Indent(pitch, right=blank), before=before
            )
        made.append(one)
    return [*made, paragraph(Style.PLACED_DATE, runs(date), indent=Indent(pitch, right=right))]
