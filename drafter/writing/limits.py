"""How much may be asked of an endpoint at once and in a minute, shared by everybody in this process and,
where a Share was given, by other processes too.

A Gate stands before each endpoint (base URL and key). Requests pass it in the order they came, from whichever
event loop or thread, and know their place in the queue while they wait. The minute is a sliding one: no 60
seconds hold more than the limit, as they would with a bucket that starts full.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

MINUTE = 60.0
LONGEST_HOLD = 120.0
"""Seconds that a queue stands still for a Retry-After; an endpoint that asks for more is taken as failing."""


class OnHold(Exception):
    """The endpoint wants to be left alone for longer than anybody should wait: `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"on hold for {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Limits:
    """Requests at once, and requests and tokens a minute; 0 = no limit a minute."""

    concurrency: int
    rpm: int = 0
    tpm: int = 0


class Share(Protocol):
    """The limits of each endpoint as several processes share them; all of it blocks.

    `take` gives a pass for a request of so many tokens: its key or, as there is none yet, 0 and after how
    many seconds to ask again. `leave` gives it back with the tokens that were used. `note` counts a request
    that passed no gate.
    """

    def take(self, gate: str, limits: Limits, tokens: int) -> tuple[int, float]: ...

    def leave(self, key: int, tokens: int) -> None: ...

    def note(self, gate: str) -> None: ...


_others: Share | None = None


def share(with_others: Share | None) -> None:
    """Have every gate of this process count with other processes; None: no more."""
    global _others
    _others = with_others


@dataclass
class Entry:
    """What was taken at a time; `amount` may be put right later."""

    at: float
    amount: int


class Window:
    """What was taken within the last minute."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()

    def take(self, now: float, amount: int) -> Entry:
        """Note that `amount` was taken."""
        entry = Entry(now, amount)
        self._entries.append(entry)
        return entry

    def wait(self, now: float, amount: int, limit: int) -> float:
        """Seconds until `amount` fits under `limit`; what is more fits an empty minute."""
        while self._entries and self._entries[0].at + MINUTE <= now:
            self._entries.popleft()
        if not limit:
            return 0.0
        excess = sum(entry.amount for entry in self._entries) + min(amount, limit) - limit
        if excess <= 0:
            return 0.0
        for entry in self._entries:
            excess -= entry.amount
            if excess <= 0:
                return entry.at + MINUTE - now
        return 0.0


class Gate:
    """One endpoint's limits. `clock` gives seconds; `name` is the endpoint's for other processes."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic, name: str = "") -> None:
        self.limits, self.name = limits, name
        self._clock = clock
        self._lock = threading.Lock()
        self._queue: deque[Turn] = deque()
        self._requests, self._tokens = Window(), Window()
        self._running = 0
        self._held_until = 0.0

    def turn(self, tokens: int) -> Turn:
        """A place at the end of the queue for a request of about so many tokens; to be used with `with`."""
        return Turn(self, tokens)

    def hold(self, seconds: float) -> None:
        """Let nobody pass for so long: what a Retry-After asks for."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)
            self._wake()

    def note_request(self) -> None:
        """Count a request that passed no gate: a retry, or a test of the connection."""
        with self._lock:
            self._requests.take(self._clock(), 1)
        if _others:
            aside(_others.note, self.name)

    def _join(self, turn: Turn) -> None:
        with self._lock:
            self._queue.append(turn)

    def _look(self, turn: Turn) -> tuple[int, float | None]:
        """The turn's place (0: it may pass, and has) and after how many seconds to look again, if at all."""
        with self._lock:
            now = self._clock()
            held = self._held_until - now
            if held > LONGEST_HOLD:
                raise OnHold(held)
            place = self._queue.index(turn)
            if place or self._running >= self.limits.concurrency:
                return place + 1, None
            wait = max(
                held,
                self._requests.wait(now, 1, self.limits.rpm),
                self._tokens.wait(now, turn.tokens, self.limits.tpm),
            )
            if wait > 0:
                return 1, wait
            self._queue.popleft()
            self._running += 1
            self._requests.take(now, 1)
            turn.taken = self._tokens.take(now, turn.tokens)
            self._wake()
            return 0, None

    def _leave(self, turn: Turn) -> None:
        with self._lock:
            if turn.taken is None:
                self._queue.remove(turn)
            else:
                self._running -= 1
            self._wake()

    def _wake(self) -> None:
        for turn in self._queue:
            turn.wake()


class Turn:
    """One request's way through a gate: in the queue from `with` on, then through, gone at the end of it."""

    def __init__(self, gate: Gate, tokens: int) -> None:
        self.tokens = tokens
        self.taken: Entry | None = None
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._pass: tuple[Share, int] | None = None

    def __enter__(self) -> Self:
        self._gate._join(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gate._leave(self)
        if self._pass:
            others, key = self._pass
            aside(others.leave, key, self.taken.amount if self.taken else self.tokens)

    async def places(self) -> AsyncGenerator[int, None]:
        """The place in the queue whenever it changes, 1 = next, and 0 when the turn has come after a wait.

        Ends when the request may be sent. Raises OnHold.
        """
        shown = 0
        while True:
            self._changed.clear()
            place, seconds = self._gate._look(self)
            while not place and (wait := await self._ask_others()):
                if not shown:
                    shown = 1
                    yield shown
                await asyncio.sleep(wait)
            if place != shown:
                yield place
                shown = place
            if not place:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._changed.wait()

    async def _ask_others(self) -> float:
        """Seconds until the other processes are to be asked again; 0 when they let the request pass."""
        others, gate = _others, self._gate
        if others is None:
            return 0.0
        taking = asyncio.ensure_future(asyncio.to_thread(others.take, gate.name, gate.limits, self.tokens))
        try:
            key, wait = await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(lambda taken: aside(others.leave, taken.result()[0], 0))
            raise
        if key:
            self._pass = others, key
        return wait

    def settle(self, tokens: int) -> None:
        """Put what was taken right, now that the tokens of the request are known."""
        if self.taken:
            self.taken.amount = tokens

    def wake(self) -> None:
        """Look again; callable from any thread."""
        with suppress(RuntimeError):  # a loop that is closed waits for nothing
            self._loop.call_soon_threadsafe(self._changed.set)


def aside(tell: Callable[..., None], *given: object) -> None:
    """Tell other processes something without waiting for it."""
    asyncio.get_running_loop().run_in_executor(None, tell, *given)


_gates: dict[tuple[str, str], Gate] = {}
_gates_lock = threading.Lock()


def gate_for(url: str, key: str, limits: Limits) -> Gate:
    """The one gate of this endpoint in this process, with these limits from now on."""
    name = (url, hashlib.sha256(key.encode()).hexdigest())
    with _gates_lock:
        gate = _gates.setdefault(name, Gate(limits, name=f"{url} {name[1]}"))
        gate.limits = limits
        return gate
