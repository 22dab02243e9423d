"""Whose look a document has, and where it shows: drafts, checks, the type's page, the doctor."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import docx
import pytest

from drafter.config import Settings
from drafter.data import folder
from drafter.doctor import examine
from drafter.docx.house import STANDARD_HOUSE
from drafter.errors import LayoutError, SettingsError
from drafter.houses import every_house, house_for
from tests.test_cli import drafter

BRIEF = """doctype: work-summary
unit: 某市水务局
period: 2025年
topic: 河湖管护
date: 2025-12-05
facts:
  - 清理河道3公里
"""


def put(at: Path, text: str) -> None:
    at.mkdir(parents=True, exist_ok=True)
    (at / "layout.yaml").write_text(text, encoding="utf-8")


def office(tmp_path: Path) -> Settings:
    """An office whose units all have 21 lines, one of them 20, and a type of its own with 19."""
    put(tmp_path / "layouts", "lines: 21\nmargins: {left: 30}")
    put(tmp_path / "layouts" / "某市水务局", "lines: 20")
    shutil.copytree(folder("templates") / "work-summary", tmp_path / "types" / "water-summary")
    put(tmp_path / "types" / "water-summary", "lines: 19")
    return Settings(data_dir=tmp_path, _env_file=None)


def test_nobodys_files_give_the_standards_look(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, _env_file=None)
    assert house_for(settings, "某市水务局", "work-summary") is STANDARD_HOUSE
    assert list(every_house(settings)) == []


@pytest.mark.parametrize(
    ("unit", "doctype", "lines"),
    [
        ("某县林业局", "work-summary", 21),
        ("某市水务局", "work-summary", 20),
        ("某县林业局", "water-summary", 19),
        ("某市水务局", "water-summary", 19),
        ("../types", "work-summary", 21),
    ],
)
def test_a_type_goes_over_a_unit_and_a_unit_over_the_office(
    tmp_path: Path, unit: str, doctype: str, lines: int
) -> None:
    layout = house_for(office(tmp_path), unit, doctype).layout
    assert (layout.lines, layout.left) == (lines, 30)


def test_the_folder_can_be_set_and_must_then_be_there(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "lines: 20")
    found = Settings(data_dir=tmp_path, layouts=str(tmp_path / "elsewhere"), _env_file=None)
    assert house_for(found, "某市水务局").layout.lines == 20
    with pytest.raises(SettingsError, match="DRAFTER_LAYOUTS"):
        house_for(Settings(data_dir=tmp_path, layouts="/nowhere", _env_file=None), "某市水务局")


def test_every_look_is_listed_with_its_owner_and_a_wrong_file_with_its_mistake(tmp_path: Path) -> None:
    settings = office(tmp_path)
    put(tmp_path / "layouts" / "某县林业局", "linse: 20")
    found = dict(every_house(settings))
    assert set(found) == {"全部单位", "某县林业局", "某市水务局", "文种“工作总结”"}
    assert isinstance(found["某县林业局"], LayoutError)


def test_drafting_checking_and_showing_know_the_units_look(tmp_path: Path) -> None:
    office(tmp_path)
    (tmp_path / "brief.yaml").write_text(BRIEF, encoding="utf-8")
    out, data = tmp_path / "out.docx", {"DRAFTER_DATA_DIR": str(tmp_path)}
    drafter("draft", str(tmp_path / "brief.yaml"), "-o", str(out), "--no-checklist", **data)
    margin = docx.Document(io.BytesIO(out.read_bytes())).sections[0].left_margin
    assert round(margin.mm) == 30
    checked = drafter("check", str(out), **data).stdout
    assert "本单位版式自定：左页边距30毫米（标准为28毫米）" in checked
    assert "GB9704-PAGE" not in checked
    assert "每页行数19行（标准为22行）" in drafter("types", "show", "water-summary", **data).stdout


def test_the_doctor_tells_each_look_and_what_stands_in_for_its_fonts(tmp_path: Path) -> None:
    settings = office(tmp_path)
    put(
        tmp_path / "layouts" / "某市水务局",
        "fonts: {title: {name: 无人有的字体, substitutes: [DejaVu Sans]}}",
    )
    put(tmp_path / "layouts" / "某县林业局", "margins: {top: 高}")
    found = list(examine(settings))
    looks = [one for one in found if one.name == "版式"]
    assert any(
        "某市水务局用" in one.said and "标题字体无人有的字体（标准为方正小标宋简体）" in one.said
        for one in looks
    )
    (wrong,) = [one for one in looks if not one.well]
    assert "layout.yaml:1: margins.top: 应为数" in wrong.said
    (font,) = [one for one in found if "无人有的字体，" in one.said]
    assert not font.needed
    for program in ("Word 用 DejaVu Sans", "WPS 用 DejaVu Sans", "LibreOffice 用 "):
        assert program in font.said
