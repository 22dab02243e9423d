"""Pages that need no script: the login, one's password, the accounts, the model service, and a message in
place of a page.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from drafter.web.views import render
from drafter.web.words import Words, words_for

Given = dict[str, str]
"""What was filled in, by the names of the fields."""


async def form_of(request: Request) -> Given:
    """The form that a page has sent."""
    async with request.form(max_files=0, max_fields=20) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def page(template: str, words: Words, status: int = 200, **values: Any) -> HTMLResponse:
    """A file of html/ as a page."""
    return HTMLResponse(render(template, words, **values), status)


def message_page(text: str, status: int, accept_language: str = "") -> HTMLResponse:
    """A sentence in place of a page that cannot be shown."""
    return page("message.html", words_for(accept_language), status, text=text)
