"""The built-in writer: formal prose from the document type's Jinja2 skeletons, with no network.

A skeleton sees plain strings, lists and dicts only: `me` (我局), `unit`, `period`, `topic`, `topic_work`
(the topic with 工作 behind it), `leaders`, `basis`, `genre`, `heading`, `facts` (dicts of id, text without
its final mark, kind, and subject: `me` where the text opens with a verb, else empty), `parts` (the texts of
the facts, those of one subject together), `paired_measures` (the section's measures in the order of its
problems), `unmet_problems` (the mark that names those without one, empty where there are none), `purposes`.
`pick(options)` chooses one, the same for the same brief and another
for the next section; `missing(what)` prints 〔待补充：what〕.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from typing import Any

from jinja2 import BaseLoader, TemplateError, TemplateNotFound

from drafter.data import folder, shared
from drafter.doctypes import shared_topics
from drafter.errors import WriterError
from drafter.grouping import subjects
from drafter.model import DocType, Fact
from drafter.outline import chinese_number, kind_in, self_reference
from drafter.phrases import seed_of
from drafter.sandbox import Sandbox
from drafter.writing import Task
from drafter.writing.pairs import missing, pairs_in, plans_beside, unmet

FINAL_MARKS = "。；;，,．.、 \n"
_YEAR_BEFORE = re.compile(r"^((?:19|20)\d{2})年?[：:]\s*")


def joined_titles(names: Sequence[str]) -> str:
    """Names in a row: no 、 between 《》《》 (GB/T 15834—2011 §4.5.3.5), 、 between all others."""
    text = names[0] if names else ""
    for before, name in pairwise(names):
        text += name if before.endswith("》") and name.startswith("《") else "、" + name
    return text


def without(text: str, pattern: str) -> str:
    """The text without what `pattern` matches in it."""
    return re.sub(pattern, "", text)


class Loader(BaseLoader):
    """Skeletons from the document type, and what they import from templates/_shared."""

    def __init__(self, doctype: DocType) -> None:
        self.doctype = doctype

    def get_source(self, environment: Any, template: str) -> tuple[str, None, None]:
        if template in self.doctype.skeletons:
            return self.doctype.skeletons[template], None, None
        path = folder("templates") / template
        if template.startswith("_shared/") and ".." not in template and path.is_file():
            return path.read_text(encoding="utf-8"), None, None
        raise TemplateNotFound(template)


def environment_for(doctype: DocType) -> Sandbox:
    """The sandbox in which the type's skeletons render."""
    environment = Sandbox(Loader(doctype))
    environment.filters.update(chinese=chinese_number, titles=joined_titles, without=without)
    environment.tests["search"] = lambda text, pattern: re.search(pattern, text) is not None
    return environment


def text_of(fact: Fact) -> str:
    """The fact without its final mark; a year set before it (2026：新增3处) as the time of what it tells."""
    return _YEAR_BEFORE.sub(r"\1年", fact.text.strip().rstrip(FINAL_MARKS))


class Choice:
    """Chooses among wordings: fixed by the brief, and the next one in turn from section to section."""

    def __init__(self, task: Task) -> None:
        place = [section.id for section in task.outline.sections].index(task.section.id)
        self.start = seed_of(task.brief) + place

    def pick(self, options: Sequence[Any]) -> Any:
        """One of `options`."""
        return options[(self.start + zlib.crc32(repr(options[0]).encode())) % len(options)]


def variables(task: Task) -> dict[str, Any]:
    """What the skeleton of the task's section may use."""
    me = task.doctype.self_name or self_reference(task.brief.unit)
    verbs = tuple(shared("verbs"))
    texts = {fact.id: text_of(fact) for fact in task.facts}
    facts = [
        {
            "id": fact.id,
            "text": texts[fact.id],
            "kind": kind_in(fact, task.spec),
            "subject": me if fact.text.startswith(verbs) else "",
        }
        for fact in task.facts
    ]
    problems, measures = pairs_in(task.facts, task.spec)
    topic = task.brief.topic
    topics = {one.topic: one for one in (*shared_topics(), *task.doctype.topics)}
    known = topics.get(task.section.topic)
    return {
        "me": me,
        "unit": task.brief.unit,
        "period": task.brief.period,
        "topic": topic,
        "topic_work": (topic if topic.endswith("工作") else topic + "工作") if topic else "各项工作",
        "leaders": list(task.brief.leaders),
        "basis": list(task.brief.basis),
        "genre": task.doctype.genre,
        "heading": task.section.heading,
        "facts": facts,
        "parts": [[texts[fact.id] for fact in part] for part in subjects(task.facts, task.doctype).values()],
        "paired_measures": [text_of(fact) for fact in measures if fact],
        "unmet_problems": unmet(problems, measures, plans_beside(task)),
        "purposes": list(known.purposes) if known else [],
    }


def compose(task: Task) -> str:
    """The section's prose. Raises WriterError when its skeleton cannot be rendered."""
    try:
        given = variables(task) | {"pick": Choice(task).pick, "missing": missing}
        text = environment_for(task.doctype).render(task.spec.id, given)
    except TemplateError as error:
        raise WriterError(
            f"模板 {task.doctype.id}/{task.spec.id}.jinja 无法生成文字（{error}）", mend="请检查该模板文件"
        ) from None
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


class TemplateWriter:
    """The SectionWriter that needs nothing but the document type."""

    name = "template"
    revises = False
    tokens = 0
    cost = None

    async def write(self, task: Task) -> AsyncIterator[str]:
        yield compose(task)
