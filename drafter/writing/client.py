"""What requests go through to an endpoint: its gate, its HTTP client and openai's, as ChatOpenAI calls it.

openai is imported when the first client is made.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

from drafter.config import Settings
from drafter.writing.endpoints import endpoint, is_loopback
from drafter.writing.limits import Gate, Limits, gate_for

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream, DefaultAsyncHttpxClient

PLACEHOLDER_KEY = "none"


def key_of(settings: Settings) -> str:
    """The key as it is sent."""
    return settings.llm_api_key.get_secret_value().strip() or PLACEHOLDER_KEY


def gate_of(settings: Settings) -> Gate:
    """The gate that the endpoint of these settings has in this process. Raises SettingsError."""
    limits = Limits(settings.llm_concurrency, settings.llm_rpm, settings.llm_tpm)
    return gate_for(endpoint(settings.llm_base_url), key_of(settings), limits)


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds that a response asks to wait, 0 when it asks for nothing that can be read."""
    said = headers.get("retry-after", "")
    try:
        if "retry-after-ms" in headers:
            return float(headers["retry-after-ms"]) / 1000
        return float(said)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    except ValueError:
        return 0.0


@cache
def trusted(file: str | None, folder: str | None) -> SSLContext:
    """The certificates that are trusted; `file` and `folder` are what the environment names. Read once: it
    takes some 30 ms, in which every other stream of the process stands still.
    """
    from httpx2 import create_ssl_context

    return create_ssl_context()


def http_client(settings: Settings) -> DefaultAsyncHttpxClient:
    """What requests go through: no proxy before this machine, no redirect that would carry facts to somebody
    else, and the gate hears of waits and of retries.
    """
    from openai import DefaultAsyncHttpxClient

    gate = gate_of(settings)

    async def sending(request: Any) -> None:
        if request.headers.get("x-stainless-retry-count", "0") != "0":
            gate.note_request()

    async def answered(response: Any) -> None:
        if response.status_code in (429, 503):
            gate.hold(retry_after(response.headers))

    return DefaultAsyncHttpxClient(
        timeout=settings.llm_timeout,
        follow_redirects=False,
        trust_env=not is_loopback(endpoint(settings.llm_base_url)),
        verify=trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
        event_hooks={"request": [sending], "response": [answered]},
    )


def openai_client(settings: Settings, retries: int) -> AsyncOpenAI:
    """The client of the endpoint that these settings name. Raises SettingsError."""
    from openai import AsyncOpenAI

    return AsyncOpenAI(
        base_url=endpoint(settings.llm_base_url),
        api_key=key_of(settings),
        timeout=settings.llm_timeout,
        max_retries=retries,
        http_client=http_client(settings),
    )


class Completions:
    """The chat completions of an openai client as ChatOpenAI calls them, in plain dicts both ways.

    The client's own walk a request and every chunk through the types of all that could be in it. For plain
    text that changes nothing, and it takes a third of the time in which no other section can go on.
    """

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    async def create(
        self, *, extra_body: Mapping[str, object] | None = None, **body: object
    ) -> AbstractAsyncContextManager[AsyncIterator[dict[str, Any]]]:
        """Send a request whose body asks for a stream; its chunks."""
        from openai import AsyncStream

        stream = await self._client.post(
            "/chat/completions",
            body={**body, **(extra_body or {})},
            cast_to=object,
            stream=True,
            stream_cls=AsyncStream[object],
        )
        return aclosing(chunks_of(stream))


async def chunks_of(stream: AsyncStream[Any]) -> AsyncGenerator[dict[str, Any], None]:
    """The chunks of a stream, with a «delta» that is None where a choice has none, as ChatOpenAI wants it."""
    async with stream:
        async for chunk in stream:
            for choice in chunk.get("choices") or ():
                choice.setdefault("delta", None)
            yield chunk
