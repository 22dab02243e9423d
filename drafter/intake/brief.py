"""Brief files: YAML, or Markdown and plain text with the same content, become a Brief."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from drafter import doctypes
from drafter.data import shared
from drafter.errors import InputError
from drafter.intake.cleaning import characters, clean
from drafter.intake.entries import BriefFile, fact_text, facts_of
from drafter.intake.files import decode, read_bytes
from drafter.intake.heads import HeadReader, field_names, split_list
from drafter.intake.lines import read_facts
from drafter.intake.noise import cut_noise
from drafter.intake.official import LISTS, attachments_in
from drafter.model import Brief, DocType
from drafter.yaml_lines import Place, Tree, Value, correction, parse

Form = Literal["yaml", "text"]

_FORMS: dict[str, Form] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "yaml",
    ".md": "text",
    ".markdown": "text",
}
_YAML_SIGN = re.compile(r"\A\s*\{|^facts[ \t]*:", re.MULTILINE)
_ID = re.compile(r"[A-Za-z0-9_.-]+")
_REQUIRED = ("doctype", "unit", "facts")


def read_brief(path: Path, *, folders: Sequence[Path] = ()) -> Brief:
    """Read a brief file. `folders` hold document types besides the shipped ones.

    Raises InputError, with file, line and key, for everything that is wrong with it.
    """
    return brief_in(read_bytes(path), str(path), folders=folders)


def brief_in(data: bytes, name: str, *, folders: Sequence[Path] = ()) -> Brief:
    """Read the content of a brief file called `name`. Raises InputError as `read_brief`."""
    form = _FORMS.get(Path(name).suffix.lower())
    return parse_brief(decode(data, name), file=name, form=form, folders=folders)


def parse_brief(
    text: str, *, file: str = "", form: Form | None = None, folders: Sequence[Path] = ()
) -> Brief:
    """Read the text of a brief; with `form` None, a line «facts:» shows that it is YAML.

    The document type is resolved where it is given by its Chinese name; an id is taken as it stands.
    """
    text = characters(text)
    if form is None:
        form = "yaml" if _YAML_SIGN.search(text) else "text"
    tree = _yaml_tree(text, file) if form == "yaml" else _text_tree(text, file, folders)
    _require(tree, form)
    given = tree.build(BriefFile)
    doctype = _type_id(given.doctype, tree, folders)
    fields = {
        name: getattr(given, name)
        for name in BriefFile.model_fields
        if name not in ("doctype", "facts", "official")
    }
    return Brief(doctype=doctype, facts=facts_of(given, tree), official=given.official.made(), **fields)


def _yaml_tree(text: str, file: str) -> Tree:
    tree = parse(text, file=file, error=InputError)
    value = _cleaned(tree.value)
    if not isinstance(value, dict):
        raise tree.mistake("不是简报的写法", mend="每行写“字段: 内容”，如“unit: 某市交通运输局”")
    for name in ("leaders", "basis"):
        if isinstance(given := value.get(name), str):
            value[name] = [*split_list(given)]
    if isinstance(facts := value.get("facts"), list):
        value["facts"] = [_entry(fact) for fact in facts]
    if isinstance(official := value.get("official"), dict):
        value["official"] = _official(official)
    for key in value:
        _refuse_unknown(key, tree)
    return Tree(value, tree.lines, file, InputError)


def _cleaned(value: Value, place: Place = ()) -> Value:
    """The value with every text normalised and in one line; fields left blank are dropped.

    Tables, and the text of attachments, keep their lines.
    """
    if isinstance(value, str):
        lines = [line.strip(" ") for line in clean(value).strip("\n ").split("\n")]
        kept = "table" in place or place[:2] == ("official", "attachments")
        return ("\n" if kept else " ").join(lines if kept else map(str.strip, lines))
    if isinstance(value, list):
        return [_cleaned(item, (*place, index)) for index, item in enumerate(value)]
    if isinstance(value, dict):
        new = {key: _cleaned(item, (*place, key)) for key, item in value.items()}
        return {key: item for key, item in new.items() if item != ""}
    return value


def _official(given: dict[str, Value]) -> dict[str, Value]:
    """The group «official:» with its lists split, and each attachment as a mapping."""
    made: dict[str, Value] = {
        key: [*split_list(item)] if key in LISTS and isinstance(item, str) else item
        for key, item in given.items()
    }
    attachments = made.get("attachments")
    if isinstance(attachments, str):
        made["attachments"] = [*attachments_in(attachments)]
    elif isinstance(attachments, list):
        made["attachments"] = [{"title": one} if isinstance(one, str) else one for one in attachments]
    return made


def _entry(fact: Value) -> Value:
    """A fact as a mapping, whichever way it is given."""
    if isinstance(fact, str):
        return {"text": fact_text(fact)}
    if isinstance(fact, dict) and isinstance(text := fact.get("text"), str):
        return {**fact, "text": fact_text(text)}
    return fact


def _refuse_unknown(key: str, tree: Tree) -> None:
    fields = [*BriefFile.model_fields]
    if key not in fields:
        meant = field_names().get(key)
        raise tree.mistake("不认识的字段", (key,), f"改为 {meant}" if meant else correction(key, fields))


def _text_tree(text: str, file: str, folders: Sequence[Path]) -> Tree:
    types = doctypes.available(folders)
    reader = HeadReader(file, [known.genre for known in types])
    rest = reader.read(list(enumerate(cut_noise(clean(text).split("\n")), 1)))
    given = reader.value.get("doctype")
    doctype = _find_type(given, types) if isinstance(given, str) else None
    facts = read_facts(rest, doctype)
    places: dict[Place, int] = {("facts", index): line for index, line in enumerate(facts.lines)}
    value: dict[str, Value] = {**reader.value, "facts": [*facts.entries]}
    return Tree(value, {**reader.lines, **places}, file, InputError)


def _require(tree: Tree, form: Form) -> None:
    """Raise for the first field without which there is no brief."""
    names: dict[str, list[str]] = shared("fields")
    for name in _REQUIRED:
        if isinstance(tree.value, dict) and tree.value.get(name):
            continue
        label = names[name][0]
        mend = f"加一行“{name}: …”" if form == "yaml" else f"加一行“{label}：…”"
        if name == "facts":
            mend = "在 facts: 下面每行写一条，以“- ”开头" if form == "yaml" else "每行写一条，以“- ”开头"
        raise tree.mistake(f"没有写{label}", (name,), mend)


def _type_id(given: str, tree: Tree, folders: Sequence[Path]) -> str:
    """The id of the document type: an id as it stands, a Chinese name resolved."""
    if _ID.fullmatch(given):
        return given
    types = doctypes.available(folders)
    if found := _find_type(given, types):
        return found.id
    names = [known.name for known in types]
    raise tree.mistake(f"没有文种“{given}”", ("doctype",), correction(given, names))


def _find_type(given: str, types: Sequence[DocType]) -> DocType | None:
    """The one document type with this id, name or genre, or whose genre `given` ends in."""
    for fits in (
        lambda known: given in (known.id, known.name),
        lambda known: given == known.genre,
        lambda known: given.endswith(known.genre),
    ):
        found = [known for known in types if fits(known)]
        if len(found) == 1:
            return found[0]
    return None
