"""What the weights of drafter/grounding/attachment.py ought to be, and what they are worth on other texts.

    python -m bench.attachment [--rounds N]

Pairs of figures that bench/mutations.py exchanges are told from the pairs of untouched texts by a logistic
regression on what they gain by changing places. Printed are the factor for each weight (1 when it is the
best) and what each least gain should be; and, each text judged by weights fitted on the others, how many
exchanges are found at a number of false pairs.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence

import numpy
from numpy.typing import NDArray

from bench.grounding import TEXTS, Sample, load
from bench.mutations import exchanged
from drafter.grounding.attachment import Crossing, crossing
from drafter.grounding.context import places
from drafter.grounding.figures import read
from drafter.grounding.knowledge import learn
from drafter.grounding.page import NUMERIC
from drafter.grounding.sameness import owners

TERMS = ("words", "sentence", "beside", "role", "year", "unit", "subject")
UNTOUCHED_WEIGHT, RIDGE, STEPS, FOLDS = 10.0, 1e-3, 60, 5
Numbers = NDArray[numpy.float64]


def crossings(sample: Sample, line: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], Crossing]]:
    """The spans of any two figures of a line, and what they would gain by changing places."""
    known = learn(sample.brief)
    row = [place for place in places(line, read(line)) if place.figure.kind in NUMERIC]
    for index, place in enumerate(row):
        for other in row[index + 1 :]:
            if found := crossing(place, other, line, known, owners(place, known)):
                one, two = place.figure, other.figure
                yield (one.start, one.end), (two.start, two.end), found


def pairs(sample: Sample, rounds: int) -> tuple[list[Crossing], list[Crossing]]:
    """The pairs of an untouched text, and those that were exchanged."""
    untouched = [found for line in sample.lines for *_, found in crossings(sample, line)]
    changed = []
    chance = random.Random(sample.name)
    for line in list(sample.lines) * rounds:
        for change in exchanged(line, chance, sample.brief):
            changed += [
                found
                for one, two, found in crossings(sample, change.text)
                if all(
                    any(start < end2 and start2 < end for start, end in (one, two))
                    for start2, end2 in change.spans
                )
            ]
    return untouched, changed


def table(found: Sequence[Crossing], leasts: Sequence[float]) -> Numbers:
    """A row a pair: its gains, and which least gain is asked of it."""
    return numpy.array(
        [[*one.gains, *(float(one.least == least) for least in leasts)] for one in found], float
    ).reshape(len(found), len(TERMS) + len(leasts))


def fitted(rows: Numbers, wrong: Numbers) -> Numbers:
    """The weights of a logistic regression (Newton's method, with a small ridge)."""
    weights = numpy.zeros(rows.shape[1])
    counts = numpy.where(wrong == 1, 1.0, UNTOUCHED_WEIGHT)
    for _ in range(STEPS):
        chance = 1 / (1 + numpy.exp(-numpy.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (counts * (chance - wrong)) / len(rows) + RIDGE * weights
        bend = (rows * (counts * chance * (1 - chance))[:, None]).T @ rows / len(rows)
        weights -= numpy.linalg.solve(bend + RIDGE * numpy.eye(len(weights)), slope)
    return weights


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.attachment", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="exchanges made in each line")
    options = parser.parse_args(arguments)
    samples = load(TEXTS / "development")
    made = [pairs(sample, options.rounds) for sample in samples]
    leasts = sorted({one.least for both in made for part in both for one in part})
    tables = [(table(untouched, leasts), table(changed, leasts)) for untouched, changed in made]
    rows = numpy.concatenate([part for both in tables for part in both])
    wrong = numpy.concatenate(
        [numpy.full(len(part), kind) for both in tables for kind, part in enumerate(both)]
    )
    fold = numpy.concatenate(
        [numpy.full(len(part), index % FOLDS) for index, both in enumerate(tables) for part in both]
    )
    weights = fitted(rows, wrong)
    for name, factor in zip(TERMS, weights, strict=False):
        print(f"{name:<10} × {factor:.2f}")
    for least, weight in zip(leasts, weights[len(TERMS) :], strict=True):
        print(f"least {least:<5} should be {-weight:.2f}")
    scores = numpy.concatenate(
        [rows[fold == part] @ fitted(rows[fold != part], wrong[fold != part]) for part in range(FOLDS)]
    )
    truth = numpy.concatenate([wrong[fold == part] for part in range(FOLDS)])
    false = numpy.sort(scores[truth == 0])[::-1]
    print(f"{len(false)} untouched pairs, {int(truth.sum())} exchanged, {len(samples)} texts")
    for allowed in (0, 1, 2, 4, 8, 16):
        share = 100 * float((scores[truth == 1] > false[allowed]).mean())
        print(f"{allowed:>3} false pairs: {share:.2f} % found, at {false[allowed]:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
