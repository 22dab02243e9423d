"""Names of typefaces and sizes, from templates/_shared/fonts.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from drafter.data import shared
from drafter.docx.layout import Font


@dataclass(frozen=True)
class Typeface:
    """A typeface as the standard names it (`name`), and the fonts that pass for it, in lower case."""

    name: str
    fonts: frozenset[str]

    def has(self, font: str | None) -> bool:
        """Whether `font` is of this typeface."""
        return font is not None and font.strip().lower() in self.fonts


@cache
def typeface(font: Font) -> Typeface:
    """The typeface that a layout's font belongs to; the font alone when no typeface lists it."""
    for name, fonts in shared("fonts")["typefaces"].items():
        if font.name in fonts:
            return Typeface(name, frozenset(one.lower() for one in fonts))
    return Typeface(font.name, frozenset({font.name.lower()}))


def named(font: Font) -> str:
    """A typeface with the font that the layout has of it: «仿宋体（仿宋_GB2312）»."""
    name = typeface(font).name
    return name if name == font.name else f"{name}（{font.name}）"


@cache
def for_latin() -> frozenset[str]:
    """Fonts that letters and digits may have, in lower case."""
    typefaces = shared("fonts")["typefaces"].values()
    return frozenset(one.lower() for fonts in (*typefaces, shared("fonts")["latin"]) for one in fonts)


@cache
def symbols() -> frozenset[str]:
    """Fonts whose characters are pictures, in lower case."""
    return frozenset(one.lower() for one in shared("fonts")["symbols"])


def size_name(points: float) -> str:
    """«三号（16磅）», or «17磅» for a size without a name."""
    name = shared("fonts")["sizes"].get(points)
    return f"{name}（{points:g}磅）" if name else f"{points:g}磅"


def alike(name: str) -> tuple[str, ...]:
    """What to take in place of a missing font, the best first; nothing for one of no known typeface."""
    substitutes = shared("fonts")["substitutes"]
    for face, fonts in shared("fonts")["typefaces"].items():
        if name in fonts:
            return tuple(one for one in substitutes[face] if one != name)
    return ()
