"""What the database keeps of work: claims that fence, what is finished stays, failed work is not lost."""

from __future__ import annotations

import datetime

import pytest

from drafter import editing
from drafter.model import Draft
from drafter.outline import build_outline
from drafter.store import StoreError
from drafter.work import records
from drafter.work.progress import Part
from drafter.work.records import Claimed, Lost, Order, Told, Wishes, WorkStore
from tests.work.trials import TYPE, brief

BRIEF = brief(1)
OUTLINE = build_outline(BRIEF, TYPE)
EMPTY = Draft(brief=BRIEF, title=OUTLINE.title, writer="m", sections=OUTLINE.sections)


def claimed(store: WorkStore, work_id: str) -> Claimed:
    """A claim that succeeds."""
    found = store.claim(work_id)
    assert found
    return found


def told(claim: Claimed, *parts: Part) -> Told:
    """What the holder of a claim says of sections."""
    return Told(work=claim.work.id, token=claim.token, parts=parts)


def test_of_two_claims_only_the_later_counts(url: str) -> None:
    store = WorkStore(url)
    work = store.begin(EMPTY, Order())
    first, second = claimed(store, work.id), claimed(store, work.id)
    assert store.tell([told(first, Part(section="outlook", state="done", text="旧"))]) == {work.id}
    assert store.tell([told(second, Part(section="outlook", state="done", text="新"))]) == set()
    store.fail(work.id, "旧", first.token)
    head = store.load(work.draft)
    with pytest.raises(Lost):
        store.finish(first, head, EMPTY, "done", "m", "")
    assert [part.text for part in claimed(store, work.id).kept] == ["新"]


def test_what_is_finished_is_not_overwritten_by_older_news(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    store.tell([told(claim, Part(section="outlook", state="done", text="完"))])
    store.tell([told(claim, Part(section="outlook", text="半"))])
    _, parts = store.news(claim.work.id, 0)
    assert [(part.state, part.text) for part in parts] == [("done", "完")]


def test_what_was_used_never_grows_less_when_sections_that_end_together_tell_out_of_turn(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    for tokens, cost in ((120, 0.1), (360, 0.3), (240, 0.2)):
        store.tell([told(claim).model_copy(update={"tokens": tokens, "cost": cost})])
    work = store.work(claim.work.id)
    assert (work.tokens, work.cost) == (360, 0.3)


def test_news_are_only_what_changed_since(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    store.tell([told(claim, Part(section="outlook", text="一"))])
    seen, _ = store.news(claim.work.id, 0)
    store.tell([told(claim, Part(section="opening", text="二"))])
    now, parts = store.news(claim.work.id, seen.version)
    assert [part.section for part in parts] == ["opening"]
    assert store.news(claim.work.id, now.version)[1] == []


def test_a_draft_is_written_by_one_work_at_a_time(url: str) -> None:
    store = WorkStore(url)
    work = store.begin(EMPTY, Order())
    with pytest.raises(StoreError, match="正在起草"):
        store.again(store.load(work.draft), Order())


def test_what_failed_work_had_finished_is_taken_over_by_the_next(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    store.tell([told(claim, Part(section="outlook", state="done", text="写好的一节。"))])
    store.fail(claim.work.id, "没有写成", claim.token)
    again = store.again(store.load(claim.work.draft), Order())
    assert [part.text for part in claimed(store, again.id).kept] == ["写好的一节。"]


def test_what_was_taken_over_outlives_a_stop_before_the_beginning(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    store.tell([told(claim, Part(section="outlook", state="done", text="写好的一节。"))])
    store.fail(claim.work.id, "没有写成", claim.token)
    base = store.load(claim.work.draft)
    store.ask_to_stop([store.again(base, Order()).id])
    again = store.again(base, Order())
    assert [part.text for part in claimed(store, again.id).kept] == ["写好的一节。"]


def test_the_newest_work_of_a_file_is_so_even_when_the_clock_was_put_back(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = WorkStore(url)
    first = store.begin(EMPTY, Order(batch="b", file="a.yaml"))
    store.fail(first.id, "没有写成")
    right = records.now
    monkeypatch.setattr(records, "now", lambda: right() - datetime.timedelta(hours=2))
    again = store.again(store.load(first.draft), first.order)
    assert [one.id for one in store.batch("b")] == [again.id]
    assert store.last_work(first.draft) == again


def test_who_claims_a_work_knows_what_others_want_of_it(url: str) -> None:
    store = WorkStore(url)
    work = store.begin(EMPTY, Order())
    assert claimed(store, work.id).wishes == Wishes(stop=False, watched=False)
    store.ask_to_stop([work.id])
    store.watch(work.id)
    assert claimed(store, work.id).wishes == Wishes(stop=True, watched=True)


def test_a_finished_draft_is_one_revision_and_an_edit_in_between_makes_it_be_made_anew(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    base = store.load(claim.work.draft)
    edited = editing.with_text(base.draft, TYPE, "opening", "由人写成。")
    head = store.save(base, edited, "王", "手工修改")
    texts = {"opening": "模型写的。", "outlook": "模型写的。"}
    made = editing.filled(base.draft, base.draft, TYPE, texts, {}, "m")
    assert store.finish(claim, base, made, "done", "m", "") is None
    made = editing.filled(head.draft, base.draft, TYPE, texts, {}, "m")
    saved = store.finish(claim, head, made, "done", "m", "")
    assert saved is not None and saved.number == 3
    assert editing.section_of(saved.draft, "opening").text == "由人写成。"
    assert editing.section_of(saved.draft, "outlook").text == "模型写的。"
    assert store.claim(claim.work.id) is None


def test_a_draft_that_was_sent_for_review_is_not_changed(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    head = store.pass_on(store.load(claim.work.draft), "submitted", "张", "送审")
    made = editing.filled(head.draft, EMPTY, TYPE, {"outlook": "模型写的。"}, {}, "m")
    with pytest.raises(StoreError, match="送审"):
        store.finish(claim, head, made, "done", "m", "")


def test_deleting_a_draft_asks_its_writing_to_stop(url: str) -> None:
    store = WorkStore(url)
    claim = claimed(store, store.begin(EMPTY, Order()).id)
    assert not store.wishes([claim.work.id])[claim.work.id].stop
    store.delete(claim.work.draft)
    assert store.wishes([claim.work.id])[claim.work.id].stop
