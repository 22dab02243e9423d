"""The document model: what every reader makes, every writer fills and every printer prints.

Immutable and typed; no input or output, nothing of ours imported. Chinese terms of art: 公文 (official
document, GB/T 9704—2012 §3), 文种 (document type), 主送机关 (addressee, §7.3.2), 导语 (opening),
落款 (signature: 发文机关署名 and 成文日期, §7.3.5).
"""

from __future__ import annotations

import re
from datetime import date as Date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

FactKind = Literal["work", "result", "problem", "measure", "plan"]
"""What a fact reports: work done, its result, a problem, the measure against it, or what is planned."""

Severity = Literal["error", "warning", "info"]
ClaimStatus = Literal["supported", "unsupported", "drift", "structural"]


class Record(BaseModel):
    """Base of the model: frozen, and unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


PRIVATE = re.compile(r"〖([^〖〗0-9\n]{1,30})〗")
"""A name as a person marks it in a fact."""


class Table(Record):
    """A table as somebody gave it: rows of cells, the first of them its head; all rows are of one length.

    `number` is its place among the tables of the brief (表1), 0 for the table of an attachment.
    """

    rows: tuple[tuple[str, ...], ...]
    number: int = 0


class Fact(Record):
    """One bullet of the brief.

    `id` is F1, F2 … in the order of the brief. `topic` groups facts into a level-2 section. `section` is the
    id of a SectionSpec. `None` means «not given»: the outline then decides by matching. A name that is
    written 〖张三〗 stands in `text` without the marks, and in `private`: no model service elsewhere sees it.
    The figures of a `table` are the fact's too; under its `caption` it is printed behind the paragraph that
    names it (见表1).
    """

    id: str
    text: str
    topic: str | None = None
    section: str | None = None
    kind: FactKind | None = None
    source: str | None = None
    line: int | None = None
    private: tuple[str, ...] = ()
    table: Table | None = None
    caption: str = ""

    @model_validator(mode="before")
    @classmethod
    def _take_marks(cls, given: Any) -> Any:
        text = given.get("text") if isinstance(given, dict) else None
        if not isinstance(text, str) or not (names := PRIVATE.findall(text)):
            return given
        known = dict.fromkeys([*given.get("private", ()), *names])
        return {**given, "text": PRIVATE.sub(r"\1", text), "private": tuple(known)}


class Attachment(Record):
    """An attachment (附件, §7.3.7): its title, paragraphs separated by one newline, a table below them."""

    title: str
    text: str = ""
    table: Table | None = None


CopyFormat = Literal["standard", "letter", "memo"]
"""The general format (§7), the letter (信函格式, §8.1), an internal paper laid out as minutes are (§8.3)."""


class Official(Record):
    """What an official copy has besides the text: 版头 (§7.2), 附件 and 附注 (§7.3), 版记 (§7.4).

    All of it is optional; empty means «not on this copy». `mark` is 发文机关标志 as printed; a copy with a
    `number` (发文字号) or `signers` (签发人) has one in any case, made of the issuers' names. `issuers` are
    the units that issue the document together with the brief's own, which comes first. On a `sealed` copy
    unit and date leave room for the seal (§7.3.5.1).
    """

    format: CopyFormat = "standard"
    serial: str = ""
    secrecy: str = ""
    urgency: str = ""
    mark: str = ""
    number: str = ""
    signers: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    sealed: bool = False
    note: str = ""
    attachments: tuple[Attachment, ...] = ()
    cc: tuple[str, ...] = ()
    print_by: str = ""
    print_date: Date | None = None

    @property
    def headed(self) -> bool:
        """Whether the copy bears a 发文机关标志."""
        return bool(self.mark or self.number or self.signers)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that a person wrote."""
        fields = (self.secrecy, self.mark, self.number, self.note, self.print_by)
        cells = (cell for one in self.attachments if one.table for row in one.table.rows for cell in row)
        written = (text for one in self.attachments for text in (one.title, *one.text.split("\n")))
        return (*filter(None, (*fields, *self.signers, *self.issuers, *self.cc, *written, *cells)),)


class Brief(Record):
    """What the staff give: who reports, on what, for which period, and the facts.

    `basis` holds the documents and arrangements the work rests on (依据); `leaders` the bodies whose
    arrangements are carried out. Empty strings mean «not given».
    """

    doctype: str
    unit: str
    period: str = ""
    topic: str = ""
    title: str = ""
    addressee: str = ""
    leaders: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    date: Date | None = None
    official: Official = Official()
    facts: tuple[Fact, ...]

    def fact(self, fact_id: str) -> Fact:
        """The fact with this id. Raises KeyError when there is none."""
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KeyError(fact_id)


class SectionSpec(Record):
    """One section of a document type, as its doctype.yaml states it.

    `heading` is empty for a part that is printed without one (opening, closing). `layout` says whether the
    section is written as one text («paragraphs») or in level-2 sections made from the facts' topics
    («subsections»). `length` is the least and the greatest number of characters of one written text: of each
    level-2 section where there are such, else of the section. `needs` says, for 〔待补充：…〕, what the brief
    should have given. `cues` are words that draw a fact here when nothing else places it.
    `default` marks the section that takes work and results which no cue places. `names` are regular
    expressions for what other people call the section: a heading that one of them is found in is this one.
    """

    id: str
    label: str
    heading: str = ""
    required: bool = True
    layout: Literal["paragraphs", "subsections"] = "paragraphs"
    kinds: tuple[FactKind, ...] = ()
    default: bool = False
    cues: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    length: tuple[int, int] = (40, 2000)
    needs: str = ""
    guidance: str = ""


class ChecklistItem(Record):
    """One line of a document type's checklist.

    `kind` names a check of drafter/review/checklist.py; `section` is the id of the section it looks at (empty
    for the whole document); `pattern` is a regular expression for the kinds that search the text. `missing`
    is the sentence that tells the person what to do when the check fails.
    """

    id: str
    label: str
    kind: str
    section: str = ""
    required: bool = True
    pattern: str = ""
    missing: str = ""


class Topic(Record):
    """A subject that units commonly report on: words that show it in a fact, headings in balanced clauses,
    and half-sentences that say what the work was for (`purposes`).

    `names` are other words that people put over it. `area` is the name of the topic that it goes under
    together with its kin, where each has too little for a section of its own.
    """

    topic: str
    names: tuple[str, ...] = ()
    area: str = ""
    cues: tuple[str, ...]
    headings: tuple[str, ...]
    purposes: tuple[str, ...] = ()


class DocType(Record):
    """A document type (文种): everything the program knows of it comes from templates/<id>/.

    `title` is a Jinja2 line that composes the title from the brief; `genre` is the 文种 as printed.
    `skeletons` maps a section's id to the text of its .jinja file; `topics` are the type's own, searched
    before the shared ones. `titles` are regular expressions that the titles of such documents match.
    `self_name` is how the text speaks of whoever signs it (我, in a 述职报告); where it is empty, the unit's
    name decides (我局). `headings` are phrases with {topic} for level-2 headings, taken before those of
    shared topics; where there are none, the shared ones serve. Types are listed by `rank`, then by id; of
    two that fit a document equally well the first is taken.
    """

    id: str
    name: str
    english: str
    genre: str
    title: str
    titles: tuple[str, ...] = ()
    self_name: str = ""
    headings: tuple[str, ...] = ()
    rank: int = 0
    numbering: tuple[str, ...] = ("{chinese}、", "（{chinese}）", "{arabic}.", "（{arabic}）")
    sections: tuple[SectionSpec, ...]
    checklist: tuple[ChecklistItem, ...]
    topics: tuple[Topic, ...] = ()
    skeletons: dict[str, str] = {}

    def section(self, section_id: str) -> SectionSpec:
        """The section with this id. Raises KeyError when there is none."""
        for spec in self.sections:
            if spec.id == section_id:
                return spec
        raise KeyError(section_id)

    def label_of(self, section: Section) -> str:
        """What a person calls a section: its number and heading, or its part's name (导语)."""
        return section.printed_heading or self.section(section.spec).label


class Section(Record):
    """A section of an outline or of a draft, in document order.

    `level` is 0 for a part without heading, 1 for «一、», 2 for a run-in «（一）». `spec` is the id of its
    SectionSpec; `id` equals it at levels 0 and 1 and is «spec.1», «spec.2» … at level 2. `topic` names the
    subject of a level-2 section: a Topic where its facts show one, else the brief's own word. `text` holds
    the prose, paragraphs separated by one newline, without heading; it is empty before writing, and stays
    empty for a level-1 section that only holds level-2 sections. `written` tells whether the section itself
    is to be written (false for such a section). A `locked` section is not to be changed; a `stale` one has a
    text that no longer fits its facts.
    """

    id: str
    spec: str
    number: str = ""
    heading: str = ""
    level: int = 0
    topic: str = ""
    facts: tuple[str, ...] = ()
    text: str = ""
    written: bool = True
    locked: bool = False
    stale: bool = False

    @property
    def printed_heading(self) -> str:
        """Number and heading as printed; empty for a part without heading."""
        return self.number + self.heading


class Outline(Record):
    """Title, sections in the type's order, and the facts that fit nowhere (`unplaced`, ids)."""

    doctype: str
    title: str
    sections: tuple[Section, ...]
    unplaced: tuple[str, ...] = ()


class CheckResult(Record):
    """The outcome of one checklist item. `detail` says where it is met, or what is missing.

    An item that is not `applicable` (it looks at a section that is missing, or at facts that nobody gave)
    counts as passed. `line` is where it looks, 1-based in the text as read; 0 for the whole document.
    """

    id: str
    label: str
    required: bool
    passed: bool
    detail: str = ""
    applicable: bool = True
    line: int = 0


class Claim(Record):
    """A figure, date, 《title》, “name” or body that stands in a text, and the facts that support it.

    `line` and `column` are 1-based over the text as read; `supported_by` holds fact ids (or «brief» for the
    brief's own data). `why` says in one sentence what is wrong when the status is not «supported».
    """

    text: str
    kind: str
    line: int
    column: int
    status: ClaimStatus
    supported_by: tuple[str, ...] = ()
    why: str = ""


class Finding(Record):
    """Something a person should look at: rule id, severity, the span (1-based line and column), what to do.

    `section` is the id of the section it stands in, empty when it concerns the whole document.
    """

    rule: str
    severity: Severity
    line: int
    column: int
    length: int
    message: str
    suggestion: str = ""
    section: str = ""


class SourceLine(Record):
    """A line of a document as its file has it (of a .docx: a paragraph; of a table: a cell's paragraph).

    `level` is the heading level that its style gives (1 to 9; 0 for text), `number` the automatic number that
    Word shows before it and the text does not hold. `table` tells that it stands in a table.
    """

    text: str
    level: int = 0
    number: str = ""
    table: bool = False


LineRole = Literal[
    "blank",
    "noise",
    "title",
    "addressee",
    "opening",
    "heading",
    "body",
    "closing",
    "unit",
    "date",
    "attachment",
    "imprint",
]
"""What a line of a read document is. A table's cells are body; a run-in heading's line is a heading; 版头 and
版记 (letterhead, copies to) are the imprint."""


class Heading(Record):
    """A heading as it stands in a read document.

    `level` is 1 for «一、» to 4 for «（1）»; `number` is as printed (of Word's automatic numbering: as Word
    shows it), empty for an unnumbered heading. `line` is 1-based over the lines as read. The text of a
    `run_in` heading goes on in the same line, after `heading` and its full stop.
    """

    level: int
    number: str
    heading: str
    line: int
    run_in: bool = False


class Reading(Record):
    """A document of any origin, read: its lines (a paragraph of a .docx is one), what each of them is
    (`roles`, one a line), its headings in order, and what its title and signature say.
    """

    lines: tuple[str, ...]
    roles: tuple[LineRole, ...]
    headings: tuple[Heading, ...] = ()
    title: str = ""
    addressee: str = ""
    unit: str = ""
    date: Date | None = None


class Review(Record):
    """What the checks say of a document that was read.

    `likely` holds the document types by likelihood, each with its share of 1; `doctype` is the one that was
    judged by. `complete` tells whether every required item of its checklist is met. `claims` is None where no
    brief was given.
    """

    reading: Reading
    doctype: str
    likely: tuple[tuple[str, float], ...]
    checklist: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    claims: tuple[Claim, ...] | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing that is required is missing."""
        return all(result.passed for result in self.checklist if result.required)


class Note(Record):
    """What somebody remarks on a section (its id): a reviewer's opinion, carried as a Word comment."""

    section: str
    author: str
    text: str


class Draft(Record):
    """A written document: the brief it came from, its sections with text, and what the checks say of it.

    `writer` names who wrote it: «template», or the model's name. `unplaced` holds the ids of facts without a
    place in the outline, `untold` those of facts that the text does not state.
    """

    brief: Brief
    title: str
    writer: str
    sections: tuple[Section, ...]
    unplaced: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    checklist: tuple[CheckResult, ...] = ()
    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()


class Origin(Record):
    """Which revision of which draft a file shows."""

    draft: str
    number: int


TrackedKind = Literal["inserted", "deleted", "moved"]


class Tracked(Record):
    """A tracked change (修订) of a returned file: what somebody typed, deleted or moved, and who.

    `line` is the place, from 0, of the line it stands in as accepted; -1 on the checklist page. `when` is as
    the file gives it.
    """

    kind: TrackedKind
    text: str
    author: str
    when: str
    line: int


class FileComment(Record):
    """A comment (批注) of a returned file: `quoted` is what it is attached to, `line` the place of its
    line, as in Tracked.
    """

    author: str
    text: str
    quoted: str
    when: str
    line: int


class Mark(Record):
    """A bookmark of a returned file: its name, and the places of the first and the last line it covers."""

    name: str
    first: int
    last: int


class Returned(Record):
    """A .docx that was exported here and edited elsewhere, read as if its tracked changes were accepted.

    `checklist` holds the lines of the checklist page, `beside` what stands outside the text (footnotes and
    endnotes), `pictures` how many pictures the text has. `origin` is None when the file says none.
    """

    lines: tuple[SourceLine, ...]
    marks: tuple[Mark, ...] = ()
    origin: Origin | None = None
    checklist: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    pictures: int = 0
    tracked: tuple[Tracked, ...] = ()
    comments: tuple[FileComment, ...] = ()
