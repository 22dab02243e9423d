"""Which writer is used."""

from __future__ import annotations

from drafter.config import Settings
from drafter.errors import SettingsError
from drafter.writing import SectionWriter
from drafter.writing.template import TemplateWriter


def make_writer(settings: Settings, choice: str = "auto") -> SectionWriter:
    """The writer that `choice` names: «template», «llm», or «auto» for the model when an endpoint is set.

    Raises SettingsError when a model is asked for and no endpoint is set.
    """
    if choice == "template" or (choice == "auto" and not settings.has_endpoint):
        return TemplateWriter()
    if not settings.has_endpoint:
        raise SettingsError(
            "没有设置大模型服务",
            key="DRAFTER_LLM_BASE_URL",
            mend="请设置服务地址（和 DRAFTER_LLM_API_KEY），或改用 --writer template",
        )
    from drafter.writing.llm import LLMWriter

    return LLMWriter(settings)
