from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bench import exchanges, prose, prose_scores
from bench.exchanges import Recorder, Recording, Replayer, Switchboard
from bench.prose_scores import Produced, Score
from bench.side_by_side import Pair, page
from drafter import doctypes
from drafter.config import Settings
from drafter.errors import InputError, WriterError
from drafter.model import Brief
from drafter.outline import build_outline
from drafter.writing import Piece, Task
from drafter.writing.template import TemplateWriter, compose
from tests.makers import brief_of
from tests.scripted_server import ScriptedServer

BRIEF = brief_of(
    {"text": "举办培训班6次，培训约180人", "topic": "培训"},
    {"text": "清理河道12公里", "topic": "环境整治"},
    {"text": "管护经费不足", "kind": "problem"},
    {"text": "争取财政资金支持", "kind": "measure"},
    {"text": "2026年改造泵站4座", "kind": "plan"},
)


class Scripted:
    """A writer whose text of a section is the template's, changed by `alter`, which is given the turn."""

    name, revises, tokens, cost = "scripted", True, 0, None

    def __init__(self, alter: Callable[[str, int], str]) -> None:
        self.alter = alter
        self.turns: dict[str, int] = {}

    async def write(self, task: Task) -> AsyncIterator[Piece]:
        turn = self.turns[task.section.id] = self.turns.get(task.section.id, 0) + 1
        yield self.alter(compose(task), turn)


def made_by(alter: Callable[[str, int], str], brief: Brief = BRIEF) -> Produced:
    return asyncio.run(prose.produce("water", brief, Scripted(alter), asyncio.Semaphore(9)))


def scored(alter: Callable[[str, int], str]) -> Score:
    return prose_scores.score(made_by(alter))


def test_a_faultless_draft_needs_no_try_and_keeps_every_promise() -> None:
    score = scored(lambda text, turn: text)
    assert (score.used, score.facts, score.tries, score.broken) == (5, 5, 0, [])
    assert score.before == score.repaired == score.after
    assert score.before.supported > 0


def test_an_invented_figure_that_the_writer_mends_counts_before_repair_only() -> None:
    score = scored(lambda text, turn: text.replace("12公里", "13公里") if turn == 1 else text)
    assert (score.before.open, score.before.lost + score.before.untold) == (1, 1)
    assert (score.tries, score.repaired.open, score.marked, score.broken) == (1, 0, 0, [])


def test_a_claim_that_stays_wrong_is_counted_as_marked_not_as_unmarked() -> None:
    score = scored(lambda text, turn: text.replace("清理河道12公里", "清理河道12公里，投入37万元"))
    assert (score.tries, score.repaired.open, score.marked, score.unmarked) == (2, 1, 1, 0)
    assert score.broken == []


def test_an_open_claim_outside_every_mark_breaks_a_promise() -> None:
    made = made_by(lambda text, turn: text)
    sections = [
        section.model_copy(update={"text": section.text.replace("12公里", "99公里")})
        for section in made.draft.sections
    ]
    draft = made.draft.model_copy(update={"sections": tuple(sections)})
    score = prose_scores.score(
        Produced("water", made.doctype, draft, {}, [], {}, tokens=0, seconds=0.0),
    )
    assert score.unmarked == 1
    assert any("without a mark" in phrase for phrase in score.broken)
    assert any("facts" in phrase for phrase in score.broken)


def test_a_fact_that_code_put_in_is_told_apart_from_one_that_was_written() -> None:
    score = scored(lambda text, turn: text.replace("清理河道12公里", "整治河道环境"))
    assert (score.before.untold, score.added, score.after.untold) == (1, 1, 0)


def test_a_section_that_fails_breaks_a_promise() -> None:
    def fails(text: str, turn: int) -> str:
        if "泵站" in text:
            raise WriterError("没有回答", mend="请重试")
        return text

    score = scored(fails)
    assert score.failed == 1
    assert "1 sections not written" in score.broken


def test_headings_are_even_when_their_two_clauses_are_equally_long() -> None:
    assert prose_scores.balanced("完善制度机制，规范工作运行")
    assert not prose_scores.balanced("深化宣传引导，提升社会知晓度")
    assert not prose_scores.balanced("种植规模")


def test_headings_from_one_mould_are_counted_though_they_differ() -> None:
    moulds = [
        "持续深化交通秩序，务求取得实效",
        "持续深化小区环境，务求取得实效",
        "广泛宣传发动，动员各方参与",
    ]
    assert prose_scores.alike(moulds) == 2


def test_a_sentence_with_small_changes_says_the_same() -> None:
    said, again, other = map(
        prose_scores.pairs, ("我局全年清理河道12公里", "全年，我局清理河道12公里", "举办培训班6次")
    )
    assert prose_scores.likeness(said, again) >= prose_scores.ALIKE > prose_scores.likeness(said, other)


def test_a_sentence_said_in_two_sections_is_found() -> None:
    plain = made_by(lambda text, turn: text).draft
    assert prose_scores.near_duplicates(plain) == []
    doubled = made_by(lambda text, turn: f"我局将继续抓好河道日常保洁管护。{text}").draft
    assert ("我局将继续抓好河道日常保洁管护",) * 2 in prose_scores.near_duplicates(doubled)


def test_stock_phrases_are_those_of_the_language_rule() -> None:
    assert prose_scores.stock_share("高度重视，狠抓落实。") == 80.0
    assert prose_scores.stock_share("举办培训班6次。") == 0.0
    assert prose_scores.stock_share("") == 0.0


def settings_for(url: str) -> Settings:
    return Settings.model_validate({"DRAFTER_LLM_BASE_URL": url, "llm_model": "ok"})


def recorded(brief: Brief = BRIEF) -> tuple[Produced, Recording]:
    """A draft by the scripted endpoint's model, and the recording of it."""
    with ScriptedServer() as upstream:
        recorder = Recorder(settings_for(upstream.base_url))
        with ScriptedServer(recorder) as between:
            writer = Switchboard("water", settings_for(between.base_url), between.base_url, recorder)
            made = asyncio.run(prose.produce("water", brief, writer, asyncio.Semaphore(9)))
    return made, recorder.recording("water")


def replayed(recording: Recording, brief: Brief = BRIEF) -> tuple[Produced, Replayer]:
    replayer = Replayer({"water": recording})
    with ScriptedServer(replayer) as server:
        writer = Switchboard("water", settings_for(server.base_url), server.base_url, replayer)
        made = asyncio.run(prose.produce("water", brief, writer, asyncio.Semaphore(9)))
    return made, replayer


@pytest.fixture(scope="module")
def exchange() -> tuple[Produced, Recording]:
    return recorded()


def test_a_replay_makes_the_draft_that_was_recorded(exchange: tuple[Produced, Recording]) -> None:
    made, recording = exchange
    again, replayer = replayed(recording)
    assert again.draft == made.draft
    assert (replayer.missing, replayer.changed) == ([], 0)
    assert replayer.asked == len(recording.exchanges)
    assert again.tokens == made.tokens > 0


def test_a_recording_survives_its_file_and_reads_as_text(
    exchange: tuple[Produced, Recording], tmp_path: Path
) -> None:
    _, recording = exchange
    exchanges.save(tmp_path / "water.yaml", recording)
    assert exchanges.load(tmp_path) == {"water": recording}
    written = (tmp_path / "water.yaml").read_text(encoding="utf-8")
    assert "\n      本节的事实：\n" in written
    assert written.count("你是机关办公室的文稿起草人") == 1


def test_a_changed_prompt_still_finds_its_answer_and_is_counted(
    exchange: tuple[Produced, Recording],
) -> None:
    made, recording = exchange
    old = [one.model_copy(update={"request": "older"}) for one in recording.exchanges]
    again, replayer = replayed(Recording(exchanges=tuple(old)))
    assert again.draft == made.draft
    assert replayer.changed == replayer.asked == len(old)


def test_a_turn_that_was_not_recorded_gets_the_last_one_and_is_named(
    exchange: tuple[Produced, Recording],
) -> None:
    _, recording = exchange
    wrong = [
        one.model_copy(update={"answer": one.answer.replace("12公里", "13公里")})
        for one in recording.exchanges
    ]
    made, replayer = replayed(Recording(exchanges=tuple(wrong)))
    assert [line for line in replayer.missing if "no answer for turn 2, turn 1 again" in line]
    assert prose_scores.score(made).marked == 1


def test_a_section_that_has_moved_is_found_by_its_facts(exchange: tuple[Produced, Recording]) -> None:
    made, recording = exchange
    moved = [
        one.model_copy(update={"section": f"old-{one.section}"}) if one.facts else one
        for one in recording.exchanges
    ]
    again, replayer = replayed(Recording(exchanges=tuple(moved)))
    assert again.draft == made.draft
    assert all("answered as old-" in line for line in replayer.missing)
    assert replayer.missing


def test_a_section_without_any_recorded_answer_is_written_from_the_template_and_named(
    exchange: tuple[Produced, Recording],
) -> None:
    _, recording = exchange
    left = [one for one in recording.exchanges if one.section != "opening"]
    made, replayer = replayed(Recording(exchanges=tuple(left)))
    template = asyncio.run(prose.produce("water", BRIEF, TemplateWriter(), asyncio.Semaphore(1)))
    assert replayer.missing == ["water opening: no recorded answer, the template writer's text"]
    assert made.draft.sections[0].text == template.draft.sections[0].text


def test_every_brief_of_the_bench_is_whole_and_its_recording_fits_its_outline() -> None:
    recordings = exchanges.load(prose.ANSWERS)
    briefs = {path.stem: path for path in prose.BRIEFS.glob("*.yaml")}
    assert len(briefs) == 10
    assert recordings.keys() <= briefs.keys()
    for name, brief in prose.briefs_named(sorted(briefs)).items():
        outline = build_outline(brief, doctypes.load(brief.doctype))
        assert len(brief.facts) == int(name.split("-")[1])
        assert outline.unplaced == ()
        if name in recordings:
            assert all(
                recordings[name].closest(section.id, section.facts)
                for section in outline.sections
                if section.facts
            )


def test_own_briefs_are_not_recorded_from_an_endpoint_elsewhere() -> None:
    elsewhere, here = settings_for("https://api.example.com/v1"), settings_for("http://127.0.0.1:9/v1")
    with pytest.raises(InputError, match="mine"):
        prose.refuse_private(elsewhere, ["mine", "facts-05-reading"])
    prose.refuse_private(elsewhere, ["facts-05-reading"])
    prose.refuse_private(here, ["mine"])


def test_the_run_ends_with_one_when_a_promise_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(text: str, turn: int) -> str:
        raise WriterError("没有回答", mend="请重试")

    kept, broken = made_by(lambda text, turn: text), made_by(fails)
    assert prose.report([kept], Replayer({}), shown=False) == 0
    assert prose.report([kept, broken], Replayer({}), shown=True) == 1
    said = capsys.readouterr().out
    assert "promises broken" in said
    assert "sections not written" in said


PAIRS = [
    Pair(
        f"brief-{number}",
        "model",
        "# 标题\n\n## 一、基本情况\n\n**（一）成果。**写了<b>6</b>次。\n",
        "template",
        "乙",
    )
    for number in range(12)
]


def test_the_page_holds_both_drafts_and_nothing_from_outside() -> None:
    made = page(PAIRS, seed=1)
    assert made.count("写了&lt;b&gt;6&lt;/b&gt;次。") == len(PAIRS)
    assert made.count('<p class="title">标题</p>') == len(PAIRS)
    assert not any(word in made for word in ("http:", "https:", "src=", "<link", "@import", "url("))
    assert all(made.count(words) >= len(PAIRS) for words in ("左更好", "右更好", "一样"))


def test_sides_are_drawn_by_the_seed() -> None:
    assert page(PAIRS, seed=1) == page(PAIRS, seed=1)
    left = [page(PAIRS, seed=seed).count('data-left="model"') for seed in range(4)]
    assert len(set(left)) > 1
    assert all(0 < count < len(PAIRS) for count in left)
