"""The page as one program: a Gradio app on a server of our own that loads nothing from outside."""

from __future__ import annotations

import atexit
import errno
import os
import shutil
import socket
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
if "GRADIO_TEMP_DIR" not in os.environ:
    # Gradio's own default is shared by every user of the machine; documents belong in a folder of ours.
    os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="drafter-")
    atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from drafter.config import Settings
from drafter.errors import SettingsError
from drafter.web.batch_page import BatchPage
from drafter.web.check_page import CheckPage
from drafter.web.draft_page import DraftPage
from drafter.web.drafts_page import DraftsPage
from drafter.web.edit_page import EditPage
from drafter.web.review_page import ReviewPage
from drafter.web.theme import STYLES, theme
from drafter.web.words import words_in
from drafter.work.records import WorkStore
from drafter.work.room import GRACE, Room
from drafter.writing.llm import warm_up

DRAIN = 5
"""Seconds that requests have to come to their end when the server is to stop; sections go on meanwhile."""
KEEP_FILES = 24 * 3600
"""Seconds a document stays ready for download."""

REASONS = {
    errno.EADDRINUSE: "端口已被占用",
    errno.EACCES: "没有使用这个端口的权限",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    socket.EAI_NONAME: "找不到这个主机名",
}

LANGUAGE = """<script>
document.documentElement.lang = navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
</script>"""
"""Tells screen readers the language that words_for gives this browser; Gradio always says English."""

HEADERS = {
    # Gradio compiles its templates in the browser, hence unsafe-eval. What it links to outside is refused.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
        "frame-ancestors 'self'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def build(settings: Settings, room: Room) -> gr.Blocks:
    """The pages. Raises DoctypeError for a broken type, StoreError for the database."""
    words, store = words_in("zh"), room.store
    blocks: gr.Blocks
    with gr.Blocks(
        title=words("app.title"), analytics_enabled=False, delete_cache=(3600, KEEP_FILES)
    ) as blocks:
        DraftPage(blocks, settings, room)
    with blocks.route(words("nav.drafts"), "/drafts", show_in_navbar=False):
        DraftsPage(blocks, settings, store)
    with blocks.route(words("nav.batch"), "/batch", show_in_navbar=False):
        BatchPage(blocks, settings, room)
    with blocks.route(words("nav.check"), "/check", show_in_navbar=False):
        CheckPage(blocks, settings)
    with blocks.route(words("action.edit"), "/edit", show_in_navbar=False):
        EditPage(blocks, settings, room)
    with blocks.route(words("nav.review"), "/review", show_in_navbar=False):
        ReviewPage(blocks, settings, store)
    return blocks


def application(settings: Settings) -> FastAPI:
    """The pages as an ASGI application, with headers that keep the browser on this machine."""
    store = WorkStore(settings.database)
    room = Room(settings, store)

    @asynccontextmanager
    async def at_work(_: FastAPI) -> AsyncIterator[None]:
        await room.open()
        yield
        await room.close(GRACE - DRAIN)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=at_work)

    @app.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def ready(response: Response) -> dict[str, str]:
        if store.answers():
            return {"status": "ok"}
        response.status_code = 503
        return {"status": "database"}

    @app.middleware("http")
    async def keep_inside(request: Request, answer: RequestResponseEndpoint) -> Response:
        response = await answer(request)
        response.headers.update(HEADERS)
        return response

    with warnings.catch_warnings():
        # Said of every app with several pages, though rendering on the server was not asked for.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        mounted: FastAPI = gr.mount_gradio_app(
            app,
            build(settings, room),
            path="/",
            theme=theme(),
            css_paths=STYLES,
            head=LANGUAGE,
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
        )
    return mounted


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the pages until interrupted; port 0 takes a free one. Raises SettingsError when it is taken."""
    listener = listen(host, port)
    app = application(settings)
    if settings.has_endpoint:
        threading.Thread(target=warm_up, daemon=True).start()
    print(f"公文起草已就绪，请用浏览器打开：{address(listener)}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=DRAIN)).run(
        sockets=[listener]
    )


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
