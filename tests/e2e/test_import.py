"""A downloaded document, edited in a word processor, comes back through the editing page."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.test_draft_page import shoot
from tests.e2e.test_edit_page import drafted, take, text_of
from tests.returning import hands

pytestmark = pytest.mark.browser


@pytest.fixture
def page(open_page: Open, server: str) -> Page:
    """The editing page of a document that was just written."""
    return drafted(open_page, server)


def downloaded(page: Page) -> bytes:
    """The file that «下载 Word» gives."""
    with page.expect_download() as download:
        page.click("#edit-download")
    return Path(download.value.path()).read_bytes()


def upload(page: Page, data: bytes, name: str = "改好的.docx") -> None:
    """Choose a file for «导入改好的 Word»."""
    with page.expect_file_chooser() as chooser:
        page.click("#import")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": data})


def test_an_edited_file_is_shown_as_changes_and_taken_in_part(page: Page) -> None:
    back = hands.tracked(downloaded(page), "12公里", "15公里", "张科长")
    back = hands.replaced(back, "500人次", "500人次，反响良好")
    back = hands.replaced(back, "2025年12月5日", "2025年12月8日")
    back = hands.commented(back, "培训班6次", "请补充培训时间", "李局长")
    back = hands.filled_in(back, 1, "标题可再精炼")
    upload(page, hands.saved_by_word(back))
    expect(page.locator("#returned .returned-changes > li")).to_have_count(3)
    expect(page.locator("#returned .tracked")).to_contain_text("张科长")
    expect(page.locator("#returned .commented")).to_contain_text("请补充培训时间")
    expect(page.locator("#returned .beside")).to_contain_text("标题可再精炼")
    shoot(page, "import")
    page.locator("#returned li", has_text="反响良好").locator("input").uncheck()
    page.click("#take")
    expect(page.locator("#edit-status")).to_contain_text("已采用2处改动，未采用1处")
    expect(page.locator("#returned .returned")).to_have_count(0)
    expect(page.locator("#edit-paper .claim.unsupported")).to_have_text("15公里")
    expect(page.locator("#edit-paper")).to_contain_text("2025年12月8日")
    expect(page.locator("#edit-paper")).not_to_contain_text("反响良好")
    expect(page.locator("#edit-paper .remark")).to_contain_text("请补充培训时间")
    shoot(page, "import-taken")
    page.click("#undo")
    expect(page.locator("#edit-paper .claim.unsupported")).to_have_count(0)


def test_what_both_changed_is_not_ticked_and_locked_sections_cannot_be(page: Page) -> None:
    data = downloaded(page)
    take(page, "河道12公里")
    page.locator("#text textarea").fill("我局全面清理河道12公里。")
    page.click("#save")
    expect(page.locator("#edit-paper .card.current")).to_contain_text("全面清理")
    take(page, "培训班6次")
    page.click("#lock")
    expect(page.locator("#edit-paper .card.current .flags")).to_contain_text("已锁定")
    back = hands.replaced(data, "12公里", "12公里，岸线整洁")
    back = hands.replaced(back, "500人次", "500人次，反响良好")
    upload(page, back)
    clash, locked = page.locator("#returned li.clash"), page.locator("#returned li.locked")
    expect(clash).to_contain_text("文稿这里也改过")
    expect(clash.locator("input")).not_to_be_checked()
    expect(clash.locator(".meanwhile")).to_contain_text("全面")
    expect(locked).to_contain_text("已锁定")
    expect(locked.locator("input")).to_have_count(0)
    shoot(page, "import-clash")
    page.click("#take")
    expect(page.locator("#edit-status")).to_contain_text("已采用0处改动，未采用2处")
    expect(page.locator("#edit-paper")).to_contain_text("全面清理河道12公里")


def test_text_of_no_section_is_put_where_the_person_says(page: Page) -> None:
    back = hands.typed_after(downloaded(page), "2025年12月5日", "（联系人：王某）")
    upload(page, back)
    stray = page.locator("#returned li", has_text="联系人")
    expect(stray).to_contain_text("不属于任何一节的文字")
    label = page.locator("#edit-paper .card", has_text="河道12公里").get_attribute("data-section")
    stray.locator("select").select_option(label)
    shoot(page, "import-stray")
    page.click("#take")
    expect(page.locator("#edit-paper .card", has_text="河道12公里")).to_contain_text("（联系人：王某）")


def test_an_edit_made_while_the_changes_are_looked_at_is_not_overwritten(page: Page) -> None:
    back = hands.replaced(downloaded(page), "12公里", "15公里")
    upload(page, back)
    expect(page.locator("#returned li.free")).to_have_count(1)
    take(page, "河道12公里")
    page.locator("#text textarea").fill("我局全面清理河道12公里。")
    page.click("#take")
    expect(page.locator("#edit-status")).to_contain_text("已重新比较")
    expect(page.locator("#returned li.clash")).to_have_count(1)
    assert text_of(page) == "我局全面清理河道12公里。"


def test_other_files_are_refused_in_a_sentence(page: Page) -> None:
    for data, name, said in (
        (b"PK\x03\x04broken", "坏.docx", "不是能读取的 .docx 文件"),
        (downloaded(page), "原样.docx", "没有改动"),
        ("只是文字".encode(), "文字.docx", "不是能读取的 .docx 文件"),
    ):
        upload(page, data, name)
        expect(page.locator("#edit-status")).to_contain_text(said)
        expect(page.locator("#returned .returned")).to_have_count(0)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_changes_are_accessible_and_fit(page: Page, width: int) -> None:
    back = hands.replaced(downloaded(page), "12公里", "15公里")
    upload(page, hands.typed_after(back, "2025年12月5日", "（联系人：王某）"))
    expect(page.locator("#returned li")).to_have_count(2)
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(400)
    shoot(page, f"import-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
