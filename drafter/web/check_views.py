"""The HTML of the checking page: what the checks say of a document, and the document with its marks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from drafter.model import DocType, Finding, Record, Review
from drafter.review.matching import matches
from drafter.review.reports import likelihood, state
from drafter.web.views import Piece, render
from drafter.web.words import Words


class Row(Record):
    """A line of the document: what it is, its heading level, the number that Word shows, and its pieces."""

    role: str
    pieces: tuple[Piece, ...]
    level: int = 0
    number: str = ""


def result(review: Review, doctype: DocType, words: Words) -> str:
    """Verdict, checklist, outline and findings."""
    counts = Counter(finding.severity for finding in review.findings)
    sections: dict[int, list[str]] = defaultdict(list)
    for heading in review.reading.headings:
        for spec in doctype.sections:
            if heading.level <= 2 and spec.heading and matches(heading.heading, spec):
                sections[heading.line].append(spec.label)
    return render(
        "checked.html",
        words,
        review=review,
        doctype=doctype.english if words.language == "en" else doctype.name,
        likely=likelihood(review, doctype),
        missing=sum(item.required and not item.passed for item in review.checklist),
        items=sorted(((item, state(item)) for item in review.checklist), key=lambda one: one[1] != "unmet"),
        counts={name: counts[name] for name in ("error", "warning", "info")},
        sections=sections,
    )


def paper(review: Review | None, words: Words) -> str:
    """The document as it was read, every finding marked in its place."""
    return render("checked_paper.html", words, rows=list(_rows(review)) if review else [])


def _rows(review: Review) -> Iterator[Row]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in review.findings:
        found[finding.line].append(finding)
    headings = {heading.line: heading for heading in review.reading.headings}
    lines = zip(review.reading.lines, review.reading.roles, strict=True)
    for number, (line, role) in enumerate(lines, start=1):
        heading = headings.get(number)
        printed = heading is not None and heading.number not in line
        yield Row(
            role=role,
            pieces=tuple(_pieces(line, found[number])),
            level=heading.level if heading else 0,
            number=heading.number if heading and printed else "",
        )


def _pieces(line: str, findings: Sequence[Finding]) -> Iterator[Piece]:
    """A line cut at its findings; of two that overlap, the first is marked."""
    end = 0
    for finding in findings:
        start, stop = finding.column - 1, min(len(line), finding.column - 1 + finding.length)
        if start < end or stop <= start:
            continue
        if start > end:
            yield Piece(text=line[end:start])
        yield Piece(text=line[start:stop], tone=finding.severity, why=finding.message)
        end = stop
    if end < len(line):
        yield Piece(text=line[end:])
