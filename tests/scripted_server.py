"""A real HTTP server that speaks the OpenAI chat-completions protocol and misbehaves on request.

    with ScriptedServer() as server:
        … base URL server.base_url, model "ok", "cut-once", "html" …
    with ScriptedServer(script) as server:      # script: async (Exchange) -> None, for every model name

The model name chooses the behaviour (see BEHAVIOURS); every request is recorded. It listens on loopback
only, in a thread with an event loop of its own. «-once» behaviours misbehave at the first request of a
conversation with the same user message, then answer well.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Self

END_MARK = "〔完〕"
FACT = re.compile(r"^F\d+(?:〔[^〕]+〕)? (?P<text>.+)$", re.MULTILINE)
CURRENT = re.compile(r"^▶\s*(?P<label>[^—\n]+)", re.MULTILINE)
TLS_HANDSHAKE = b"\x16"
NO_WAIT = {"retry-after-ms": "1"}
REASONS = {200: "OK", 401: "Unauthorized", 429: "Too Many Requests", 500: "Internal Server Error"}

Script = Callable[["Exchange"], Awaitable[None]]


@dataclass
class Recorded:
    """One request as it came: path, headers (names in small letters) and JSON body."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        """The first message."""
        return str(self.body["messages"][0]["content"])

    @property
    def user(self) -> str:
        """The first message of the user."""
        return next(str(part["content"]) for part in self.body["messages"] if part["role"] == "user")


@dataclass
class Exchange:
    """One request and the means to answer it. `turn` counts requests with the same user message from 1."""

    server: ScriptedServer
    request: Recorded
    turn: int
    writer: asyncio.StreamWriter
    streaming: bool = field(default=False, init=False)

    @property
    def prose(self) -> str:
        """A plausible section: each fact of the prompt once, unchanged, in order."""
        facts = FACT.findall(self.request.user)
        if not facts:
            return "现将有关情况报告如下："
        return "".join(
            f"{place}是{fact.rstrip('。')}。"
            for place, fact in zip("一二三四五六七八九十" * 9, facts, strict=False)
        )

    @property
    def label(self) -> str:
        """Number and heading of the section that is asked for."""
        found = CURRENT.search(self.request.user)
        return found["label"].strip() if found else ""

    async def reply(self, status: int, payload: object, headers: dict[str, str] | None = None) -> None:
        """A whole response; `payload` that is no string goes as JSON."""
        kind = "text/html" if isinstance(payload, str) else "application/json"
        data = (payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)).encode()
        await self.head(status, {"content-type": kind, "content-length": str(len(data)), **(headers or {})})
        await self.raw(data)

    async def error(self, status: int, message: str, code: str | None = None, **more: str) -> None:
        """An error in OpenAI's form; `more` are headers, with «_» for «-»."""
        headers = {name.replace("_", "-"): value for name, value in more.items()} or NO_WAIT
        await self.reply(status, {"error": {"message": message, "code": code, "type": "error"}}, headers)

    async def head(self, status: int, headers: dict[str, str]) -> None:
        """Status line and headers. Every connection serves one request."""
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join([*lines, "", ""]).encode())

    async def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def event(self, payload: object) -> None:
        """One server-sent event, beginning the stream if need be; a string goes as it is."""
        if not self.streaming:
            self.streaming = True
            await self.head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"})
        data = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        await self.chunk(f"data: {data}\n\n")

    async def chunk(self, text: str) -> None:
        """One HTTP chunk."""
        data = text.encode()
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def delta(self, finish: str | None = None, **delta: object) -> None:
        """One chunk of the answer."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        await self.event({"id": "c", "object": "chat.completion.chunk", "created": 1, "choices": [choice]})

    async def say(self, text: str, size: int = 3) -> None:
        """Text in deltas of `size` characters, `server.delay` seconds between them."""
        for start in range(0, len(text), size):
            await self.delta(content=text[start : start + size])
            await asyncio.sleep(self.server.delay)

    async def finish(self, reason: str | None = "stop") -> None:
        """The finish reason, usage when it was asked for, [DONE] and the end of the body."""
        await self.delta(finish=reason)
        if (self.request.body.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            await self.event({"id": "c", "object": "chat.completion.chunk", "choices": [], "usage": usage})
        await self.event("[DONE]")
        await self.raw(b"0\r\n\r\n")

    async def answer(self, text: str, reason: str | None = "stop") -> None:
        """A whole answer."""
        await self.delta(role="assistant", content="")
        await self.say(text)
        await self.finish(reason)

    def reset(self) -> None:
        """Tear the connection down."""
        self.writer.transport.abort()


class ScriptedServer:
    """The server; a context manager. `delay` is the pause between deltas in seconds.

    `requests` are the recorded ones in order; `active` is how many are being answered now, `most_at_once` how
    many were at one time. `models` is what GET /models lists, None for a server that has no such path.
    """

    def __init__(
        self, script: Script | None = None, *, delay: float = 0.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.script, self.delay, self.tls = script, delay, tls
        self.requests: list[Recorded] = []
        self.models: tuple[str, ...] | None = None
        self.most_at_once = 0
        self.active = 0
        self._turns: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._port: Future[int] = Future()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=[self._serve()], daemon=True
        )

    @property
    def base_url(self) -> str:
        """What DRAFTER_LLM_BASE_URL takes."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._port.result(10)}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._port.result(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._exchanges: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self.tls, backlog=512)
        self._port.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()
        for task in self._exchanges:
            task.cancel()
        await asyncio.gather(*self._exchanges, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._handle(reader, writer))
        self._exchanges.add(task)
        task.add_done_callback(self._exchanges.discard)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await self._read(reader)
            self.requests.append(request)
            self.active += 1
            self.most_at_once = max(self.most_at_once, self.active)
            try:
                await self._behave(request, writer)
            finally:
                self.active -= 1
        except ConnectionAbortedError:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Recorded:
        beginning = await reader.readexactly(1)
        if beginning == TLS_HANDSHAKE:
            raise ConnectionAbortedError("TLS on a plain port")
        head = beginning + await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        data = await reader.readexactly(int(headers.get("content-length", "0")))
        is_json = headers.get("content-type", "").startswith("application/json")
        return Recorded(first.split(" ")[1], headers, json.loads(data) if is_json else {})

    async def _behave(self, request: Recorded, writer: asyncio.StreamWriter) -> None:
        turn = 1
        if request.body:
            self._turns[request.user] += 1
            turn = self._turns[request.user]
        exchange = Exchange(self, request, turn, writer)
        if request.path.endswith("/v1/models") and self.models is not None:
            await exchange.reply(200, {"object": "list", "data": [{"id": name} for name in self.models]})
            return
        if not request.path.endswith("/v1/chat/completions"):
            await exchange.error(404, "Not Found")
            return
        name = str(request.body.get("model"))
        if name.endswith("-once") and turn > 1:
            name = "ok"
        behaviour = self.script or BEHAVIOURS.get(name.removesuffix("-once"))
        if behaviour is None:
            await exchange.error(404, f"The model `{name}` does not exist", "model_not_found")
            return
        await behaviour(exchange)


class Held:
    """Answers that stop half-way until `go`."""

    def __init__(self) -> None:
        self.go = threading.Event()

    async def __call__(self, exchange: Exchange) -> None:
        half = len(exchange.prose) // 2
        await exchange.say(exchange.prose[:half])
        while not self.go.is_set():
            await asyncio.sleep(0.02)
        await exchange.say(f"{exchange.prose[half:]}\n{END_MARK}")
        await exchange.finish()


BEHAVIOURS: dict[str, Script] = {}
"""What the model names mean. Each also exists with «-once» behind it."""


def behaviour(name: str) -> Callable[[Script], Script]:
    def register(script: Script) -> Script:
        BEHAVIOURS[name] = script
        return script

    return register


def answers(name: str, text: Callable[[Exchange], str], reason: str | None = "stop") -> None:
    """A behaviour that is a whole answer."""

    async def script(exchange: Exchange) -> None:
        await exchange.answer(text(exchange), reason)

    BEHAVIOURS[name] = script


def fails(name: str, status: int, message: str, code: str | None = None, **headers: str) -> None:
    """A behaviour that is an error response."""

    async def script(exchange: Exchange) -> None:
        await exchange.error(status, message, code, **headers)

    BEHAVIOURS[name] = script


def half(exchange: Exchange) -> str:
    """The first half of the prose."""
    return exchange.prose[: len(exchange.prose) // 2]


answers("ok", lambda e: f"{e.prose}\n{END_MARK}")
answers("mark-on-last-line", lambda e: f"{e.prose}{END_MARK}")
answers("no-mark", lambda e: e.prose)
answers("no-finish-reason", half, None)
answers("think", lambda e: f"<think>先想一想。\n{END_MARK}\n</think>\n{e.prose}\n{END_MARK}")
answers("think-unopened", lambda e: f"先想一想，再写。\n</think>\n{e.prose}\n{END_MARK}")
answers(
    "chatter",
    lambda e: (
        f"好的，以下是本节正文：\n\n{e.prose}\n\n注：以上数据均来自材料。\n{END_MARK}\n希望对您有帮助！"
    ),
)
answers("english", lambda e: f"Sure! Here is the section:\n\n{e.prose}\n{END_MARK}\nLet me know if it helps.")
answers("markdown", lambda e: f"## {e.label}\n\n- **{e.prose}**\n\n---\n```\n{END_MARK}\n```")
answers("heading", lambda e: f"{e.label}。{e.prose}\n{END_MARK}")
answers("controls", lambda e: f"\ufeff　　{e.prose[:4]}\x07\u200b{e.prose[4:]}\r\n{END_MARK}")
answers("empty", lambda e: "")
answers("only-mark", lambda e: END_MARK)
answers("refusal", lambda e: f"抱歉，我无法协助撰写该内容。\n{END_MARK}")
answers("refusal-english", lambda e: "I'm sorry, but I can't help with that.")
answers("content-filter", half, "content_filter")
answers("length", half, "length")
answers("length-thinking", lambda e: "<think>想啊想", "length")
fails("401", 401, "Incorrect API key provided: test-key-4711", "invalid_api_key")
fails("402", 402, "Insufficient Balance")
fails("403", 403, "You have no permission")
fails("404", 404, "The model does not exist", "model_not_found")
fails("408", 408, "Request Timeout")
fails("413", 413, "Payload Too Large")
fails("429", 429, "Too many requests", "rate_limit_exceeded")
fails("429-retry-after", 429, "Too many requests", retry_after="0.01")
fails("quota", 429, "You exceeded your current quota", "insufficient_quota")
fails("arrears", 400, "Access denied, account is in arrears", "Arrearage")
fails("500", 500, "Internal error")
fails("503", 503, "Overloaded")
fails("too-long", 400, "This model's maximum context length is 4096 tokens", "context_length_exceeded")
fails("inspection", 400, "Output data may contain inappropriate content", "data_inspection_failed")
fails("bad-request", 400, "unknown field, your key test-key-4711 is fine")


@behaviour("length-continued")
async def length_continued(exchange: Exchange) -> None:
    """Breaks off at the length limit; asked to continue, repeats a little and goes on to the end."""
    messages = exchange.request.body["messages"]
    if messages[-2]["role"] != "assistant":
        await exchange.answer(half(exchange), "length")
        return
    begun = str(messages[-2]["content"])
    await exchange.answer(begun[-6:] + exchange.prose[len(begun) :] + f"\n{END_MARK}")


@behaviour("cut")
async def cut(exchange: Exchange) -> None:
    """Closes the body half-way, properly as HTTP goes."""
    await exchange.say(half(exchange))
    await exchange.raw(b"0\r\n\r\n")


@behaviour("reset")
async def reset(exchange: Exchange) -> None:
    """Tears the connection down half-way."""
    await exchange.say(half(exchange))
    exchange.reset()


@behaviour("reset-after-mark")
async def reset_after_mark(exchange: Exchange) -> None:
    """Tears the connection down when all is said."""
    await exchange.say(f"{exchange.prose}\n{END_MARK}\n")
    exchange.reset()


@behaviour("drop")
async def drop(exchange: Exchange) -> None:
    """Closes without a response."""
    exchange.reset()


@behaviour("silent")
async def silent(exchange: Exchange) -> None:
    """Never responds."""
    await asyncio.Event().wait()


@behaviour("stall")
async def stall(exchange: Exchange) -> None:
    """Falls silent half-way."""
    await exchange.say(half(exchange))
    await asyncio.Event().wait()


@behaviour("ping")
async def ping(exchange: Exchange) -> None:
    """Half-way, sends nothing but keep-alive comments."""
    await exchange.say(half(exchange))
    while True:
        await exchange.chunk(": ping\n\n")
        await asyncio.sleep(0.02)


@behaviour("empty-deltas")
async def empty_deltas(exchange: Exchange) -> None:
    """Half-way, sends nothing but empty deltas."""
    await exchange.say(half(exchange))
    while True:
        await exchange.delta(content="")
        await asyncio.sleep(0.005)


@behaviour("endless")
async def endless(exchange: Exchange) -> None:
    """Never stops talking."""
    while True:
        await exchange.delta(content="持续推进，")
        await asyncio.sleep(0.005)


@behaviour("malformed")
async def malformed(exchange: Exchange) -> None:
    """Half-way, a chunk that is no JSON."""
    await exchange.say(half(exchange))
    await exchange.event('{"choices": [{"delta": ')


@behaviour("error-in-stream")
async def error_in_stream(exchange: Exchange) -> None:
    """Half-way, an error instead of a chunk."""
    await exchange.say(half(exchange))
    await exchange.event({"error": {"message": "upstream failed", "type": "server_error"}})


@behaviour("error-200")
async def error_200(exchange: Exchange) -> None:
    """An error under status 200."""
    await exchange.reply(200, {"error": {"message": "internal", "code": 1302}})


@behaviour("choices-null")
async def choices_null(exchange: Exchange) -> None:
    """A chunk whose choices are null."""
    await exchange.event({"id": "c", "object": "chat.completion.chunk", "choices": None})
    await exchange.raw(b"0\r\n\r\n")


@behaviour("html")
async def html(exchange: Exchange) -> None:
    """A web page with status 200, as a proxy's sign-in page."""
    await exchange.reply(200, "<html><body>请登录</body></html>")


@behaviour("reasoning")
async def reasoning(exchange: Exchange) -> None:
    """Reasoning in a field of its own, then the answer."""
    for _ in range(3):
        await exchange.delta(reasoning_content="先想一想")
    await exchange.answer(f"{exchange.prose}\n{END_MARK}")


@behaviour("no-stream-options")
async def no_stream_options(exchange: Exchange) -> None:
    """An older server that rejects stream_options."""
    if "stream_options" in exchange.request.body:
        await exchange.error(400, "Unrecognized request argument supplied: stream_options")
    else:
        await BEHAVIOURS["ok"](exchange)


@behaviour("no-temperature")
async def no_temperature(exchange: Exchange) -> None:
    """A reasoning model that rejects a temperature."""
    if "temperature" in exchange.request.body:
        await exchange.error(
            400, "Unsupported value: 'temperature' does not support 0.3", "unsupported_value"
        )
    else:
        await BEHAVIOURS["ok"](exchange)
