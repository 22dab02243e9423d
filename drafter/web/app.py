"""The page as one program: a Gradio app on a server of our own that loads nothing from outside."""

from __future__ import annotations

import atexit
import errno
import ipaddress
import json
import os
import shutil
import socket
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
if "GRADIO_TEMP_DIR" not in os.environ:
    # Gradio's own default is shared by every user of the machine; documents belong in a folder of ours.
    os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="drafter-")
    atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response

from drafter.accounts.model import Refused
from drafter.accounts.office import Office, Offices
from drafter.accounts.users import Users
from drafter.config import Settings
from drafter.errors import DrafterError, SettingsError
from drafter.web.account_pages import AccountPages
from drafter.web.batch_page import BatchPage
from drafter.web.check_page import CheckPage
from drafter.web.downloads import Downloads
from drafter.web.draft_page import HTML, DraftPage
from drafter.web.drafts_page import DraftsPage
from drafter.web.edit_page import EditPage
from drafter.web.gate import MARK, Gate
from drafter.web.identity import Identity
from drafter.web.model_page import ModelPage
from drafter.web.pages import Pages
from drafter.web.plain import message_page
from drafter.web.review_page import ReviewPage
from drafter.web.shelf import Shelf
from drafter.web.theme import STYLES, theme
from drafter.web.watch import Figures, Watch
from drafter.web.words import words_in
from drafter.work.records import WorkStore
from drafter.work.room import GRACE, Room
from drafter.writing.kept import is_expected
from drafter.writing.llm import warm_up

DRAIN = 5
"""Seconds that requests have to come to their end when the server is to stop; sections go on meanwhile."""
KEEP_ALIVE = 75
"""Seconds that a connection may lie unused: longer than a proxy keeps its own (nginx a minute). To be closed
here while the proxy sends on it is an error to its user, and to nginx a sign that the process is gone."""
KEEP_FILES = 24 * 3600
"""Seconds a document stays ready for download."""

REASONS = {
    errno.EADDRINUSE: "端口已被占用",
    errno.EACCES: "没有使用这个端口的权限",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    socket.EAI_NONAME: "找不到这个主机名",
}


def head() -> str:
    """What stands in the head of every page: html/head.js with what it needs to know."""
    expired = {language: words_in(language)("account.expired") for language in ("zh", "en")}
    known = f"const mark = {json.dumps(MARK)}, expired = {json.dumps(expired)};"
    return f"<script>{{\n{known}\n{(HTML / 'head.js').read_text(encoding='utf-8')}}}</script>"


def build(settings: Settings, offices: Offices, shelf: Shelf) -> gr.Blocks:
    """The pages. Raises DoctypeError for a broken type, StoreError for the database."""
    words = words_in("zh")
    blocks: gr.Blocks
    with Pages(title=words("app.title"), analytics_enabled=False, delete_cache=(3600, KEEP_FILES)) as blocks:
        DraftPage(blocks, settings, offices, shelf)
    with blocks.route(words("nav.drafts"), "/drafts", show_in_navbar=False):
        DraftsPage(blocks, settings, offices)
    with blocks.route(words("nav.batch"), "/batch", show_in_navbar=False):
        BatchPage(blocks, settings, offices, shelf)
    with blocks.route(words("nav.check"), "/check", show_in_navbar=False):
        CheckPage(blocks, settings, offices, shelf)
    with blocks.route(words("action.edit"), "/edit", show_in_navbar=False):
        EditPage(blocks, settings, offices, shelf)
    with blocks.route(words("nav.review"), "/review", show_in_navbar=False):
        ReviewPage(blocks, settings, offices)
    return blocks


def application(settings: Settings, login: bool = False) -> FastAPI:
    """The pages as an ASGI application behind their gate. Without `login` they serve this machine alone."""
    store = WorkStore(settings.database)
    room = Room(settings, store)
    offices = partial(Office, room)

    @asynccontextmanager
    async def at_work(_: FastAPI) -> AsyncIterator[None]:
        await room.open()
        yield
        await room.close(GRACE - DRAIN)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=at_work)
    app.state.room = room
    identity = Identity(settings, store, login or asks_for_login(settings))
    shelf = Shelf(Path(os.environ["GRADIO_TEMP_DIR"]) / "results", KEEP_FILES)

    @app.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def ready(response: Response) -> dict[str, str]:
        if store.answers():
            return {"status": "ok"}
        response.status_code = 503
        return {"status": "database"}

    app.get("/metrics")(Figures(store.engine).answer)

    @app.exception_handler(DrafterError)
    def say(request: Request, error: DrafterError) -> Response:
        status = 403 if isinstance(error, Refused) else 404
        return message_page(str(error), status, request.headers.get("accept-language", ""))

    app.include_router(AccountPages(identity).router)
    app.include_router(ModelPage(settings, identity.audit).router)
    app.include_router(Downloads(settings, offices, shelf).router)
    upload_bytes = settings.max_upload_mb * 2**20
    app.add_middleware(Gate, identity=identity, shelf=shelf, upload_bytes=upload_bytes)
    app.add_middleware(Watch)
    with warnings.catch_warnings():
        # Said of every app with several pages, though rendering on the server was not asked for.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        mounted: FastAPI = gr.mount_gradio_app(
            app,
            build(settings, offices, shelf),
            path="/",
            theme=theme(),
            css_paths=STYLES,
            head=head(),
            max_file_size=upload_bytes,
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
        )
    return mounted


class Server(uvicorn.Server):
    """Begins no more sections as soon as it is to stop, while requests come to their end."""

    def __init__(self, config: uvicorn.Config, room: Room) -> None:
        super().__init__(config)
        self._room = room

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """What uvicorn does when it is asked to end."""
        self._room.hold()
        await super().shutdown(sockets)


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the pages until interrupted; port 0 takes a free one. Raises SettingsError when it is taken, or
    when others than this machine could come and nobody can log in.
    """
    listener = listen(host, port)
    login = asks_for_login(settings) or not ipaddress.ip_address(listener.getsockname()[0]).is_loopback
    if login and not (settings.sso_proxy or Users(WorkStore(settings.database)).count()):
        listener.close()
        raise SettingsError(
            f"在 {host} 上提供网页需要登录，但还没有账号",
            mend="请先运行 drafter user add 登录名 --unit 单位，或设置 DRAFTER_SSO_PROXY",
        )
    app = application(settings, login)
    if is_expected(settings):
        threading.Thread(target=warm_up, daemon=True).start()
    print(f"公文起草已就绪，请用浏览器打开：{address(listener)}", flush=True)
    Server(
        uvicorn.Config(
            # How is logged, and which proxies are believed, are our settings' business, not the server's.
            app,
            log_config=None,
            log_level="warning",
            timeout_graceful_shutdown=DRAIN,
            timeout_keep_alive=KEEP_ALIVE,
            proxy_headers=False,
            server_header=False,
        ),
        app.state.room,
    ).run(sockets=[listener])


def asks_for_login(settings: Settings) -> bool:
    """Whether people must say who they are even on this machine."""
    return settings.login == "always" or bool(settings.sso_proxy)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to host and port. Raises SettingsError saying which of the two cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        if isinstance(error, OverflowError):
            reason = "端口号应在0到65535之间"
        else:
            reason = REASONS.get(error.errno or 0, str(error))
        raise SettingsError(
            f"不能在 {host} 的端口 {port} 上提供网页（{reason}）",
            mend="请用 --port 换一个端口，或检查 --host",
        ) from None
    return listener


def address(listener: socket.socket) -> str:
    """The address to open in a browser."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"
