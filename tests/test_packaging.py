"""The wheel carries prompts, types and examples, and drafts from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            out,
            ROOT,
        ],
        check=True,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_prompt_type_and_example(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    for name in ("prompts", "templates", "examples"):
        files = [path for path in (ROOT / name).rglob("*") if path.is_file()]
        assert files
        assert {f"drafter/_data/{path.relative_to(ROOT)}" for path in files} <= packed


def test_an_installed_wheel_drafts_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, wheel],
        check=True,
    )
    (tmp_path / "b.yaml").write_text(
        "doctype: work-summary\nunit: 某局\nfacts: [巡河9次]\n", encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    where = subprocess.run(
        [sys.executable, "-c", "import drafter; print(drafter.__file__)"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert where.stdout.startswith(str(target))
    subprocess.run(
        [sys.executable, "-m", "drafter", "draft", "b.yaml", "-o", "x.docx"],
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    assert (tmp_path / "x.docx").stat().st_size > 5000
