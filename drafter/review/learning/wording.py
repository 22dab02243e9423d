"""The texts of a new type: sections, skeletons and checklist items, from templates/_learn/ and learn.yaml."""

from __future__ import annotations

import json
import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drafter import data
from drafter.model import ChecklistItem, DocType, Reading, SectionSpec
from drafter.review.learning.general import cues, words
from drafter.review.learning.kin import Manner, part_of, role_text
from drafter.review.learning.sample import MENDED, Part, like_of
from drafter.review.matching import CLOSING, OPENING


def library() -> Environment:
    """The environment of templates/_learn: its own marks are [[ ]] and [% %], so that {{ }} stays."""
    environment = Environment(
        loader=FileSystemLoader(data.folder("templates") / "_learn", encoding="utf-8"),
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["q"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


def spec_of(part: Part, main: bool) -> SectionSpec:
    """The part as a section."""
    shape = words()["shapes"][part.shape]
    spec = part.spec if part.kin else None
    alike = part.shape == "work" and not MENDED & {*part.kinds}
    guided = like_of(part) or (spec if alike else None)
    drawn = () if main or part.kinds else (spec.cues if spec and spec.cues else cues(part.heading))
    general_need = (shape["needs"] if part.kinds else "") or part.heading
    return SectionSpec(
        id=part.id,
        label=part.heading,
        heading=part.heading,
        layout=part.layout,
        kinds=tuple(part.kinds),
        default=main,
        cues=drawn,
        names=part.names,
        needs=guided.needs if guided else general_need,
        guidance=guided.guidance.strip() if guided else _guidance(part),
    )


def _guidance(part: Part) -> str:
    """What a model is asked for in a section of this shape."""
    shape = words()["shapes"][part.shape]
    if part.layout == "subsections" and "subsections" in shape:
        return str(shape["subsections"])
    more = [shape.get(f"{kind}s", "") for kind in ("measure", "plan") if kind in part.kinds]
    return "".join([shape["guidance"], *more])


def skeleton_of(part: Part, *, main: bool, closing: bool) -> str:
    """How the part is written: as the known section like it, else in its shape's way."""
    alike = like_of(part)
    if alike and part.kin:
        return part.kin.skeletons[alike.id]
    template = library().get_template(f"{part.shape}.jinja")
    return template.render(
        main=main,
        measures="measure" in part.kinds,
        plans="plan" in part.kinds,
        subsections=part.layout == "subsections",
        listed=_lists(part.text),
        closing=closing and part.layout == "paragraphs",
    )


def _lists(text: str) -> bool:
    return len(re.findall("[一二三四五六七八九十]是", text)) > 1


def opening_of(
    reading: Reading, kin: DocType | None, called: str, manner: Manner
) -> tuple[SectionSpec, str, list[ChecklistItem]]:
    """The opening's section, its skeleton, and what may be asked of it."""
    text = role_text(reading, OPENING)
    based = re.search(words()["basis"], text) is not None
    turn = _turn(text, called, manner)
    spec = part_of(kin, OPENING) if kin else None
    if kin and spec and based and turn["kin"] and turn["kin"] in kin.skeletons[OPENING]:
        guidance, skeleton = spec.guidance.strip(), kin.skeletons[OPENING]
    else:
        guidance = _opening_guidance(based, turn["words"])
        template = library().get_template("opening.jinja")
        skeleton = template.render(basis=based, plan=manner == "plan", transition=turn["text"])
    patterns = {"opening-basis": words()["basis"], "opening-transition": turn["pattern"]}
    asked = [
        item.model_copy(update={"pattern": patterns.get(item.id, "")})
        for item in checklist_items(OPENING)
        if item.kind != "pattern" or patterns[item.id]
    ]
    return SectionSpec(id=OPENING, label=asked[0].label, guidance=guidance), skeleton, asked


def _turn(text: str, called: str, manner: Manner) -> dict[str, str]:
    """How an opening leads over: `text` and `pattern` of the new type's, its `words`, and a `kin`'s."""
    last = re.split("[。！？]", text.strip().rstrip("。"))[-1]
    for turn in words()["transitions"]:
        found = re.search(turn["ends"], last)
        if found and turn.get("manner", manner) == manner:
            verb = found.groupdict().get("verb") or turn.get("verb", "")
            return {
                key: fill(str(turn.get(key, "")), verb=verb, genre=called)
                for key in ("text", "pattern", "words", "kin")
            }
    return dict.fromkeys(("text", "pattern", "words", "kin"), "")


def _opening_guidance(based: bool, led: str) -> str:
    shape = words()["shapes"]["opening"]
    transition = fill(shape["transition"], words=led) if led else ""
    return fill(shape["guidance"], basis=shape["basis" if based else "no_basis"], transition=transition)


def closing_of(reading: Reading, kin: DocType | None) -> tuple[SectionSpec, str]:
    """The closing's section and its skeleton: a set phrase of the sample's (特此报告。), else its kin's."""
    formula = formula_of(reading)
    spec = part_of(kin, CLOSING) if kin else None
    label = checklist_items(CLOSING)[0].label
    if kin and spec and not formula:
        return SectionSpec(id=CLOSING, label=label, guidance=spec.guidance.strip()), kin.skeletons[CLOSING]
    skeleton = library().get_template("closing.jinja").render(formula=formula)
    guidance = f"只写“{formula}”" if formula else words()["shapes"]["closing"]["guidance"]
    return SectionSpec(id=CLOSING, label=label, guidance=guidance), skeleton


def formula_of(reading: Reading) -> str:
    """The set phrase that closes a document; empty when other words do."""
    text = role_text(reading, CLOSING)
    return text if re.fullmatch(words()["formulas"], text) else ""


def fill(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text


def checklist_items(group: str, **values: str) -> list[ChecklistItem]:
    """A group of the checklist that learn.yaml proposes, filled in."""
    rows: list[dict[str, Any]] = words()["checklist"][group]
    made = []
    for row in rows:
        texts = {key: fill(str(row[key]), **values) for key in ("id", "label", "kind", "missing")}
        section = values.get("id", group if group in (OPENING, CLOSING) else "")
        made.append(ChecklistItem(**texts, section=section, required=not row.get("suggested")))
    return made


def section_items(part: Part) -> list[ChecklistItem]:
    """What may be asked of a section: only what its shape can have."""
    fits = {
        "present": True,
        "figures": part.shape in ("work", "plain"),
        "pairing": {"problem", "measure"} <= set(part.kinds) and part.shape == "problems",
        "enumerated": part.shape != "work" and part.layout == "paragraphs",
    }
    return [item for item in checklist_items("section", id=part.id, label=part.heading) if fits[item.kind]]


def title_line(title: str) -> str:
    """The line that composes a title, worded like the sample's."""
    if re.search("关于.+的", title):
        about = "{% if topic %}关于{{ period }}{{ topic }}的{% else %}{{ period }}{% endif %}"
        return f"{{{{ unit }}}}{about}{{{{ genre }}}}"
    return "{{ unit }}{{ period }}{{ topic }}{{ genre }}"
