"""模型服务: which model writes, for whoever looks after the program. Saved, it is tried out at once."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import SecretStr
from starlette.responses import RedirectResponse, Response

from drafter import config
from drafter.config import Settings
from drafter.errors import DrafterError, SettingsError
from drafter.web import asking
from drafter.web.plain import form_of, page
from drafter.web.words import words_for
from drafter.writing.connection import find_local, test_connection
from drafter.writing.endpoints import endpoint, preset_of, presets

OTHER = "other"
"""The choice of an endpoint that no preset describes."""

Given = dict[str, str]


class ModelPage:
    """The routes of the page. Whether a request may come here at all is decided by the gate."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.router = APIRouter()
        self.router.add_api_route("/model", self._show, methods=["GET"], response_model=None)
        self.router.add_api_route("/model", self._change, methods=["POST"], response_model=None)

    async def _show(self, request: Request) -> Response:
        """The endpoint in use, tried out when it was just saved."""
        said, works = "", True
        if "saved" in request.query_params and self._settings.has_endpoint:
            outcome = await test_connection(self._settings)
            said, works = outcome.said, outcome.works
        return await self._page(request, said=said, works=works, saved="saved" in request.query_params)

    async def _change(self, request: Request) -> Response:
        given = await form_of(request)
        try:
            if config.endpoint_is_fixed():
                raise SettingsError("模型服务由环境变量设定", mend="请改环境变量或 .env，再重新启动")
            config.keep_endpoint(self._settings, chosen(given, self._settings))
        except DrafterError as error:
            return await self._page(request, said=str(error), works=False, given=given, status=400)
        return RedirectResponse(f"{request.scope.get('root_path', '')}/model?saved=1", 303)

    async def _page(
        self,
        request: Request,
        *,
        said: str,
        works: bool,
        saved: bool = False,
        given: Given | None = None,
        status: int = 200,
    ) -> Response:
        words = words_for(request.headers.get("accept-language", ""))
        settings = self._settings
        if given is None:
            given = {
                "preset": settings.llm_preset or (OTHER if settings.has_endpoint else ""),
                "base_url": settings.llm_base_url,
                "model": settings.llm_model if settings.has_endpoint else "",
                "own": "on" if settings.llm_local else "",
            }
        return page(
            "model.html",
            words,
            status,
            head=asking.header(request, words, "model"),
            given=given,
            has_key=bool(settings.llm_api_key.get_secret_value()),
            fixed=config.endpoint_is_fixed(),
            presets=presets(),
            found=await find_local(),
            said=said,
            works=works,
            saved=saved,
        )


def chosen(given: Given, now: Settings) -> Settings | None:
    """The settings with the endpoint that the form names; None when no model is to write. Raises SettingsError.

    A key that was left blank stays as it is for the same host, and goes to no other.
    """
    preset = given.get("preset", "")
    if not preset:
        return None
    fields: dict[str, object] = {
        "llm_preset": "" if preset == OTHER else preset,
        "llm_base_url": given.get("base_url", "").strip(),
        "llm_local": bool(given.get("own")),
    }
    if model := given.get("model", "").strip():
        fields["llm_model"] = model
    if preset == OTHER and not (fields["llm_base_url"] and model):
        raise SettingsError("没有写明地址或模型名称", mend="两样都要填写")
    made = Settings(_env_file=None, **fields)  # type: ignore[arg-type]
    key = given.get("key", "").strip()
    if not key and host(made.llm_base_url) == host(now.llm_base_url):
        key = now.llm_api_key.get_secret_value()
    known = preset_of(made)
    if known and known.needs_key and not key:
        raise SettingsError(f"{known.name.zh}需要密钥", mend="请填写密钥；换了服务要重新填写")
    made.llm_api_key = SecretStr(key)
    return made


def host(url: str) -> str:
    """Whose key a key for this address is. Raises SettingsError for what is no address."""
    return urlsplit(endpoint(url)).netloc.lower()
