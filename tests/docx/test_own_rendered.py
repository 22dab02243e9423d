"""An office's own look on the printed page, and the standard's on a machine that lacks its fonts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from drafter.docx.house import house_of
from drafter.docx.writer import write
from tests import rendering
from tests.docx.offices import framed, saved
from tests.docx.test_rendered import PURE
from tests.makers import brief_of, template_draft
from tests.rendering import Page

pytestmark = pytest.mark.render

OWN = """
margins: {top: 30, bottom: 30}
lines: 20
fonts: {title: {name: 宋体, size: 小一号}, level_2: 仿宋_GB2312}
page_number: {format: "- {} -", place: center, distance: 9}
"""
ALIAS = "<alias binding='same'><family>{}</family><prefer><family>{}</family></prefer></alias>"
FONT_SETS = {
    "none of them": "",
    "others": ALIAS.format("仿宋_GB2312", "AR PL UKai CN") + ALIAS.format("方正小标宋简体", "FandolSong"),
}
"""Fontconfig aliases by what the machine has of the layout's fonts."""


def sample() -> tuple[bytes, bytes, bytes]:
    """A long text by the standard, by a layout.yaml, and in a reference.docx with placeholders."""
    draft, doctype = template_draft(
        brief_of({"text": "清理河道3公里", "topic": "河道保洁"}, addressee="市政府办公室")
    )
    long = draft.sections[0].model_copy(update={"text": (PURE * 60)[:2000]})
    draft = draft.model_copy(update={"sections": (long, *draft.sections[1:])})
    with TemporaryDirectory() as name:
        own, frame = Path(name) / "own", Path(name) / "frame"
        own.mkdir()
        frame.mkdir()
        (own / "layout.yaml").write_text(OWN, encoding="utf-8")
        (frame / "reference.docx").write_bytes(saved(framed()))
        looks = [house_of([]), house_of([own]), house_of([frame])]
        standard, by_file, by_reference = (
            write(draft, doctype, house=look, checklist=False) for look in looks
        )
    return standard, by_file, by_reference


@cache
def printed() -> dict[str, list[Page]]:
    """The three, with the tests' fonts, rendered in one run."""
    rendering.require()
    documents = dict(zip(("standard", "file", "reference"), sample(), strict=True))
    return {name: rendering.pages(pdf) for name, pdf in rendering.to_pdfs(documents).items()}


def test_a_layout_file_is_what_the_page_shows() -> None:
    page = printed()["file"][1]
    assert [len(line.text) for line in page.body] == [28] * 20
    pitch = (page.body[-1].middle - page.body[0].middle) / 19
    assert pitch == pytest.approx(237 / 20, abs=0.05)
    assert page.body[0].middle - pitch / 2 == pytest.approx(30, abs=1)
    (number,) = [line for line in page.lines if line.text == "-2-"]
    assert (number.left + number.right) / 2 == pytest.approx(28 + 156 / 2, abs=1)
    assert number.middle - 267 == pytest.approx(9, abs=1.5)
    title = next(line for line in printed()["file"][0].body if line.text.startswith("某市水务局2025"))
    assert title.sizes == {24}
    assert "Song" in title.fonts[0]


def test_a_reference_is_what_the_page_shows() -> None:
    first = printed()["reference"][0]
    texts = [line.text for line in first.body]
    assert texts[0] == "某市水务局文件"
    assert texts.index("〔待补充：发文字号〕") < texts.index("市政府办公室：")
    title = next(line for line in first.body if line.text.startswith("某市水务局2025"))
    assert title.sizes == {26}
    assert any(line.text == "地址：某市某路1号" for line in first.lines)
    assert any(line.text == "—1—" for line in first.lines)
    body = next(line for line in first.body if line.text.startswith(PURE[:4]))
    assert body.left == pytest.approx(25 + 2 * 15 * 25.4 / 72, abs=1)


@pytest.mark.parametrize("fonts", FONT_SETS)
def test_22_lines_of_28_characters_hold_with_whatever_fonts_the_reader_has(
    fonts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendering.require()
    conf = rendering.FONTS.read_text(encoding="utf-8")
    conf = conf[: conf.index("<alias")] + FONT_SETS[fonts] + "</fontconfig>"
    (tmp_path / "fonts.conf").write_text(conf, encoding="utf-8")
    monkeypatch.setattr(rendering, "FONTS", tmp_path / "fonts.conf")
    page = rendering.pages(rendering.to_pdfs({"standard": sample()[0]})["standard"])[1]
    assert not any("FandolFang" in font for line in page.body for font in line.fonts)
    assert [len(line.text) for line in page.body] == [28] * 22
