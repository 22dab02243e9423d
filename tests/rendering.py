"""Renders .docx files with LibreOffice and measures the pages, for tests marked `render`.

Coordinates are millimetres from the paper's upper left corner. The fonts an official copy names are replaced
by free ones of the same widths: see fonts/fonts.conf.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pdfplumber
import pytest

from drafter.docx.office import WITH_BLANK_PAGES

FONTS = Path(__file__).parent / "fonts" / "fonts.conf"
DEBIAN_PACKAGES = "libreoffice-writer-nogui fonts-noto-cjk texlive-lang-chinese"
MM = 25.4 / 72


@dataclass(frozen=True)
class Line:
    """The characters that stand on one baseline, from left to right; blanks are left out of `text`."""

    text: str
    left: float
    right: float
    middle: float
    sizes: frozenset[float]
    fonts: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """`body` holds the lines of the type area, `footer` those below it."""

    lines: tuple[Line, ...]
    width: float
    height: float

    @property
    def body(self) -> list[Line]:
        return [line for line in self.lines if line.middle < self.height - 35]

    @property
    def footer(self) -> list[Line]:
        return [line for line in self.lines if line.middle > self.height - 35]

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)


def environment() -> dict[str, str]:
    """The environment LibreOffice runs in: this one with the tests' fonts."""
    return {**os.environ, "FONTCONFIG_FILE": str(FONTS)}


def require() -> None:
    """Skip the test, naming the Debian packages, when this machine cannot render."""
    fandol = ""
    if shutil.which("fc-match"):
        asked = ["fc-match", "-f", "%{family}", "仿宋_GB2312"]
        fandol = subprocess.run(asked, env=environment(), check=True, capture_output=True, text=True).stdout
    if not shutil.which("soffice") or "FandolFang" not in fandol:
        pytest.skip(f"版面测试需要 Debian 软件包：{DEBIAN_PACKAGES}")


def to_pdfs(documents: dict[str, bytes]) -> dict[str, bytes]:
    """PDFs by name, from .docx files by name, in one run of LibreOffice (five seconds to start)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for stem, data in documents.items():
            (folder / f"{stem}.docx").write_bytes(data)
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                f"pdf{WITH_BLANK_PAGES}",
                "--outdir",
                str(folder),
                *(str(folder / f"{stem}.docx") for stem in documents),
            ],
            env=environment(),
            check=True,
            capture_output=True,
            timeout=300,
        )
        return {stem: (folder / f"{stem}.pdf").read_bytes() for stem in documents}


def pages(pdf: bytes) -> list[Page]:
    """The pages of a PDF, as lines."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [
            Page(_lines(page.chars), float(page.width) * MM, float(page.height) * MM)
            for page in document.pages
        ]


def _lines(chars: list[dict[str, object]]) -> tuple[Line, ...]:
    def baseline(char: dict[str, object]) -> int:
        return round(float(char["matrix"][5]))  # type: ignore[index]

    printed = [char for char in chars if str(char["text"]).strip()]
    rows = groupby(sorted(printed, key=lambda char: (-baseline(char), char["x0"])), key=baseline)
    return tuple(_line(list(row)) for _, row in rows)


def _line(chars: list[dict[str, object]]) -> Line:
    top, bottom = (sum(float(char[key]) for char in chars) / len(chars) for key in ("top", "bottom"))
    return Line(
        text="".join(str(char["text"]) for char in chars),
        left=float(chars[0]["x0"]) * MM,
        right=float(chars[-1]["x1"]) * MM,
        middle=(top + bottom) / 2 * MM,
        sizes=frozenset(round(float(char["size"]), 1) for char in chars),
        fonts=tuple(str(char["fontname"]).split("+")[-1] for char in chars),
    )
