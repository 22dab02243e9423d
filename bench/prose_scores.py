"""What can be measured of a draft's prose, without a judge's opinion."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from drafter.grounding import gate
from drafter.grounding.ledger import Ledger
from drafter.model import Brief, DocType, Draft, Finding, Outline, Severity, SourceLine
from drafter.printed import lines
from drafter.review.findings import ledger_of
from drafter.review.lint import lint, rules
from drafter.review.lint_kinds.sentences import Density
from drafter.review.outline_reader import read
from drafter.writing import task_for
from drafter.writing.prompts import target_length

LEAST_SENTENCE = 10
ALIKE = 0.75
"""From this share of common pairs of characters, two sentences say the same thing."""

MARKED = re.compile(r"〔待核实：[^〕]*〕")
SENTENCE = re.compile(r"[^。！？；\n]+")
STOCK = "GW-TEXT-004"


@dataclass(frozen=True)
class Produced:
    """A draft and how it came about.

    `texts` holds, for each section that a writer wrote, all its texts in order; `faults` each repair that was
    asked for, a section and what was wrong with it; `failures` why sections have no text.
    """

    name: str
    doctype: DocType
    draft: Draft
    texts: Mapping[str, Sequence[str]]
    faults: Sequence[tuple[str, Sequence[str]]]
    failures: Mapping[str, str]
    tokens: int
    seconds: float

    @property
    def brief(self) -> Brief:
        return self.draft.brief

    @property
    def outline(self) -> Outline:
        draft = self.draft
        return Outline(
            doctype=self.doctype.id, title=draft.title, sections=draft.sections, unplaced=draft.unplaced
        )

    def first(self) -> dict[str, str]:
        """Each section's text as its writer first wrote it."""
        return {section.id: self._written(section.id, section.text)[0] for section in self.draft.sections}

    def mended(self) -> dict[str, str]:
        """Each section's text after repair, before what stayed wrong was settled by code."""
        chosen = {}
        for section in self.draft.sections:
            facts = [self.brief.fact(fact) for fact in section.facts]
            texts = self._written(section.id, section.text)
            settled = (
                text
                for text in reversed(texts)
                if gate.settle(text, self.brief, facts).strip() == section.text
            )
            chosen[section.id] = next(settled, section.text)
        return chosen

    def _written(self, section: str, final: str) -> Sequence[str]:
        return self.texts.get(section) or [final]


@dataclass(frozen=True)
class Grounding:
    """Claims of a text by status, facts that it does not state, and figures missing from those it does."""

    supported: int
    structural: int
    unsupported: int
    drift: int
    untold: int
    lost: int

    @property
    def open(self) -> int:
        """Claims without a fact behind them."""
        return self.unsupported + self.drift


def grounding(ledger: Ledger, unplaced: Sequence[str]) -> Grounding:
    """The counts of a ledger; facts without a place in the outline are not counted as untold."""
    status = Counter(claim.status for claim in ledger.claims)
    return Grounding(
        supported=status["supported"],
        structural=status["structural"],
        unsupported=status["unsupported"],
        drift=status["drift"],
        untold=len(set(ledger.unused) - set(unplaced)),
        lost=len(ledger.lost),
    )


@dataclass(frozen=True)
class Score:
    """One draft, measured.

    `before` is the grounding of what was first written, `repaired` after repair, `after` of the finished
    draft. `marked` claims stand in 〔待核实：…〕, `unmarked` ones are open and do not; `added` facts were put
    in by code as plain sentences. `waiting` are 〔待补充：…〕. `length` and `target` are characters of all
    sections that a writer wrote. Of the `headings` of level 2, `distinct` are different, `alike` share a
    clause with another one, `parallel` have two clauses of equal length. `repeats` are pairs of sentences of
    different sections that say the same; `stock` is the share of stock phrases in the text, in per cent;
    `findings` are those of the language rules.
    """

    name: str
    facts: int
    used: int
    sections: int
    failed: int
    before: Grounding
    repaired: Grounding
    after: Grounding
    tries: int
    marked: int
    unmarked: int
    added: int
    waiting: int
    length: int
    target: int
    headings: int
    distinct: int
    alike: int
    parallel: int
    repeats: int
    stock: float
    findings: Mapping[Severity, int]
    passed: int
    applicable: int
    tokens: int
    seconds: float

    @property
    def broken(self) -> list[str]:
        """Which promises the draft breaks, a phrase each."""
        kinds = {
            "unresolved claims without a mark": self.unmarked,
            "facts not stated": self.after.untold,
            "figures of facts not stated": self.after.lost,
            "sections not written": self.failed,
        }
        return [f"{count} {what}" for what, count in kinds.items() if count]


def score(made: Produced) -> Score:
    """Measure one draft."""
    draft = made.draft
    written = [section for section in draft.sections if section.written]
    heads = [section.heading for section in draft.sections if section.level == 2]
    after = ledger_of(draft)
    results = [result for result in draft.checklist if result.applicable]
    text = "\n".join(section.text for section in written)
    targets = [
        target_length(task_for(made.brief, made.doctype, made.outline, section))
        for section in written
        if section.id in made.texts
    ]
    repaired = made.mended()
    return Score(
        name=made.name,
        facts=len(made.brief.facts),
        used=len(made.brief.facts) - len(after.unused),
        sections=len(made.texts),
        failed=len(made.failures),
        before=grounding(_ledger(made, made.first(), after), draft.unplaced),
        repaired=grounding(_ledger(made, repaired, after), draft.unplaced),
        after=grounding(after, draft.unplaced),
        tries=len(made.faults),
        marked=len(MARKED.findall(text)),
        unmarked=unmarked(draft, after),
        added=added(made, repaired),
        waiting=text.count("〔待补充"),
        length=sum(len(section.text) for section in written if section.id in made.texts),
        target=sum(targets),
        headings=len(heads),
        distinct=len(set(heads)),
        alike=alike(heads),
        parallel=sum(map(balanced, heads)),
        repeats=len(near_duplicates(draft)),
        stock=stock_share(text),
        findings=Counter(finding.severity for finding in language(draft)),
        passed=sum(result.passed for result in results),
        applicable=len(results),
        tokens=made.tokens,
        seconds=made.seconds,
    )


def _ledger(made: Produced, texts: Mapping[str, str], after: Ledger) -> Ledger:
    """The ledger of the draft with other texts; `after` is that of the draft itself."""
    sections = made.draft.sections
    if all(texts[section.id] == section.text for section in sections):
        return after
    changed = [section.model_copy(update={"text": texts[section.id]}) for section in sections]
    return ledger_of(made.draft.model_copy(update={"sections": tuple(changed)}))


def unmarked(draft: Draft, ledger: Ledger) -> int:
    """Open claims of the finished draft that stand in no 〔待核实：…〕."""
    printed = [line.text for line in lines(draft)]
    return sum(
        not any(
            mark.start() <= claim.column - 1 < mark.end() for mark in MARKED.finditer(printed[claim.line - 1])
        )
        for claim in ledger.open
    )


def added(made: Produced, repaired: Mapping[str, str]) -> int:
    """How many facts code had to put in as plain sentences."""
    return sum(
        len(
            gate.lost_facts(
                gate.read(repaired[section.id], made.brief),
                [made.brief.fact(fact) for fact in section.facts],
            )
        )
        for section in made.draft.sections
        if section.id in made.texts and section.id not in made.failures
    )


def balanced(heading: str) -> bool:
    """Whether a heading consists of two clauses of equal length."""
    clauses = heading.split("，")
    return len(clauses) == 2 and len(clauses[0]) == len(clauses[1])


def alike(headings: Sequence[str]) -> int:
    """How many headings share a whole clause with another one."""
    counted = Counter(clause for heading in headings for clause in set(heading.split("，")))
    return sum(any(counted[clause] > 1 for clause in heading.split("，")) for heading in headings)


def pairs(sentence: str) -> Counter[str]:
    """The pairs of neighbouring characters of a sentence, marks and blanks left out."""
    said = re.sub(r"\W+", "", sentence)
    return Counter(said[place : place + 2] for place in range(len(said) - 1))


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of pairs that two sentences have in common (Dice), 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def near_duplicates(draft: Draft) -> list[tuple[str, str]]:
    """Sentences of different sections that say the same in nearly the same words."""
    said = [
        (section.id, sentence, pairs(sentence))
        for section in draft.sections
        for sentence in SENTENCE.findall(section.text)
        if len(sentence) >= LEAST_SENTENCE and not sentence.startswith("〔")
    ]
    return [
        (one[1], other[1])
        for one, other in combinations(said, 2)
        if one[0] != other[0] and likeness(one[2], other[2]) >= ALIKE
    ]


@cache
def stock_rule() -> Density:
    """The lint rule whose list of stock phrases is measured."""
    rule = next(rule for rule in rules() if rule.id == STOCK)
    assert isinstance(rule, Density)
    return rule


def stock_share(text: str) -> float:
    """Per cent of a text's characters that belong to stock phrases."""
    found = sum(len(match.group()) for match in stock_rule().words.finditer(text))
    return 100 * found / len(text) if text else 0.0


def language(draft: Draft) -> tuple[Finding, ...]:
    """What the language rules find in the printed draft."""
    source = [SourceLine(text=line.text) for line in lines(draft)]
    return lint(read(source), rules(), on=draft.brief.date, unit=draft.brief.unit)
