"""A sample's level-1 parts: what their headings mean, which facts they take, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from drafter.model import DocType, FactKind, Heading, Reading, SectionSpec
from drafter.review.checklist import split_at_measures
from drafter.review.learning.general import General, general, words
from drafter.review.learning.kin import Manner, is_kin
from drafter.review.matching import matches

MENDED = frozenset[FactKind]({"problem", "measure", "plan"})
_YEAR = re.compile(r"((?:19|20)\d\d)年")

Shape = Literal["work", "plain", "problems", "measures", "plan"]


@dataclass
class Part:
    """A level-1 part of the sample on its way to a section: what its heading means, and what it takes.

    `spec` is the section of a known type that the heading names, `kin` that type where the sample is of it;
    `names` are patterns of such headings, `printed` the sample's own.
    """

    id: str
    heading: str
    text: str
    subheadings: int
    names: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    spec: SectionSpec | None = None
    kin: DocType | None = None
    told: frozenset[FactKind] = frozenset()
    kinds: list[FactKind] = field(default_factory=list)
    shape: Shape = "plain"

    @property
    def layout(self) -> Literal["paragraphs", "subsections"]:
        """How it is laid out: problems and measures are listed, unless the sample's kin divides them."""
        divided = self.shape in ("work", "plain", "plan")
        if self.kin and self.spec and self.spec.kinds == tuple(self.kinds):
            divided = divided or self.spec.layout == "subsections"
        return "subsections" if self.subheadings > 1 and divided else "paragraphs"


def parts_of(reading: Reading, names: Collection[str], known: Sequence[DocType]) -> list[Part]:
    """The sample's level-1 parts. What means the same is one; what is nothing but a name is no part."""
    top = min(heading.level for heading in reading.headings)
    tops = [heading for heading in reading.headings if heading.level == top]
    ends = [*(heading.line - 1 for heading in tops[1:]), len(reading.lines)]
    parts: list[Part] = []
    for place, (heading, end) in enumerate(zip(tops, ends, strict=True), start=1):
        if re.search(words()["behind"], heading.heading):
            continue
        part = _part(reading, heading, end, names, known, place)
        twin = next((one for one in parts if one.heading == part.heading), None)
        if twin:
            twin.text += f"\n{part.text}"
            twin.names = tuple(dict.fromkeys([*twin.names, *part.names]))
            twin.printed += part.printed
            twin.subheadings = max(twin.subheadings, part.subheadings)
        elif part.heading:
            if any(one.id == part.id for one in parts):
                part.id = f"part-{place}"
            parts.append(part)
    if not parts:
        text = "\n".join(reading.lines)
        return [Part("work", words()["main_heading"], text, len(tops))]
    _mark_coming_year(parts)
    for part in parts:
        _set_names(part, [one for one in parts if one is not part])
    return parts


def _part(
    reading: Reading,
    heading: Heading,
    end: int,
    names: Collection[str],
    known: Sequence[DocType],
    place: int,
) -> Part:
    """One level-1 part: its heading without the sample's data, and the section that it means."""
    plain = general(heading.heading, names)
    doctype, specs = _meaning(plain, names, known, first=place == 1)
    spec = specs[0] if specs else None
    kin = doctype if doctype and is_kin(doctype, reading) else None
    below = [one for one in reading.headings if heading.line < one.line <= end and one.level > heading.level]
    level = min((one.level for one in below), default=0)
    return Part(
        id=spec.id if spec and (kin or spec.kinds) else f"part-{place}",
        heading=plain.heading or (spec.heading if spec else ""),
        text="\n".join([heading.heading, *reading.lines[heading.line - 1 : end]]),
        subheadings=sum(one.level == level for one in below),
        names=(
            *dict.fromkeys(name for one in specs for name in one.names),
            ".*".join(map(re.escape, plain.pieces)),
        ),
        printed=(heading.heading,),
        spec=spec,
        kin=kin,
        told=frozenset(kind for one in specs for kind in (one.kinds or ("work",))),
    )


def _meaning(
    plain: General, names: Collection[str], known: Sequence[DocType], *, first: bool
) -> tuple[DocType | None, list[SectionSpec]]:
    """The first type that knows the heading, and the sections that it names.

    Where it names several, or is the first, its year does not count: «2024年工作回顾» is no plan.
    """
    undated = general(plain.lead, names).heading
    for doctype in known:
        named = [spec for spec in doctype.sections if spec.heading and matches(plain.lead, spec)]
        if len(named) > 1 or first:
            named = [spec for spec in named if matches(undated or plain.lead, spec)] or named[: not first]
        if named:
            return doctype, named
    return None, []


def _mark_coming_year(parts: Sequence[Part]) -> None:
    """Where headings differ in year (2025年工作回顾, 2026年重点工作), the last year's tell of plans."""
    years = [[int(year) for heading in part.printed for year in _YEAR.findall(heading)] for part in parts]
    last = max((year for row in years for year in row), default=0)
    if all(last in row for row in years if row):
        return
    for place, (part, row) in enumerate(zip(parts, years, strict=True), start=1):
        if row and min(row) == last and "plan" not in part.told:
            part.id, part.spec, part.kin, part.names = f"part-{place}", None, None, part.names[-1:]
            part.told = frozenset({"plan"})


def _set_names(part: Part, others: Sequence[Part]) -> None:
    """Keep the patterns that take no other part's heading for this one, and one for its own."""
    foreign = [heading for other in others for heading in (*other.printed, other.heading)]
    contained = all(part.heading in heading for heading in part.printed)
    *known, own = part.names
    kept = [name for name in known if not any(re.search(name, heading) for heading in foreign)]
    found = contained or all(any(re.search(name, heading) for name in kept) for heading in part.printed)
    part.names = tuple(kept) if found or not own else (*kept, own)


def share_kinds(parts: Sequence[Part], manner: Manner) -> None:
    """Give each kind of fact its one part, as far as the sample has such; then each part its shape."""
    if manner == "plan":
        return
    main = main_of(parts)
    main.kinds += main.spec.kinds if main.kin and main.spec and {*main.spec.kinds} & MENDED else ()
    rest = [part for part in parts if part is not main or not part.kinds]
    planned = [part for part in rest if "plan" in part.told or _says(part, "plan_heading")]
    mending = [part for part in rest if "measure" in part.told or _says(part, "measure_heading")]
    problem = next((part for part in rest if "problem" in part.told), None)
    plan = max((part for part in planned if part is not problem), key=lambda one: len(one.text), default=None)
    if plan is None:
        plan = next((part for part in mending if part is not problem), problem)
    measure = problem if problem and _mends(problem, planned) else None
    measure = measure or next((part for part in mending if part is not problem), None) or plan or problem
    beside = plan if plan and plan.subheadings <= 1 else None
    homes: list[tuple[FactKind, Part | None]] = [
        ("problem", problem or beside),
        ("measure", measure),
        ("plan", plan),
    ]
    for kind, home in homes:
        if home and kind not in main.kinds:
            home.kinds.append(kind)
    if problem or beside or main.kinds:
        _share_work(parts, main)
    for part in parts:
        part.shape = _shape(part, manner, part in planned)


def _says(part: Part, words_of: str) -> bool:
    return re.search(words()[words_of], part.heading) is not None


def _mends(problem: Part, planned: Sequence[Part]) -> bool:
    """Whether the part on problems also says what is done about them."""
    return problem in planned or _says(problem, "measure_heading") or bool(split_at_measures(problem.text)[1])


def _share_work(parts: Sequence[Part], main: Part) -> None:
    """Work and results go by cues and to the main part; to one alone, where the sample has one for them."""
    free = [part for part in parts if not part.kinds]
    results = [part for part in free if part is not main and _says(part, "result_heading")]
    if free in ([], [main]):
        main.kinds[:0] = [kind for kind in ("work", "result") if kind not in main.kinds]
    elif len(results) == 1 and not _says(main, "result_heading"):
        results[0].kinds.append("result")


def main_of(parts: Sequence[Part]) -> Part:
    """The part that takes what no other does: what its kin has for that, else the longest."""
    kin = [part for part in parts if part.kin and part.spec and part.spec.default]
    free = [part for part in parts if not MENDED & {*part.kinds, *part.told}]
    return kin[0] if kin else max(free or parts, key=lambda part: len(part.text))


def _shape(part: Part, manner: Manner, planned: bool) -> Shape:
    if "work" in part.kinds and len(part.kinds) > 2:
        return "work"
    if "plan" in part.kinds and (planned or "problem" not in part.told):
        return "problems" if "problem" in part.told else "plan"
    if "problem" in part.kinds:
        return "problems"
    if "measure" in part.kinds:
        return "measures"
    known = part.spec is not None and not part.spec.kinds
    static = planned or (_says(part, "plain_heading") and not (part.spec and part.spec.default))
    return "plain" if static or (manner != "report" and not known) or manner == "plan" else "work"


def like_of(part: Part) -> SectionSpec | None:
    """The section of the sample's kin that takes the same kinds in the same way."""
    spec = part.spec if part.kin else None
    same = spec and set(spec.kinds) == set(part.kinds) and spec.layout == part.layout
    return spec if same and part.shape != "work" else None
