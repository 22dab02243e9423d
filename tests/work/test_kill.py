"""Processes are killed at random moments: each draft completes, nothing is written twice, nothing lost."""

from __future__ import annotations

import random
import secrets
from pathlib import Path

import pytest

from tests.work.trials import DURING, Trial, ground

DRAFTS, KILLS = 2, 3
"""In this run, for each configuration; bench/durability.py has a hundred kills."""


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_draft_survives_the_death_of_its_process_at_any_moment(
    kind: str, processes: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/drafts.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").new_database(f"kill_{secrets.token_hex(6)}")
    chance = random.Random(f"{kind} {processes}")
    with ground(url, tmp_path, processes) as there:
        for number in range(1, DRAFTS + 1):
            Trial(there, chance, number).run(KILLS)
        assert there.counted[DURING]
