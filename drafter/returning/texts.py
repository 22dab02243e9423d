"""How texts of a draft and of a returned file are held against each other."""

from __future__ import annotations

import re
from collections import Counter

from drafter.editing import hunks
from drafter.intake.cleaning import characters
from drafter.review.heads import cut, head

LOOKED_AT = 400
"""Characters at a line's beginning among which the end of its heading is looked for."""

_SPACE = re.compile(r"\s+")
_ENDS = "。. 　"


def plain(text: str) -> str:
    """`text` as it is compared: what nobody can see and kinds of spaces make no difference."""
    return _SPACE.sub(" ", characters(text)).strip()


def solid(text: str) -> str:
    """`plain` without any space: a title's lines are joined in different ways."""
    return plain(text).replace(" ", "")


def words_of(heading: str) -> str:
    """A heading's words: without number, spaces and the full stop of a run-in one."""
    return solid(heading).rstrip(_ENDS)


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, 0 to 1: their pairs of neighbouring characters (Dice).

    Its cost grows with the length of the texts, not with its square: what strangers send may be long.
    """
    first, second = _pairs(one), _pairs(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else float(one == other)


def _pairs(text: str) -> Counter[str]:
    text = solid(text)
    return Counter(text[place : place + 2] for place in range(max(1, len(text) - 1))) if text else Counter()


def split_run_in(line: str, printed: str, heading: int) -> int:
    """Where in `line` the heading ends that took the first `heading` characters of `printed`.

    0 when the heading was deleted. Where the end itself was edited, the line's own signs decide.
    """
    if line.startswith(printed[:heading]):
        return heading
    place = 0
    old = new = 0
    for hunk in hunks(printed[:LOOKED_AT], line[:LOOKED_AT]):
        if old + len(hunk.old) >= heading:
            if not hunk.changed:
                return new + heading - old
            place = new + len(hunk.new) if old + len(hunk.old) == heading else -1
            break
        old, new = old + len(hunk.old), new + len(hunk.new)
    if place == new and new == 0:
        return 0
    one = head(line)
    return one.end if one else cut(line, 0)
