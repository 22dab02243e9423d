"""A page on which two drafts of each brief are read side by side, not knowing whose they are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

TEMPLATE = Path(__file__).resolve().with_name("side_by_side.html")


@dataclass(frozen=True)
class Pair:
    """Two drafts of one brief, as Markdown, and who wrote them."""

    brief: str
    writer: str
    draft: str
    other_writer: str
    other_draft: str


def paragraphs(markdown: str) -> list[dict[str, str]]:
    """The lines of a draft's Markdown: `role` (title, heading, text), run-in `lead` and `text`."""
    rows = []
    for line in filter(None, markdown.splitlines()):
        if line.startswith("#"):
            role = "title" if line.startswith("# ") else "heading"
            rows.append({"role": role, "lead": "", "text": line.lstrip("# ")})
        elif line.startswith("**"):
            lead, _, text = line.removeprefix("**").partition("**")
            rows.append({"role": "text", "lead": lead, "text": text})
        else:
            rows.append({"role": "text", "lead": "", "text": line})
    return rows


def page(pairs: Sequence[Pair], seed: int) -> str:
    """The page, one file without any outside resource; `seed` decides who stands on the left."""
    chance = random.Random(seed)
    rows = []
    for pair in pairs:
        sides = [(pair.writer, pair.draft), (pair.other_writer, pair.other_draft)]
        chance.shuffle(sides)
        left, right = ({"writer": writer, "paragraphs": paragraphs(text)} for writer, text in sides)
        rows.append({"brief": pair.brief, "left": left, "right": right})
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(pairs=rows)
