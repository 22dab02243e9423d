"""Pages that need no script: the login, one's password, the accounts, and a message in place of a page."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse

from drafter.web.views import render
from drafter.web.words import Words, words_for


def page(template: str, words: Words, status: int = 200, **values: Any) -> HTMLResponse:
    """A file of html/ as a page."""
    return HTMLResponse(render(template, words, **values), status)


def message_page(text: str, status: int, accept_language: str = "") -> HTMLResponse:
    """A sentence in place of a page that cannot be shown."""
    return page("message.html", words_for(accept_language), status, text=text)
