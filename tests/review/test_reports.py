"""A review as text, JSON, SARIF and Word comments: complete, in place, and without changing the document."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from openxml_audit import OpenXmlValidator

from drafter import __version__, doctypes, intake
from drafter.cli_review import format_findings
from drafter.data import folder
from drafter.docx.layout import STANDARD
from drafter.docx.reader import FALLBACK, read_text
from drafter.docx.writer import write
from drafter.model import Finding, Review
from drafter.review import reports
from drafter.review.document import Source, source_of
from drafter.review.lint import rules
from drafter.review.outline_reader import read
from drafter.review.verdict import judge
from tests.makers import brief_of, template_draft

EXAMPLE = folder("examples") / "waste-sorting-summary.yaml"
TEXT = "某市水务局2025年河湖管护工作总结\n　　一、基本情况\n\t我局举办培训班 XX 次，，成效很好。\n待补充\n"
CONTRACT = {"rule", "severity", "line", "column", "length", "message", "suggestion"}


def reviewed(source: Source, *, with_brief: bool = False) -> Review:
    """The review of a document."""
    reading = read(source.lines)
    return judge(
        reading,
        doctypes.available(),
        rules(),
        brief=intake.read_brief(EXAMPLE) if with_brief else None,
        more=format_findings(source.docx, reading, STANDARD),
    )


def marked(review: Review, *words: str) -> Review:
    """The review with nothing but a finding where each of `words` first stands in the text."""
    found = []
    for word in words:
        line, text = next(one for one in enumerate(review.reading.lines, start=1) if word in one[1])
        at = text.index(word)
        found.append(
            Finding(
                rule="T-1",
                severity="warning",
                line=line,
                column=at + 1,
                length=len(word),
                message=f"这里：{word}",
            )
        )
    return review.model_copy(update={"findings": tuple(found), "checklist": ()})


def anchors(data: bytes) -> list[tuple[str, str]]:
    """Each comment's text, and the characters it is anchored to, tabs and breaks as the reader gives them."""
    document = docx.Document(io.BytesIO(data))
    letters = {qn("w:tab"): "\t", qn("w:br"): " ", qn("w:noBreakHyphen"): "-"}
    found = []
    for note in document.comments:
        inside, text = False, ""
        for one in document.element.body.iter():
            if one.get(qn("w:id")) == str(note.comment_id) and one.tag == qn("w:commentRangeStart"):
                inside = True
            elif one.get(qn("w:id")) == str(note.comment_id) and one.tag == qn("w:commentRangeEnd"):
                inside = False
            elif (
                inside and one.tag == qn("w:t") and not any(up.tag == FALLBACK for up in one.iterancestors())
            ):
                text += one.text or ""
            elif inside and one.tag in letters and one.getparent().tag == qn("w:r"):
                text += letters[one.tag]
        # A break between Chinese characters is none of the line's; it may stand at the anchor's edge.
        found.append((note.text, text.strip(" ")))
    return found


def faults(data: bytes, path: Path) -> set[str]:
    """What the validator finds wrong with the .docx."""
    path.write_bytes(data)
    return {error.description for error in OpenXmlValidator().validate(str(path)).errors}


def own() -> bytes:
    """A document that this program wrote."""
    return write(
        *template_draft(brief_of("清理河道12公里", "举办培训班3期", {"text": "人手不足", "kind": "problem"}))
    )


def strange() -> bytes:
    """A document with links, tables, tabs, line breaks, tracked changes and a text box's fallback."""
    made = docx.Document()
    made.add_paragraph("某市水务局2025年河湖管护工作总结")
    made.add_paragraph().add_run("甲\t乙\n丙丁 abc\ndef 戊己")
    linked = made.add_paragraph("参见")
    linked._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w")} w:anchor="x"><w:r><w:t>管理办法全文</w:t></w:r></w:hyperlink>'
        )
    )
    linked.add_run("后执行。")
    changed = made.add_paragraph("已")
    changed._p.append(
        parse_xml(
            f'<w:ins {nsdecls("w")} w:id="7" w:author="甲"><w:r><w:rPr><w:b/></w:rPr>'
            "<w:t>增加了字</w:t></w:r></w:ins>"
        )
    )
    changed._p.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="8" w:author="甲"><w:r><w:delText>删去的</w:delText></w:r></w:del>'
        )
    )
    changed.add_run("完毕。")
    cell = made.add_table(rows=1, cols=2).rows[0].cells[1]
    cell.text = "表内\t文字"
    made.add_paragraph("甲" + "\u00a0" + "乙－丙")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


BEFORE = {
    "styles.xml contains 4 style(s) not in stylesWithEffects: Footer, FooterChar, Header, HeaderChar",
    "docDefaults differ between styles.xml and stylesWithEffects (Word may treat this as unreadable content)",
}
"""What is wrong with python-docx's own empty document."""
WORDS = ("甲\t乙", "丙丁 abc", "def", "戊己", "办法", "见管", "文后", "增加", "字完", "\t文")


@pytest.mark.parametrize("word", WORDS)
def test_a_comment_stands_at_exactly_the_characters_of_its_finding(tmp_path: Path, word: str) -> None:
    data = strange()
    review = marked(reviewed(source_of(data, "a.docx")), word)
    made = reports.annotated(review, data)
    assert anchors(made)[1:] == [(f"这里：{word}", word)]
    assert read_text(made) == read_text(data)
    assert faults(made, tmp_path / "a.docx") <= BEFORE


def test_many_comments_on_the_same_lines_keep_their_places(tmp_path: Path) -> None:
    data = strange()
    made = reports.annotated(marked(reviewed(source_of(data, "a.docx")), *WORDS), data)
    assert anchors(made)[1:] == [(f"这里：{word}", word) for word in WORDS]
    assert read_text(made) == read_text(data)
    assert faults(made, tmp_path / "a.docx") <= BEFORE


@pytest.mark.parametrize("make", [own, strange])
def test_every_finding_and_missing_item_is_a_comment(tmp_path: Path, make: object) -> None:
    assert callable(make)
    data = make()
    review = reviewed(source_of(data, "a.docx"))
    made = reports.annotated(review, data)
    missing = [item for item in review.checklist if not item.passed]
    assert len(anchors(made)) == 1 + len(missing) + len(review.findings)
    assert anchors(made)[0][0] == reports.verdict(review)
    assert read_text(made) == read_text(data)
    assert faults(made, tmp_path / "a.docx") <= BEFORE


def test_a_text_becomes_a_commented_document(tmp_path: Path) -> None:
    source = source_of(TEXT.encode(), "a.txt")
    review = reviewed(source)
    assert review.findings
    made = reports.annotated(review, source.docx)
    assert read_text(made) == [line.strip() for line in TEXT.splitlines()]
    for finding, (said, text) in zip(review.findings, anchors(made)[-len(review.findings) :], strict=True):
        line = review.reading.lines[finding.line - 1]
        assert said.startswith(finding.message)
        if finding.length and line[finding.column - 1 :].strip():
            place = slice(finding.column - 1, finding.column - 1 + finding.length)
            assert text == line[place].strip("\u3000\t"), finding
    assert faults(made, tmp_path / "a.docx") <= BEFORE


def test_characters_that_xml_forbids_move_no_comment(tmp_path: Path) -> None:
    source = source_of("甲\x01乙\x07丙，，丁".encode(), "a.txt")
    made = reports.annotated(marked(reviewed(source), "丙，"), None)
    assert anchors(made)[1][1] == "丙，"
    assert faults(made, tmp_path / "a.docx") <= BEFORE


def test_the_text_report_says_the_verdict_first_and_every_place() -> None:
    source = source_of(TEXT.encode(), "a.txt")
    review = reviewed(source, with_brief=True)
    said = reports.as_text(review, doctypes.load(review.doctype), "材料/a.txt")
    rows = said.splitlines()
    assert rows[0].startswith("材料/a.txt：缺必备内容")
    assert rows[1].startswith("文种：")
    for finding in review.findings:
        assert f"材料/a.txt:{finding.line}:{finding.column}: {finding.severity} {finding.rule}:" in said
    assert all(item.label in said for item in review.checklist)
    assert rows[-1].startswith("共")


def test_the_json_report_keeps_the_contract() -> None:
    source = source_of(own(), "a.docx")
    bare, held = reviewed(source), reviewed(source, with_brief=True)
    content = json.loads(reports.as_json(bare))
    assert {"doctype", "complete", "outline", "checklist", "findings"} <= set(content)
    assert "claims" not in content
    assert content["complete"] is bare.complete
    for heading in content["outline"]:
        assert {"level", "number", "heading", "line"} <= set(heading)
        assert heading["heading"] in bare.reading.lines[heading["line"] - 1]
    for item in content["checklist"]:
        assert {"id", "label", "required", "passed", "detail"} <= set(item)
    content = json.loads(reports.as_json(held))
    assert content["claims"]
    for claim in content["claims"]:
        assert {"text", "kind", "line", "column", "supported_by", "status"} <= set(claim)
        assert claim["status"] in ("supported", "unsupported", "drift", "structural")
        line = held.reading.lines[claim["line"] - 1]
        assert line.startswith(claim["text"], claim["column"] - 1)
    assert content["findings"]
    for finding in content["findings"]:
        assert set(finding) >= CONTRACT
        assert finding["severity"] in ("error", "warning", "info")
        assert 1 <= finding["line"] <= len(held.reading.lines)
        assert finding["column"] >= 1


def test_the_sarif_log_is_well_formed() -> None:
    review = reviewed(source_of(TEXT.encode(), "a.txt"))
    log = json.loads(reports.as_sarif(review, "汇报 材料/a#1.txt"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    assert log["$schema"].endswith("sarif-2.1.0.json")
    run = log["runs"][0]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("drafter", __version__)
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    missing = [item for item in review.checklist if not item.passed]
    assert len(run["results"]) == len(missing) + len(review.findings)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"] == {**run["artifacts"][0]["location"], "index": 0}
        region = physical["region"]
        assert 1 <= region["startLine"] <= max(1, len(review.reading.lines))
        assert region["endColumn"] >= region["startColumn"] >= 1


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a.txt", "a.txt"),
        ("汇报 1#.txt", "%E6%B1%87%E6%8A%A5%201%23.txt"),
        ("/tmp/某 局/a.docx", "file:///tmp/%E6%9F%90%20%E5%B1%80/a.docx"),
    ],
)
def test_the_sarif_log_names_the_file_by_a_uri(file: str, uri: str) -> None:
    log = json.loads(reports.as_sarif(reviewed(source_of(TEXT.encode(), "a.txt")), file))
    assert log["runs"][0]["artifacts"] == [{"location": {"uri": uri}}]


def test_sarif_levels_follow_severity() -> None:
    review = reviewed(source_of(TEXT.encode(), "a.txt"))
    results = json.loads(reports.as_sarif(review, "a.txt"))["runs"][0]["results"]
    found = results[len(results) - len(review.findings) :]
    names = {"error": "error", "warning": "warning", "info": "note"}
    assert [one["level"] for one in found] == [names[one.severity] for one in review.findings]
