"""The comparison's script: right for our own sample, and not fooled by a document that is off."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.shared import Mm

from bench import layout
from drafter.errors import InputError
from tests import rendering

pytestmark = pytest.mark.render


def test_every_row_is_right_for_our_own_and_the_script_sees_what_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendering.require()
    monkeypatch.setenv("FONTCONFIG_FILE", str(rendering.FONTS))
    layout.write_sample(tmp_path)
    ours = (tmp_path / "drafter.docx").read_bytes()
    facts = layout.Measure(ours).facts()
    assert [fact for fact in facts if not fact.right] == []
    document = docx.Document(io.BytesIO(ours))
    document.sections[0].left_margin = Mm(25)
    document.sections[0].footer_distance = Mm(15)
    document.styles["Title"].font.bold = True
    saved = io.BytesIO()
    document.save(saved)
    off = layout.Measure(saved.getvalue()).facts()
    wrong = {fact.name for fact in off if not fact.right}
    assert {"left margin", "below the type area", "title"} <= wrong
    assert not wrong & {
        "paper",
        "lines a page",
        "text",
        "level 1",
        "page number",
        "its side",
        "schema errors",
    }
    shown = layout.table({"ours": facts, "off": off})
    assert f"| rows right |  | {len(facts)} of {len(facts)} |" in shown
    assert "| ✗ 方正小标宋简体 22 bold |" in shown


def test_another_document_is_refused() -> None:
    rendering.require()
    other = io.BytesIO()
    docx.Document().save(other)
    with pytest.raises(InputError, match="没有样稿的正文"):
        layout.Measure(other.getvalue())
