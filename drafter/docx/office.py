"""LibreOffice, where this machine has it: other formats into .docx, .docx into PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from drafter.errors import InputError

TIMEOUT = 120
"""Seconds a conversion may take."""
_MEND = "请用 WPS 或 Word 另存为 .docx 后再试"
# No macro runs and nothing outside the file is loaded, whatever a stranger's document asks for.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
</oor:items>
"""  # noqa: E501


@cache
def _program() -> str:
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def present() -> bool:
    """Whether LibreOffice is installed."""
    return bool(_program())


def convert(data: bytes, suffix: str, to: str) -> bytes:
    """A document in another format (`to`: «docx», «pdf»). Raises InputError when it cannot be had.

    Every conversion has a profile of its own, so that several can run at once.
    """
    with tempfile.TemporaryDirectory(prefix="drafter-office-") as folder:
        source = Path(folder) / f"document{suffix}"
        source.write_bytes(data)
        user = Path(folder) / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        out = Path(folder) / "out"
        command = [
            _program(),
            f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
            "--outdir",
            str(out),
            str(source),
        ]
        environment = {**os.environ, "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
        try:
            subprocess.run(command, env=environment, capture_output=True, timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            raise InputError(f"LibreOffice 在 {TIMEOUT} 秒内没有转换完", mend=_MEND) from None
        result = out / f"document.{to}"
        if not result.is_file():
            raise InputError("LibreOffice 不能转换这个文件", mend=_MEND)
        return result.read_bytes()
