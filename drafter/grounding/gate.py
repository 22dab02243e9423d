"""The gate every section's text passes: what is wrong with it, and the text with what stayed wrong marked.

A writer is told its faults exactly and may mend them; what remains is settled by code: an unsupported claim
is marked 〔待核实：…〕 or its sentence cut, a lost fact is added as a plain sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from drafter.grounding.ledger import OPEN, Ledger, check
from drafter.model import Brief, Claim, Fact

OnUnsupported = Literal["mark", "cut"]

SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]?")
MARK = "〔待核实："
FINAL_MARKS = "。；;，,．.、 \n"


def read(text: str, brief: Brief) -> Ledger:
    """The ledger of one section's text against the whole brief; a text is looked at several times."""
    return check(text.split("\n"), brief)


def lost_facts(ledger: Ledger, facts: Sequence[Fact]) -> list[Fact]:
    """Those of `facts` that the text does not state, or states without one of their figures."""
    lost = {*ledger.unused, *(one.fact for one in ledger.lost)}
    return [fact for fact in facts if fact.id in lost]


def faults(text: str, brief: Brief, facts: Sequence[Fact]) -> list[str]:
    """What is wrong with a section's text, a sentence each, for the writer that is to mend it.

    `facts` are the section's own: all of them must be stated, and no other section's figures.
    """
    ledger = read(text, brief)
    lines = text.split("\n")
    own = {fact.id for fact in facts}
    said = [f"“{clause_of(claim, lines)}”中的“{claim.text}”：{claim.why}" for claim in ledger.open]
    named = {source for claim in ledger.open for source in claim.supported_by}
    said += [
        f"“{clause_of(claim, lines)}”是其他节的事实（{'、'.join(claim.supported_by)}），本节不写"
        for claim in ledger.claims
        if foreign(claim, own)
    ]
    missing = {one.fact: one.text for one in ledger.lost}
    for fact in lost_facts(ledger, facts):
        if fact.id in named:
            continue
        figure = f"（缺少“{missing[fact.id]}”）" if fact.id in missing else ""
        said.append(f"漏写了事实{fact.id}{figure}")
    return said


def clause_of(claim: Claim, lines: Sequence[str]) -> str:
    """The clause of the text that a claim stands in."""
    line, start = lines[claim.line - 1], claim.column - 1
    head = re.split("[，。；：！？]", line[:start])[-1]
    tail = re.split("[，。；：！？]", line[start + len(claim.text) :])[0]
    return f"{head}{claim.text}{tail}"


def foreign(claim: Claim, own: set[str]) -> bool:
    """Whether a figure rests on facts of other sections only. Titles and names may be said anywhere."""
    sources = set(claim.supported_by)
    counted = claim.kind in (
        "quantity",
        "money",
        "percent",
        "percentage_point",
        "fraction",
        "multiple",
        "range",
    )
    return claim.status == "supported" and counted and bool(sources) and not sources & (own | {"brief"})


def settle(text: str, brief: Brief, facts: Sequence[Fact], on_unsupported: OnUnsupported = "mark") -> str:
    """The text with every open claim marked or cut, and every lost fact of `facts` added as a sentence."""
    ledger = read(text, brief)
    settled = []
    for number, line in enumerate(text.split("\n"), start=1):
        spans = [(start, end) for start, end, claim in ledger.on_line(number) if claim.status in OPEN]
        settled.append(cut(line, spans) if on_unsupported == "cut" else mark(line, spans))
    text = "\n".join(line for line in settled if line.strip())
    return with_facts(text, lost_facts(read(text, brief), facts))


def mark(line: str, spans: Sequence[tuple[int, int]]) -> str:
    """The line with each span (characters from 0) put in 〔待核实：…〕, unless it stands in one already."""
    for start, end in sorted(spans, reverse=True):
        if not line[:start].endswith(MARK):
            line = f"{line[:start]}{MARK}{line[start:end]}〕{line[end:]}"
    return line


def cut(line: str, spans: Sequence[tuple[int, int]]) -> str:
    """The line without the sentences that hold a span; what is left ends as a sentence does."""
    kept = "".join(
        sentence.group()
        for sentence in SENTENCE.finditer(line)
        if not any(sentence.start() <= start < sentence.end() for start, _ in spans)
    )
    return kept if kept == line else re.sub("[；，]$", "。", kept)


def with_facts(text: str, lost: Sequence[Fact]) -> str:
    """The text with the lost facts as plain sentences at the end of its last paragraph.

    A paragraph that ends in a colon leads on to what follows it: the facts then stand before it.
    """
    if not lost:
        return text
    told = "".join(f"{fact.text.strip().rstrip(FINAL_MARKS)}。" for fact in lost)
    if not text.endswith("："):
        return f"{text}{told}"
    head, end, lead = text.rpartition("。")
    return f"{head}{end}{told}{lead}"
