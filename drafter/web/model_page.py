"""模型服务: which model writes, for whoever looks after the machine. What is saved is tried out at once."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from drafter.accounts.audit import Audit
from drafter.config import Settings
from drafter.errors import DrafterError, InputError, SettingsError
from drafter.web import asking
from drafter.web.asking import words_of
from drafter.web.plain import Given, form_of, page
from drafter.web.words import Words
from drafter.writing.connection import find_local, test_connection, unused
from drafter.writing.endpoints import Preset, endpoint, preset_at, presets
from drafter.writing.failures import host_of
from drafter.writing.kept import Kept, in_use, keep

FIELDS = {"BASE_URL": "地址", "API_KEY": "密钥", "MODEL": "模型名称"}
"""What the form calls the settings DRAFTER_LLM_*."""

EMPTY: Given = dict.fromkeys(("preset", "base_url", "model", "own"), "")


class ModelPage:
    """The routes of the page. Whether a request may come here at all is decided by the gate."""

    def __init__(self, settings: Settings, audit: Audit) -> None:
        self._settings, self._audit = settings, audit
        self.router = APIRouter()
        self.router.add_api_route("/model", self._show, methods=["GET"], response_model=None)
        self.router.add_api_route("/model", self._change, methods=["POST"], response_model=None)

    async def _show(self, request: Request) -> Response:
        """The endpoint in use; with ?preset=, the form filled in for another."""
        wanted = request.query_params.get("preset")
        return await self._page(request, given=None if wanted is None else suggested(wanted))

    async def _change(self, request: Request) -> Response:
        given = await form_of(request)
        act = given.get("act", "")
        try:
            if act in ("save", "none"):
                await run_in_threadpool(self._keep, given if act == "save" else None, request)
            elif act != "test":
                raise InputError("不认识的操作", mend="请刷新页面再试")
            now = in_use(self._settings)
        except DrafterError as error:
            said = self._in_form(str(error))
            return await self._page(request, given=given, said=said, works=False, status=400)
        if act == "none":
            return await self._page(request, saved=True)
        outcome = await test_connection(now)
        said = self._in_form(outcome.said)
        return await self._page(request, said=said, works=outcome.works, saved=act == "save")

    def _keep(self, given: Given | None, request: Request) -> None:
        """Have the endpoint that was filled in write from now on, the built-in writer for None. Raises
        DrafterError.
        """
        if self._settings.has_endpoint:
            raise SettingsError("模型服务由环境变量设定", mend="请改环境变量或 .env 文件，再重新启动")
        about, made = "none", None
        if given is not None:
            made = chosen(given, self._now()[0])
            about = f"{urlsplit(made.base_url).netloc} {made.model}{' own' if made.local else ''}"
        keep(self._settings, made)
        self._audit.note(asking.person_of(request).login, "model", about, request.state.caller.address)

    def _now(self) -> tuple[Settings, str]:
        """The settings that count, and what is wrong with the kept file if it cannot be read."""
        try:
            return in_use(self._settings), ""
        except SettingsError as error:
            return self._settings, str(error)

    def _in_form(self, sentence: str) -> str:
        """A sentence about the settings, in the words of the form where the form can mend them."""
        if self._settings.has_endpoint:
            return sentence
        return re.sub(r" ?DRAFTER_LLM_(BASE_URL|API_KEY|MODEL) ?", lambda found: FIELDS[found[1]], sentence)

    async def _page(
        self,
        request: Request,
        *,
        given: Given | None = None,
        said: str = "",
        works: bool = True,
        saved: bool = False,
        status: int = 200,
    ) -> Response:
        words = words_of(request)
        now, broken = await run_in_threadpool(self._now)
        if given is None and now.has_endpoint:
            given = {"preset": now.llm_preset, "base_url": now.llm_base_url, "model": now.llm_model}
            given["own"] = "on" if now.llm_local else ""
        return page(
            "model.html",
            words,
            status,
            head=asking.header(request, words, "model"),
            writer=who_writes(self._settings, words),
            fixed=self._settings.has_endpoint,
            found=[] if self._settings.has_endpoint else unused(await find_local(), now),
            presets=presets(),
            given=None if given is None else EMPTY | given,
            service=known(given) if given else None,
            has_key=given is not None and bool(key_for(given.get("base_url", ""), now)),
            kept=now.has_endpoint,
            said=said or broken,
            works=works and not broken,
            saved=saved,
        )


def who_writes(settings: Settings, words: Words) -> str:
    """Who writes, as the head of a page says it."""
    try:
        now = in_use(settings)
    except SettingsError as error:
        return str(error)
    if not now.has_endpoint:
        return words("writer.template")
    return words("writer.model", model=now.llm_model, host=host_of(now))


def known(given: Given) -> Preset | None:
    """The preset that was chosen, else the one of the address that was filled in."""
    by_name = next((one for one in presets() if one.id == given.get("preset")), None)
    url = given.get("base_url", "")
    return by_name or (preset_at(url) if server(url) else None)


def suggested(preset: str) -> Given:
    """The form as the preset fills it in; empty for any other service."""
    service = known({"preset": preset})
    if service is None:
        return {}
    return {"preset": service.id, "base_url": service.base_url, "model": service.model}


def chosen(given: Given, now: Settings) -> Kept:
    """The endpoint that the form names. Raises SettingsError.

    A key that was left blank stays for the same server, and goes to no other. A public service that a preset
    knows is never the unit's own, whatever was ticked.
    """
    url, model = given.get("base_url", "").strip(), given.get("model", "").strip()
    if not (url and model):
        raise SettingsError("没有写明地址或模型名称", mend="两样都要填写")
    url, parts = endpoint(url), urlsplit(url)
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError("地址里不能带用户名、密码或参数", mend="密钥请填在“密钥”一栏")
    service = known(given)
    public = any(one and not one.local for one in (service, preset_at(url)))
    return Kept(
        preset=service.id if service else "",
        base_url=url,
        model=model,
        api_key=SecretStr(given.get("key", "").strip() or key_for(url, now)),
        local=bool(given.get("own")) and not public,
    )


def key_for(url: str, now: Settings) -> str:
    """The key that is set already, if it was set for the server of this address."""
    same = server(url) == server(now.llm_base_url) != ""
    return now.llm_api_key.get_secret_value() if same else ""


def server(url: str) -> str:
    """Scheme, host and port of an address; empty for what is none."""
    try:
        parts = urlsplit(endpoint(url)) if url.strip() else urlsplit("")
    except SettingsError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""
