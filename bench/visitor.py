"""A person at a page, without a browser: what the page's script says to the server, and what it hears.

Gradio's own protocol: an event goes to run/predict, or to queue/join and its answers come over queue/data;
the page's values are sent with it, and its answers change them. Only what a load needs is done.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

API = "gradio_api"
CONFIG = "window.gradio_config = "
NOTE = Callable[[str, float], None]


class Failed(Exception):
    """The server did not answer as it should: what was asked, and what came."""


class Visitor:
    """One browser: its cookies, and the page it has open. `note` hears of every answer: what, seconds;
    `address` is of this machine, and where the browser seems to be.
    """

    def __init__(self, url: str, note: NOTE, address: str = "127.0.0.1") -> None:
        self._url, self._note, self._address = url.rstrip("/"), note, address
        self._client = httpx2.AsyncClient(
            timeout=60,
            trust_env=False,
            headers={"accept-language": "zh-CN", "origin": self._origin},
            transport=httpx2.AsyncHTTPTransport(local_address=address),
        )
        self._alive: asyncio.Task[None] | None = None
        self._path = ""
        self.heard = asyncio.Event()
        """Set when an event of the page has its first answer."""

    @property
    def _origin(self) -> str:
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc}"

    async def log_in(self, login: str, password: str) -> None:
        """Log in on the login page."""
        began = time.perf_counter()
        answer = await self._client.post(
            f"{self._url}/login", data={"login": login, "password": password}, follow_redirects=False
        )
        self._check(answer.status_code == 303, "login", answer)
        self._note("login", time.perf_counter() - began)

    def another(self) -> Visitor:
        """Another window of the same browser."""
        beside = Visitor(self._url, self._note, self._address)
        beside._client.cookies.update(self._client.cookies)
        return beside

    async def open(self, path: str) -> None:
        """Open a page, keep it alive as a browser does, and wait until its first contents are there."""
        await self.leave()
        began = time.perf_counter()
        answer = await self._client.get(f"{self._url}/{path}", headers={"accept": "text/html"})
        self._check(answer.status_code == 200 and CONFIG in answer.text, f"GET {path}", answer)
        start = answer.text.index(CONFIG) + len(CONFIG)
        config, _ = json.JSONDecoder().raw_decode(answer.text[start:])
        self._path, self._hash = path, secrets.token_hex(6)
        own = set(config["page"][config["current_page"]]["dependencies"])
        self._events = [one for one in config["dependencies"] if one["id"] in own]
        self._ids = {
            one["props"]["elem_id"]: one["id"] for one in config["components"] if one["props"].get("elem_id")
        }
        self.values: dict[int, Any] = {one["id"]: one["props"].get("value") for one in config["components"]}
        self._alive = asyncio.create_task(self._keep_alive())
        for event in self._events:
            if any(kind == "load" for _, kind in event["targets"]) and event["backend_fn"]:
                await self._run(event, None)
        self._note(f"open {path.partition('?')[0] or 'draft'}", time.perf_counter() - began)

    @property
    def cookies(self) -> Mapping[str, str]:
        """What the browser keeps for the site."""
        return dict(self._client.cookies)

    async def upload(self, content: bytes) -> tuple[int, str]:
        """Send a file as the page does; the answer's status and text."""
        url = f"{self._url}/{API}/upload?upload_id={secrets.token_hex(6)}"
        answer = await self._client.post(url, files={"files": ("document.txt", content)})
        return answer.status_code, answer.text

    async def leave(self) -> None:
        """Close the page."""
        if self._alive:
            self._alive.cancel()
            await asyncio.gather(self._alive, return_exceptions=True)
            self._alive = None

    async def close(self) -> None:
        """Close the browser."""
        await self.leave()
        await self._client.aclose()

    def value(self, name: str) -> Any:
        """What a control holds, by its elem_id."""
        return self.values[self._ids[name]]

    async def do(self, name: str, kind: str = "click", said: Any = None, **changed: Any) -> float:
        """An event of a control, with controls (by elem_id, «_» for «-») changed before; the seconds until
        its first answer.
        """
        for control, value in changed.items():
            self.values[self._ids[control.replace("_", "-")]] = value
        first = 0.0
        for event in self._events:
            if [self._ids[name], kind] in [list(target) for target in event["targets"]] and event[
                "backend_fn"
            ]:
                took = await self._run(event, said)
                first = first or took
        self._check(first > 0, f"{name}.{kind}", None)
        self._note(f"{name}.{kind}", first)
        return first

    async def _run(self, event: dict[str, Any], said: Any) -> float:
        body = {
            "data": [self.values.get(one) if self._is_control(one) else None for one in event["inputs"]],
            "event_data": said,
            "fn_index": event["id"],
            "trigger_id": event["targets"][0][0],
            "session_hash": self._hash,
        }
        query = urlsplit(self._path).query
        began = time.perf_counter()
        route = "queue/join" if event["queue"] else "run/predict"
        self.heard.clear()
        answer = await self._client.post(f"{self._url}/{API}/{route}?{query}", json=body)
        self._check(answer.status_code == 200, f"{route} {event['id']}", answer)
        if not event["queue"]:
            self._take(event, answer.json()["data"])
            return time.perf_counter() - began
        return await self._listen(event, began)

    async def _listen(self, event: dict[str, Any], began: float) -> float:
        first = 0.0
        url = f"{self._url}/{API}/queue/data?session_hash={self._hash}"
        async with self._client.stream("GET", url, timeout=600) as stream:
            self._check(stream.status_code == 200, "queue/data", None)
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line[5:])
                if message["msg"] in ("process_generating", "process_completed"):
                    first = first or time.perf_counter() - began
                    self.heard.set()
                if message["msg"] == "process_completed":
                    self._check(message.get("success", True), f"event {event['id']}", message)
                    self._take(event, message["output"].get("data", []))
                if message["msg"] == "close_stream":
                    break
        self._check(first > 0, f"no answer to event {event['id']}", None)
        return first

    def _take(self, event: dict[str, Any], data: list[Any]) -> None:
        for name, value in zip(event["outputs"], data, strict=False):
            if isinstance(value, dict) and value.get("__type__") == "update":
                if "value" in value:
                    self.values[name] = value["value"]
            else:
                self.values[name] = value

    def _is_control(self, name: int) -> bool:
        return name in self.values

    async def _keep_alive(self) -> None:
        url = f"{self._url}/{API}/heartbeat/{self._hash}"
        async with self._client.stream("GET", url, timeout=None) as stream:
            async for _ in stream.aiter_lines():
                pass

    @staticmethod
    def _check(well: bool, what: str, came: Any) -> None:
        if not well:
            said = re.sub(r"\s+", " ", getattr(came, "text", str(came)))[:200]
            raise Failed(f"{what}: {getattr(came, 'status_code', '')} {said}")
