"""What durable drafting is worth: processes are killed at random moments, again and again.

    python -m bench.durability [--kills 100] [--only sqlite-1 …] [--seed 7]

On SQLite and on PostgreSQL, with one process and with three: drafts are written while processes are killed
(SIGKILL) at moments drawn over the whole of the writing, and begun anew, while somebody edits. Each draft
must complete, with every section once and no fact lost; no section that was finished at a kill may be asked
of the model again; every edit that was acknowledged must be there. The first failure ends the run. Kills that
come when a draft is complete already are made as well, and counted apart.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.databases import cluster
from tests.work.trials import DURING, Trial, ground

CONFIGURATIONS = ("sqlite-1", "sqlite-3", "postgresql-1", "postgresql-3")
EACH = 3
"""Most kills during one draft."""


def measure(configuration: str, kills: int, seed: int) -> None:
    """Try one configuration, and say what was seen. Raises AssertionError at the first loss."""
    kind, _, processes = configuration.partition("-")
    chance, began = random.Random(f"{seed} {configuration}"), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/drafts.db"
        if kind == "postgresql":
            url = stack.enter_context(cluster()).new_database("durability")
        there = stack.enter_context(ground(url, folder, int(processes)))
        drafts = 0
        while there.counted[DURING] < kills:
            drafts += 1
            Trial(there, chance, drafts).run(EACH)
            print(f"{configuration}: {there.counted[DURING]} of {kills} kills", file=sys.stderr, flush=True)
    seen = ", ".join(f"{what}: {count}" for what, count in sorted(there.counted.items()))
    print(f"{configuration}: {drafts} drafts complete; {seen}; {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--only", nargs="+", choices=CONFIGURATIONS, default=CONFIGURATIONS)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for configuration in given.only:
        measure(configuration, given.kills, given.seed)


if __name__ == "__main__":
    main()
