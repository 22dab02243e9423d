"""Where 署名 and 成文日期 stand on their lines (§7.3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drafter.docx.effective import ParagraphFormat
from drafter.docx.layout import Indent, Layout, width_in_characters
from drafter.docx.looks import Look
from drafter.docx.places import Place

NEAR = 0.75
"""Characters that a place may be off: fonts' digits differ in width."""


@dataclass(frozen=True)
class Stand:
    """Blank before and after the printed text of a line, in characters."""

    left: float
    right: float

    def near(self, other: Stand) -> bool:
        return abs(self.left - other.left) <= NEAR

    def __str__(self) -> str:
        return f"左空{round(self.left, 1):g}字、右空{round(self.right, 1):g}字"


def signed(found: list[Place]) -> tuple[Place | None, Place] | None:
    """The one 署名 and the one 成文日期; None when there are several, as on a joint document."""
    units = [place for place in found if place.kind == "unit"]
    if any("\t" in place.text.strip() for place in units):
        return None
    dates = [place for place in found if place.kind == "date"]
    if len(dates) != 1 or len(units) > 1:
        return None
    return (units[0] if units else None), dates[0]


def indents(unit: Place, date: Place, layout: Layout) -> tuple[Indent, Indent]:
    """The layout's indents for what is printed; blanks typed before or after it take their part."""
    wanted = layout.signature_indents(unit.text.strip(), date.text.strip())
    return _beside_blanks(unit, wanted[0], layout), _beside_blanks(date, wanted[1], layout)


def looks(unit: Place | None, date: Place, stands: dict[int, Stand], layout: Layout) -> Iterator[Look]:
    """Hold both to the standard's two ways: without a seal, and with one; `stands` by line."""
    unsealed, sealed = _unsealed(unit, date, layout), _sealed(unit, date, layout)
    wrong = [
        [place for place, want, _ in way if not stands[place.line].near(want)] for way in (unsealed, sealed)
    ]
    way, faulty = (unsealed, wrong[0]) if len(wrong[0]) <= len(wrong[1]) else (sealed, wrong[1])
    for place, _, required in way:
        rule = "GB9704-SIGN-01" if place.kind == "unit" else "GB9704-SIGN-02"
        measured = str(stands[place.line]) if place in faulty else ""
        yield Look(rule, place.line, measured, required, length=len(place.text))


def stand(place: Place, format_: ParagraphFormat, layout: Layout) -> Stand:
    """Where the text of a paragraph of one line stands."""
    before, after = _blanks(place.text)
    width = width_in_characters(place.text.strip())
    free = layout.characters - width
    if format_.alignment == "right":
        right = format_.right + after
        return Stand(free - right, right)
    left = format_.left + format_.first + before
    if format_.alignment == "center":
        left += (free - left - after - format_.right) / 2
    return Stand(left, free - left)


def _unsealed(unit: Place | None, date: Place, layout: Layout) -> list[tuple[Place, Stand, str]]:
    if unit is None:
        return [(date, _at_right(date, 2, layout), "右空二字")]
    wanted = layout.signature_indents(unit.text.strip(), date.text.strip())
    stands = [
        Stand(one.left, layout.characters - one.left - _width(place))
        if one.left
        else _at_right(place, one.right, layout)
        for place, one in zip((unit, date), wanted, strict=True)
    ]
    said = f"右空{round(stands[0].right, 1):g}字"
    shifted = "首字比署名首字右移二字" if wanted[1].left else "右空二字"
    return [(unit, stands[0], said), (date, stands[1], shifted)]


def _sealed(unit: Place | None, date: Place, layout: Layout) -> list[tuple[Place, Stand, str]]:
    at_right = _at_right(date, 4, layout)
    both = [(date, at_right, "右空四字")]
    if unit is not None:
        left = at_right.left + (_width(date) - _width(unit)) / 2
        both.insert(0, (unit, Stand(left, layout.characters - left - _width(unit)), "以成文日期为准居中"))
    return both


def _at_right(place: Place, blank: float, layout: Layout) -> Stand:
    return Stand(layout.characters - blank - _width(place), blank)


def _beside_blanks(place: Place, wanted: Indent, layout: Layout) -> Indent:
    before, after = _blanks(place.text)
    if not before and not after:
        return wanted
    right = layout.characters - wanted.left - _width(place) if wanted.left else wanted.right
    return Indent(wanted.pitch, right=right - after)


def _blanks(text: str) -> tuple[float, float]:
    """Width of the blanks before and after the text, in characters."""
    before, after = len(text) - len(text.lstrip()), len(text) - len(text.rstrip())
    return width_in_characters(text[:before]), width_in_characters(text[len(text) - after :])


def _width(place: Place) -> float:
    return width_in_characters(place.text.strip())
