"""A document of any origin as its lines: what checks read."""

from __future__ import annotations

import re
from pathlib import Path

from drafter import intake
from drafter.errors import InputError

MARKUP = re.compile(r"^\s{0,3}(#{1,6}|>|[-*+])\s+|\*\*|__|`")


def read_lines(path: Path) -> list[str]:
    """The lines of a .docx (one a paragraph), .md or .txt file.

    Markdown's marks become spaces, so that columns stay those of the file. Raises InputError.
    """
    data = intake.read_bytes(path)
    if path.suffix.lower() == ".docx":
        from drafter.docx.reader import read_text

        try:
            return read_text(data)
        except InputError as error:
            raise InputError(error.what, file=path, mend=error.mend) from None
    lines = intake.decode(data, str(path)).splitlines()
    if path.suffix.lower() != ".md":
        return lines
    return [MARKUP.sub(lambda mark: " " * len(mark.group()), line) for line in lines]
