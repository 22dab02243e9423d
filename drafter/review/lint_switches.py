"""Switching lint rules off inside a document: `<!-- drafter: off GW-PUNC-003 理由 -->`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from drafter.model import Finding, Reading, Severity
from drafter.review.lint_kinds.base import Hit

_COMMENT = re.compile(r"^\s*<!--\s*drafter\s*[:：]\s*(?P<words>.*?)\s*-->\s*$")
_OFF = re.compile(r"off(?:\s+(?P<ids>[A-Za-z][\w-]*(?:\s*[,，、]\s*[A-Za-z][\w-]*)*)(?:\s+(?P<why>.+))?)?")
_BETWEEN = re.compile(r"\s*[,，、]\s*")


class _Switch(NamedTuple):
    """A switch: its line, the rules it switches off and where (None: everywhere), and why."""

    line: int
    ids: tuple[str, ...]
    target: int | None
    why: str


class Switches:
    """The switches of a document. `lines` holds the numbers of their lines, which are no part of its text."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        comments = {
            number: match["words"]
            for number, line in enumerate(reading.lines, 1)
            if "<!--" in line and (match := _COMMENT.match(line))
        }
        self.lines = frozenset(comments)
        self._switches = [self._switch(number, words) for number, words in comments.items()]

    def left_on(self, rule: str, hits: Iterable[Hit]) -> Iterator[Hit]:
        """The hits of a rule that no switch takes away."""
        targets = [switch.target for switch in self._switches if rule in switch.ids]
        if None in targets:
            return iter(())
        return (hit for hit in hits if hit.line not in targets and hit.line not in self.lines)

    def findings(self, known: Collection[str]) -> Iterator[Finding]:
        """Switches that give no reason, name no known rule, or cannot be read."""
        for switch in self._switches:
            if not switch.ids:
                words = "这条检查指令看不懂"
                yield self._finding(
                    switch, "unreadable", "warning", words, "写成 <!-- drafter: off 规则编号 理由 -->"
                )
                continue
            if not switch.why:
                words = f"关闭 {'、'.join(switch.ids)} 没有写理由"
                yield self._finding(switch, "without-reason", "warning", words, "在规则编号后写明理由")
            for unknown in (one for one in switch.ids if one not in known):
                words = f"没有规则 {unknown}，或已关闭"
                yield self._finding(switch, "unknown", "info", words, "核对规则编号，或删去这一行")

    def _switch(self, number: int, words: str) -> _Switch:
        match = _OFF.fullmatch(words)
        ids = tuple(_BETWEEN.split(match["ids"])) if match and match["ids"] else ()
        why = (match["why"] or "").strip() if match else ""
        return _Switch(number, ids, self._target(number), why)

    def _target(self, number: int) -> int | None:
        """The next line of text; None for a switch before all text."""
        written = [
            other
            for other, line in enumerate(self._reading.lines, 1)
            if line.strip() and other not in self.lines
        ]
        if not written or number < written[0]:
            return None
        return next((other for other in written if other > number), 0)

    def _finding(
        self, switch: _Switch, fault: str, severity: Severity, message: str, suggestion: str
    ) -> Finding:
        return Finding(
            rule=f"lint.off-{fault}",
            severity=severity,
            line=switch.line,
            column=1,
            length=len(self._reading.lines[switch.line - 1]),
            message=message,
            suggestion=suggestion,
        )
