"""Which writer is used."""

from __future__ import annotations

from drafter.config import Settings
from drafter.errors import SettingsError
from drafter.writing import SectionWriter
from drafter.writing.kept import in_use
from drafter.writing.template import TemplateWriter


def make_writer(settings: Settings, choice: str = "auto") -> SectionWriter:
    """The writer that `choice` names: «template», «llm», or «auto» for the model when an endpoint is set.

    Raises SettingsError when a model is asked for and no endpoint is set.
    """
    if choice == "template":
        return TemplateWriter()
    settings = in_use(settings)
    if not settings.has_endpoint:
        if choice == "auto":
            return TemplateWriter()
        raise SettingsError(
            "没有设置大模型服务",
            key="DRAFTER_LLM_BASE_URL",
            mend="请设置服务地址（和 DRAFTER_LLM_API_KEY），或改用 --writer template",
        )
    first = model_writer(settings)
    if settings.second is None:
        return first
    from drafter.writing.standin import StandIn, for_second

    try:
        return StandIn(first, model_writer(settings.second))
    except SettingsError as error:
        raise SettingsError(error.what, key=for_second(error.key), mend=error.mend) from None


def model_writer(settings: Settings) -> SectionWriter:
    """The writer of one endpoint, the first of these settings. Raises SettingsError."""
    from drafter.writing.llm import LLMWriter
    from drafter.writing.private import guarded

    return guarded(LLMWriter(settings), settings)
