"""YAML read with the line of every key, so that each mistake is named with its place.

Scalars stay text: what they mean (a number, a date, yes or no) is the reader's model to say. Anchors,
aliases, tags and duplicate keys are errors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, NoReturn, TypeVar, get_args

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from drafter.errors import DrafterError

Value = dict[str, "Value"] | list["Value"] | str | None
Place = tuple[str | int, ...]
ErrorType = Callable[..., DrafterError]
T = TypeVar("T")

MAX_DEPTH = 20
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_THOUSANDS = re.compile(r".*[^\x00-\x7f].*[0-9],[0-9]{3}[^0-9]", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_FOLD = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_KEY_SLIP = re.compile(r"^[ \t-]*([A-Za-z_]+)(：|:(?=[^\s:/]))")
_PROBLEMS = (
    ("mapping values are not allowed", "这里多了一个半角冒号", "正文里的冒号改用全角“：”，或给整行加引号"),
    (
        "cannot start any token",
        "这一行开头的字符不能这样用",
        "缩进用空格，不用制表符；以符号开头的正文要加引号",
    ),
    ("flow", "括号没有配对", "补上缺少的 ] 或 }"),
    ("quoted scalar", "引号没有配对", "补上缺少的引号，或改用中文引号“ ”"),
    ("block", "缩进不一致", "同一级的各行要左对齐"),
)


@dataclass(frozen=True)
class Tree:
    """A YAML text: its value, and the 1-based line of each place in it.

    A place is a path such as ``("facts", 2, "text")``, list positions from 0. Keys and list items with an
    empty value are left out of `value`, but keep their line. `error` is what mistakes raise.
    """

    value: Value
    lines: Mapping[Place, int]
    file: str
    error: ErrorType

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def mistake(self, what: str, place: Place = (), mend: str = "") -> DrafterError:
        """This tree's error at a place, to be raised."""
        return self.error(what, mend=mend, file=self.file or None, line=self.line(place), key=key_text(place))

    def build(self, shape: type[T], hidden: Iterable[str] = ()) -> T:
        """The value as `shape` (a model, or a tuple of models).

        The first mistake in the order of the lines is raised, what is missing last: a misspelt key is both.
        `hidden` names fields that a file may not give and that are not offered as a correction.
        """
        try:
            return TypeAdapter(shape).validate_python(self.value)
        except ValidationError as error:
            details = error.errors(include_url=False)
        first = min(details, key=lambda detail: (detail["type"] == "missing", self.line(detail["loc"])))
        what, mend = _explain(first, shape, frozenset(hidden))
        raise self.mistake(what, first["loc"], mend)


def key_text(place: Place) -> str:
    """A place as people read it: ``facts[3].text``, list positions from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).lstrip(".")


def nearest(word: str, words: Iterable[str]) -> str:
    """The word that `word` was probably meant to be, or an empty string."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1, cutoff=0.7)), "")


def correction(word: str, words: Sequence[str]) -> str:
    """How to mend an unknown word: the one that was probably meant, else all that can be used."""
    close = nearest(word, words)
    return f"改为 {close}" if close else f"可用：{'、'.join(words)}"


def parse(text: str, *, file: str = "", error: ErrorType) -> Tree:
    """Read one YAML text. Mistakes raise `error` with file, line and key."""
    reader = _Reader(file, error)
    text = text.encode("utf-8", "replace").decode()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            reader.take(event)
    except yaml.YAMLError as mistake:
        _raise_syntax(mistake, text, file, error)
    tree = Tree(reader.root, reader.lines, file, error)
    if isinstance(reader.root, str):
        _raise_slip(text, file, error)
    return tree


def read(path: Path, error: ErrorType) -> Tree:
    """Read a YAML file that belongs to the program or to a document type (UTF-8)."""
    return parse(read_text(path, error), file=str(path), error=error)


def read_text(path: Path, error: ErrorType) -> str:
    """The text of a UTF-8 file. Raises `error` when it is missing, unreadable or in another encoding."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise error("缺少这个文件", file=path) from None
    except UnicodeDecodeError as mistake:
        raise error("不是 UTF-8 编码", mend="请另存为 UTF-8", file=path) from mistake
    except OSError as mistake:
        raise error(f"文件打不开（{mistake.strerror}）", file=path) from mistake


def _unfolded(event: yaml.ScalarEvent) -> str:
    """The scalar's text; where YAML folded lines of Chinese into one, without the space between them."""
    start, end = event.start_mark, event.end_mark
    folded = event.style != "|" and start is not None and end is not None and end.line > start.line
    return _FOLD.sub("", event.value) if folded else event.value


class _Reader:
    """Builds the value from YAML events without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, file: str, error: ErrorType) -> None:
        self.file, self.error = file, error
        self.root: Value = None
        self.lines: dict[Place, int] = {}
        self.open: list[tuple[Place, dict[str, Value] | list[Value]]] = []
        self.key: list[str | None] = []
        self.items: list[int] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._fail("一个文件里只能有一份内容", line, "删去后面的“---”")
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._fail("不支持 & 锚点和 * 引用", line, "若是正文，请给这一行加引号")
        elif getattr(event, "tag", None):
            self._fail(f"不支持标签 {getattr(event, 'tag', '')}", line, "若是正文，请给这一行加引号")
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.open.pop()
            self.key.pop()
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)

    def _begin(self, collection: dict[str, Value] | list[Value], line: int) -> None:
        place = self._add(collection, line)
        if len(self.open) >= MAX_DEPTH:
            self._fail("嵌套太深", line, "简化这一处的层次")
        self.open.append((place, collection))
        self.key.append(None)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self.open and isinstance(self.open[-1][1], dict) and self.key[-1] is None:
            self._start_key(event.value, line)
        elif event.implicit[0] and event.value in NULLS:
            self._skip(line)
        else:
            self._add(_unfolded(event), line)

    def _start_key(self, key: str, line: int) -> None:
        place = (*self.open[-1][0], key)
        if place in self.lines:
            self._fail(f"重复了第{self.lines[place]}行的字段", line, "删去其中一个", key_text(place))
        self.lines[place] = line
        self.key[-1] = key

    def _skip(self, line: int) -> None:
        """Leave out a key without value. One that is no name is the rest of a text cut in two by a comma."""
        if self.key:
            key = self.key[-1]
            if key is not None and not _NAME.fullmatch(key):
                self._fail_cut(key, line)
            self.key[-1] = None

    def _add(self, value: Value, line: int) -> Place:
        if not self.open:
            self.root = value
            self.lines[()] = line
            return ()
        around, parent = self.open[-1]
        if isinstance(parent, list):
            place: Place = (*around, len(parent))
            before = parent[-1] if parent and self.lines[(*around, len(parent) - 1)] == line else None
            if isinstance(before, str) and isinstance(value, str) and _THOUSANDS.match(f"{before},{value}"):
                self._fail_cut(value, line)
            parent.append(value)
            self.lines[place] = line
            return place
        key = self.key[-1]
        if key is None:
            self._fail("字段名必须是文字", line, "若是正文，请给这一行加引号")
        parent[key] = value
        self.key[-1] = None
        return (*around, key)

    def _fail_cut(self, rest: str, line: int) -> NoReturn:
        what = f"半角逗号把一句话截成了两段，后一段是“{rest}”"
        self._fail(what, line, "给整句加引号，或改用全角逗号“，”")

    def _fail(self, what: str, line: int, mend: str = "", key: str = "") -> NoReturn:
        raise self.error(what, mend=mend, file=self.file or None, line=line, key=key)


def _raise_slip(text: str, file: str, error: ErrorType) -> None:
    """Raise `error` at the first key that has a full-width colon, or no space after its colon."""
    for number, line in enumerate(text.split("\n"), 1):
        if match := _KEY_SLIP.match(line):
            what = "字段名后是全角冒号" if match[2] == "：" else "冒号后少了空格"
            mend = "字段名后用半角冒号加一个空格"
            raise error(what, mend=mend, file=file or None, line=number, key=match[1])


def _raise_syntax(mistake: yaml.YAMLError, text: str, file: str, error: ErrorType) -> NoReturn:
    mark = getattr(mistake, "context_mark", None) or getattr(mistake, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    _raise_slip("\n".join(text.split("\n")[:line]), file, error)
    problem = f"{getattr(mistake, 'context', '') or ''} {getattr(mistake, 'problem', '') or ''}"
    for mark_words, what, mend in _PROBLEMS:
        if mark_words in problem:
            raise error(f"YAML 写法有误：{what}", mend=mend, file=file or None, line=line)
    raise error("YAML 写法有误", mend="检查这一行的缩进、冒号和引号", file=file or None, line=line)


def _explain(detail: ErrorDetails, shape: object, hidden: frozenset[str]) -> tuple[str, str]:
    """A validation error as what is wrong and how to mend it."""
    place, kind, given = detail["loc"], detail["type"], detail["input"]
    limits = detail.get("ctx", {})
    match kind:
        case "missing":
            return "缺少必填项", f"补上 {key_text(place[-1:])}"
        case "extra_forbidden":
            fields = _fields_at(shape, place[:-1]) - hidden
            return "不认识的字段", correction(str(place[-1]), sorted(fields))
        case "literal_error":
            choices = "、".join(re.findall(r"'([^']*)'", str(limits.get("expected", ""))))
            return f"不能填“{given}”", f"可填：{choices}"
        case "string_type":
            return "应为文字", "正文里有冒号或括号时给它加引号"
        case "tuple_type" | "list_type":
            return "应为列表", "每项一行，以“- ”开头"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "应为“字段: 内容”的形式", ""
        case "bool_parsing" | "bool_type":
            return f"不能填“{given}”", "可填：true、false"
        case "int_parsing" | "int_type" | "int_from_float":
            return "应为整数", ""
        case "float_parsing" | "float_type" | "finite_number":
            return "应为数", "只写数字，不写单位"
        case "greater_than_equal" | "less_than_equal":
            least, most = limits.get("ge"), limits.get("le")
            return f"不能填“{given}”", f"不小于 {least:g}" if least is not None else f"不大于 {most:g}"
        case "value_error":
            return str(limits["error"]), ""
        case "too_long":
            return f"最多 {limits['max_length']} 项，现有 {limits['actual_length']} 项", "分成几份"
        case "string_too_short":
            return "不能为空", "填写内容，或删去这一项"
        case "string_too_long":
            return f"太长（{len(str(given))} 字，最多 {limits['max_length']} 字）", "分成几条，或删减"
        case _:
            return detail["msg"], ""


def _fields_at(shape: object, place: Place) -> frozenset[str]:
    """The field names of the model that `place` leads to, beginning at `shape`."""
    model = _model_in(shape)
    for part in place:
        if model is not None and isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation)
    return frozenset(model.model_fields) if model is not None else frozenset()


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The first model inside an annotation such as ``tuple[Fact, ...]``."""
    if isinstance(annotation, type) and not get_args(annotation) and issubclass(annotation, BaseModel):
        return annotation
    if isinstance(annotation, UnionType) or get_args(annotation):
        return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
    return None
