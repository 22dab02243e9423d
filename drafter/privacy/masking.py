"""Personal data replaced by placeholders (⟦手机1⟧), and put back in what a model answers.

A Mask belongs to one draft and never leaves the machine. Nothing in a text can be taken for a placeholder of
ours: what looks like one in the material is replaced as well (⟦原文1⟧), so that masking and restoring any
text gives that text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from drafter.errors import WriterError
from drafter.model import Brief, DocType, Fact, Outline, Section, SectionSpec
from drafter.privacy import NAME, Span, digits_of, find, kinds, names_pattern, plain

LITERAL = "原文"
"""The kind of text that only looks like a placeholder."""

LOST = "〔待核实：{}〕"
"""What stands in the text for a placeholder that cannot be put back; no digits, which would be claims."""

KEPT: dict[type[BaseModel], frozenset[str]] = {
    Brief: frozenset({"doctype"}),
    Fact: frozenset({"id", "section", "kind"}),
    Outline: frozenset({"doctype", "unplaced"}),
    Section: frozenset({"id", "spec", "facts"}),
    SectionSpec: frozenset({"id", "layout", "kinds"}),
    DocType: frozenset({"id", "checklist", "topics", "skeletons"}),
}
"""Fields that name things of the program's own; everything else is searched for personal data."""

OPEN, CLOSE = r"\[\(\{<【〔［（｛〖「『《＜", r"\]\)\}>】〕］）｝〗」』》＞"
PIECE = re.compile(r"[0-9]{3,}")
"""A piece of a number that is worth hiding where the whole number is known."""

LONG = 6
"""From so many digits on, a run that only stands inside a known number is a piece of it."""

T = TypeVar("T")


@cache
def labels() -> str:
    """Alternatives of a regular expression: the kinds as they stand in placeholders."""
    return "|".join((*kinds(), LITERAL))


@cache
def lookalike() -> re.Pattern[str]:
    """What is a placeholder (groups «kind», «number»), or may be one that was damaged."""
    return re.compile(
        rf"⟦+ {{0,2}}(?P<kind>{labels()}) {{0,2}}(?P<number>[0-9０-９]{{1,6}}) {{0,2}}⟧+"
        r"|[⟦〚][^⟦⟧〚〛\n]{0,16}[⟧〛]"
        rf"|[⟦〚](?: {{0,2}}(?:{labels()})(?: {{0,2}}[0-9０-９]{{1,6}}(?![0-9]))?)?"
        rf"|[{OPEN}] {{0,2}}(?:{labels()}) {{0,2}}[0-9０-９]{{1,6}} {{0,2}}[{CLOSE}⟧〛]"
        rf"|(?:{labels()}) {{0,2}}[0-9０-９]{{1,6}} {{0,2}}[⟧〛]+"
        r"|[⟧〛]+"
    )


@cache
def bare() -> re.Pattern[str]:
    """A placeholder that may have lost its brackets."""
    return re.compile(rf"(?:{labels()})[0-9]{{1,6}}(?![0-9])")


@cache
def token() -> re.Pattern[str]:
    """A placeholder, whole or damaged in whatever way."""
    return re.compile(f"{lookalike().pattern}|{bare().pattern}")


@cache
def unfinished() -> re.Pattern[str]:
    """The end of a text that more text could make a token, or a longer one."""
    begun = "|".join(sorted({kind[:size] for kind in labels().split("|") for size in range(1, len(kind))}))
    number = rf"(?:{labels()}) {{0,2}}[0-9０-９]{{0,6}} {{0,2}}"
    return re.compile(
        r"(?:(?:⟦+|〚)[^⟦⟧〚〛\n]{0,16}[⟧〛]*"
        rf"|[{OPEN}] {{0,2}}(?:{begun}|{number}[{CLOSE}⟧〛]*)?"
        rf"|(?:{begun}|{number}[⟧〛]*)"
        r"|[⟧〛]+)$"
    )


def add(spans: list[Span], more: Iterable[Span]) -> None:
    """Add to `spans` those of `more` that overlap none of them."""
    for span in more:
        if all(span.end <= other.start or other.end <= span.start for other in spans):
            spans.append(span)


class Mask:
    """The placeholders of one draft: the same text has the same one, in whatever section it stands.

    `originals` holds what each placeholder stands for.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = names_pattern(names)
        self._count: Counter[str] = Counter()
        self._placeholders: dict[tuple[str, str], str] = {}
        self._known: dict[str, str] = {}
        self._known_pattern: re.Pattern[str] | None = None
        self._masked: dict[str, str] = {}
        self.originals: dict[str, str] = {}

    def text(self, text: str) -> str:
        """The text with a placeholder for every piece of personal data."""
        if text not in self._masked:
            masked = self._searched(text)
            self._masked[text] = masked
        return self._masked[text]

    def _searched(self, text: str) -> str:
        spans = [Span(*match.span(), LITERAL) for match in lookalike().finditer(text)]
        found = find(text, self._names)
        add(spans, found)
        self._learn((text[span.start : span.end], span.kind) for span in found if span.kind != NAME)
        if self._known_pattern:
            known = self._known_pattern.finditer(text)
            add(spans, (Span(*match.span(), self._known[match[0]]) for match in known))
        return self._replaced(text, spans)

    def fault(self, text: str) -> str:
        """A sentence about a text: pieces of a known number, which no rule finds, are replaced as well."""
        text = self.text(text)
        placeholders = [Span(*match.span(), "") for match in lookalike().finditer(text)]
        spans = [*placeholders]
        add(spans, (Span(*match.span(), self._kind_of_piece(match[0])) for match in PIECE.finditer(text)))
        return self._replaced(text, [span for span in spans[len(placeholders) :] if span.kind])

    def whole(self, value: T) -> T:
        """A task, or any part of one, with every text in it masked; names of the program's own stay."""
        masked: T = self._walk(value)
        return masked

    def restored(self, placeholder: str) -> str | None:
        """What a placeholder stands for; blanks and full-width digits in it do no harm. None when unknown."""
        match = lookalike().fullmatch(placeholder)
        if not match or not match["kind"]:
            return None
        return self.originals.get(f"⟦{match['kind']}{int(match['number'])}⟧")

    def counts(self, texts: Iterable[str]) -> dict[str, int]:
        """How many pieces of personal data of each kind stand masked in the texts."""
        texts = list(texts)
        held = [label.strip("⟦⟧0123456789") for label in self.originals if any(label in one for one in texts)]
        return dict(Counter(kind for kind in held if kind != LITERAL))

    def check(self, texts: Iterable[str]) -> None:
        """Raises WriterError when a known number, mailbox or plate stands in one of the texts after all."""
        if self._known_pattern and any(self._known_pattern.search(text) for text in texts):
            raise WriterError("个人信息没有全部隐去，没有发送", mend="请改用模板写作，并报告给管理员")

    def _learn(self, found: Iterable[tuple[str, str]]) -> None:
        """From now on these are known wherever they stand, whatever word stands before them."""
        new = {original: kind for original, kind in found if original not in self._known}
        if not new:
            return
        self._known |= new
        self._masked.clear()
        longest = sorted(self._known, key=len, reverse=True)
        self._known_pattern = re.compile(rf"(?<![0-9])(?:{'|'.join(map(re.escape, longest))})(?![0-9])")

    def _kind_of_piece(self, run: str) -> str:
        """The kind of the known number that a run of digits is a piece of; empty for none."""
        for original, kind in self._known.items():
            folded = plain(original)[0]
            if run in PIECE.findall(folded) or (len(run) >= LONG and run in digits_of(folded)):
                return kind
        return ""

    def _replaced(self, text: str, spans: list[Span]) -> str:
        parts, place = [], 0
        for span in sorted(spans, key=lambda span: span.start):
            parts += [text[place : span.start], self._label(span.kind, text[span.start : span.end])]
            place = span.end
        return "".join((*parts, text[place:]))

    def _label(self, kind: str, original: str) -> str:
        label = self._placeholders.get((kind, original))
        if label is None:
            self._count[kind] += 1
            label = f"⟦{kind}{self._count[kind]}⟧"
            self._placeholders[kind, original] = label
            self.originals[label] = original
        return label

    def _walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple | list):
            return type(value)(self._walk(item) for item in value)
        if isinstance(value, BaseModel):
            kept = KEPT.get(type(value), frozenset())
            fields = [name for name in type(value).model_fields if name not in kept]
            return value.model_copy(update={name: self._walk(getattr(value, name)) for name in fields})
        return value


class Restorer:
    """Puts the originals back in an answer that comes piece by piece, however it is cut.

    `material` is what was sent: words in it that look like a placeholder without brackets (手机12部) may
    stand in the answer. `strange` are the placeholders that could not be put back; each stands in the text as
    〔待核实：…〕.
    """

    def __init__(self, mask: Mask, material: str = "") -> None:
        self._mask, self._held = mask, ""
        self._allowed = set(bare().findall(lookalike().sub("", material)))
        self.strange: list[str] = []

    def feed(self, chunk: str) -> str:
        """What can be shown now."""
        self._held += chunk
        tail = unfinished().search(self._held)
        place = tail.start() if tail else len(self._held)
        ready, self._held = self._held[:place], self._held[place:]
        return token().sub(self._put_back, ready)

    def finish(self) -> str:
        """The answer is over: the rest of it."""
        held, self._held = self._held, ""
        return token().sub(self._put_back, held)

    def _put_back(self, match: re.Match[str]) -> str:
        found = match[0]
        original = self._mask.restored(found)
        if original is not None:
            return original
        if bare().fullmatch(found) and (found in self._allowed or f"⟦{found}⟧" not in self._mask.originals):
            return found
        self.strange.append(found)
        kind = next((kind for kind in kinds() if kind in found), "个人信息")
        return LOST.format(kind)
