"""The editor's and the reviewer's pages: one section in hand, proposals, locks, history, review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Open, serving
from tests.e2e.test_draft_page import fill, shoot
from tests.scripted_server import Exchange, ScriptedServer

pytestmark = pytest.mark.browser

FACTS = """# 组织领导
成立领导小组，召开专题会议2次
# 培训
举办培训班6次，累计培训人员超过500人次
# 河道保洁
清理河道12公里
# 存在问题
部分干部业务不熟
# 改进措施
组织跟班学习
# 下一步打算
建立常态化学习机制"""


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    """A model that writes its facts plainly, and otherwise when an editor asks for a rewrite."""

    async def answer(exchange: Exchange) -> None:
        asked = str(exchange.request.body["messages"][-1]["content"])
        prose = exchange.prose
        if "编辑要求" in asked:
            prose = "我局突出重点，" + prose.replace("一是", "扎实", 1)
        await exchange.answer(f"{prose}\n〔完〕")

    with ScriptedServer(answer, delay=0.002) as server:
        yield server


@pytest.fixture(scope="module")
def site(model: ScriptedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that writes with that model."""
    home = tmp_path_factory.mktemp("edit-home")
    with serving(home, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="m") as url:
        yield url


def drafted(open_page: Open, site: str) -> Page:
    """The editing page of a document that was just written."""
    page = open_page(site)
    fill(page, unit="某市水务局", period="2025年", topic="河湖管护", date="2025-12-05", facts=FACTS)
    expect(page.locator("#understood")).to_contain_text("常态化学习机制")
    page.wait_for_timeout(400)
    page.click("#generate")
    expect(page.locator("#edit")).to_be_visible()
    page.click("#edit")
    page.wait_for_selector("#edit-paper .card.current")
    return page


def take(page: Page, words: str) -> None:
    """Take the section with these words in hand."""
    page.locator("#edit-paper .card", has_text=words).first.click()
    expect(page.locator("#edit-paper .card.current")).to_contain_text(words)


def text_of(page: Page) -> str:
    """What stands in the box of the section in hand."""
    return page.locator("#text textarea").input_value()


def others(page: Page) -> list[str]:
    """The texts of all sections that are not in hand."""
    return page.locator("#edit-paper .card:not(.current)").all_inner_texts()


def test_a_rewrite_comes_as_a_proposal_that_can_be_taken_in_part(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "培训班6次")
    before, rest = text_of(page), others(page)
    page.locator("#preset label", has_text="突出成效").click()
    page.click("#rewrite")
    expect(page.locator("#proposal .hunk").first).to_be_visible()
    shoot(page, "edit-proposal")
    assert text_of(page) == before
    boxes = page.locator("#proposal .hunk input")
    assert boxes.count() >= 1
    for place in range(1, boxes.count()):
        boxes.nth(place).uncheck()
    page.click("#accept")
    expect(page.locator("#proposal .hunk")).to_have_count(0)
    assert "我局突出重点" in text_of(page)
    assert others(page) == rest
    page.click("#undo")
    expect(page.locator("#text textarea")).to_have_value(before)
    page.click("#redo")
    expect(page.locator("#text textarea")).not_to_have_value(before)


def test_a_rejected_proposal_changes_nothing(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "培训班6次")
    before = text_of(page)
    page.locator("#preset label", has_text="换一种说法").click()
    page.locator("#text textarea").press("Control+Enter")
    expect(page.locator("#proposal .hunk").first).to_be_visible()
    page.click("#reject")
    expect(page.locator("#proposal .hunk")).to_have_count(0)
    assert text_of(page) == before


def test_a_hand_edit_is_checked_kept_and_can_be_restored(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "河道12公里")
    before = text_of(page)
    page.locator("#text textarea").fill("我局清理河道15公里。")
    page.keyboard.press("Control+s")
    expect(page.locator("#edit-paper .claim.unsupported")).to_have_text("15公里")
    expect(page.locator("#about .wrongs")).to_contain_text("15公里")
    shoot(page, "edit-wrong")
    page.locator("#history-tools button").first.click()
    page.locator("#history [data-compare]").first.click()
    expect(page.locator("#compared ins")).to_contain_text(["15"])
    page.locator("#history [data-restore]").first.click()
    expect(page.locator("#text textarea")).to_have_value(before)
    expect(page.locator("#edit-paper .claim.unsupported")).to_have_count(0)


def test_a_locked_section_is_not_changed(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "河道12公里")
    page.click("#lock")
    expect(page.locator("#edit-paper .card.current .flags")).to_contain_text("已锁定")
    expect(page.locator("#text textarea")).to_be_disabled()
    expect(page.locator("#rewrite")).to_be_disabled()


def test_typing_goes_on_while_a_section_is_rewritten(
    site: str, open_page: Open, model: ScriptedServer
) -> None:
    page = drafted(open_page, site)
    take(page, "培训班6次")
    model.delay = 0.15
    try:
        page.locator("#preset label", has_text="突出成效").click()
        page.click("#rewrite")
        expect(page.locator("#proposal")).to_contain_text("我局")
        box = page.locator("#text textarea")
        box.press("End")
        box.press_sequentially("经努力，效果良好。", delay=40)
        expect(page.locator("#proposal .hunk").first).to_be_visible(timeout=30_000)
    finally:
        model.delay = 0.002
    assert "经努力，效果良好。" in text_of(page)


def test_what_was_typed_and_not_saved_survives_a_reload(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "河道12公里")
    page.locator("#text textarea").fill("我局清理河道12公里，成效初显。")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator("#text textarea")).to_have_value("我局清理河道12公里，成效初显。")
    expect(page.locator("#edit-status")).to_contain_text("找回")


def test_two_people_are_told_and_the_later_save_does_not_win(site: str, open_page: Open) -> None:
    first = drafted(open_page, site)
    second = open_page(first.url, ready="#edit-paper .card.current")
    take(first, "河道12公里")
    first.locator("#author textarea, #author input").first.fill("王科长")
    first.locator("#text textarea").fill("我局全面清理河道12公里。")
    first.click("#save")
    expect(first.locator("#edit-paper .card.current")).to_contain_text("全面清理")
    take(second, "河道12公里")
    second.locator("#text textarea").fill("我局认真清理河道12公里。")
    second.click("#save")
    expect(second.locator("#edit-status")).to_contain_text("王科长刚刚改过")
    assert text_of(second) == "我局认真清理河道12公里。"
    expect(second.locator("#edit-paper")).to_contain_text("全面清理")


def test_the_outline_can_be_changed_and_only_what_it_touches_is_stale(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "培训班6次")
    page.locator("#outline-tools button").first.click()
    page.locator("#heading textarea, #heading input").first.fill("抓实业务培训，锻造过硬队伍")
    page.click("#rename")
    expect(page.locator("#edit-paper")).to_contain_text("（二）抓实业务培训，锻造过硬队伍。")
    page.click("#down")
    expect(page.locator("#edit-paper")).to_contain_text("（三）抓实业务培训，锻造过硬队伍。")
    page.locator('#about select[data-fact="F2"]').select_option(label="三、下一步工作计划")
    expect(page.locator("#edit-paper .flags .lack")).to_have_count(2)


def test_a_fact_is_added_from_another_section_or_left_out_of_the_next_rewrite(
    site: str, open_page: Open
) -> None:
    page = drafted(open_page, site)
    take(page, "培训班6次")
    page.locator("#about select[data-take]").select_option("F3")
    expect(page.locator("#about .fact")).to_have_count(2)
    page.locator('#about select[data-fact="F2"]').select_option("-")
    expect(page.locator("#about .fact.doubtful")).to_contain_text("F2")
    page.click("#rewrite")
    expect(page.locator("#accept")).to_be_visible()
    page.click("#accept")
    expect(page.locator("#edit-paper .card.current")).to_contain_text("清理河道12公里")
    expect(page.locator("#edit-paper .card.current")).not_to_contain_text("培训班6次")


def test_a_document_is_sent_returned_with_a_remark_and_approved(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    page.click("#submit")
    expect(page.locator("#submit")).to_be_disabled()
    review = open_page(page.url.replace("/edit", "/review"), ready="#review-paper .card.current")
    expect(review.locator("#verdict")).to_contain_text("必备内容")
    review.locator("#review-paper .card", has_text="河道12公里").click()
    expect(review.locator("#review-paper .card.current")).to_contain_text("河道12公里")
    review.locator("#remark textarea").fill("请写明起止河段")
    review.click("#add-remark")
    expect(review.locator("#remarks")).to_contain_text("请写明起止河段")
    shoot(review, "review")
    review.click("#return")
    expect(review.locator("#review-status")).to_contain_text("已退回")
    page.reload()
    expect(page.locator("#edit-paper .remark")).to_contain_text("请写明起止河段")
    take(page, "河道12公里")
    page.locator("#about [data-settle]").click()
    expect(page.locator("#edit-paper .remark")).to_have_count(0)
    page.click("#submit")
    expect(page.locator("#submit")).to_be_disabled()
    review.reload()
    expect(review.locator("#review-status")).to_contain_text("已送审")
    review.click("#approve")
    expect(review.locator("#review-status")).to_contain_text("已通过")


def test_drafts_are_found_copied_deleted_and_brought_back(site: str, open_page: Open) -> None:
    drafted(open_page, site)
    page = open_page(f"{site}drafts", ready="#drafts .drafts")
    shoot(page, "drafts")
    page.locator("#search textarea, #search input").first.fill("没有这份")
    expect(page.locator("#drafts")).to_contain_text("还没有文稿")
    page.locator("#search textarea, #search input").first.fill("河湖")
    rows = page.locator("#drafts tbody tr")
    expect(rows.first).to_be_visible()
    count = rows.count()
    rows.first.locator("[data-delete]").click()
    expect(page.locator("#drafts .deleted li")).not_to_have_count(0)
    page.locator("#drafts [data-undelete]").first.click()
    expect(rows).to_have_count(count)
    rows.first.locator("a", has_text="复制为新稿").click()
    expect(page.locator("#status")).to_contain_text("待确认")
    assert "举办培训班6次，累计培训人员超过500人次〔待确认〕" in page.locator("#facts textarea").input_value()
    assert page.locator("#period textarea, #period input").first.input_value() == ""
    page.wait_for_timeout(1000)
    expect(page.locator("#status")).to_contain_text("待确认")


def test_a_server_stopped_while_drafting_goes_on_after_its_next_start(
    open_page: Open, tmp_path: Path
) -> None:
    async def slow_or_never(exchange: Exchange) -> None:
        import asyncio

        if "河道" in exchange.prose:
            await asyncio.sleep(120)
        if "领导小组" in exchange.prose:
            await asyncio.sleep(2.5)
        await exchange.answer(f"{exchange.prose}\n〔完〕")

    with ScriptedServer(slow_or_never) as model:
        settings = {"DRAFTER_LLM_BASE_URL": model.base_url, "DRAFTER_LLM_MODEL": "m"}
        with serving(tmp_path, **settings) as url:
            page = open_page(url)
            fill(page, unit="某市水务局", topic="河湖管护", facts=FACTS)
            expect(page.locator("#understood")).to_contain_text("常态化学习机制")
            page.click("#generate")
            expect(page.locator("#paper")).to_contain_text("成立领导小组，召开专题会议2次。")
            page.wait_for_timeout(1500)
        with ScriptedServer() as good:
            again = {"DRAFTER_LLM_BASE_URL": good.base_url, "DRAFTER_LLM_MODEL": "ok"}
            with serving(tmp_path, **again) as url:
                page = open_page(f"{url}drafts", ready="#drafts .drafts")
                page.locator("#drafts tbody a").first.click()
                page.wait_for_selector("#edit-paper .card.current")
                expect(page.locator("#edit-paper")).to_contain_text("成立领导小组，召开专题会议2次")
                expect(page.locator("#edit-paper")).to_contain_text("清理河道12公里")
                expect(page.locator("#resume")).not_to_be_visible()
            assert not [one for one in good.requests if "▶ （一）" in one.user]


@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_has_serious_accessibility_faults(
    site: str, open_page: Open, chromium: Browser, width: int
) -> None:
    page = drafted(open_page, site)
    draft_id = page.url.split("id=")[1]
    for name, ready in {
        "": "#paper .doc-title",
        "drafts": "#drafts .drafts",
        "batch": "#batch-start",
        f"edit?id={draft_id}": "#edit-paper .card.current",
        f"review?id={draft_id}": "#review-paper .card.current",
    }.items():
        seen = open_page(f"{site}{name}", width=width, ready=ready)
        seen.wait_for_timeout(500)
        assert seen.evaluate("document.documentElement.scrollWidth") <= width, name
        found = Axe().run(seen).response["violations"]
        serious = [
            (one["id"], [node["html"][:120] for node in one["nodes"][:3]])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], name


def test_typed_text_is_kept_whatever_is_clicked_next(site: str, open_page: Open) -> None:
    page = drafted(open_page, site)
    take(page, "河道12公里")
    page.locator("#text textarea").fill("我局全面清理河道12公里。")
    page.click("#lock")
    expect(page.locator("#edit-paper .card.current .flags")).to_contain_text("已锁定")
    expect(page.locator("#text textarea")).to_have_value("我局全面清理河道12公里。")
    page.click("#lock")
    expect(page.locator("#text textarea")).to_be_enabled()
    page.locator("#text textarea").fill("我局彻底清理河道12公里。")
    page.click("#undo")
    expect(page.locator("#text textarea")).to_have_value("我局全面清理河道12公里。")
    page.click("#redo")
    expect(page.locator("#text textarea")).to_have_value("我局彻底清理河道12公里。")
    page.locator("#text textarea").fill("我局持续清理河道12公里。")
    page.click("#submit")
    expect(page.locator("#edit-paper")).to_contain_text("持续清理河道")
