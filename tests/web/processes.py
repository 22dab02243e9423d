"""Real `drafter` processes, alone or behind the nginx that deploy/ ships."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
SHIPPED = re.compile(r"(?:^    server .*\n)+", re.MULTILINE)
"""The lines of nginx-upstream.conf that name the processes."""
READY = re.compile(r"http://\S+:(\d+)/|起草进程已就绪")
PATIENCE = 300.0
"""Seconds that a process has until it is ready, on a machine that has other work too."""


class Running:
    """A process that is ready: `port` where it serves (0: nowhere), `log` what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self._log, self.port = process, log, 0

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """All that it has said on stdout and stderr."""
        return self._log.read_text(encoding="utf-8")

    def await_ready(self) -> None:
        """Until it says that it is ready."""
        until = time.monotonic() + PATIENCE
        while not (said := READY.search(self.log)):
            if self.process.poll() is not None or time.monotonic() > until:
                raise TimeoutError(f"the process is not ready: {self.log}")
            time.sleep(0.05)
        self.port = int(said[1] or 0)

    def end(self, seconds: float = 60) -> int:
        """Ask it to end (SIGTERM); its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def clean() -> dict[str, str]:
    """The environment without settings of ours, and without the folder of an application in this process."""
    ours = ("DRAFTER_", "OPENAI_", "GRADIO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@contextmanager
def running(home: Path, environment: Mapping[str, str], *commands: Sequence[str]) -> Iterator[list[Running]]:
    """One process for each command, side by side; all are gone at the end."""
    given = {**clean(), "HOME": str(home), "PYTHONPATH": str(ROOT), **environment}
    with ExitStack() as stack:
        started = []
        for number, command in enumerate(commands):
            log = home / f"process-{number}.log"
            with log.open("wb") as out:
                process = subprocess.Popen(
                    [sys.executable, "-m", "drafter", *command],
                    cwd=home, env=given, stdout=out, stderr=out,
                )  # fmt: skip
            started.append(Running(process, log))
            stack.callback(gone, process)
        for one in started:
            one.await_ready()
        yield started


def gone(process: subprocess.Popen[bytes]) -> None:
    """End a process, by force if need be."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)


@contextmanager
def nginx(home: Path, ports: Sequence[int]) -> Iterator[str]:
    """The address of an nginx that has the files of deploy/ and these ports behind it."""
    own = free_port()
    servers = "".join(f"    server 127.0.0.1:{port} max_fails=2 fail_timeout=5s;\n" for port in ports)
    upstream = (DEPLOY / "nginx-upstream.conf").read_text(encoding="utf-8")
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (home / "upstream.conf").write_text(SHIPPED.sub(servers, upstream), encoding="utf-8")
    (home / "site.conf").write_text(site.replace("listen 80;", f"listen 127.0.0.1:{own};"), encoding="utf-8")
    folders = "".join(
        f"{kind}_temp_path {home}/nginx-{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # What root starts would work as nobody, who may not look into a temporary folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (home / "nginx.conf").write_text(
        f"{user} daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log;"
        f"events {{ worker_connections 4096; }}"
        f"http {{ access_log off; {folders} include {home}/upstream.conf; include {home}/site.conf; }}",
        encoding="utf-8",
    )
    # Debian keeps it where ordinary users do not look.
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-c", str(home / "nginx.conf"), "-p", str(home)]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(own)
        yield f"http://127.0.0.1:{own}"
    finally:
        gone(process)


def free_port() -> int:
    """A loopback port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
