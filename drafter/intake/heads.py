"""The head of a text brief: «单位：…» lines, lists under them, and a heading that is the title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from drafter.data import shared
from drafter.errors import InputError
from drafter.intake.entries import BriefFile
from drafter.intake.lines import has_glyph, strip_glyph
from drafter.intake.official import attachments_in
from drafter.yaml_lines import Place, Value, nearest

LISTS = frozenset(
    {"leaders", "basis", "official.signers", "official.issuers", "official.cc", "official.attachments"}
)

GROUP = "official."

_HEAD = re.compile(r"([^：:]{1,16})[：:]\s*(.*)")
_LATIN_KEY = re.compile(r"[A-Za-z_]+")
_TITLE = re.compile(r"#\s+(.+)")
_BETWEEN = re.compile(r"[、；，;,]\s*(?![^《》]{0,80}》)|(?<=》)(?=《)")

Numbered = tuple[int, str]


@cache
def field_names() -> dict[str, str]:
    """Field by what people call it (templates/_shared/fields.yaml), and by its own name."""
    words: dict[str, list[str]] = shared("fields")
    return {name: field for field, names in words.items() for name in (field, *names)}


def split_list(text: str) -> Iterator[str]:
    """The items of «省委、市委办» or «《甲》《乙》»; 《titles》 are never split."""
    return (item for part in _BETWEEN.split(text) if (item := part.strip().rstrip("。")))


def place_of(field: str) -> Place:
    """The place of a field in the brief: («official», «number») of «official.number»."""
    return tuple(field.split("."))


class HeadReader:
    """Takes head lines out of a text; `value` and `lines` are then those of a Tree.

    `genres` are the 文种 that show a first heading to be the document's title.
    """

    def __init__(self, file: str, genres: Sequence[str]) -> None:
        self.file, self.genres = file, tuple(genres)
        self._texts: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {}
        self.lines: dict[Place, int] = {}
        self._list = ""

    @property
    def value(self) -> dict[str, Value]:
        """The fields read so far; those of the group «official» in a mapping of their own."""
        given: dict[str, Value] = {**self._texts, **{field: [*items] for field, items in self._lists.items()}}
        group = {name.removeprefix(GROUP): item for name, item in given.items() if name.startswith(GROUP)}
        made = {name: item for name, item in given.items() if not name.startswith(GROUP)}
        if isinstance(titles := group.get("attachments"), list):
            group["attachments"] = [*attachments_in("\n".join(map(str, titles)))]
        if "sealed" in group:
            group["sealed"] = "true" if group["sealed"] in ("是", "加盖") else "false"
        return made | ({"official": group} if group else {})

    def read(self, lines: Sequence[Numbered]) -> list[Numbered]:
        """Read all lines; those that are not the head's come back."""
        rest: list[Numbered] = []
        for number, line in lines:
            text = line.strip()
            if not self._take(number, text, first=not rest):
                self._list = self._list if not text else ""
                if text:
                    rest.append((number, line))
        return rest

    def _take(self, number: int, line: str, first: bool) -> bool:
        """Whether the line was the head's."""
        if has_glyph(line):
            return self._take_item(number, strip_glyph(line).strip("-* "))
        if (
            first
            and (match := _TITLE.fullmatch(line))
            and (title := match[1].rstrip("# ")).endswith(self.genres)
        ):
            self._set("title", title, number)
            return True
        match = _HEAD.fullmatch(line)
        if match is None:
            return False
        name = match[1].replace(" ", "").strip("*")
        field = field_names().get(name) or field_names().get(name.lower())
        if field is None:
            self._refuse_slip(name, number)
            return False
        if field == "facts":
            return not match[2]
        self._list = field if field in LISTS and not match[2] else ""
        self._set(field, match[2].strip("* "), number)
        return True

    def _take_item(self, number: int, text: str) -> bool:
        """Take an item of the list that is open, if one is."""
        if not self._list or not text:
            return False
        items = self._lists[self._list]
        self.lines[(*place_of(self._list), len(items))] = number
        items.append(text)
        return True

    def _set(self, field: str, text: str, number: int) -> None:
        line = self.lines.setdefault(place_of(field), number)
        if field in LISTS:
            self._lists.setdefault(field, []).extend(split_list(text))
        elif field in self._texts:
            raise InputError(
                f"与第{line}行重复", mend="删去其中一行", file=self.file or None, line=number, key=field
            )
        elif text:
            self._texts[field] = text

    def _refuse_slip(self, name: str, number: int) -> None:
        """Raise for a Latin key that is nearly a field; other words before a colon are a fact's."""
        close = nearest(name, BriefFile.model_fields) if _LATIN_KEY.fullmatch(name) else ""
        if close:
            raise InputError(
                "不认识的字段", mend=f"改为 {close}", file=self.file or None, line=number, key=name
            )
