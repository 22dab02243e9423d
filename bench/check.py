"""What checking costs: documents a second, memory over a long run, and the start of the command.

    python -m bench.check [--documents 1000] [--smoke]

The documents are synthetic, of 2 to 8 pages, half of them .docx. Every figure is a ratio of things measured
in the same run, or is given with what it was measured beside, so that machines can be compared.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import docx

from drafter import batch
from drafter.config import load

DOCUMENTS, SMOKE_DOCUMENTS = 1000, 40
STARTS, SMOKE_STARTS = 7, 3
SHARE, FEWEST = 5, 20
"""One process works through a fifth of the documents: enough for a rate."""
GROWTH = 1.1
"""How many times the memory at a quarter of the run that at its end may be."""
HEADINGS = ("基本情况", "主要做法", "工作成效", "存在问题", "下一步打算")
SUBJECTS = ("各街道", "责任科室", "执法中队", "社区工作站", "物业企业", "志愿服务队")
ACTIONS = ("排查隐患{}处", "发放资料{}份", "组织培训{}次", "走访居民{}户", "整改问题{}个", "新建点位{}个")


def text(chance: random.Random) -> list[str]:
    """The lines of a document."""
    year = chance.randint(2019, 2026)
    lines = [f"某市城市管理局{year}年市容环境整治工作总结"]
    for number, heading in zip("一二三四五", HEADINGS, strict=True):
        lines.append(f"{number}、{heading}")
        for _ in range(chance.randint(2, 8)):
            actions = (
                f"{chance.choice(SUBJECTS)}{chance.choice(ACTIONS).format(chance.randint(2, 900))}"
                for _ in range(chance.randint(4, 9))
            )
            lines.append("，".join(actions) + "。")
    return [*lines, "某市城市管理局", f"{year}年12月{chance.randint(1, 28)}日"]


def make(folder: Path, count: int, seed: int) -> None:
    """Write the documents into a new folder."""
    folder.mkdir()
    for number in range(count):
        lines = text(random.Random(f"{seed}/{number}"))
        path = folder / f"{number:05}"
        if number % 2:
            path.with_suffix(".txt").write_text("\n".join(lines), encoding="utf-8")
            continue
        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        document.save(str(path.with_suffix(".docx")))


def memory(process: int | str = "self") -> int:
    """The bytes that a process holds in memory now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Adds up, while a run goes on, how much the processes that this one started hold at most."""

    def __init__(self) -> None:
        self.most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, *map(_held, children()), 0)


def children() -> Iterator[str]:
    """The ids of the processes that this one started."""
    for listed in Path("/proc/self/task").glob("*/children"):
        yield from listed.read_text().split()


def _held(process: str) -> int:
    try:
        return memory(process)
    except (OSError, ValueError):
        return 0


def through(folder: Path, out: Path, jobs: int, count: int) -> tuple[float, int, int]:
    """Documents a second, and the parent's memory at a quarter and at the end."""
    rows = batch.run(folder, out, load(), jobs)
    began = time.perf_counter()
    failed = sum(row.outcome == "failed" for row in islice(rows, count // 4))
    quarter = memory()
    failed += sum(row.outcome == "failed" for row in rows)
    seconds = time.perf_counter() - began
    if failed:
        raise SystemExit(f"{failed} documents failed")
    return count / seconds, quarter, memory()


def start(arguments: Sequence[str], times: int) -> float:
    """The least seconds, of several runs, that Python takes from its start to its end."""
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
        best = min(best, time.perf_counter() - began)
    return best


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 when memory stays flat."""
    parser = argparse.ArgumentParser(prog="python -m bench.check", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--smoke", action="store_true", help=f"{SMOKE_DOCUMENTS} documents only")
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args(arguments)
    count = SMOKE_DOCUMENTS if options.smoke else options.documents
    times = SMOKE_STARTS if options.smoke else STARTS
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="drafter-bench-") as temporary:
        folder, few = Path(temporary) / "documents", Path(temporary) / "few"
        make(folder, count, options.seed)
        make(few, max(count // SHARE, FEWEST), options.seed)
        alone, *_ = through(few, Path(temporary) / "one", 1, max(count // SHARE, FEWEST))
        with Watch() as watch:
            rate, quarter, end = through(folder, Path(temporary) / "all", cores, count)
        file = str(folder / "00000.docx")
        bare = start(["-c", "import pydantic, docx"], times)
        check = start(["-m", "drafter", "check", file], times)
    megabyte = 1024 * 1024
    print(f"{count} documents, half .docx: read, judged, and saved as commented .docx and JSON")
    print(
        f"{'documents a second':<44}1 process {alone:.1f}, {cores} processes {rate:.1f}: ×{rate / alone:.2f}"
    )
    print(
        f"{'memory of the parent':<44}{quarter / megabyte:.1f} MB at 25 %, {end / megabyte:.1f} MB at 100 %"
    )
    print(f"{'memory of the largest process it started':<44}{watch.most / megabyte:.1f} MB at most")
    print(
        f"{'check of one file : import pydantic, docx':<44}{check:.2f} s : {bare:.2f} s = ×{check / bare:.2f}"
    )
    flat = end <= GROWTH * quarter
    print(f"\nmemory {'flat' if flat else 'grows'}")
    return 0 if flat else 1


if __name__ == "__main__":
    raise SystemExit(main())
