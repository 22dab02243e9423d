"""The kinds of check a document type's checklist can name, and the run of a checklist over a draft.

A check looks at a draft, or at a document that was read as one (matching.py: it has no facts), and returns
where the item is met or what is missing. What an item looks at and says comes from doctype.yaml.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

from drafter.model import ChecklistItem, CheckResult, DocType, Draft, Section
from drafter.outline import kind_in
from drafter.review.heads import order_of

PLACEHOLDER = re.compile(r"〔(待补充|待核实)：[^〕]*〕|〔待确认〕")
MEASURES = re.compile(
    "针对(上述|以上|这些|存在|此)|改进(措施|方向)：?|整改措施|措施：|为此，|对此，|下一?步，?|今后，|(在|我们?)?今后的?工作"
)
OWN_MEASURES = re.compile("措施|改进|整改|对策|打算|努力方向|下一?步")
"""What a heading holds when measures belong under it: 存在的问题及改进方向."""
LEAST_MEASURES = 40
"""Characters: shorter measures that are not listed are none."""
SERIES = (
    re.compile(r"(?:^|[。；：，\s])[一二三四五六七八九十]+(?:是|要)", re.M),
    re.compile("首先|其次|再次|最后|第[一二三四五六七八九十][，,、]"),
    re.compile(r"^\s*\d{1,2}[.．、](?!\d)", re.M),
    re.compile(r"^\s*[（(][一二三四五六七八九十\d]{1,3}[)）]", re.M),
)
_TIME = re.compile(
    r"[0-9０-９]+年度?|[0-9０-９]+月([0-9０-９]+[日号])?|[0-9０-９]+[日号]|[0-9０-９]+[时点][0-9０-９]*分?"
)
FIGURE = re.compile(r"[0-9０-９]|百分之|[一二三四五六七八九十百千万]+(个|次|名|份|项|篇|人|家|处|台|吨|元)")


class Outcome(NamedTuple):
    """Whether an item is met; `detail` says where, or what is wrong (the item's own advice is added).

    An item that does not apply is neither met nor missing.
    """

    passed: bool
    detail: str
    applicable: bool = True


NO_FACTS = Outcome(True, "没有给出事实，不作核对", applicable=False)


Check = Callable[[ChecklistItem, Draft, DocType], Outcome]


def part(draft: Draft, spec: str) -> list[Section]:
    """The section made from `spec` and its level-2 sections; empty when the draft has none."""
    return [section for section in draft.sections if section.spec == spec]


def outlined(draft: Draft) -> bool:
    """Whether the sections know their facts; those of a document that was read do not."""
    return any(section.facts for section in draft.sections)


def text_of(sections: list[Section]) -> str:
    """Headings and text of sections, as one string."""
    return "\n".join(f"{section.heading}\n{section.text}".strip() for section in sections)


def placeholders(text: str) -> str:
    """The placeholders in a text, as one phrase; empty when there are none."""
    return "、".join(match.group() for match in PLACEHOLDER.finditer(text))


def present(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section is there, has text, and nothing in it waits to be filled in."""
    sections = part(draft, item.section)
    written = [section for section in sections if section.written]
    if not written:
        return Outcome(False, "缺少这一部分")
    empty = [doctype.label_of(section) for section in written if not section.text]
    if empty:
        return Outcome(False, "没有内容：" + "、".join(empty))
    waiting = placeholders(text_of(sections))
    return Outcome(not waiting, waiting or doctype.label_of(sections[0]))


def pattern(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section's text (or the whole document's) holds a match of the item's pattern."""
    sections = part(draft, item.section) if item.section else list(draft.sections)
    match = re.search(item.pattern, text_of(sections))
    return Outcome(bool(match), f"“{match.group()}”" if match else "未找到")


def titled(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The document has a title."""
    return Outcome(bool(draft.title), draft.title or "没有标题")


def addressed(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The document names its addressee (主送机关, GB/T 9704—2012 §7.3.2), or whom a speech salutes."""
    return Outcome(bool(draft.brief.addressee), draft.brief.addressee or "没有主送机关")


def figures(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section states at least one figure; a date is none."""
    sections = part(draft, item.section)
    found = sum(bool(FIGURE.search(_TIME.sub("", section.text))) for section in sections)
    return Outcome(found > 0, f"{found}处段落有数据" if found else "没有数据")


def pairing(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """As many measures as problems among the section's facts, and among those of each of its level-2
    sections; of a document that was read, in its text.
    """
    if not outlined(draft):
        return _paired(item, draft, doctype)
    spec = doctype.section(item.section)
    sections = part(draft, item.section)
    kinds = [[kind_in(draft.brief.fact(fact), spec) for fact in section.facts] for section in sections]
    problems, measures = (sum(row.count(kind) for row in kinds) for kind in ("problem", "measure"))
    bare = [
        doctype.label_of(section)
        for section, row in zip(sections, kinds, strict=True)
        if row.count("problem") > row.count("measure")
    ]
    short = f"，措施不足：{'、'.join(bare)}" if bare and len(sections) > 1 else ""
    return Outcome(problems > 0 and not bare, f"问题{problems}个，改进措施{measures}条{short}")


def _paired(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Pairing in a document that was read. Where the section's heading does not promise measures, they may
    stand in the section on what is planned.
    """
    sections = part(draft, item.section)
    if doctype.section(item.section).layout == "subsections":
        return _each_mended([section for section in sections if section.text])
    behind = [one for one in doctype.sections if "plan" in one.kinds and one.id != item.section]
    promised = any(OWN_MEASURES.search(section.heading) for section in sections)
    return paired_in(
        "\n".join(section.text for section in sections),
        "" if promised else "\n".join(section.text for spec in behind for section in part(draft, spec.id)),
    )


def _each_mended(sections: list[Section]) -> Outcome:
    """Each of several problems, a section each, with what was done about it."""
    bare = [
        section.number + section.heading
        for section in sections
        if not MEASURES.search(section.text) and not listed(section.text)
    ]
    return Outcome(not bare, f"没有写整改措施：{'、'.join(bare)}" if bare else f"共{len(sections)}个问题")


def paired_in(text: str, behind: str) -> Outcome:
    """The problems and the measures that a text lists; of those not listed, whether it has measures.

    Measures may stand in the section `behind`, on what is planned.
    """
    told, cut, mended = split_at_measures(text)
    mended = mended if cut else behind
    if not mended:
        return Outcome(False, "没有写改进措施")
    problems, measures = listed(told), listed(mended)
    if not problems or (not measures and len(mended) >= LEAST_MEASURES):
        return Outcome(True, "问题与措施没有分条，不作核对", applicable=False)
    return Outcome(measures >= problems, f"问题{problems}个，改进措施{measures}条")


def split_at_measures(text: str) -> tuple[str, str, str]:
    """A text on problems cut where it turns to what is done about them."""
    cue = MEASURES.search(text)
    return (text[: cue.start()], cue.group(), text[cue.start() :]) if cue else (text, "", "")


def listed(text: str) -> int:
    """How many items the longest enumeration of a text has (一是…, 首先…, 1.…, （一）…)."""
    return max(len(series.findall(text)) for series in SERIES)


def enumerated(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The section's text is enumerated, and no number of the enumeration is skipped."""
    text = text_of(part(draft, item.section))
    if gap := skipped(text):
        return Outcome(False, f"“{gap}”前面缺一条")
    items = listed(text) or sum(section.level == 2 for section in part(draft, item.section))
    return Outcome(items > 1, f"分{items}条" if items else "没有分条")


def skipped(text: str) -> str:
    """The first item of an enumeration whose number follows none (三是 without 二是); empty if all do."""
    for series in SERIES:
        seen = {0}
        for match in series.finditer(text):
            number = order_of(match[0])
            if number and number - 1 not in seen:
                return match[0].strip("。；：，、. \n")
            seen.add(number)
    return ""


def order(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """The sections stand in the order of the document type."""
    wanted = [spec.id for spec in doctype.sections]
    places = [wanted.index(section.spec) for section in draft.sections if section.spec in wanted]
    wrong = next(
        (
            doctype.label_of(later)
            for later, (before, here) in zip(draft.sections[1:], pairwise(places), strict=False)
            if here < before
        ),
        "",
    )
    return Outcome(not wrong, f"“{wrong}”位置不对" if wrong else "")


def length(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Every written text is within its section's length; what still waits to be filled in is not judged."""
    wrong = []
    for section in draft.sections:
        low, high = doctype.section(section.spec).length
        size = len(section.text)
        if section.written and size and not PLACEHOLDER.search(section.text) and not low <= size <= high:
            wrong.append(f"{doctype.label_of(section)}{size}字（建议{low}—{high}字）")
    return Outcome(not wrong, "；".join(wrong))


def subsections_grounded(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Every level-2 section holds at least one fact; of a document that was read, some text."""
    level2 = [section for section in draft.sections if section.level == 2]
    facts = outlined(draft)
    empty = [
        doctype.label_of(section) for section in level2 if not (section.facts if facts else section.text)
    ]
    return Outcome(not empty, "、".join(empty) if empty else f"共{len(level2)}个二级标题")


def facts_used(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """No fact was left without a place, and every placed one is stated in the text."""
    if not draft.brief.facts:
        return NO_FACTS
    faults = [f"未归入：{'、'.join(draft.unplaced)}"] if draft.unplaced else []
    faults += [f"未写入：{'、'.join(draft.untold)}"] if draft.untold else []
    return Outcome(not faults, "；".join(faults) or f"共{len(draft.brief.facts)}条")


def no_placeholders(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Nothing in the document waits to be filled in or verified."""
    waiting = placeholders(text_of(list(draft.sections)))
    return Outcome(not waiting, waiting)


def grounded(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Every figure, date, title and name stands on a fact."""
    if not draft.brief.facts:
        return NO_FACTS
    statuses = Counter(claim.status for claim in draft.claims)
    open_claims = [claim.text for claim in draft.claims if claim.status in ("unsupported", "drift")]
    counts = f"{len(draft.claims)}处数字、日期和名称，有依据{len(draft.claims) - len(open_claims)}处"
    if not open_claims:
        return Outcome(True, counts)
    return Outcome(
        False,
        f"{counts}，无依据{statuses['unsupported']}处，与事实有出入{statuses['drift']}处：{'、'.join(open_claims)}",
    )


def signature(item: ChecklistItem, draft: Draft, doctype: DocType) -> Outcome:
    """Unit and date are given (发文机关署名、成文日期, GB/T 9704—2012 §7.3.5)."""
    missing = [name for name, given in (("单位", draft.brief.unit), ("日期", draft.brief.date)) if not given]
    return Outcome(not missing, f"{'、'.join(missing)}未填" if missing else draft.brief.unit)


KINDS: Mapping[str, Check] = {
    "titled": titled,
    "addressed": addressed,
    "present": present,
    "pattern": pattern,
    "figures": figures,
    "pairing": pairing,
    "enumerated": enumerated,
    "order": order,
    "length": length,
    "subsections-grounded": subsections_grounded,
    "facts-used": facts_used,
    "grounded": grounded,
    "no-placeholders": no_placeholders,
    "signature": signature,
}


def run_checklist(draft: Draft, doctype: DocType) -> tuple[CheckResult, ...]:
    """The type's checklist over a draft, in the type's order.

    What is asked of the whole text may have stood in a section that is missing: it is not missed as well.
    """
    results = []
    lacking = any(spec.required and not part(draft, spec.id) for spec in doctype.sections)
    for item in doctype.checklist:
        outcome = KINDS[item.kind](item, draft, doctype)
        if item.kind != "present" and item.section and not part(draft, item.section):
            outcome = Outcome(True, "缺少这一部分，不另作检查", applicable=False)
        elif item.kind == "pattern" and not item.section and not outcome.passed and lacking:
            outcome = Outcome(True, "缺少必备的部分，不另作检查", applicable=False)
        advice = "" if outcome.passed else item.missing
        results.append(
            CheckResult(
                id=item.id,
                label=item.label,
                required=item.required,
                passed=outcome.passed,
                applicable=outcome.applicable,
                detail="。".join(text for text in (outcome.detail, advice) if text),
            )
        )
    return tuple(results)
