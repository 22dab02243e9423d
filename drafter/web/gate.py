"""The one gate before every page: what is not meant here does not exist, and who asks is known.

Gradio opens some eighty routes of its own, most of which these pages do not need. MEANT lists what may be
asked for, and what is checked of it; anything else is answered with 404, a route that a later Gradio adds
too. tests/web/test_authorisation.py holds every route of the application against this list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlsplit

from fastapi.responses import JSONResponse, RedirectResponse
from starlette._utils import get_route_path
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.accounts.model import Person, Refused
from drafter.errors import DrafterError
from drafter.store import StoreError
from drafter.web.identity import Caller, Identity
from drafter.web.plain import message_page
from drafter.web.shelf import Shelf

Check = Literal[
    "health",
    "figures",
    "anyone",
    "page",
    "download",
    "person",
    "accounts",
    "machine",
    "event",
    "session",
    "upload",
    "progress",
    "file",
]
"""«health»: nothing at all. «figures»: a collector of figures asks. «anyone»: no login. All others need a
person. «page», «download»: who is none is led to the login. «accounts»: administrators. «machine»:
administrators, or the one person of a machine without accounts. «event»: a Gradio event; the page it names
and the files are the person's. «session», «progress»: the open page or upload that the address names is the
person's. «file»: the person uploaded it.
"""


class Meant(NamedTuple):
    """A route that is meant: methods, path, and what is checked."""

    methods: tuple[str, ...]
    path: re.Pattern[str]
    check: Check


def _meant(methods: str, path: str, check: Check) -> Meant:
    return Meant(tuple(methods.split()), re.compile(path), check)


MEANT = (
    _meant("GET", r"/healthz|/readyz", "health"),
    _meant("GET", r"/metrics", "figures"),
    _meant("GET POST", r"/login", "anyone"),
    _meant("GET HEAD", r"/favicon\.ico", "anyone"),
    _meant("GET HEAD", r"/", "page"),
    _meant("GET", r"/drafts|/batch|/check|/edit|/review", "page"),
    _meant("GET POST", r"/password", "page"),
    _meant("GET POST", r"/accounts", "accounts"),
    _meant("GET POST", r"/model", "machine"),
    _meant("POST", r"/logout", "person"),
    _meant("GET", r"/export|/result/[\w-]+", "download"),
    _meant("GET HEAD", r"/(?:assets|static)/[\w./-]+|/theme\.css|/manifest\.json", "person"),
    _meant("POST", r"/gradio_api/(?:queue/join|run/predict)", "event"),
    _meant("GET", r"/gradio_api/queue/data", "session"),
    _meant("GET", r"/gradio_api/heartbeat/(?P<session_hash>\w+)", "session"),
    _meant("POST", r"/gradio_api/upload", "upload"),
    _meant("GET", r"/gradio_api/upload_progress", "progress"),
    _meant("GET HEAD", r"/gradio_api/file=(?P<path>.+)", "file"),
)

SAFE = ("GET", "HEAD")
EVENT = ("data", "event_data", "fn_index", "trigger_id", "session_hash")
"""What a page says of an event. Gradio understands more, which is for programs."""
FORM_BYTES, EVENT_BYTES = 64 * 1024, 8 * 1024 * 1024
"""The most that a form of a plain page, and what a page sends, may hold."""
SESSION = re.compile(r"\w{1,64}", re.ASCII)
UPLOAD = re.compile(r"[\w-]{1,64}", re.ASCII)

HEADERS = {
    # Gradio compiles its templates in the browser, hence unsafe-eval. What it links to outside is refused.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MARK = "drafter-person"
"""The cookie by which the page's script knows that somebody else uses this browser now (see html/head.js)."""


class TooLarge(DrafterError):
    """More was sent than one request may hold."""


class Gate:
    """ASGI middleware around the application."""

    def __init__(self, app: ASGIApp, identity: Identity, shelf: Shelf, upload_bytes: int) -> None:
        self._app, self._identity, self._shelf = app, identity, shelf
        self._most: dict[Check, int] = {"event": EVENT_BYTES, "upload": upload_bytes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path = get_route_path(scope)
        found = find(scope["method"], path) if scope["type"] == "http" else None
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        send = _with_headers(send, kept=path.startswith(("/assets/", "/static/")))
        if found is None or (found[0].check == "figures" and not self._identity.collects(scope)):
            await _refusal(404, "没有这个地址", json_wanted=True)(scope, receive, send)
            return
        route, names = found
        as_json = route.check not in ("anyone", "page", "download", "accounts", "machine")
        try:
            answer = await self._enter(route, names, scope, receive, send)
        except TooLarge as error:
            answer = _refusal(413, str(error), as_json)
        except StoreError as error:
            answer = _refusal(503, str(error), as_json)
        except Refused as error:
            answer = _refusal(403, str(error), as_json)
        if answer is not None:
            await answer(scope, receive, send)

    async def _enter(
        self, route: Meant, names: dict[str, str], scope: Scope, receive: Receive, send: Send
    ) -> Response | None:
        """Let the request through, or return the answer that turns it away."""
        if route.check in ("health", "figures"):
            await self._app(scope, receive, send)
            return None
        caller = await run_in_threadpool(self._identity.caller, scope)
        if scope["method"] not in SAFE:
            headers = Headers(scope=scope)
            self._same_origin(headers, caller)
            _bounded(headers, self._most.get(route.check, FORM_BYTES))
        person = await run_in_threadpool(self._identity.person, scope, caller)
        scope.setdefault("state", {}).update(person=person, caller=caller)
        if route.check == "anyone":
            await self._app(scope, receive, send)
            return None
        if person is None:
            return _to_login(scope, route)
        closed = route.check == "accounts" and not self._identity.login
        if closed or (route.check in ("accounts", "machine") and not person.may("accounts")):
            await self._note(person, route.check)
            return _refusal(404, "没有这个地址", json_wanted=False)
        if route.check == "page" and self._identity.login:
            send = _marked(send, scope, person)
        return await self._check(route.check, names, person, scope, receive, send)

    async def _check(
        self, check: Check, names: dict[str, str], person: Person, scope: Scope, receive: Receive, send: Send
    ) -> Response | None:
        """What is checked of a known person's request."""
        theirs = True
        if check == "event":
            event = self._event(await _read(receive), person)
            theirs = event is not None
            receive = _replaced(json.dumps(event).encode(), scope, receive)
        elif check == "session":
            name = names.get("session_hash") or _asked(scope, "session_hash")
            theirs = bool(SESSION.fullmatch(name)) and self._shelf.bind("session", name, person)
        elif check in ("upload", "progress"):
            name = _asked(scope, "upload_id")
            # Gradio's upload button gives none: nobody asks for its progress then.
            nameless = check == "upload" and "upload_id" not in QueryParams(scope["query_string"])
            theirs = nameless or (bool(UPLOAD.fullmatch(name)) and self._shelf.bind("upload", name, person))
            send = self._noting_uploads(scope, send, person) if check == "upload" else send
        elif check == "file":
            theirs = self._shelf.is_uploaded(names["path"], person)
        if not theirs:
            await self._note(person, f"another's {check}")
            return _refusal(404, "没有这个页面，请刷新后再试", json_wanted=True)
        await self._app(scope, receive, send)
        return None

    async def _note(self, person: Person, about: str) -> None:
        """Write down that somebody was turned away."""
        await run_in_threadpool(self._identity.audit.note, person.login, "refused", about)

    def _event(self, body: bytes, person: Person) -> dict[str, Any] | None:
        """What a page of this person's says of an event, with files of this person's; None for any other."""
        try:
            said = json.loads(body)
            event = {name: said.get(name) for name in EVENT}
        except (ValueError, AttributeError, RecursionError):
            return None
        name = event["session_hash"]
        if not isinstance(name, str) or not SESSION.fullmatch(name):
            return None
        theirs = self._shelf.bind("session", name, person)
        files = _paths([event["data"], event["event_data"]])
        return event if theirs and all(self._shelf.is_uploaded(path, person) for path in files) else None

    def _same_origin(self, headers: Headers, caller: Caller) -> None:
        """Raise Refused for a request that changes something and was sent by another site's page."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            ours = site == "same-origin"
        elif origin is not None:
            ours = urlsplit(origin).netloc.lower() == caller.host.lower() != ""
        else:
            # Every browser says one of the two. On a machine without accounts, programs may come too.
            ours = not self._identity.login
        if not ours:
            raise Refused("请求不是从本系统的页面发出的", mend="请在本系统的页面上操作")

    def _noting_uploads(self, scope: Scope, send: Send, person: Person) -> Send:
        """Note the files that Gradio says it has taken as this person's."""
        scope["headers"] = [one for one in scope["headers"] if one[0] != b"accept-encoding"]
        said = bytearray()

        async def noting(message: Message) -> None:
            said.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                for path in _listed(bytes(said)):
                    self._shelf.uploaded(path, person)
            await send(message)

        return noting


def find(method: str, path: str) -> tuple[Meant, dict[str, str]] | None:
    """The meant route of a request and what its path names; None when it is not meant."""
    for route in MEANT:
        if method in route.methods and (matched := route.path.fullmatch(path)):
            return route, matched.groupdict()
    return None


def _to_login(scope: Scope, route: Meant) -> Response:
    root = scope.get("root_path", "")
    if route.check in ("page", "download", "accounts", "machine") and scope["method"] in SAFE:
        # A download would leave whoever has logged in on the login page.
        wanted = get_route_path(scope) if route.check != "download" else "/"
        if scope["query_string"] and wanted != "/":
            wanted += "?" + scope["query_string"].decode("latin-1")
        after = f"?next={quote(wanted, safe='/')}" if wanted != "/" else ""
        return RedirectResponse(f"{root}/login{after}", 303)
    return _refusal(401, "登录已过期，请刷新页面重新登录", json_wanted=True)


def _refusal(status: int, text: str, json_wanted: bool) -> Response:
    if json_wanted:
        return JSONResponse({"detail": text}, status)
    return message_page(text, status)


def _paths(value: Any) -> Iterator[str]:
    """The paths of files in what a page sends, however deep."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("path"), str):
                yield one["path"]
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _listed(body: bytes) -> list[str]:
    """The paths in Gradio's answer to an upload; none when it is not one."""
    try:
        found = json.loads(body)
    except ValueError:
        return []
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _replaced(body: bytes, scope: Scope, receive: Receive) -> Receive:
    """`receive` with another body: what was checked is what is read, whatever reads it."""
    headers = [one for one in scope["headers"] if one[0] != b"content-length"]
    scope["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
    given = False

    async def instead() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return instead


def _bounded(headers: Headers, most: int) -> None:
    """Raise TooLarge for a body that is larger, or does not say how large it is, as every browser does."""
    length = headers.get("content-length", "0" if "content-type" not in headers else "")
    if "transfer-encoding" in headers or not length.isdecimal() or int(length) > most:
        size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 2**10} KB"
        raise TooLarge(f"内容太大，一次最多 {size}", mend="请分开或缩小后再试")


def _asked(scope: Scope, name: str) -> str:
    """A parameter of the address; empty when it is not there, or there twice."""
    values = QueryParams(scope["query_string"]).getlist(name)
    return values[0] if len(values) == 1 else ""


def _with_headers(send: Send, kept: bool) -> Send:
    """Add HEADERS; unless the browser may keep it, nothing stays in its cache."""

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not kept:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return adding


def _marked(send: Send, scope: Scope, person: Person) -> Send:
    """Tell the page's script, by a cookie that opens nothing, who uses this browser."""
    mark = f"{MARK}={quote(person.login, safe='')}"
    if mark in Headers(scope=scope).get("cookie", ""):
        return send

    async def marking(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("Set-Cookie", f"{mark}; Path=/; SameSite=Lax")
        await send(message)

    return marking
