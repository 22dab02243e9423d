"""Language and format lint: rules are data (rules/**/*.yaml), their kinds are in lint_kinds.

A rule is switched off in a document by a line of its own, `<!-- drafter: off GW-PUNC-003 理由 -->`: at the
very top for the whole document, elsewhere for the next line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date as Date
from functools import cache
from pathlib import Path
from string import Formatter

from pydantic import Field

from drafter import data, yaml_lines
from drafter.errors import RuleError
from drafter.model import Finding, Reading, Record, Severity
from drafter.review.lint_kinds import KINDS
from drafter.review.lint_kinds.base import Hit, Rule, Text, shown
from drafter.review.lint_switches import Switches
from drafter.yaml_lines import Place, Tree, correction

__all__ = ["Rule", "lint", "rules"]

_ALWAYS = frozenset({"match", "count"})


class RuleFile(Record):
    """What a file without an `id` of its own may hold: ids of rules to leave out, other severities by id.
    Its rules are read apart, each by its kind.
    """

    off: tuple[str, ...] = ()
    severity: dict[str, Severity] = Field(default_factory=dict)
    rules: tuple[dict[str, object], ...] = ()


def rules(folders: Sequence[Path] = ()) -> tuple[Rule, ...]:
    """The shipped rules and those of `folders`, by id.

    A file holds one rule, or `rules:` (several), `off:` (ids) and `severity:` (by id). A later rule with the
    same id stands for the earlier one. Raises RuleError with file, line and key where a file is wrong.
    """
    known = {rule.id: rule for rule in _shipped()}
    trees = [tree for folder in folders for tree in _trees(folder)]
    for tree in trees:
        known |= {rule.id: rule for rule in _rules_of(tree)}
    for tree in trees:
        _adjust(tree, known)
    return tuple(rule for _, rule in sorted(known.items()))


def lint(
    reading: Reading, rules: Iterable[Rule], *, on: Date | None = None, unit: str = ""
) -> tuple[Finding, ...]:
    """What the rules find in a document, by place.

    `on` is the day to judge by, `unit` whose document it is; by default what the document itself says.
    """
    chosen = tuple(rules)
    switches = Switches(reading)
    text = Text(reading, on, unit, left_out=switches.lines)
    findings = [
        finding
        for rule in chosen
        if rule.applies(text)
        for finding in _findings(rule, reading, switches.left_on(rule.id, rule.find(text)))
    ]
    findings += switches.findings({rule.id for rule in chosen})
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.column, finding.rule)))


def _findings(rule: Rule, reading: Reading, hits: Iterable[Hit]) -> Iterator[Finding]:
    """A rule's hits as findings: one each, one a line or one in all, as the rule wants it."""
    grouped: dict[tuple[int, ...], list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: hit[:3]):
        place = {"": hit[:3], "line": hit[:1], "document": ()}[rule.once]
        grouped.setdefault(place, []).append(hit)
    for first, *more in grouped.values():
        line = reading.lines[first.line - 1]
        fields = {"match": line[first.start : first.end], "count": len(more) + 1, **first.fields}
        words = dict.fromkeys(rule.known_fields(), "") | {
            name: shown(value) for name, value in fields.items()
        }
        yield Finding(
            rule=rule.id,
            severity=rule.severity,
            line=first.line,
            column=first.start + 1,
            length=first.end - first.start,
            message=rule.message.format_map(words),
            suggestion=rule.suggestion.format_map(words),
        )


@cache
def _shipped() -> tuple[Rule, ...]:
    return tuple(rule for tree in _trees(data.folder("rules")) for rule in _rules_of(tree))


def _trees(folder: Path) -> list[Tree]:
    """The rule files in a folder and the folders in it, by path."""
    if not folder.is_dir():
        raise RuleError("规则文件夹不存在", file=folder, mend="检查 DRAFTER_RULES 的设置")
    return [yaml_lines.read(path, RuleError) for path in sorted(folder.rglob("*.yaml"))]


def _rules_of(tree: Tree) -> Iterator[Rule]:
    """The rules in a file: the file itself, or those under `rules`."""
    if not isinstance(tree.value, dict):
        raise tree.mistake("应为“字段: 内容”的形式", mend="参照 rules/ 里已有的规则")
    if "id" in tree.value or "kind" in tree.value:
        yield _rule(tree, ())
        return
    held = tree.build(RuleFile)
    for index in range(len(held.rules)):
        yield _rule(tree, ("rules", index))


def _rule(tree: Tree, place: Place) -> Rule:
    value: object = tree.value
    for part in place:
        value = value[part]  # type: ignore[index]
    assert isinstance(value, dict)
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        what = f"没有规则种类“{kind}”" if kind else "缺少必填项 kind"
        raise tree.mistake(what, (*place, "kind"), correction(str(kind or ""), sorted(KINDS)))
    lines = {there[len(place) :]: line for there, line in tree.lines.items() if there[: len(place)] == place}
    rule = Tree(value, lines, tree.file, tree.error).build(KINDS[kind])
    for key in ("message", "suggestion"):
        _check_words(tree, (*place, key), getattr(rule, key), _ALWAYS | rule.known_fields())
    return rule


def _check_words(tree: Tree, place: Place, words: str, known: Collection[str]) -> None:
    try:
        used = [name for _, name, _, _ in Formatter().parse(words) if name is not None]
    except ValueError:
        raise tree.mistake("花括号没有配对", place, "写成 {match}，或删去花括号") from None
    for name in used:
        if name not in known:
            raise tree.mistake(f"不认识的字段 {{{name}}}", place, correction(name, sorted(known)))


def _adjust(tree: Tree, known: dict[str, Rule]) -> None:
    """Leave out and re-grade rules as a file says."""
    assert isinstance(tree.value, dict)
    if "id" in tree.value:
        return
    held = tree.build(RuleFile)
    for index, rule_id in enumerate(held.off):
        if known.pop(rule_id, None) is None:
            raise tree.mistake(f"没有规则“{rule_id}”", ("off", index), _likely(rule_id, known))
    for rule_id, severity in held.severity.items():
        if rule_id not in known:
            raise tree.mistake(f"没有规则“{rule_id}”", ("severity", rule_id), _likely(rule_id, known))
        known[rule_id] = known[rule_id].model_copy(update={"severity": severity})


def _likely(rule_id: str, known: Collection[str]) -> str:
    close = yaml_lines.nearest(rule_id, known)
    return f"改为 {close}" if close else "查看 rules/ 里的规则编号"
