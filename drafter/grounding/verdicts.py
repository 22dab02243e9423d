"""What is said of a claim: its status, what it rests on, and why it fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drafter.grounding.context import Place
from drafter.grounding.page import Figure
from drafter.model import ClaimStatus

BRIEF = "brief"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a claim: status, the sources it rests on or is taken from, and why it fails.

    `parts` holds figures of facts, each with its source, that the claim tells though it does not print them,
    as a sum does, or prints them in the wrong place.
    """

    status: ClaimStatus
    sources: tuple[str, ...] = ()
    why: str = ""
    parts: tuple[tuple[str, Figure], ...] = ()


def label(source: str) -> str:
    """A source as people read it."""
    return "任务信息" if source == BRIEF else f"事实{source}"


def ids(owners: Iterable[Place]) -> tuple[str, ...]:
    """The sources of places, each once."""
    return tuple(dict.fromkeys(place.source for place in owners))
