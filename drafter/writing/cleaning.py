"""Turns the raw stream of a model's answer into prose: pure, character by character, no I/O.

Only as much is held back as could still turn out not to be prose: the beginning of a line, a possible end
mark, a possible tag. Ordinary prose passes at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

OPENER_LENGTH = 60
"""Within this many characters a chatty first line has come to its colon or its end."""

CLOSER_LENGTH = 120
"""A line longer than this is prose, however it begins."""

OVERLAP = 120
"""Most characters of the text so far that a continuation repeats."""

TAGS = ("<think>", "</think>", "<thinking>", "</thinking>")
TAG = re.compile(r"<(?P<close>/?)think(?:ing)?>", re.IGNORECASE)
UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
MARKUP = re.compile(r"\*\*|__|`")
LINE_MARKUP = re.compile(r"[\s\u3000]*(?:(?:#{1,6}(?!#)|[-*+•](?=\s)|>)[\s\u3000]*)*")
MARK = "〔完〕"
END = re.compile(r"[〔\[【（(]完[〕\]】）)][\s*_`]*$")
MAYBE_END = re.compile(r"(?:[\s*_`]*[〔\[【（(](?:完(?:[〕\]】）)][\s*_`]*)?)?|[\s*_`]+)$")
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’—…]")
DOUBTLESS = frozenset("後於")
"""Traditional characters that GB 2312 has beside the simplified ones."""
STOPS = " 。：:；;，,.！!\u3000"
WORD = re.compile(r"\w")
LATIN = re.compile(r"[A-Za-z]")
FOREIGN = re.compile(r"[A-Za-z][A-Za-z ,.!'’]{10,}[:.!]\s*")
"""A sentence that is not Chinese before the text (Sure! Here is the section:)."""
FOLD = str.maketrans("(),:;!.’", "（），：；！。'", " \t\u3000")


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Text for comparison: without blanks, punctuation full-width, letters small."""
    return text.translate(FOLD).casefold()


def after(text: str, beginning: str) -> str | None:
    """What follows `beginning` in `text`, compared folded; None when it does not begin so."""
    wanted = fold(beginning)
    if not fold(text).startswith(wanted):
        return None
    return next((text[place:] for place in range(len(text) + 1) if fold(text[:place]) == wanted), None)


def simplify(text: str, material: Callable[[], str]) -> str:
    """Text with its traditional characters simplified, except those that stand in the material.

    What GB 2312 has is left alone, for it may be meant so (乾, 著); but for DOUBTLESS.
    """
    if in_gb2312(text) and not DOUBTLESS.intersection(text):
        return text
    kept = material()
    return "".join(
        letter if letter in kept or (in_gb2312(letter) and letter not in DOUBTLESS) else simplified(letter)
        for letter in text
    )


@cache
def simplified(letter: str) -> str:
    """The simplified form of one character, or the character itself."""
    return str(converter().convert(letter))


@cache
def converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def in_gb2312(text: str) -> bool:
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


class Reasoning:
    """Cuts <think>…</think> out of a stream, also where a tag is split over chunks.

    `voided` turns true when a closing tag comes without an opening one: all before it was reasoning.
    """

    def __init__(self) -> None:
        self._held, self._inside, self.voided = "", False, False

    def feed(self, chunk: str) -> str:
        self._held += chunk
        out = ""
        while tag := TAG.search(self._held):
            before, self._held = self._held[: tag.start()], self._held[tag.end() :]
            if not self._inside:
                out += before
                if tag["close"]:
                    out, self.voided = "", True
            self._inside = not tag["close"]
        place = self._held.rfind("<")
        if place < 0 or not any(tag_.startswith(self._held[place:].lower()) for tag_ in TAGS):
            place = len(self._held)
        passed, self._held = self._held[:place], self._held[place:]
        return out if self._inside else out + passed

    def finish(self) -> str:
        held, self._held = self._held, ""
        return "" if self._inside else held


class Cleaner:
    """Cleans one answer. `feed` and `finish` return the text that can be shown now.

    `number` and `heading` are the section's own, `titles` the other headings a model may repeat above the
    text, `words` the lists of prompts/chatter.yaml. Traditional characters are simplified, except those that
    the `material` has itself: a name is not to be changed. `text` is all that was shown; `ended` says that
    the end mark came, `refused` that the model declined.
    """

    def __init__(
        self,
        number: str,
        heading: str,
        titles: Sequence[str],
        words: Mapping[str, Sequence[str]],
        material: Callable[[], str] = str,
    ) -> None:
        self._own = [number + heading, heading] if heading else []
        self._titles = [title for title in titles if title]
        self._words = words
        self._material = material
        self._reasoning = Reasoning()
        self._joining: str | None = None
        self._begin()

    def _begin(self) -> None:
        self.text, self.ended, self.refused = "", False, False
        self._line, self._open, self._shown_on_line = "", False, False

    def take_void(self) -> bool:
        """Whether what was shown so far proved to be reasoning; asking resets it."""
        voided, self._reasoning.voided = self._reasoning.voided, False
        return voided

    def feed(self, chunk: str) -> str:
        passed = self._reasoning.feed(chunk)
        if self._reasoning.voided:
            self._begin()
        return self._join(passed)

    def resume(self) -> None:
        """The next chunks continue an answer that broke off; what they repeat of it is cut."""
        self._joining = ""

    def finish(self) -> str:
        """The answer is over: what was held back is judged as it stands."""
        shown = self._join(self._reasoning.finish(), final=True)
        return shown + ("" if self.ended else self._end_line())

    def _join(self, passed: str, *, final: bool = False) -> str:
        if self._joining is None:
            return self._lines(passed)
        self._joining += passed
        if len(self._joining) < OVERLAP and not final:
            return ""
        more, self._joining = self._without_opener(self._joining), None
        so_far, repeated = self.text + self._line, more.lstrip()
        sizes = range(min(len(so_far), len(repeated)), 3, -1)
        overlap = next((size for size in sizes if so_far.endswith(repeated[:size])), 0)
        return self._lines(repeated[overlap:] if overlap else more)

    def _lines(self, text: str) -> str:
        text = UNPRINTABLE.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n")).replace("\t", " ")
        text = simplify(text, self._material)
        shown = ""
        for place, part in enumerate(text.split("\n")):
            if self.ended or self.refused:
                break
            if place:
                shown += self._end_line()
            if part and not self.ended:
                shown += self._more_of_line(part)
        return shown

    def _more_of_line(self, part: str) -> str:
        self._line += part
        if not self._open:
            prose = self._beginning(MARKUP.sub("", LINE_MARKUP.sub("", self._line, count=1)), whole=False)
            if prose is None:
                return ""
            self._line, self._open = prose, True
        if MARK in self._line:
            return self._end_line()
        held = MAYBE_END.search(self._line)
        place = held.start() if held else len(self._line)
        prose, self._line = self._line[:place], self._line[place:]
        return self._show(prose)

    def _end_line(self) -> str:
        line, opened = self._line, self._open
        self._line, self._open = "", False
        if MARK in line or END.search(line):
            self.ended = True
            line = END.sub("", line.partition(MARK)[0])
        if not opened:
            line = self._beginning(MARKUP.sub("", LINE_MARKUP.sub("", line, count=1)), whole=True) or ""
        shown = self._show(MARKUP.sub("", line).rstrip())
        self._shown_on_line = False
        return shown

    def _show(self, prose: str) -> str:
        prose = MARKUP.sub("", prose)
        if not prose:
            return ""
        if self.text and not self._shown_on_line:
            prose = "\n" + prose
        self._shown_on_line = True
        self.text += prose
        return prose

    def _beginning(self, line: str, *, whole: bool) -> str | None:
        """The prose of a line that begins so: "" to drop it, None when more must be seen."""
        if not self.text and self._declines(line):
            self.refused = True
            return ""
        if not CHINESE.search(line if whole else MAYBE_END.sub("", line)):
            if not whole:
                return None
            return "" if LATIN.search(line) or not WORD.search(line) else line
        if not whole and MAYBE_END.fullmatch(line):
            return None
        return self._closing(line, whole) if self.text else self._opening(line, whole)

    def _declines(self, line: str) -> bool:
        return any(after(line, words) is not None for words in self._words["refusal"])

    def _opening(self, line: str, whole: bool) -> str | None:
        """Judges the first line: a refusal, chatter, or a repeated heading before the text."""
        candidates = [*self._own, *self._titles, *self._words["opening"], *self._words["refusal"]]
        if not whole and any(fold(words).startswith(fold(line)) for words in candidates):
            return None
        for heading in self._own:
            rest = after(line, heading)
            numbered = heading != self._own[-1]
            if not whole and rest is not None and MAYBE_END.fullmatch(rest):
                return None
            if rest is not None and (numbered or not rest.strip() or rest[0] in STOPS):
                return rest.lstrip(STOPS) or ("" if whole else None)
        for title in self._titles:
            rest = after(line, title)
            if rest is not None and not WORD.search(rest):
                return "" if whole else None
        if self._chats(line):
            if not whole and "：" not in fold(line) and len(line) <= OPENER_LENGTH:
                return None
            return self._without_opener(line) or ("" if whole else None)
        return line

    def _chats(self, line: str) -> bool:
        return any(after(line, words) is not None for words in self._words["opening"])

    def _without_opener(self, text: str) -> str:
        """Text without a chatty line before it, or without the chat up to the first colon of its line."""
        if foreign := FOREIGN.match(text):
            return text[foreign.end() :]
        line, _, rest = text.partition("\n")
        if not self._chats(line):
            return text
        colon = re.match(rf".{{0,{OPENER_LENGTH}}}?[：:]", line)
        if colon:
            return text[colon.end() :].lstrip()
        return rest if len(line) <= OPENER_LENGTH else text

    def _closing(self, line: str, whole: bool) -> str | None:
        """Judges a later line: chatter after the text."""
        starts = self._words["closing"]
        if not whole and any(fold(words).startswith(fold(line)) for words in starts):
            return None
        if len(line) <= CLOSER_LENGTH and any(after(line, words) is not None for words in starts):
            return "" if whole else None
        return line
