"""Keeps personal data and secrecy marks from a model service that is not on this machine.

A PrivateWriter stands around the writer of such an endpoint: personal data goes out as placeholders and comes
back as it was; what bears a secrecy mark does not go out at all; every request is kept as it left.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from drafter.config import Settings
from drafter.errors import WriterError
from drafter.model import Brief
from drafter.privacy import secrecy
from drafter.privacy.masking import Mask, Restorer
from drafter.privacy.secrecy import Mark
from drafter.writing import Piece, Restart, Revision, SectionWriter, Task
from drafter.writing.endpoints import endpoint, is_loopback
from drafter.writing.failures import EndpointError, host_of
from drafter.writing.sent import Sent
from drafter.writing.standin import closing

SEPARATOR = re.compile(r"[、，,；;\n]")
NAMED = 6
"""Most placeholders that are named in a fault."""


class SendingWriter(SectionWriter, Protocol):
    """A writer that tells what it is about to send."""

    on_request: Callable[[Task, list[tuple[str, str]]], None]


class Answer:
    """One answer as it comes: `raw` as the model wrote it, `text` with the originals put back."""

    def __init__(self, mask: Mask, material: str) -> None:
        self._mask, self._material = mask, material
        self._begin()

    def _begin(self) -> None:
        self.raw = self.text = ""
        self._restorer = Restorer(self._mask, self._material)

    @property
    def strange(self) -> tuple[str, ...]:
        """The placeholders that could not be put back."""
        return tuple(self._restorer.strange)

    def take(self, piece: Piece) -> Piece:
        """The piece to hand on; text may be empty while more must be seen."""
        if isinstance(piece, Restart):
            self._begin()
        if not isinstance(piece, str):
            return piece
        self.raw += piece
        return self._shown(self._restorer.feed(piece))

    def finish(self) -> str:
        """The rest of the text."""
        return self._shown(self._restorer.finish())

    def _shown(self, text: str) -> str:
        self.text += text
        return text


class PrivateWriter:
    """The writer of an endpoint that is not on this machine, behind the same protocol.

    `host` is the endpoint's; `names` are to be masked besides those that the brief marks. `sent` holds every
    request in order. Placeholders are the same in all sections of a draft. One that the model damaged or made
    up goes back to it once; where that does not help, the text says 〔待核实：…〕.
    """

    def __init__(self, writer: SendingWriter, host: str, names: Sequence[str] = ()) -> None:
        self._writer, self._host, self._names = writer, host, tuple(names)
        self._masks: dict[Brief, Mask] = {}
        self._under_way: dict[int, Mask] = {}
        self._sent: list[Sent] = []
        writer.on_request = self._leaving

    @property
    def name(self) -> str:
        """The model's name."""
        return self._writer.name

    @property
    def revises(self) -> bool:
        """Whether the writer inside mends texts."""
        return self._writer.revises

    @property
    def tokens(self) -> int:
        """What the endpoint has counted so far, in and out."""
        return self._writer.tokens

    @property
    def cost(self) -> float | None:
        """What that costs in yuan; None when unknown."""
        return self._writer.cost

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Every request so far as it left, in order."""
        return tuple(self._sent)

    def admit(self, brief: Brief) -> None:
        """Raises WriterError when the brief bears a secrecy mark."""
        refuse(secrecy.in_brief(brief))

    async def write(self, task: Task) -> AsyncGenerator[Piece, None]:
        """The section's prose with the originals put back. Raises WriterError before anything is sent when
        the brief, the document or what an editor asks bears a secrecy mark.
        """
        self.admit(task.brief)
        refuse(secrecy.in_outline(task.outline))
        refuse(in_revision(task.revision))
        mask = self._mask_of(task.brief)
        masked = masked_task(task, mask)
        answer = Answer(mask, material_of(masked))
        async with closing(self._asked(masked, mask)) as pieces:
            async for piece in pieces:
                shown = answer.take(piece)
                if shown != "":
                    yield shown
        if tail := answer.finish():
            yield tail
        if answer.strange and self.revises:
            mended = await self._mended(masked, mask, answer)
            if len(mended.strange) < len(answer.strange):
                yield Restart()
                yield mended.text

    async def _mended(self, masked: Task, mask: Mask, answer: Answer) -> Answer:
        """What the model makes of the faults in its placeholders; `answer` itself when that fails."""
        labels = [label for label in mask.originals if any(label in fact.text for fact in masked.facts)]
        right = f"，材料中的占位符是{'、'.join(labels[:NAMED])}" if labels else ""
        faults = tuple(
            f"“{found}”不是材料中的占位符{right}，须连同括号照抄" for found in dict.fromkeys(answer.strange)
        )
        again = masked.model_copy(update={"revision": Revision(text=answer.raw, faults=faults)})
        tried = Answer(mask, material_of(masked))
        try:
            async with closing(self._asked(again, mask)) as pieces:
                async for piece in pieces:
                    tried.take(piece)
        except WriterError:
            return answer
        tried.finish()
        return tried

    async def _asked(self, masked: Task, mask: Mask) -> AsyncGenerator[Piece, None]:
        self._under_way[id(masked)] = mask
        try:
            async with closing(self._writer.write(masked)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            del self._under_way[id(masked)]

    def _leaving(self, masked: Task, messages: list[tuple[str, str]]) -> None:
        """Look once more at what is about to be sent, and keep it."""
        mask = self._under_way[id(masked)]
        texts = [text for _, text in messages]
        mask.check(texts)
        self._sent.append(
            Sent(
                time=datetime.datetime.now(datetime.UTC),
                host=self._host,
                model=self.name,
                section=masked.section.id,
                messages=tuple(messages),
                masked=mask.counts(texts),
            )
        )

    def _mask_of(self, brief: Brief) -> Mask:
        """The brief's mask, numbered in the order of the brief, whichever section is written first."""
        mask = self._masks.get(brief)
        if mask is None:
            mask = Mask([*self._names, *(name for fact in brief.facts for name in fact.private)])
            mask.whole(brief)
            self._masks[brief] = mask
        return mask


def guarded(writer: SendingWriter, settings: Settings) -> SectionWriter:
    """The writer itself where its endpoint is on this machine, or said to be the unit's own
    (DRAFTER_LLM_LOCAL); a PrivateWriter around it everywhere else.
    """
    if settings.llm_local or is_loopback(endpoint(settings.llm_base_url)):
        return writer
    return PrivateWriter(writer, host_of(settings), SEPARATOR.split(settings.private_names))


def refuse(found: tuple[str, Mark] | None) -> None:
    """Raises WriterError for a secrecy mark, given with the place it stands in.

    It is the endpoint's kind of failure: a writer that stands in may be local, and go on.
    """
    if found:
        place, mark = found
        what = f"{place}有{mark.kind}“{mark.text}”，涉密不上网，没有发送给外部模型"
        raise EndpointError(what, mend="请改用模板写作，或接入本机的模型；不涉密的，请先删去这个标志")


def in_revision(revision: Revision | None) -> tuple[str, Mark] | None:
    """The first secrecy mark in a text that is to be rewritten, or in what an editor asks."""
    parts = {"要修改的正文": revision.text, "修改要求": revision.instruction} if revision else {}
    return next(((place, mark) for place, text in parts.items() if (mark := secrecy.find(text))), None)


def masked_task(task: Task, mask: Mask) -> Task:
    """The task with placeholders for all personal data."""
    mask.whole(task)  # A number learnt from its last place is then masked in its first as well.
    masked = mask.whole(task)
    if task.revision is None or masked.revision is None:
        return masked
    faults = tuple(mask.fault(fault) for fault in task.revision.faults)
    return masked.model_copy(update={"revision": masked.revision.model_copy(update={"faults": faults})})


def material_of(masked: Task) -> str:
    """All of a task that is the user's, masked."""
    revision = masked.revision.model_dump_json() if masked.revision else ""
    return masked.brief.model_dump_json() + masked.outline.model_dump_json() + revision
