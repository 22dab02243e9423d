"""Whose look a document has: the standard's, the whole office's, its unit's, its type's — the later wins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from drafter import doctypes
from drafter.config import Settings
from drafter.docx.house import House, house_of
from drafter.errors import DrafterError, SettingsError
from drafter.exporting import Copy, export
from drafter.model import Draft, Note, Origin


def house_for(settings: Settings, unit: str, doctype_id: str = "") -> House:
    """The look of a unit's documents of a type. Raises LayoutError and SettingsError."""
    folders = [settings.layout_folder, *(folder for folder in units(settings) if folder.name == unit)]
    type_folder = doctypes.folder_of(doctype_id, settings.template_folders)
    return house_of([*folders, *([type_folder] if type_folder else [])])


def exported(
    settings: Settings,
    draft: Draft,
    *,
    copy: Copy = "review",
    notes: Sequence[Note] = (),
    origin: Origin | None = None,
) -> bytes:
    """The .docx of a draft in the look that its unit and type have. Raises as `house_for` and `export`."""
    doctype = doctypes.load(draft.brief.doctype, settings.template_folders)
    house = house_for(settings, draft.brief.unit, doctype.id)
    return export(draft, doctype, copy=copy, notes=notes, house=house, origin=origin)


def units(settings: Settings) -> list[Path]:
    """The folders of units with a look of their own, named as the units are."""
    root = settings.layout_folder
    if not root.is_dir():
        if settings.layouts:
            raise SettingsError("没有这个文件夹", key="DRAFTER_LAYOUTS", mend=f"请检查路径 {root}")
        return []
    return sorted(folder for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith("."))


def every_house(settings: Settings) -> Iterator[tuple[str, House | DrafterError]]:
    """Each look that somebody set up, with whose it is; an error in place of one whose files are wrong."""
    try:
        owners = ["", *(folder.name for folder in units(settings))]
    except DrafterError as error:
        yield "全部单位", error
        return
    types = doctypes.available(settings.template_folders)
    looks = [(unit, "", unit or "全部单位") for unit in owners]
    looks += [("", doctype.id, f"文种“{doctype.name}”") for doctype in types]
    common: House | None = None
    for unit, doctype_id, name in looks:
        try:
            house = house_for(settings, unit, doctype_id)
        except DrafterError as error:
            yield name, error
            continue
        if house.files and house != common:
            yield name, house
        common = common or house
