"""The folded step «版头、附件和版记» of the form: its fields as text, and what they make."""

from __future__ import annotations

from collections.abc import Mapping

from drafter.errors import InputError
from drafter.intake.cleaning import clean
from drafter.intake.heads import split_list
from drafter.intake.official import LISTS, OfficialEntry, attachments_in, attachments_text
from drafter.model import Official
from drafter.printed import printed_date
from drafter.yaml_lines import Tree, Value

SEALED = "-sealed"
FORMATS = ("standard", f"standard{SEALED}", "letter", f"letter{SEALED}", "memo")
"""Choices of `copy_format`: a format, and whether the copy is sealed."""

OFFICIAL_FIELDS = (
    "copy_format", "mark", "number", "signers", "serial", "secrecy", "urgency", "issuers", "attachments",
    "note", "cc", "print_by", "print_date",
)  # fmt: skip
"""The fields in the order of the page; each is a str."""


def official_of(fields: Mapping[str, str]) -> Official:
    """What the fields say. Raises InputError for the first that cannot be understood."""
    chosen = fields["copy_format"] or FORMATS[0]
    value: dict[str, Value] = {"format": chosen.removesuffix(SEALED), "sealed": str(chosen.endswith(SEALED))}
    for name in OFFICIAL_FIELDS[1:]:
        text = clean(fields[name]).strip()
        if name == "attachments":
            value[name] = [*attachments_in(text)] if text else []
        elif name in LISTS:
            value[name] = [*split_list(text.replace("\n", "、"))]
        elif text:
            value[name] = text
    try:
        return Tree(value, {}, "", InputError).build(OfficialEntry).made()
    except InputError as error:
        raise InputError(error.what, mend=error.mend) from None


def official_fields(official: Official) -> dict[str, str]:
    """The fields that say what `official` does."""
    return {
        "copy_format": official.format + (SEALED if official.sealed else ""),
        "attachments": attachments_text(official.attachments),
        "print_date": printed_date(official.print_date) if official.print_date else "",
        **{name: "、".join(getattr(official, name)) for name in LISTS},
        **{name: getattr(official, name) for name in ("mark", "number", "serial", "secrecy", "urgency")},
        **{name: getattr(official, name) for name in ("note", "print_by")},
    }
