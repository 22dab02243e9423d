"""The few errors a user's input can raise.

Each says in one line what is wrong, where, and how to mend it. The command line prints that line and
exits with 2; the page shows it as a message.
"""

from __future__ import annotations

from pathlib import Path


class DrafterError(Exception):
    """What went wrong (`what`), where (`file`, 1-based `line`, `key`) and how to mend it (`mend`).

    `str(error)` is the one line a person reads: ``brief.yaml:3: unitt: 不认识的字段；改为 unit``.
    """

    def __init__(
        self,
        what: str,
        *,
        mend: str = "",
        file: Path | str | None = None,
        line: int | None = None,
        key: str = "",
    ) -> None:
        self.what, self.mend, self.key, self.line = what, mend, key, line
        self.file = str(file) if file is not None else ""
        place = self.file
        if line is not None:
            place = f"{place}:{line}" if place else f"第{line}行"
        text = f"{what}；{mend}" if mend else what
        super().__init__(": ".join(part for part in (place, key, text) if part).replace("\n", " "))


class InputError(DrafterError):
    """A brief or a document that cannot be read as it stands."""


class DoctypeError(DrafterError):
    """A document type's own files are wrong."""


class LayoutError(DrafterError):
    """An office's own layout.yaml or reference.docx is wrong."""


class RuleError(DrafterError):
    """A file of lint rules is wrong."""


class SettingsError(DrafterError):
    """A DRAFTER_* setting is wrong or missing."""


class WriterError(DrafterError):
    """A writer could not write a section; the message is for the person who asked for it."""
