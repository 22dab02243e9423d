"""Where prompts, document types, lint rules and examples are: beside the package, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PACKAGE = Path(__file__).resolve().parent
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C where PyYAML has it: ten times faster."""


@cache
def folder(name: str) -> Path:
    """The folder `name` («prompts», «templates», «rules» or «examples») that came with this program."""
    packaged = PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else PACKAGE.parent / name


@cache
def shared(name: str) -> Any:
    """The content of templates/_shared/<name>.yaml: word lists that all document types use."""
    text = (folder("templates") / "_shared" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=LOADER)
