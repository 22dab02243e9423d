"""A review as text, as JSON (the contract of `drafter check`), as SARIF 2.1.0, and as comments in Word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from drafter import __version__
from drafter.model import CheckResult, DocType, Finding, Review

LEVELS = {"error": "error", "warning": "warning", "info": "note"}
"""Severities as SARIF names them (§3.27.10)."""
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
COMMENTATOR = "审核"
SURE = 0.55
"""The share of likelihood from which a document type is taken to be recognised."""
MARKS = {"met": "✓", "unmet": "✗", "apart": "—"}


def state(result: CheckResult) -> str:
    """«met», «unmet», or «apart» for an item that does not apply."""
    return "apart" if not result.applicable else "met" if result.passed else "unmet"


def likelihood(review: Review, doctype: DocType) -> str:
    """The document type, and how sure that is where it was not chosen."""
    share = dict(review.likely).get(review.doctype, 0.0)
    first = review.likely[0][0] == review.doctype
    sure = "较有把握" if share >= SURE else "把握不大，请核对" if first else "由您指定"
    return f"{doctype.name}（{sure}）"


def verdict(review: Review) -> str:
    """One sentence: whether anything that is required is missing."""
    missing = [result.label for result in review.checklist if result.required and not result.passed]
    if not missing:
        return "必备内容已齐备"
    return f"缺必备内容{len(missing)}项：{'、'.join(missing)}"


def as_text(review: Review, doctype: DocType, file: str) -> str:
    """What a person reads in a terminal: verdict, checklist, then every finding with its place."""
    rows = [f"{file}：{verdict(review)}", f"文种：{likelihood(review, doctype)}"]
    if review.reading.title:
        rows.append(f"标题：{review.reading.title}")
    for result in review.checklist:
        where = f"（第{result.line}行）" if result.line and not result.passed else ""
        need = "" if result.required else "（建议）"
        detail = f"：{result.detail}" if result.detail and state(result) != "met" else ""
        rows.append(f"  {MARKS[state(result)]} {result.label}{need}{where}{detail}")
    for finding in review.findings:
        advice = f"；{finding.suggestion}" if finding.suggestion else ""
        place = f"{file}:{finding.line}:{finding.column}"
        rows.append(f"{place}: {finding.severity} {finding.rule}: {finding.message}{advice}")
    if review.claims is not None:
        open_ = sum(claim.status in ("unsupported", "drift") for claim in review.claims)
        held = len(review.claims) - open_
        rows.append(f"共{len(review.claims)}处数字、日期和名称，有依据{held}处，需核对{open_}处")
    return "\n".join(rows) + "\n"


def as_json(review: Review) -> str:
    """The contract of `drafter check --format json`; `claims` is there only where a brief was given."""
    content: dict[str, Any] = {
        "doctype": review.doctype,
        "likely": [{"doctype": name, "share": share} for name, share in review.likely],
        "complete": review.complete,
        "title": review.reading.title,
        "outline": [heading.model_dump(exclude={"run_in"}) for heading in review.reading.headings],
        "checklist": [result.model_dump(mode="json") for result in review.checklist],
    }
    if review.claims is not None:
        content["claims"] = [claim.model_dump(mode="json") for claim in review.claims]
    content["findings"] = [
        finding.model_dump(mode="json", exclude={"section"}) for finding in review.findings
    ]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_sarif(review: Review, file: str) -> str:
    """A SARIF 2.1.0 log with one run (OASIS 2020); `file` names the document, and becomes a URI."""
    uri = quote(file) if not Path(file).is_absolute() else Path(file).as_uri()
    results = list(_results(review, uri))
    rules = {result["ruleId"]: {"id": result["ruleId"]} for result in results}
    places = {rule: index for index, rule in enumerate(rules)}
    for result in results:
        result["ruleIndex"] = places[result["ruleId"]]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "drafter", "version": __version__, "rules": list(rules.values())}
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": uri}}],
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _results(review: Review, uri: str) -> Iterator[dict[str, Any]]:
    for item in review.checklist:
        if not item.passed:
            level = "error" if item.required else "note"
            text = f"{item.label}：{item.detail}" if item.detail else item.label
            yield _result(f"checklist.{item.id}", level, text, uri, max(1, item.line), 1, 0)
    for finding in review.findings:
        advice = f"；{finding.suggestion}" if finding.suggestion else ""
        yield _result(
            finding.rule,
            LEVELS[finding.severity],
            finding.message + advice,
            uri,
            finding.line,
            finding.column,
            finding.length,
        )


def _result(
    rule: str, level: str, text: str, uri: str, line: int, column: int, length: int
) -> dict[str, Any]:
    region = {"startLine": line, "startColumn": column, "endColumn": column + length}
    location = {"physicalLocation": {"artifactLocation": {"uri": uri, "index": 0}, "region": region}}
    return {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [location]}


def annotated(review: Review, document: bytes | None) -> bytes:
    """The document with a Word comment at the place of every finding and of every item that is missing.

    A document that was no .docx is set plainly, a paragraph a line. Raises InputError for a broken .docx.
    """
    import io

    from drafter.docx.comments import comment
    from drafter.docx.reader import open_document, paragraphs

    texts = review.reading.lines
    opened = open_document(document) if document is not None else _set(texts)
    lines = list(paragraphs(opened))
    if not lines:
        lines = [opened.add_paragraph()._p]
    for line, start, end, text in _remarks(review):
        place = min(line, len(lines)) - 1
        blank = _blank(texts[place]) if document is None and texts else 0
        comment(opened, lines[place], start - blank, end - blank, text, COMMENTATOR)
    saved = io.BytesIO()
    opened.save(saved)
    return saved.getvalue()


def _set(lines: tuple[str, ...]) -> Any:
    from drafter.docx.base import empty_document, properties
    from drafter.docx.layout import STANDARD
    from drafter.docx.markup import Style, paragraph, runs

    document = empty_document(STANDARD, properties(title="审核意见", author="", subject="", category=""))
    end = document.element.body.sectPr
    for line in lines:
        plain = "".join(character if character.isprintable() else " " for character in line)
        end.addprevious(paragraph(Style.BODY, runs(plain[_blank(line) :].rstrip())))
    return document


def _blank(line: str) -> int:
    """How many characters a line is indented by, for which its style stands in."""
    return len(line) - len(line.lstrip())


def _remarks(review: Review) -> Iterator[tuple[int, int, int, str]]:
    """Line (from 1), start and end (characters from 0) and text of each comment, the verdict first."""
    yield 1, 0, 0, verdict(review)
    for item in review.checklist:
        if not item.passed:
            yield (
                max(1, item.line),
                0,
                0,
                f"{'必备' if item.required else '建议'}：{item.label}。{item.detail}",
            )
    for finding in review.findings:
        yield finding.line, finding.column - 1, finding.column - 1 + finding.length, _told(finding)


def _told(finding: Finding) -> str:
    return f"{finding.message}。{finding.suggestion}" if finding.suggestion else finding.message
