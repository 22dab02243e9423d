"""Reads templates/<id>/doctype.yaml and the .jinja skeletons beside it into a DocType.

A new document type is a new folder; every mistake in it is named with file, line and key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

from jinja2 import Environment, TemplateSyntaxError, meta

from drafter import data, yaml_lines
from drafter.errors import DoctypeError
from drafter.model import DocType, SectionSpec, Topic
from drafter.yaml_lines import Place, Tree, correction

FILE_NAME = "doctype.yaml"
JINJA_MEND = "检查 {{ }} 与 {% %} 是否配对"
NUMBERING_FIELDS = ("chinese", "arabic")
HEADING_FIELDS = ("topic",)
TITLE_VARIABLES = frozenset({"unit", "period", "topic", "genre"})

_SECTION_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def load(doctype_id: str, folders: Sequence[Path] = ()) -> DocType:
    """The document type with this id; `folders` are searched before the shipped templates.

    Raises DoctypeError when there is none, or its files are wrong.
    """
    known = _type_folders(folders)
    if doctype_id in known:
        return _read(known[doctype_id])
    close = yaml_lines.nearest(doctype_id, known)
    ids = "、".join(known) or "（还没有文种）"
    suggestion = f"您是否想用 {close}？" if close else ""
    raise DoctypeError(f"没有文种“{doctype_id}”", mend=f"{suggestion}可用的文种：{ids}")


def available(folders: Sequence[Path] = ()) -> list[DocType]:
    """All document types by rank and id; one in `folders` hides a shipped one of the same id."""
    found = [_read(folder) for folder in _type_folders(folders).values()]
    return sorted(found, key=lambda doctype: doctype.rank)


def folder_of(doctype_id: str, folders: Sequence[Path] = ()) -> Path | None:
    """The folder that a document type is read from; None when there is no such type."""
    return _type_folders(folders).get(doctype_id)


@cache
def shared_topics() -> tuple[Topic, ...]:
    """The topics that all document types share (templates/_shared/topics.yaml)."""
    tree = yaml_lines.read(data.folder("templates") / "_shared" / "topics.yaml", DoctypeError)
    topics = tree.build(tuple[Topic, ...])
    _refuse_repeats(tree, (), "topic", [topic.topic for topic in topics])
    return topics


def _type_folders(folders: Sequence[Path]) -> Mapping[str, Path]:
    """Folder of each document type by id, sorted by id."""
    found: dict[str, Path] = {}
    for root in (*folders, data.folder("templates")):
        if not root.is_dir():
            raise DoctypeError("文种文件夹不存在", file=root, mend="检查 DRAFTER_TEMPLATES 的设置")
        for folder in root.iterdir():
            if not folder.name.startswith(("_", ".")) and (folder / FILE_NAME).is_file():
                found.setdefault(folder.name, folder)
    return dict(sorted(found.items()))


def _read(folder: Path) -> DocType:
    """The type in a folder; read anew only when a file of it has changed."""
    files = [folder / FILE_NAME, *folder.glob("*.jinja")]
    return _read_at(folder, tuple(sorted((path.name, path.stat().st_mtime_ns) for path in files)))


@lru_cache(maxsize=256)
def _read_at(folder: Path, state: tuple[tuple[str, int], ...]) -> DocType:
    tree = yaml_lines.read(folder / FILE_NAME, DoctypeError)
    if not isinstance(tree.value, dict):
        raise tree.mistake("应为“字段: 内容”的形式", mend="参照已有文种的 doctype.yaml")
    if tree.value.setdefault("id", folder.name) != folder.name:
        raise tree.mistake(f"与文件夹名“{folder.name}”不一致", ("id",), "改为文件夹名，或删去这一行")
    if "skeletons" in tree.value:
        raise tree.mistake("不认识的字段", ("skeletons",), "正文骨架写在同一文件夹的 <部分 id>.jinja 里")
    doctype = tree.build(DocType, hidden={"skeletons"})
    _check_sections(tree, doctype.sections)
    _check_checklist(tree, doctype)
    if ("numbering",) in tree.lines and not doctype.numbering:
        raise tree.mistake("编号不能为空", ("numbering",), "删去这一行即用默认编号")
    _check_fields(tree, "numbering", "编号", doctype.numbering, NUMBERING_FIELDS)
    _check_fields(tree, "headings", "标题", doctype.headings, HEADING_FIELDS)
    _check_title(tree, doctype.title)
    for number, pattern in enumerate(doctype.titles):
        _check_pattern(tree, ("titles", number), pattern)
    _refuse_repeats(tree, ("topics",), "topic", [topic.topic for topic in doctype.topics])
    skeletons = {spec.id: _skeleton(tree, folder, index, spec) for index, spec in enumerate(doctype.sections)}
    return doctype.model_copy(update={"skeletons": skeletons})


def _refuse_repeats(tree: Tree, place: Place, key: str, names: Iterable[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        here = (*place, index, key)
        if name in seen:
            raise tree.mistake(f"“{name}”与第{seen[name]}行重复", here, "改用别的名称")
        seen[name] = tree.line(here)


def _check_sections(tree: Tree, sections: Sequence[SectionSpec]) -> None:
    if not sections:
        raise tree.mistake("至少要有一个部分", ("sections",), "参照已有文种补上")
    for index, spec in enumerate(sections):
        place = ("sections", index)
        if not _SECTION_ID.fullmatch(spec.id):
            raise tree.mistake(
                f"“{spec.id}”不能作 id", (*place, "id"), "只用英文字母、数字、- 和 _，以字母开头"
            )
        least, most = spec.length
        if not 0 <= least <= most:
            raise tree.mistake(f"字数范围 [{least}, {most}] 不成立", (*place, "length"), "写成 [最少, 最多]")
        for number, name in enumerate(spec.names):
            _check_pattern(tree, (*place, "names", number), name)
    _refuse_repeats(tree, ("sections",), "id", [spec.id for spec in sections])
    defaults = [index for index, spec in enumerate(sections) if spec.default]
    if not defaults:
        raise tree.mistake("没有部分标明 default: true", ("sections",), "给收纳一般工作的那个部分加上")
    if len(defaults) > 1:
        raise tree.mistake("default: true 只能有一处", ("sections", defaults[1], "default"), "删去这一处")


def _check_checklist(tree: Tree, doctype: DocType) -> None:
    from drafter.review.checklist import KINDS

    _refuse_repeats(tree, ("checklist",), "id", [item.id for item in doctype.checklist])
    sections = [spec.id for spec in doctype.sections]
    for index, item in enumerate(doctype.checklist):
        place = ("checklist", index)
        if item.kind not in KINDS:
            raise tree.mistake(
                f"没有检查方式“{item.kind}”", (*place, "kind"), correction(item.kind, sorted(KINDS))
            )
        if item.section and item.section not in sections:
            raise tree.mistake(
                f"没有部分“{item.section}”", (*place, "section"), correction(item.section, sections)
            )
        _check_pattern(tree, (*place, "pattern"), item.pattern)


def _check_pattern(tree: Tree, place: Place, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as mistake:
        where = "" if mistake.pos is None else f"（第{mistake.pos + 1}个字符处）"
        raise tree.mistake(f"正则表达式有误{where}", place, "改正，或给特殊字符加反斜杠") from None


def _check_fields(tree: Tree, key: str, label: str, patterns: Sequence[str], allowed: Sequence[str]) -> None:
    """Check the {fields} of the patterns under `key`, which messages call `label`."""
    named = [f"{{{field}}}" for field in allowed]
    for index, pattern in enumerate(patterns):
        place = (key, index)
        try:
            fields = [field for _, field, _, _ in Formatter().parse(pattern) if field is not None]
        except ValueError:
            raise tree.mistake("花括号没有配对", place, f"写成 {' 或 '.join(named)}") from None
        for field in fields:
            if field not in allowed:
                raise tree.mistake(
                    f"不认识的{label}占位符 {{{field}}}", place, f"只能用 {' 和 '.join(named)}"
                )


def _check_title(tree: Tree, title: str) -> None:
    environment = Environment(autoescape=False)
    try:
        variables = meta.find_undeclared_variables(environment.parse(title))
    except TemplateSyntaxError as mistake:
        raise tree.mistake(f"Jinja 写法有误（{mistake.message}）", ("title",), JINJA_MEND) from None
    for variable in sorted(variables - TITLE_VARIABLES):
        raise tree.mistake(
            f"不认识的变量 {variable}", ("title",), f"可用：{'、'.join(sorted(TITLE_VARIABLES))}"
        )


def _skeleton(tree: Tree, folder: Path, index: int, spec: SectionSpec) -> str:
    path = folder / f"{spec.id}.jinja"
    if not path.is_file():
        raise tree.mistake(
            f"缺少正文骨架 {path.name}", ("sections", index, "id"), f"在 {folder} 里补上这个文件"
        )
    text = yaml_lines.read_text(path, DoctypeError)
    try:
        Environment(autoescape=False).parse(text)
    except TemplateSyntaxError as mistake:
        raise DoctypeError(
            f"Jinja 写法有误（{mistake.message}）", file=path, line=mistake.lineno, mend=JINJA_MEND
        ) from None
    return text
