"""The page as staff use it: fill, watch the outline, generate, read the checklist, download."""

from __future__ import annotations

import asyncio
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Open, serving
from tests.scripted_server import Exchange, Held, ScriptedServer

pytestmark = pytest.mark.browser

SHOTS = ROOT / "test-artifacts"


def fill(page: Page, **values: str) -> None:
    """Type into fields of the form."""
    for name, value in values.items():
        page.locator(f"#{name} textarea, #{name} input").first.fill(value)


def unfold_official(page: Page) -> None:
    """Open the folded step, and wait as a person does before typing: Gradio fills its fields once more when
    they are there.
    """
    page.click("#official .label-wrap")
    expect(page.locator("#number textarea, #number input").first).to_be_visible()
    page.wait_for_timeout(1000)


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page for a person to look at."""
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def downloaded(page: Page, folder: Path) -> docx.document.Document:
    """The document behind the download button."""
    with page.expect_download() as download:
        page.click("#download")
    download.value.save_as(folder / "x.docx")
    return docx.Document(str(folder / "x.docx"))


FACTS = """# 培训
举办培训班6次，累计培训人员超过500人次
# 存在问题
部分干部业务不熟
# 下一步打算
建立常态化学习机制"""


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844)])
def test_from_example_to_downloaded_document_in_three_clicks(
    server: str, open_page: Open, tmp_path: Path, width: int, height: int
) -> None:
    page = open_page(server, width, height)
    shoot(page, f"{width}-1-empty")
    page.click("#example")
    expect(page.locator("#understood")).to_contain_text("F10")
    shoot(page, f"{width}-2-outline")
    page.click("#generate")
    expect(page.locator("#download")).to_be_visible()
    expect(page.locator(".checklist")).to_contain_text("导语")
    shoot(page, f"{width}-3-done")
    title = page.locator("#paper .doc-title").inner_text().replace("\n", "")
    document = downloaded(page, tmp_path)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert title in text.replace("\n", "")
    assert "1,860人次" in text or "500人次" in text or "2315处" in text
    assert len(document.tables) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_outline_fills_while_facts_are_typed(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", topic="河湖管护")
    box = page.locator("#facts textarea")
    box.press_sequentially("# 培训\n举办培训班6次\n", delay=5)
    expect(page.locator("#paper .level-2")).to_have_count(1)
    expect(page.locator("#understood")).to_contain_text("举办培训班6次")
    expect(page.locator("#understood .figure")).to_have_text("6次")
    expect(page.locator("#paper .lack").first).to_be_visible()
    box.press_sequentially("# 河道保洁\n清理河道12公里\n", delay=5)
    expect(page.locator("#paper .level-2")).to_have_count(2)
    expect(page.locator("#paper .doc-title")).to_contain_text("某市水务局")
    assert box.input_value() == "# 培训\n举办培训班6次\n# 河道保洁\n清理河道12公里\n"


def test_a_fact_without_a_place_is_shown_and_can_be_given_one(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts="天气晴好\n清理河道12公里")
    expect(page.locator("#paper .unplaced")).to_contain_text("天气晴好")
    page.locator('select[data-fact="天气晴好"][data-field="section"]').select_option(index=1)
    expect(page.locator("#paper .unplaced")).to_have_count(0)
    page.locator("#facts textarea").press_sequentially("\n巡河480次", delay=5)
    expect(page.locator("#understood")).to_contain_text("巡河480次")
    expect(page.locator("#paper .unplaced")).to_have_count(0)


def test_a_correction_by_keyboard_keeps_the_focus_on_its_fact(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts="清理河道12公里\n天气晴好")
    choice = page.locator('select[data-fact="天气晴好"][data-field="kind"]')
    expect(page.locator("#understood .fact").first).to_contain_text("天气晴好")
    choice.focus()
    choice.select_option("problem")
    expect(page.locator("#understood .fact").last).to_contain_text("天气晴好")
    expect(choice).to_be_focused()
    expect(choice).to_have_value("problem")


def test_a_change_after_writing_keeps_the_document_and_says_it_is_stale(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    expect(page.locator("#understood")).to_contain_text("500人次")
    page.click("#generate")
    expect(page.locator("#actions .primary:visible")).to_have_text("下载送审稿")
    page.locator("#facts textarea").press_sequentially("，每月一次")
    expect(page.locator("#status")).to_contain_text("重新生成后公文才会更新")
    expect(page.locator("#actions .primary:visible")).to_have_text("重新生成")
    expect(page.locator("#paper")).to_contain_text("举办培训班6次")
    expect(page.locator("#understood")).to_contain_text("每月一次")
    expect(page.locator("#download")).to_be_visible()


def test_what_the_example_replaced_can_be_brought_back(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    expect(page.locator("#understood")).to_contain_text("500人次")
    page.click("#example")
    expect(page.locator("#facts textarea")).not_to_have_value(FACTS)
    page.click("#undo-example")
    expect(page.locator("#facts textarea")).to_have_value(FACTS)
    expect(page.locator("#undo-example")).to_be_hidden()


def test_what_is_missing_is_said_plainly_and_nothing_typed_is_lost(server: str, open_page: Open) -> None:
    page = open_page(server)
    page.click("#generate")
    expect(page.locator("#status")).to_contain_text("单位")
    fill(page, unit="某市水务局")
    page.click("#generate")
    expect(page.locator("#status")).to_contain_text("事实")
    fill(page, facts=FACTS, date="不是日期")
    expect(page.locator("#understood")).to_contain_text("500人次")
    page.wait_for_timeout(500)
    page.click("#generate")
    expect(page.locator("#status")).to_contain_text("日期")
    assert page.locator("#facts textarea").input_value() == FACTS
    assert "Traceback" not in page.content()


def test_a_reload_keeps_the_form(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    expect(page.locator("#understood")).to_contain_text("500人次")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("#facts textarea")).to_have_value(FACTS)
    expect(page.locator("#understood")).to_contain_text("500人次")


def test_markup_in_facts_is_text(server: str, open_page: Open) -> None:
    page = open_page(server)
    evil = '<script>window.evil=1</script><img src=x onerror="window.evil=2">培训6次'
    fill(page, unit="<b>某局</b>", facts=f"# 培训\n{evil}\n{{{{ 7*7 }}}}讲座2场")
    expect(page.locator("#understood")).to_contain_text("讲座2场")
    page.click("#generate")
    expect(page.locator("#download")).to_be_visible()
    expect(page.locator("#paper")).to_contain_text("<script>")
    assert page.evaluate("window.evil") is None
    assert "49讲座" not in page.content()


def test_the_page_speaks_english_to_an_english_browser(server: str, open_page: Open) -> None:
    page = open_page(server, locale="en-US")
    expect(page.locator("#generate")).to_have_text("Write the document")
    expect(page.locator("#header")).to_contain_text("no network")


def test_it_says_who_writes(server: str, open_page: Open) -> None:
    expect(open_page(server).locator("#header")).to_contain_text("内置模板写作，不联网")


def test_no_control_of_gradio_and_no_api_is_offered(server: str, open_page: Open) -> None:
    page = open_page(server)
    assert page.locator("footer").count() == 0 or not page.locator("footer").is_visible()
    assert "Gradio" not in page.locator("body").inner_text()


def test_a_model_writes_while_the_page_shows_it_and_can_be_stopped(open_page: Open, tmp_path: Path) -> None:
    async def stall(exchange: Exchange) -> None:
        await exchange.say("我局扎实推进各项工作")
        await asyncio.sleep(60)

    with (
        ScriptedServer(stall) as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="slow") as url,
    ):
        page = open_page(url)
        expect(page.locator("#header")).to_contain_text("slow")
        fill(page, unit="某市水务局", facts=FACTS)
        expect(page.locator("#understood")).to_contain_text("500人次")
        page.click("#generate")
        expect(page.locator("#paper")).to_contain_text("我局扎实推进各项工作")
        page.click("#stop")
        expect(page.locator("#download")).to_be_visible()
        expect(page.locator("#paper")).to_contain_text("我局扎实推进各项工作")


def test_a_page_that_is_opened_again_shows_the_writing_that_goes_on(open_page: Open, tmp_path: Path) -> None:
    held = Held()
    with (
        ScriptedServer(held) as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="held") as url,
    ):
        page = open_page(url)
        fill(page, unit="某市水务局", facts=FACTS)
        expect(page.locator("#understood")).to_contain_text("500人次")
        page.click("#generate")
        expect(page.locator("#paper")).to_contain_text("一是举办培训")
        page.reload()
        expect(page.locator("#paper")).to_contain_text("一是举办培训")
        expect(page.locator("#stop")).to_be_visible()
        writing = page.evaluate("localStorage.getItem('drafter-under-way')")
        held.go.set()
        expect(page.locator("#download")).to_be_visible()
        expect(page.locator("#paper")).to_contain_text("一是举办培训班6次，累计培训人员超过500人次。")
        asked = len(model.requests)
        page.wait_for_function(
            "writing => localStorage.getItem('drafter-under-way') !== writing", arg=writing
        )
        page.reload()
        expect(page.locator("#paper .fact-lines").first).to_be_visible()
        expect(page.locator("#download")).to_be_hidden()
        assert len(model.requests) == asked


def test_a_model_writes_the_whole_document(open_page: Open, tmp_path: Path) -> None:
    with (
        ScriptedServer() as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="ok") as url,
    ):
        page = open_page(url)
        fill(page, unit="某市水务局", facts=FACTS)
        expect(page.locator("#understood")).to_contain_text("500人次")
        page.click("#generate")
        expect(page.locator("#download")).to_be_visible()
        expect(page.locator("#paper")).to_contain_text("一是举办培训班6次，累计培训人员超过500人次。")


def test_a_section_that_fails_says_why_in_place(open_page: Open, tmp_path: Path) -> None:
    with (
        ScriptedServer() as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="401") as url,
    ):
        page = open_page(url)
        fill(page, unit="某市水务局", facts=FACTS)
        expect(page.locator("#understood")).to_contain_text("500人次")
        page.click("#generate")
        expect(page.locator("#paper .note.bad").first).to_contain_text("密钥")
        expect(page.locator("#download")).to_be_visible()


def test_a_failed_section_is_written_again_in_its_place(open_page: Open, tmp_path: Path) -> None:
    mended = False

    async def answer(exchange: Exchange) -> None:
        if "存在" in exchange.label and not mended:
            await exchange.error(401, "Incorrect API key provided")
        else:
            await exchange.answer(f"{exchange.prose}\n〔完〕")

    with (
        ScriptedServer(answer) as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="m") as url,
    ):
        page = open_page(url)
        fill(page, unit="某市水务局", facts=FACTS)
        expect(page.locator("#understood")).to_contain_text("500人次")
        page.click("#generate")
        expect(page.locator("#paper .note.bad")).to_have_count(1)
        asked = len(model.requests)
        mended = True
        page.click("#paper .note button")
        expect(page.locator("#paper")).to_contain_text("一是部分干部业务不熟。")
        expect(page.locator("#paper .note.bad")).to_have_count(0)
        expect(page.locator("#status")).to_contain_text("写好了")
        assert len(model.requests) == asked + 1
        assert "一是部分干部业务不熟。" in "".join(p.text for p in downloaded(page, tmp_path).paragraphs)


def test_a_figure_shows_its_fact_and_a_fact_its_figures(server: str, open_page: Open) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    expect(page.locator("#understood")).to_contain_text("500人次")
    page.click("#generate")
    expect(page.locator("#download")).to_be_visible()
    page.locator("#paper .claim", has_text="6次").focus()
    expect(page.locator("#paper .why")).to_contain_text("F1 举办培训班6次")
    expect(page.locator("#understood .fact.lit")).to_have_attribute("data-id", "F1")
    page.locator('#understood [data-id="F1"] .fact-id').click()
    expect(page.locator("#paper .claim.lit")).to_have_text(["6次", "超过500人次"])


def test_an_invented_figure_is_shown_as_such(open_page: Open, tmp_path: Path) -> None:
    async def invent(exchange: Exchange) -> None:
        await exchange.answer(f"{exchange.prose.replace('6次', '9次')}\n〔完〕")

    with (
        ScriptedServer(invent) as model,
        serving(tmp_path, DRAFTER_LLM_BASE_URL=model.base_url, DRAFTER_LLM_MODEL="inventive") as url,
    ):
        page = open_page(url)
        fill(page, unit="某市水务局", facts=FACTS)
        expect(page.locator("#understood")).to_contain_text("500人次")
        page.click("#generate")
        expect(page.locator("#download")).to_be_visible()
        expect(page.locator("#paper .claim.unsupported")).to_have_text("9次")
        expect(page.locator('.checklist [data-item="grounded"]')).to_contain_text("9次")
        document = downloaded(page, tmp_path)
        assert "〔待核实：9次〕" in "".join(paragraph.text for paragraph in document.paragraphs)
        assert [note.text for note in document.comments]


def test_the_folded_step_gives_the_copy_its_head_and_stays_after_a_reload(
    server: str, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    unfold_official(page)
    fill(page, number="某水[2025]15号", cc="市委办公室、市政府办公室", attachments="统计表\n河湖名录")
    page.get_by_label("通用格式，盖章").check()
    shoot(page, "official-step")
    page.click("#generate")
    expect(page.locator("#download")).to_be_visible()
    texts = [paragraph.text for paragraph in downloaded(page, tmp_path).paragraphs]
    assert texts[:2] == ["某市水务局文件", "某水〔2025〕15号"]
    assert {"附件：1.统计表", "2.河湖名录"} <= set(texts)
    page.reload()
    unfold_official(page)
    expect(page.locator("#number textarea, #number input").first).to_have_value("某水[2025]15号")
    expect(page.get_by_label("通用格式，盖章")).to_be_checked()


def test_a_final_copy_is_refused_with_its_gaps_named_and_given_once_there_are_none(
    server: str, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    expect(page.locator("#understood")).to_contain_text("500人次")
    page.click("#generate")
    expect(page.locator("#download")).to_be_visible()
    page.click("#final")
    expect(page.locator("#status")).to_contain_text("不能出正式稿")
    expect(page.locator("#status")).to_contain_text("〔待补充：")
    shoot(page, "final-refused")
    page = open_page(server)
    page.click("#example")
    expect(page.locator("#understood")).to_contain_text("F10")
    page.click("#generate")
    expect(page.locator("#download")).to_be_visible()
    with page.expect_download() as download:
        page.click("#final")
    download.value.save_as(tmp_path / "final.docx")
    texts = [paragraph.text for paragraph in docx.Document(str(tmp_path / "final.docx")).paragraphs]
    assert "必备内容检查表" not in texts
    expect(page.locator("#status")).to_contain_text("正式稿已下载")
    shoot(page, "final-given")


def test_a_secrecy_mark_given_for_the_copy_keeps_it_from_an_outside_model(
    server: str, open_page: Open
) -> None:
    page = open_page(server)
    fill(page, unit="某市水务局", facts=FACTS)
    unfold_official(page)
    fill(page, secrecy="保密")
    page.click("#generate")
    expect(page.locator("#status")).to_contain_text("密级“保密”看不懂")
