"""How good the prose is, by what can be measured: one draft a brief, from a writer or from recorded answers.

    python -m bench.prose [--writer template|llm|replay] [--briefs NAME …] [--record DIR]
                          [--answers DIR] [--against DIR] [--page OUT.html] [--show] [--smoke]

The briefs are those of examples/ and bench/briefs. «llm» writes with the endpoint of the DRAFTER_LLM_*
settings; `--record` keeps its requests and answers (and every finished draft, as Markdown) in a folder, from
which «replay» answers through a real server, so that a changed prompt or repair loop can be run without a
model; what was never recorded is written from the template. `--page` lays the drafts beside those of
`--against` (a folder that was recorded into; without it, the template writer's) for reading blind. Exit code
1: a draft breaks a promise (an unresolved claim without a mark, a fact or a figure of one not stated, a
section not written).
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.exchanges import Recorder, Replayer, Switchboard, load, save
from bench.prose_scores import Produced, Score, language, near_duplicates, score
from bench.side_by_side import Pair, page
from drafter import config, doctypes, drafting
from drafter.config import Settings
from drafter.data import folder
from drafter.errors import DrafterError, InputError
from drafter.intake import read_brief
from drafter.model import Brief
from drafter.printed import markdown
from drafter.writing import Piece, Restart, SectionWriter, Task
from drafter.writing.choose import make_writer
from drafter.writing.endpoints import endpoint, is_loopback
from drafter.writing.template import TemplateWriter
from tests.scripted_server import ScriptedServer

HERE = Path(__file__).resolve().parent
BRIEFS, ANSWERS = HERE / "briefs", HERE / "answers"
SEED = 20260101


class Watched:
    """A writer whose every text is kept, by section; `places` bounds how many it writes at once."""

    def __init__(self, writer: SectionWriter, places: asyncio.Semaphore) -> None:
        self._writer, self._places = writer, places
        self.texts: dict[str, list[str]] = {}

    @property
    def name(self) -> str:
        """The writer's own."""
        return self._writer.name

    @property
    def revises(self) -> bool:
        """The writer's own."""
        return self._writer.revises

    @property
    def tokens(self) -> int:
        """The writer's own."""
        return self._writer.tokens

    @property
    def cost(self) -> float | None:
        """The writer's own."""
        return self._writer.cost

    async def write(self, task: Task) -> AsyncIterator[Piece]:
        text = ""
        async with self._places:
            async for piece in self._writer.write(task):
                if isinstance(piece, Restart):
                    text = ""
                elif isinstance(piece, str):
                    text += piece
                yield piece
        self.texts.setdefault(task.section.id, []).append(text.strip())


async def produce(name: str, brief: Brief, writer: SectionWriter, places: asyncio.Semaphore) -> Produced:
    """One draft as the program itself makes it, and how it came about."""
    doctype = doctypes.load(brief.doctype)
    watched = Watched(writer, places)
    faults: list[tuple[str, Sequence[str]]] = []
    failures: dict[str, str] = {}
    draft = None
    began = time.perf_counter()
    async for event in drafting.stream(brief, doctype, watched):
        match event:
            case drafting.Repairing():
                faults.append((event.section, event.faults))
            case drafting.SectionFailed():
                failures[event.section] = event.message
            case drafting.DraftDone():
                draft = event.draft
    assert draft is not None
    seconds = time.perf_counter() - began
    return Produced(name, doctype, draft, watched.texts, faults, failures, writer.tokens, seconds)


def own_briefs() -> dict[str, Path]:
    """The files of examples/ and bench/briefs, by name."""
    return {path.stem: path for base in (folder("examples"), BRIEFS) for path in sorted(base.glob("*.yaml"))}


def briefs_named(names: Sequence[str]) -> dict[str, Brief]:
    """The briefs with these names (or paths), or all of our own, by name. Raises InputError."""
    known = own_briefs()
    paths = [known.get(name) or Path(name) for name in names or known]
    return {path.stem: read_brief(path) for path in paths}


def refuse_private(settings: Settings, names: Iterable[str]) -> None:
    """Raises InputError for a brief of somebody's own that would be recorded from an endpoint elsewhere:
    behind the recording server the writer takes every endpoint for a local one and masks nothing.
    """
    foreign = sorted(set(names) - own_briefs().keys())
    if foreign and not is_loopback(endpoint(settings.llm_base_url)):
        raise InputError(
            f"录制时不遮蔽个人信息，不能把 {foreign[0]} 发往外部服务",
            mend="去掉 --record，或改用本机的模型服务",
        )


class Bench:
    """The writers of a run and the server between them and their answers, where there is one."""

    def __init__(self, choice: str, answers: Path, record: Path | None) -> None:
        self.choice, self.record = choice, record
        self.settings = config.load()
        if choice == "replay":
            self.settings = self.settings.model_copy(update={"llm_model": choice, "llm_rpm": 0, "llm_tpm": 0})
        self.recordings = load(answers) if choice == "replay" else {}
        self.replayer = Replayer(self.recordings)
        self.recorder = Recorder(self.settings) if choice == "llm" and record else None
        self.places = asyncio.Semaphore(self.settings.llm_concurrency)
        self._post = self.recorder or (self.replayer if self.recordings else None)

    async def drafts(self, briefs: dict[str, Brief]) -> list[Produced]:
        """All drafts; a model's are written side by side, the others one by one. Raises DrafterError."""
        if self.recorder:
            refuse_private(self.settings, briefs)
        with ExitStack() as stack:
            server = stack.enter_context(ScriptedServer(self._post)) if self._post else None
            writers = {name: self._writer(name, server.base_url if server else "") for name in briefs}
            work = [produce(name, brief, writers[name], self.places) for name, brief in briefs.items()]
            if self.choice == "llm":
                made = await asyncio.gather(*work)
            else:
                made = [await one for one in work]
        if self.record:
            self._keep(self.record, made)
        return made

    def _writer(self, name: str, base_url: str) -> SectionWriter:
        if self.recorder:
            return Switchboard(name, self.settings, base_url, self.recorder)
        if self.choice == "llm":
            return make_writer(self.settings, "llm")
        if name in self.recordings:
            return Switchboard(name, self.settings, base_url, self.replayer)
        return TemplateWriter()

    def _keep(self, into: Path, made: Sequence[Produced]) -> None:
        into.mkdir(parents=True, exist_ok=True)
        for one in made:
            (into / f"{one.name}.md").write_text(markdown(one.draft), encoding="utf-8")
            if self.recorder:
                save(into / f"{one.name}.yaml", self.recorder.recording(one.name))


HEADS = (
    ("brief", 28), ("facts", 6), ("used", 5), ("open", 5), ("miss", 5), ("tries", 6), ("open'", 6),
    ("miss'", 6), ("mark", 5), ("add", 4), ("lost", 5), ("bare", 5), ("chars", 6), ("target", 7),
    ("heads", 8), ("alike", 6), ("even", 5), ("twice", 6), ("stock", 6), ("e/w/i", 7), ("check", 8),
    ("wait", 5), ("tokens", 7), ("sec", 6),
)  # fmt: skip
"""The columns and their widths.

open, miss: claims without a fact, facts or figures not stated, as first written; with ' after `tries`
repairs. mark: claims left in 〔待核实〕; add: facts added by code; lost: facts or figures that the finished
draft does not state; bare: open claims without a mark. heads: level-2 headings that differ, of all; alike:
those that share a clause; even: those of two equal clauses. twice: sentences said in two sections; stock: per
cent of stock phrases; e/w/i: language findings by severity; check: checklist; wait: 〔待补充〕.
"""


def cells(one: Score) -> list[str]:
    """A score's row."""
    kinds = [str(one.findings.get(kind, 0)) for kind in ("error", "warning", "info")]
    numbers: list[object] = [
        one.facts, one.used, one.before.open, one.before.untold + one.before.lost, one.tries,
        one.repaired.open, one.repaired.untold + one.repaired.lost, one.marked, one.added,
        one.after.untold + one.after.lost, one.unmarked, one.length, one.target,
        f"{one.distinct}/{one.headings}", one.alike, one.parallel, one.repeats, f"{one.stock:.1f}",
        "/".join(kinds), f"{one.passed}/{one.applicable}", one.waiting, one.tokens, f"{one.seconds:.1f}",
    ]  # fmt: skip
    return [one.name, *map(str, numbers)]


def total(rows: Sequence[Sequence[str]]) -> list[str]:
    """The sum of a column, part by part where a cell has parts; shares are averaged."""
    summed = ["total"]
    for place in range(1, len(HEADS)):
        parts = [[float(part) for part in row[place].split("/")] for row in rows]
        sums = [sum(column) for column in zip(*parts, strict=True)]
        if HEADS[place][0] == "stock":
            summed.append(f"{sums[0] / len(rows):.1f}")
        else:
            summed.append("/".join(f"{value:.1f}" if value % 1 else str(int(value)) for value in sums))
    return summed


def print_table(scores: Sequence[Score]) -> None:
    """A row a brief, and the total."""
    rows = [cells(one) for one in scores]
    for row in ([name for name, _ in HEADS], *rows, total(rows)):
        print(
            row[0].ljust(HEADS[0][1])
            + "".join(cell.rjust(width) for cell, (_, width) in zip(row[1:], HEADS[1:], strict=True))
        )


def show(made: Produced) -> None:
    """What lies behind a row: faults that went back, language findings, unmet items, repeated sentences."""
    print(f"\n{made.name}")
    for section, faults in made.faults:
        print(f"  repair {section}: " + "; ".join(faults))
    for finding in language(made.draft):
        print(f"  {finding.severity} {finding.rule} line {finding.line}: {finding.message}")
    for result in made.draft.checklist:
        if not result.passed:
            print(f"  unmet {result.label}: {result.detail}")
    for one, other in near_duplicates(made.draft):
        print(f"  twice {one} / {other}")


def others(against: Path | None, made: Sequence[Produced]) -> dict[str, str]:
    """The other side of the page, as Markdown by brief."""
    if against:
        return {path.stem: path.read_text(encoding="utf-8") for path in against.glob("*.md")}
    places = asyncio.Semaphore(1)

    async def template() -> dict[str, str]:
        drafts = [await produce(one.name, one.brief, TemplateWriter(), places) for one in made]
        return {one.name: markdown(one.draft) for one in drafts}

    return asyncio.run(template())


def write_page(out: Path, made: Sequence[Produced], against: Path | None, seed: int) -> None:
    """The page for reading blind, of the briefs that both sides have."""
    beside = others(against, made)
    name = against.name if against else "template"
    drafts = [
        Pair(one.name, one.draft.writer, markdown(one.draft), name, beside[one.name])
        for one in made
        if one.name in beside
    ]
    out.write_text(page(drafts, seed), encoding="utf-8")
    print(f"\n{out}: {len(drafts)} pairs")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; 0 when every draft keeps its promises."""
    parser = argparse.ArgumentParser(prog="python -m bench.prose", description=__doc__)
    parser.add_argument("--writer", choices=["template", "llm", "replay"], default="template")
    parser.add_argument("--briefs", nargs="+", default=[], metavar="NAME", help="names or paths")
    parser.add_argument("--record", type=Path, metavar="DIR", help="keep answers and drafts in this folder")
    parser.add_argument("--answers", type=Path, default=ANSWERS, metavar="DIR", help="what is replayed")
    parser.add_argument("--against", type=Path, metavar="DIR", help="the other side of the page")
    parser.add_argument("--page", type=Path, metavar="OUT.html", help="a page to read both sides blind")
    parser.add_argument("--seed", type=int, default=SEED, help="which side is left")
    parser.add_argument("--show", action="store_true", help="print what lies behind the numbers")
    parser.add_argument("--smoke", action="store_true", help="bench/briefs only, replayed")
    options = parser.parse_args(arguments)
    try:
        bench = Bench("replay" if options.smoke else options.writer, options.answers, options.record)
        names = options.briefs or (
            sorted(path.stem for path in BRIEFS.glob("*.yaml")) if options.smoke else []
        )
        made = asyncio.run(bench.drafts(briefs_named(names)))
        if options.page:
            write_page(options.page, made, options.against, options.seed)
    except DrafterError as error:
        parser.exit(2, f"{error}\n")
    return report(made, bench.replayer, shown=options.show)


def report(made: Sequence[Produced], replayer: Replayer, *, shown: bool) -> int:
    """Print what was measured; 0 when every draft keeps its promises, else 1."""
    scores = [score(one) for one in made]
    for one in made if shown else ():
        show(one)
    print()
    print_table(scores)
    if replayer.asked:
        print(f"\nreplayed {replayer.asked} requests, {replayer.changed} of them not as recorded")
    for line in replayer.missing:
        print(f"  {line}")
    broken = [f"{one.name}: {what}" for one in scores for what in one.broken]
    print("\npromises " + ("kept" if not broken else "broken:\n  " + "\n  ".join(broken)))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
