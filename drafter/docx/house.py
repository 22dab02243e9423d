"""An office's own look: the layout.yaml and reference.docx of the folders that hold for a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from drafter.docx import layout_file, reference
from drafter.docx.layout import STANDARD, Layout
from drafter.docx.layout_file import Stated, read_layout


@dataclass(frozen=True)
class House:
    """A layout, the names of its values that a layout.yaml states, and the reference.docx it is built on.

    `files` are those it comes from, the weakest first; none for the standard's own look.
    """

    layout: Layout = STANDARD
    stated: frozenset[str] = frozenset()
    reference: Path | None = None
    files: tuple[Path, ...] = ()


STANDARD_HOUSE = House()


def house_of(folders: Sequence[Path]) -> House:
    """The look that `folders` give together, the weakest first. Raises LayoutError.

    A layout.yaml changes what it states; a reference.docx is a whole look, and what weaker folders say
    ends with it. In one folder the layout.yaml goes over the reference.docx.
    """
    files = [folder / name for folder in folders for name in (reference.FILE_NAME, layout_file.FILE_NAME)]
    found = [(file, file.stat().st_mtime_ns) for file in files if file.is_file()]
    return _read(tuple(found)) if found else STANDARD_HOUSE


@lru_cache(maxsize=64)
def _read(files: tuple[tuple[Path, int], ...]) -> House:
    stated, model, used = Stated(), None, []
    for file, _ in files:
        if file.name == reference.FILE_NAME:
            stated, model, used = reference.layout_of(reference.open_reference(file)), file, [file]
        else:
            stated = read_layout(file, stated)
            used.append(file)
    return House(stated.layout, stated.names, model, tuple(used))
