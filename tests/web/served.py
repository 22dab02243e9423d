"""The real application on a real port in a thread, and visitors who speak to it as a browser does."""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import uvicorn
from fastapi import FastAPI
from starlette.routing import Mount

from drafter.accounts.users import Users
from drafter.config import Settings
from drafter.store import Store
from drafter.web.app import application

PASSWORD = "correct horse battery"


class Site:
    """A running application with its database."""

    def __init__(self, app: FastAPI, url: str, settings: Settings) -> None:
        self.app, self.url, self.settings = app, url, settings
        self.store = Store(settings.database)
        self.users = Users(self.store)
        (mount,) = [route for route in app.routes if isinstance(route, Mount)]
        self.blocks: gr.Blocks = mount.app.blocks  # type: ignore[attr-defined]

    def handler(self, page: str, name: str) -> int:
        """The number by which a browser calls the method `name` of the page class `page`."""
        for number, function in self.blocks.fns.items():
            made = getattr(function.fn, "__self__", None)
            if type(made).__name__ == page and function.name == name:
                return int(number)
        raise KeyError(name)


class Visitor:
    """A browser: it keeps cookies, says where its requests come from, and has one page open."""

    def __init__(self, site: Site, login: str = "", **headers: str) -> None:
        self.site = site
        self.page = secrets.token_hex(6)
        self.client = httpx.Client(
            base_url=site.url, headers={"Origin": site.url, **headers}, timeout=60, trust_env=False
        )
        if login:
            answer = self.log_in(login)
            assert answer.status_code == 303, answer.text

    def turn_page(self) -> None:
        """Open another page in place of this one."""
        self.page = secrets.token_hex(6)

    def log_in(self, login: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """Send the form of the login page."""
        return self.client.post("/login", data={"login": login, "password": password, **more})

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask for an address."""
        return self.client.get(path, **options)

    def event(
        self, page: str, name: str, data: list[Any], said: Any = None, query: str = "", **more: Any
    ) -> Any:
        """Set off the handler `name` as the page does; returns its answer, the last if there are several.

        Raises httpx.HTTPStatusError when the request is refused.
        """
        number = self.site.handler(page, name)
        body = {
            "data": data,
            "fn_index": number,
            "session_hash": self.page,
            "event_data": said,
            "trigger_id": None,
        }
        queued = self.site.blocks.fns[number].queue
        path = "/gradio_api/queue/join" if queued else "/gradio_api/run/predict"
        answer = self.client.post(path + query, json=body | more).raise_for_status()
        return self._last() if queued else answer.json()["data"]

    def _last(self) -> Any:
        with self.client.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.page}
        ) as answer:
            last: Any = None
            for line in answer.raise_for_status().iter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed":
                    assert message["success"], message
                    last = message["output"]["data"]
                if message.get("msg") == "close_stream":
                    break
        return last

    def check(self, text: str = "", file: Any = None) -> Any:
        """Have a document checked, pasted or uploaded, on a page just opened."""
        self.event("CheckPage", "_open", [])
        return self.event("CheckPage", "_check", [None, file, text, "", ""])

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file as Gradio's page does; returns its path on the server."""
        answer = self.client.post(
            f"/gradio_api/upload?upload_id={secrets.token_hex(6)}", files={"files": (name, content)}
        )
        return str(answer.raise_for_status().json()[0])


@contextmanager
def served(folder: Path, *, login: bool = True, works: bool = True, **settings: Any) -> Iterator[Site]:
    """The application with a database in `folder`, until the end of the block.

    Without `works` nothing can be drafted in it: a process has one engine, and another site may have it.
    """
    given = Settings(data_dir=folder, _env_file=None, **settings)
    app = application(given, login)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", proxy_headers=False, lifespan="on" if works else "off")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield Site(app, f"http://127.0.0.1:{listener.getsockname()[1]}", given)
    finally:
        server.should_exit = True
        thread.join(20)
