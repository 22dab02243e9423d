"""The names a printed document carries so that it finds its way back after it was edited elsewhere.

Every part of the document (a section's beginning, title, addressee, 署名, 成文日期) has a bookmark, and the
file says which revision of which draft it shows. The names hold ids only: nothing of a person or a machine.
They begin with an underscore, which hides them in Word's and WPS's lists of bookmarks, and have at most 40
letters, digits and underscores, as Word wants.
"""

from __future__ import annotations

import re

from drafter.model import Origin
from drafter.printed import Line

LONGEST = 40
"""Characters that Word allows in a bookmark's name."""

_OTHER = re.compile("[^A-Za-z0-9]")
_OF = re.compile(r"_dr__of_((?:[0-9a-f]{2})+)_(\d{1,9})")


def mark_of(line: Line) -> str:
    """The mark of the part that a printed line belongs to; its first line carries it."""
    return section_mark(line.section) if line.section else role_mark(line.role)


def section_mark(section_id: str) -> str:
    """The mark at the beginning of a section; empty when its id is too long for one."""
    name = "_dr_" + _OTHER.sub(lambda sign: f"_{ord(sign[0]):02x}", section_id)
    return name if len(name) <= LONGEST else ""


def role_mark(role: str) -> str:
    """The mark of a part that is no section: title, addressee, unit, date."""
    return f"_dr__{role}"


def origin_mark(origin: Origin) -> str:
    """The mark that says which revision the file shows; empty when the draft's id is too long for one."""
    name = f"_dr__of_{origin.draft.encode().hex()}_{origin.number}"
    return name if len(name) <= LONGEST else ""


def origin_in(marks: list[str]) -> Origin | None:
    """The origin that one of the marks of a file gives."""
    for mark in marks:
        found = _OF.fullmatch(mark)
        if found:
            return Origin(draft=bytes.fromhex(found[1]).decode("utf-8", "replace"), number=int(found[2]))
    return None
