"""LibreOffice, where this machine has it: other formats into .docx, .docx into PDF."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from drafter.errors import InputError

TIMEOUT = 120
"""Seconds a conversion may take."""
WITH_BLANK_PAGES = ':writer_pdf_Export:{"IsSkipEmptyPages":{"type":"boolean","value":"false"}}'
"""Options of a PDF: the pages that stand before an even or odd one are the document's, so that both sides of
the paper can be printed.
"""
_MEND = "请用 WPS 或 Word 另存为 .docx 后再试"
# No macro runs and nothing outside the file is loaded, whatever a stranger's document asks for.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""  # noqa: E501


@cache
def _program() -> str:
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def present() -> bool:
    """Whether LibreOffice is installed."""
    return bool(_program())


def convert(data: bytes, suffix: str, to: str, options: str = "") -> bytes:
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
            to + options,
            "--outdir",
            str(out),
            str(source),
        ]
        _run(command)
        result = out / f"document.{to}"
        if not result.is_file():
            raise InputError("LibreOffice 不能转换这个文件", mend=_MEND)
        return result.read_bytes()


def _run(command: list[str]) -> None:
    """Run LibreOffice to its end, or end it with all it started. Raises InputError."""
    # Nothing listens there: what a document asks for from a network is not fetched.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), "http://127.0.0.1:9")
    environment = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    quiet = subprocess.DEVNULL
    try:
        program = subprocess.Popen(
            command,
            env={**environment, **nowhere},
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )
    except OSError:
        raise InputError("LibreOffice 不能启动", mend=_MEND) from None
    try:
        program.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        raise InputError(f"LibreOffice 在 {TIMEOUT} 秒内没有转换完", mend=_MEND) from None
    finally:
        _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program and those it started: `soffice` is a script that leaves the work to others."""
    if sys.platform == "win32":
        program.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
    program.wait()
