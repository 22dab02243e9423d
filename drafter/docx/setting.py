"""What the standard asks of the characters of each kind of paragraph (§5.2.2, §7.3)."""

from __future__ import annotations

from dataclasses import dataclass

from drafter.docx.layout import Font, Layout
from drafter.docx.places import Place


@dataclass(frozen=True)
class Setting:
    """Font, size in points and added spacing in twips, with the rules that a deviation breaks.

    `bold_rule` is empty where bold characters are the writer's own choice.
    """

    font: Font
    size: float
    spacing: int
    font_rule: str
    size_rule: str
    bold_rule: str = ""


def setting_of(place: Place, layout: Layout) -> Setting:
    """Of a paragraph; of its heading where the text goes on after one."""
    if place.kind == "title":
        rules = ("GB9704-TITLE-01", "GB9704-TITLE-02", "GB9704-TITLE-04")
        return Setting(layout.title_font, layout.title_size, 0, *rules)
    if place.kind == "heading":
        rules = (f"GB9704-HEAD-0{place.level}", "GB9704-HEAD-05", "GB9704-HEAD-08")
        return Setting(layout.level_fonts[place.level - 1], layout.body_size, layout.body_spacing, *rules)
    return Setting(
        layout.body_font, layout.body_size, layout.body_spacing, "GB9704-BODY-01", "GB9704-BODY-02"
    )


def after_heading(layout: Layout) -> Setting:
    """Of the text that goes on after a run-in heading."""
    return Setting(
        layout.body_font, layout.body_size, layout.body_spacing, "GB9704-HEAD-06", "GB9704-BODY-02"
    )
