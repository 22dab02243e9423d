"""The checking page: any document in, verdict, reasons and places out."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.test_draft_page import shoot

pytestmark = pytest.mark.browser

TEXT = """松岭镇2025年安全生产工作总结
2025年，按照县安委会部署，松岭镇认真抓好安全生产各项工作。现将有关情况总结如下：
一、基本情况
（一）健全责任体系。召开专题会议4次，成立领导小组。
（二）完善工作机制。制定制度3项，明确责任人。
二、具体措施与成效
（一）抓实隐患排查。检查企业62家次,整改隐患85处。
（二）强化宣传教育。举办培训班3期，参训210人次。
三、存在的问题及改进方向
工作中还存在一些不足。一是部分企业主体责任不够落实；二是基层检查力量不足。
针对上述问题，一是加强督促检查；二是充实检查队伍。
四、下一步打算
一是开展专项整治；二是加强应急演练。
松岭镇人民政府
2025年12月20日"""


def opened(open_page: Open, server: str, width: int = 1440, height: int = 900) -> Page:
    """The page, empty."""
    return open_page(f"{server}check", width, height, ready="#checked-paper .page")


def test_a_pasted_text_gets_a_verdict_with_reasons_and_places(server: str, open_page: Open) -> None:
    page = opened(open_page, server)
    page.locator("#check-text textarea").fill(TEXT)
    page.click("#check")
    expect(page.locator("#checked .verdict")).to_have_text("必备内容齐全")
    expect(page.locator("#checked")).to_contain_text("工作总结")
    finding = page.locator("#checked .found li", has_text="半角")
    expect(finding).to_have_count(1)
    finding.locator(".jump").click()
    expect(page.locator("#checked-paper .lit")).to_contain_text("整改隐患85处")
    expect(page.locator("#checked-paper mark.error")).to_have_text(",")
    shoot(page, "check-1440")


def test_what_is_missing_is_named_and_the_type_can_be_chosen(server: str, open_page: Open) -> None:
    page = opened(open_page, server)
    page.locator("#check-text textarea").fill(TEXT.replace("三、存在的问题及改进方向\n", ""))
    page.click("#check")
    expect(page.locator('#checked [data-item="problems"].unmet')).to_be_visible()
    page.locator("#check-type input").click()
    page.get_by_role("option", name="自查情况汇报").click()
    page.click("#check")
    expect(page.locator("#checked")).to_contain_text("自查情况汇报（由您指定）")


def test_facts_show_which_figure_rests_on_nothing(server: str, open_page: Open) -> None:
    page = opened(open_page, server)
    page.locator("#check-text textarea").fill(TEXT)
    page.locator("#check-more button").first.click()
    page.locator("#check-facts textarea").fill("召开专题会议4次\n检查企业62家次，整改隐患80处")
    page.click("#check")
    expect(page.locator("#checked .found")).to_contain_text("85处")
    expect(page.locator("#checked .found")).to_contain_text("80处")


def test_an_uploaded_docx_comes_back_with_comments_and_with_its_format_put_right(
    server: str, open_page: Open, tmp_path: Path
) -> None:
    source = docx.Document()
    for line in TEXT.splitlines():
        source.add_paragraph(line)
    source.save(str(tmp_path / "总结.docx"))
    page = opened(open_page, server)
    page.locator("#check-file input[type=file]").set_input_files(tmp_path / "总结.docx")
    expect(page.locator("#checked .verdict")).to_have_text("必备内容齐全")
    texts = {}
    for button in ("#annotated", "#mended"):
        with page.expect_download() as download:
            page.click(button)
        path = tmp_path / f"{button[1:]}.docx"
        download.value.save_as(path)
        result = docx.Document(str(path))
        texts[button] = [paragraph.text for paragraph in result.paragraphs]
        if button == "#annotated":
            assert any("半角" in note.text for note in result.comments)
    assert texts["#annotated"] == texts["#mended"] == TEXT.splitlines()


def test_a_sample_becomes_a_document_type(server: str, open_page: Open) -> None:
    page = opened(open_page, server)
    page.locator("#check-text textarea").fill(TEXT)
    page.click("#check")
    expect(page.locator("#learn")).to_be_visible()
    page.locator("#learn button").first.click()
    page.locator("#learn-name textarea, #learn-name input").first.fill("安全生产工作总结")
    page.locator("#learn-id textarea, #learn-id input").first.fill("safety-summary")
    page.click("#learn-act")
    expect(page.locator("#check-status")).to_contain_text("safety-summary")
    page.locator("#check-type input").click()
    expect(page.get_by_role("option", name="安全生产工作总结")).to_be_visible()


def test_what_cannot_be_read_is_said_in_one_line(server: str, open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page, server)
    page.click("#check")
    expect(page.locator("#check-status")).to_contain_text("请先选择文件")
    (tmp_path / "坏文件.docx").write_bytes(b"PK\x03\x04 broken")
    page.locator("#check-file input[type=file]").set_input_files(tmp_path / "坏文件.docx")
    expect(page.locator("#check-status .bad")).to_contain_text("坏文件.docx")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_the_page_has_no_serious_accessibility_faults(
    server: str, open_page: Open, width: int, height: int
) -> None:
    page = opened(open_page, server, width, height)
    page.locator("#check-text textarea").fill(TEXT)
    page.click("#check")
    expect(page.locator("#checked .verdict")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
