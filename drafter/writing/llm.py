"""The LLM writer: a section written by a model behind any OpenAI-compatible endpoint.

LangChain and openai are imported when the first section is written: they take a second and 80 MB.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pydantic import SecretStr

from drafter.config import Settings
from drafter.errors import WriterError
from drafter.writing import Piece, Restart, Task, Waiting
from drafter.writing.cleaning import Cleaner
from drafter.writing.client import PLACEHOLDER_KEY, Completions, gate_of, openai_client, trusted
from drafter.writing.endpoints import endpoint, preset_of, price_of
from drafter.writing.failures import LATER, SLOW, Cut, EndpointError, broken_off, explain
from drafter.writing.limits import OnHold
from drafter.writing.prompts import chatter, continuation_messages, messages_for

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

SENTENCE_ENDS = "。！？：；”）》〕"
OPTIONS = {"stream_options": ("stream_options", "include_usage"), "temperature": ("temperature",)}
"""Request options that some servers reject, and the words by which their refusal names them."""

Messages = list[tuple[str, str]]
OnRequest = Callable[[Task, Messages], None]
"""Called with a task and the messages (role, text) right before they are sent; what it raises stops them."""


@dataclass(frozen=True)
class Delta:
    """A piece of an answer as it came: text, perhaps empty, why the answer ends where it does, and the tokens
    that the endpoint counted."""

    text: str
    finish: str | None
    tokens: int = 0


@dataclass
class Deadline:
    """Until when a section may go on, by the clock of the event loop. Waiting in the queue moves it."""

    at: float


def warm_up() -> None:
    """Import and read what the first section needs, a second's work; callable from a thread.

    What is loaded then stays: the garbage collector need not look through it for 0.4 s while text streams.
    """
    import gc

    import langchain_openai  # noqa: F401
    import langsmith  # noqa: F401

    chatter()
    trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    gc.freeze()


def refused_option(error: BaseException, sent: set[str]) -> str | None:
    """Which of the options `sent` a 400 or 422 is about; where it does not say, the one least often known."""
    if getattr(error, "status_code", None) not in (400, 422):
        return None
    said = str(error)
    named = [option for option, words in OPTIONS.items() if any(word in said for word in words)]
    return next((option for option in named or ["stream_options"] if option in sent), None)


class LLMWriter:
    """Writes sections with the model that the settings name. One instance serves any number at once.

    `input_tokens` and `output_tokens` add up what the endpoint itself reports; servers that report nothing
    leave them at 0. `on_request` is called with every request right before it is sent.
    """

    revises = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = endpoint(settings.llm_base_url)
        self._models: WeakKeyDictionary[asyncio.AbstractEventLoop, ChatOpenAI] = WeakKeyDictionary()
        self._preset = preset_of(settings)
        self._price = price_of(settings)
        self._gate = gate_of(settings)
        self._options = set(OPTIONS) - (
            self._preset.refused_by(settings.llm_model) if self._preset else set()
        )
        self.input_tokens = 0
        self.output_tokens = 0
        self.on_request: OnRequest = lambda task, messages: None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._settings.llm_model

    @property
    def tokens(self) -> int:
        """What the endpoint has counted so far, in and out."""
        return self.input_tokens + self.output_tokens

    @property
    def cost(self) -> float | None:
        """What the counted tokens cost in yuan; None when the price or their number is unknown."""
        if self._price is None or not self.tokens:
            return None
        return (self.input_tokens * self._price.input + self.output_tokens * self._price.output) / 1_000_000

    async def write(self, task: Task) -> AsyncGenerator[Piece, None]:
        """The section's prose as it comes.

        An answer that breaks off is begun again once, after a Restart; one that meets the model's length
        limit is continued once. While a request waits its turn, its place in the queue comes. Raises
        WriterError with one sentence for the person.
        """
        messages = messages_for(task)
        deadline = Deadline(asyncio.get_running_loop().time() + self._settings.llm_total_timeout)
        try:
            async with aclosing(self._attempt(task, messages, deadline, last=False)) as pieces:
                async for piece in pieces:
                    yield piece
            return
        except Cut:
            yield Restart()
        try:
            async with aclosing(self._attempt(task, messages, deadline, last=True)) as pieces:
                async for piece in pieces:
                    yield piece
        except Cut as cut:
            raise cut.failure from None

    async def _attempt(
        self, task: Task, messages: Messages, deadline: Deadline, *, last: bool
    ) -> AsyncGenerator[Piece, None]:
        """One answer from its beginning, continued once where it meets the length limit."""
        cleaner = self._cleaner(task)
        for asked in (messages, None):
            if asked is None:
                asked = messages + continuation_messages(cleaner.text)
                cleaner.resume()
            finish = None
            try:
                async with aclosing(self._deltas(asked, task, deadline)) as deltas:
                    async for delta in deltas:
                        if isinstance(delta, Waiting):
                            yield delta
                            continue
                        finish = delta.finish or finish
                        had_text = bool(cleaner.text)
                        shown = cleaner.feed(delta.text)
                        if cleaner.take_void() and had_text:
                            yield Restart()
                        self._check_refusal(cleaner)
                        if shown:
                            yield shown
            except Cut:
                if not cleaner.ended:
                    raise
            if finish != "length" or cleaner.ended:
                break
            if not cleaner.text:
                mend = "请换输出更长的模型，或关闭其思考过程"
                raise WriterError("模型写到长度上限仍没有写出正文", mend=mend)
        else:
            raise WriterError("模型两次写到长度上限仍未写完本节", mend="请减少本节的事实，或换输出更长的模型")
        tail = cleaner.finish()
        self._check_refusal(cleaner)
        self._check_whole(cleaner, finish, last=last)
        if tail:
            yield tail

    def _cleaner(self, task: Task) -> Cleaner:
        own = task.section
        titles = [task.outline.title]
        for section in task.outline.sections:
            if section.id != own.id and section.heading:
                titles += [section.number + section.heading, section.heading]
        return Cleaner(own.number, own.heading, titles, chatter(), task.brief.model_dump_json)

    def _check_refusal(self, cleaner: Cleaner) -> None:
        if cleaner.refused:
            raise WriterError("模型拒绝写这一节", mend="请检查本节事实的措辞，或换一个模型，或改用模板写作")

    def _check_whole(self, cleaner: Cleaner, finish: str | None, *, last: bool) -> None:
        """Raises unless the answer is whole: proved by the end mark or, at the last try, by finish and form.

        Small models forget the mark. A second answer that the server calls finished and that ends a sentence
        is taken as it is.
        """
        if finish == "content_filter":
            raise WriterError("模型服务的内容审核拦下了本节", mend="请检查本节事实的措辞，或改用模板写作")
        text = cleaner.text.rstrip()
        if not text and (cleaner.ended or finish):
            raise WriterError("模型没有写出正文", mend="请重试，或换一个模型")
        if cleaner.ended or (last and finish and text[-1] in SENTENCE_ENDS):
            return
        what = "模型的应答不完整，没有写到结尾" if text else "模型服务的应答中没有正文"
        raise Cut((WriterError if finish else EndpointError)(what, mend="请重试，或换一个模型"))

    async def _deltas(
        self, messages: Messages, task: Task, deadline: Deadline
    ) -> AsyncGenerator[Delta | Waiting, None]:
        """One request's answer, piece by piece.

        Raises Cut when it breaks off after it began, WriterError when it never began.
        """
        while True:
            sent = set(self._options)
            began = False
            try:
                async with aclosing(self._admitted(messages, task, deadline)) as deltas:
                    async for delta in deltas:
                        began = began or isinstance(delta, Delta)
                        yield delta
            except (WriterError, Cut):
                raise
            except Exception as error:
                option = None if began else refused_option(error, sent)
                if option:
                    self._drop(option)
                    continue
                if began and getattr(error, "status_code", None) is None:
                    raise broken_off(error, self._settings) from None
                raise explain(error, self._settings) from None
            if not began:
                raise explain(ValueError("no chunk"), self._settings)
            return

    async def _admitted(
        self, messages: Messages, task: Task, deadline: Deadline
    ) -> AsyncGenerator[Delta | Waiting, None]:
        """One request when its turn has come. A character passes for a token until the endpoint counts."""
        clock = asyncio.get_running_loop().time
        asked = sum(len(text) for _, text in messages)
        with self._gate.turn(asked + task.spec.length[1]) as turn:
            since = clock()
            try:
                async with aclosing(turn.places()) as places:
                    async for place in places:
                        yield Waiting(place=place)
            except OnHold as hold:
                what = f"模型服务请求过于频繁，要求{hold.seconds:.0f}秒后再试"
                raise EndpointError(what, mend=LATER) from None
            deadline.at += clock() - since
            counted = said = 0
            try:
                self.on_request(task, messages)
                async with aclosing(self._chunks(messages, deadline.at)) as chunks:
                    async for delta in chunks:
                        counted += delta.tokens
                        said += len(delta.text)
                        yield delta
            finally:
                turn.settle(counted or (asked + said if said else 0))

    async def _chunks(self, messages: Messages, deadline: float) -> AsyncGenerator[Delta, None]:
        """The chunks of one request, within its time limits: until it begins, only the total one counts here
        (openai's own timeout and retries are at work); after that, text must keep coming."""
        from langsmith import tracing_context

        loop, idle = asyncio.get_running_loop(), self._settings.llm_idle_timeout
        stream = aiter(self._model().astream(messages, stream_usage="stream_options" in self._options))
        until = deadline
        try:
            # A LANGSMITH_TRACING in the environment must not send facts to a third party.
            with tracing_context(enabled=False):
                while True:
                    try:
                        async with asyncio.timeout_at(until):
                            chunk = await anext(stream)
                        if loop.time() > until:
                            raise TimeoutError
                    except StopAsyncIteration:
                        return
                    except TimeoutError as error:
                        if loop.time() < until:
                            raise
                        raise self._too_slow(until >= deadline) from error
                    text = str(chunk.text)
                    if text.strip() or until == deadline:
                        until = min(deadline, loop.time() + idle)
                    yield Delta(
                        text, chunk.response_metadata.get("finish_reason"), self._count(chunk.usage_metadata)
                    )
        finally:
            await stream.aclose()  # type: ignore[attr-defined]

    def _count(self, usage: Mapping[str, Any] | None) -> int:
        """Add up what the endpoint counted, if it did; the tokens of this count."""
        if not usage:
            return 0
        self.input_tokens += usage["input_tokens"]
        self.output_tokens += usage["output_tokens"]
        return int(usage["input_tokens"] + usage["output_tokens"])

    def _too_slow(self, in_total: bool) -> WriterError | Cut:
        if in_total:
            return EndpointError("本节写作超时", mend=SLOW.format("DRAFTER_LLM_TOTAL_TIMEOUT"))
        return Cut(EndpointError("模型写到一半停住了", mend=SLOW.format("DRAFTER_LLM_IDLE_TIMEOUT")))

    def _drop(self, option: str) -> None:
        """Leave out an option that the endpoint rejects, from now on."""
        self._options.discard(option)
        self._models.clear()

    def _model(self) -> ChatOpenAI:
        """The client of the running event loop: its connections belong to that loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._models:
            self._models[loop] = self._connect()
        return self._models[loop]

    def _connect(self) -> ChatOpenAI:
        from langchain_openai import ChatOpenAI

        settings = self._settings
        completions = Completions(openai_client(settings, retries=2))
        options: dict[str, Any] = {}
        if "temperature" in self._options:
            options["temperature"] = settings.llm_temperature
        if self._preset and self._preset.max_tokens:
            options["extra_body"] = {"max_tokens": self._preset.max_tokens}
        return ChatOpenAI(
            # Given both, it builds no clients of its own.
            client=completions,
            async_client=completions,
            base_url=self._url,
            api_key=SecretStr(PLACEHOLDER_KEY),
            model=settings.llm_model,
            stream_chunk_timeout=None,
            use_responses_api=False,
            **options,
        )
