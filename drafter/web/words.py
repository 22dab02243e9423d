"""The page's words, in the language of the browser: one catalogue, strings.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

CATALOGUE = Path(__file__).parent / "strings.yaml"


class Words:
    """The phrases of one language. `words("status.writing", done=1, …)` fills in the names."""

    def __init__(self, language: str, phrases: Mapping[str, str]) -> None:
        self.language = language
        self._phrases = phrases

    def __call__(self, key: str, **values: object) -> str:
        """The phrase `key`. Raises KeyError for a key that strings.yaml does not have."""
        phrase = self._phrases[key]
        return phrase.format(**values) if values else phrase


@cache
def words_in(language: str) -> Words:
    """The catalogue in `language`: «zh» or «en»."""
    entries: dict[str, dict[str, str]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return Words(language, {key: entry[language] for key, entry in entries.items()})


def words_for(accept_language: str) -> Words:
    """The catalogue that an Accept-Language header asks for: Chinese unless another language comes first."""
    first = accept_language.split(",")[0].strip().lower()
    return words_in("zh" if not first or first == "*" or first.startswith("zh") else "en")
