"""Renders prompts/*.jinja and lays a task out for them.

Prompts are data: the first comment of each lists its variables, and a render that gives more or fewer is an
error. They run in the immutable sandbox on plain strings, numbers, lists and dicts only, so that neither a
prompt nor a fact can reach the program.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import TemplateError

from drafter.data import folder
from drafter.errors import WriterError
from drafter.grouping import subjects
from drafter.model import Fact, Section, SectionSpec
from drafter.outline import chinese_number, kind_in, self_reference
from drafter.sandbox import sandbox
from drafter.writing import Task
from drafter.writing.pairs import answered, pairs_in, plans_beside, unmet

END_MARK = "〔完〕"
"""The line that proves an answer whole: a stream that is closed early looks like one that ended."""

GIST = 24
"""Most characters of a fact that are shown of another section's."""

LONGEST_HEADING = 17
"""Characters of a heading as it is asked for."""

LISTED = 3
"""Most facts that are shown of another section."""

LONG = 4
"""From this many facts on, a section is long enough to be told point by point."""

POINTS = 3
"""From this many facts on, a section is told point by point where most sections beside it are long."""

KINDS = {"problem": "问题", "measure": "措施", "result": "成效"}
"""What a fact is called where problems stand beside measures; elsewhere its words say enough."""

STOP = re.compile("、|(?<![约近超0-9.])(?=[约近超]?[0-9])")
"""Where a clause that is too long may be cut."""

NAME = re.compile("《[^》]*》|“[^”]*”|⟦[^⟧]*⟧")
SCALARS = (str, int, float, bool, type(None))
VARIABLES = re.compile(r"\{#\s*variables:(?P<names>[^#]*)#\}")
BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")


def path_of(name: str) -> Path:
    """The file of the prompt `name`."""
    return folder("prompts") / f"{name}.jinja"


@cache
def source_of(path: Path) -> tuple[str, frozenset[str]]:
    """A prompt's text and the variables that its first comment lists, read once.

    Raises WriterError where it lists none.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except OSError:
        raise WriterError("缺少提示词文件", file=path, mend="请恢复 prompts 文件夹") from None
    found = VARIABLES.match(source)
    if found is None:
        raise WriterError("提示词没有列出变量", file=path, line=1, mend="首行写 {# variables: 名称, … #}")
    return source, frozenset(name.strip() for name in found["names"].split(",") if name.strip())


def plain(value: object) -> bool:
    """Whether a value is made of strings, numbers, None, lists and dicts alone."""
    if isinstance(value, dict):
        return type(value) is dict and all(map(plain, value)) and all(map(plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(plain, value))
    return type(value) in SCALARS


def render(name: str, **variables: Any) -> str:
    """prompts/<name>.jinja with exactly the variables it lists.

    Raises WriterError, naming the file, for a missing or superfluous variable, a value that is not plain
    data, and a prompt that is wrong or forbidden.
    """
    path = path_of(name)
    source, listed = source_of(path)
    given = variables.keys()
    for problem, names in (("缺少变量", listed - given), ("多余的变量", given - listed)):
        if names:
            raise WriterError(problem, file=path, key="、".join(sorted(names)), mend="与首行所列变量一致")
    for key, value in variables.items():
        if not plain(value):
            raise WriterError("变量不是普通数据", file=path, key=key, mend="只用字符串、数字、列表和字典")
    try:
        return sandbox().render_text(source, variables).strip()
    except (TemplateError, TypeError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        raise WriterError(f"提示词无法使用（{error}）", file=path, line=line, mend="请改正该文件") from None


@cache
def chatter() -> dict[str, tuple[str, ...]]:
    """How lines begin that are not prose: `opening`, `closing` and `refusal`, of prompts/chatter.yaml."""
    path = folder("prompts") / "chatter.yaml"
    try:
        lists = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {name: tuple(map(str, lists[name])) for name in ("opening", "closing", "refusal")}
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise WriterError("词表无法使用", file=path, mend=f"请改正该文件（{type(error).__name__}）") from None


def one_line(text: str) -> str:
    """Text as it stands in the material: on one line, so that it can neither end the fence nor add a fact."""
    return BREAKS.sub(" ", text).strip()


def fence_for(texts: Sequence[str]) -> str:
    """A mark nobody can have guessed and no text holds."""
    while True:
        fence = secrets.token_hex(8)
        if not any(fence in text for text in texts):
            return fence


@lru_cache(maxsize=4096)
def gist(fact: Fact) -> str:
    """What a fact is about, short enough not to be copied; neither a 《title》 or “name” nor a figure is cut
    through.
    """
    clause = re.split("[，。；：]", one_line(fact.text), maxsplit=1)[0]
    if len(clause) <= GIST:
        return clause
    named = next((found.end() for found in NAME.finditer(clause) if found.start() < GIST < found.end()), None)
    stops = [stop.start() for stop in STOP.finditer(clause, GIST // 2) if stop.start() <= GIST]
    end = named or max(stops, default=GIST)
    return clause[:end] + ("…" if end < len(clause) else "")


def outline_rows(task: Task) -> list[dict[str, Any]]:
    """The whole outline: label, level, whether it is the task's own section, and what the others hold."""

    facts = {fact.id: fact for fact in task.brief.facts}

    def holds(section: Section) -> list[str]:
        if section.id == task.section.id:
            return []
        return [gist(facts[fact_id]) for fact_id in section.facts[:LISTED]]

    return [
        {
            "label": one_line(task.doctype.label_of(section)),
            "level": section.level,
            "current": section.id == task.section.id,
            "holds": holds(section),
        }
        for section in task.outline.sections
    ]


def target_length(task: Task) -> int:
    """How many characters the facts can fill without padding, within the type's range for the section; of a
    heading, how many it takes.
    """
    if task.wants == "heading":
        return LONGEST_HEADING
    least, most = task.spec.length
    if not task.facts:
        return (least + most) // 3
    told = sum(len(fact.text) for fact in task.facts)
    return min(max(round(40 + 1.15 * told + 10 * len(task.facts)), least), most)


def mixes(spec: SectionSpec) -> bool:
    """Whether problems stand beside their measures in a section."""
    return {"problem", "measure"} <= set(spec.kinds)


def in_points(task: Task) -> bool | None:
    """Whether a section's facts are told point by point (一是… 二是…), which is one decision for all that
    stand under the same level-1 heading; None where the type's own guidance decides.
    """
    if task.spec.layout != "subsections" or mixes(task.spec):
        return None
    beside = [len(one.facts) for one in task.outline.sections if one.spec == task.spec.id and one.facts]
    return len(task.facts) >= POINTS and sum(number >= LONG for number in beside) * 2 >= len(beside)


def fact_rows(task: Task, measures: Sequence[Fact | None], problems: Sequence[Fact]) -> list[dict[str, Any]]:
    """The section's facts with what each is called: its subject where several are told point by point;
    beside problems, its kind. Of several problems and their measures, given in the same order, a measure is
    called with the problem it answers.
    """
    if not mixes(task.spec):
        parts = subjects(task.facts, task.doctype) if in_points(task) else {}
        called = {fact.id: one_line(name) for name, part in parts.items() for fact in part if len(parts) > 1}
        return [
            {"id": fact.id, "text": one_line(fact.text), "kind": called.get(fact.id, "")}
            for fact in task.facts
        ]
    answers = {
        measure.id: f"，对应{problem.id}"
        for problem, measure in zip(problems, measures, strict=False)
        if measure and len(problems) > 1
    }
    return [
        {
            "id": fact.id,
            "text": one_line(fact.text),
            "kind": f"{KINDS.get(kind_in(fact, task.spec) or '', '')}{answers.get(fact.id, '')}",
        }
        for fact in task.facts
    ]


def section_messages(task: Task) -> list[tuple[str, str]]:
    """The system and the user message for one section, as (role, text).

    All that the user gave stands inside the fence, each item on one line; outside it stand only the prompt's
    and the document type's own words.
    """
    brief = task.brief
    problems, measures = pairs_in(task.facts, task.spec)
    facts = fact_rows(task, measures, problems)
    run_in = task.section.level >= 2
    plans, measured = plans_beside(task), mixes(task.spec) and not run_in
    user = render(
        "section",
        title=one_line(task.outline.title),
        genre=task.doctype.genre,
        unit=one_line(brief.unit),
        self_reference=task.doctype.self_name or one_line(self_reference(brief.unit)),
        period=one_line(brief.period),
        topic=one_line(brief.topic),
        basis=[one_line(text) for text in brief.basis],
        leaders=[one_line(text) for text in brief.leaders],
        outline=outline_rows(task),
        facts=facts,
        unmet=unmet(problems, measures, plans) if measured else "",
        answered=answered_rows(problems, measures, plans) if measured else [],
        guidance=task.spec.guidance.strip(),
        run_in=run_in,
        points=in_points(task),
        classed=any(row["kind"] for row in facts),
        target=target_length(task),
        fence=fence_for([task.brief.model_dump_json(), task.outline.model_dump_json()]),
    )
    system = render("section_system", end_mark=END_MARK, placeholders="⟦" in user)
    return [("system", system), ("user", user)]


def answered_rows(
    problems: Sequence[Fact], measures: Sequence[Fact | None], plans: Sequence[Fact]
) -> list[str]:
    """The problems that a plan of another section answers, each with that plan, on one line."""
    found = answered(problems, measures, plans)
    return [f"第{chinese_number(place)}个问题——{one_line(plan.text)}" for place, plan in found.items()]


def heading_messages(task: Task) -> list[tuple[str, str]]:
    """The one message that asks for a heading of the section."""
    asked = render(
        "heading",
        title=one_line(task.outline.title),
        others=[one_line(one.heading) for one in task.outline.sections if one.heading],
        topic=one_line(task.section.topic),
        facts=[one_line(fact.text) for fact in task.facts],
        fence=fence_for([task.brief.model_dump_json(), task.outline.model_dump_json()]),
        end_mark=END_MARK,
    )
    return [("user", asked)]


def messages_for(task: Task) -> list[tuple[str, str]]:
    """The conversation for a task: writing its section, mending the text it had, or heading it."""
    if task.wants == "heading":
        return heading_messages(task)
    messages = section_messages(task)
    if task.revision is None:
        return messages
    revision = task.revision
    if revision.instruction:
        asked = render("rewrite", instruction=one_line(revision.instruction), end_mark=END_MARK)
    else:
        faults = [one_line(fault) for fault in revision.faults]
        asked = render("repair", faults=faults, end_mark=END_MARK)
    return [*messages, ("assistant", f"{revision.text}\n{END_MARK}"), ("user", asked)]


def continuation_messages(text: str) -> list[tuple[str, str]]:
    """What is added to a conversation whose answer, `text`, broke off at the model's length limit."""
    return [("assistant", text), ("user", render("continue", end_mark=END_MARK))]
