"""What a .docx costs in processor time: beside python-docx writing the same paragraphs, and by length.

    python -m bench.docx [--smoke]

Measured in one run and in turns, the fastest of several, so that a slow machine does not decide:

- a draft of about 10,000 characters that was just checked: seconds of `exporting.export` (written, read
  again, its figures held against those checked) and of the writer alone; and the writer ÷ python-docx adding
  the same paragraphs to its own template, nothing set;
- the writer's seconds a page at 10, 100 and 1,000 pages: linear where they stay the same.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence

import docx

from drafter import doctypes, exporting
from drafter.docx.layout import STANDARD
from drafter.docx.writer import write
from drafter.drafting import checked
from drafter.model import Attachment, Brief, DocType, Draft, Fact, Official, Section
from drafter.outline import build_outline
from drafter.printed import lines

SENTENCE = "坚持问题导向和目标导向相统一，逐项明确责任单位、完成时限和工作要求，推动各项任务落地见效。"
SENTENCES = 5
"""In a paragraph."""
CHARACTERS = 10_000
PAGE = STANDARD.lines * STANDARD.characters
PAGES = (10, 100, 1000)
RUNS = 5
MOST_SECONDS, MOST_RATIO, MOST_GROWTH = 0.2, 2.0, 1.5
"""Targets: an export of CHARACTERS; the writer ÷ python-docx; a page of the longest ÷ one of the shortest."""


def draft_of(characters: int) -> tuple[Draft, DocType]:
    """A draft of about that many characters, with head, foot and an attachment, checked."""
    doctype = doctypes.load("work-summary")
    topics = ("组织领导", "宣传", "培训", "监督检查")
    facts = tuple(
        Fact(id=f"F{n}", text=f"完成第{n}批任务{n * 3}项", topic=topics[n % len(topics)])
        for n in range(1, 41)
    )
    brief = Brief(
        doctype=doctype.id,
        unit="某市水务局",
        period="2025年",
        topic="河湖管护",
        official=Official(
            number="某水〔2025〕15号", cc=("市委办公室",), attachments=(Attachment(title="任务清单"),)
        ),
        facts=facts,
    )
    outline = build_outline(brief, doctype)
    count = sum(section.written for section in outline.sections)
    filling = [SENTENCE * SENTENCES] * max(1, characters // count // len(SENTENCE) // SENTENCES)

    def written(section: Section) -> Section:
        told = "，".join(brief.fact(one).text for one in section.facts) or "全年工作如下。"
        text = "\n".join([told, *filling]) if section.written else ""
        return section.model_copy(update={"text": text})

    sections = tuple(map(written, outline.sections))
    draft = Draft(brief=brief, title=outline.title, writer="bench", sections=sections)
    return checked(draft, doctype), doctype


def plainly(texts: Sequence[str]) -> bytes:
    """The same paragraphs as python-docx writes them, nothing set."""
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def fastest(works: Sequence[Callable[[], object]], runs: int = RUNS) -> list[float]:
    """Seconds of each work, the fastest of several turns."""
    best = [float("inf")] * len(works)
    for _ in range(runs):
        for place, work in enumerate(works):
            started = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - started)
    return best


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--smoke", action="store_true", help="up to 100 pages; the ratio alone is judged")
    options = parser.parse_args(arguments)
    draft, doctype = draft_of(CHARACTERS)
    texts = [line.text for line in lines(draft)]
    size = sum(map(len, texts))
    write(draft, doctype)
    whole, alone, plain = fastest(
        [
            lambda: exporting.export(draft, doctype),
            lambda: write(draft, doctype, checklist=False),
            lambda: plainly(texts),
        ]
    )
    ratio = alone / plain
    print(f"{size} characters, {len(texts)} paragraphs")
    print(f"exported and checked   {whole * 1000:7.1f} ms")
    print(f"written                {alone * 1000:7.1f} ms")
    print(f"python-docx, plainly   {plain * 1000:7.1f} ms   ratio {ratio:.2f}")
    a_page = []
    for pages in PAGES[:2] if options.smoke else PAGES:
        longer, _ = draft_of(pages * PAGE)
        (seconds,) = fastest([lambda: write(longer, doctype, checklist=False)], runs=2)  # noqa: B023
        a_page.append(seconds / pages)
        print(f"{pages:5} pages            {seconds * 1000:7.1f} ms   {seconds / pages * 1000:.2f} ms a page")
    good = ratio <= MOST_RATIO
    if not options.smoke:
        good = good and whole <= MOST_SECONDS and a_page[-1] <= MOST_GROWTH * a_page[0]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
