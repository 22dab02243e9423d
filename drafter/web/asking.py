"""Who asks, as the gate has found out, and the head of every page with their name."""

from __future__ import annotations

from typing import Any

from drafter.accounts.model import Person
from drafter.web.views import render
from drafter.web.words import Words, words_for


def person_of(request: Any) -> Person:
    """Whoever sends a request (Gradio's or Starlette's). AttributeError for one that passed no gate."""
    person: Person = request.state.person
    return person


def words_of(request: Any) -> Words:
    """The catalogue in the language that whoever sends a request prefers."""
    return words_for(request.headers.get("accept-language", ""))


def header(request: Any, words: Words, page: str, writer: str = "") -> str:
    """The head of the page `page`: the way to the others, who writes, and who is logged in."""
    person = person_of(request)
    return render(
        "header.html",
        words,
        writer=writer,
        page=page,
        person=person if person.role else None,
        leaves=not request.state.caller.named,
    )
