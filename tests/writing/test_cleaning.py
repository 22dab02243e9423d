from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.writing.cleaning import Cleaner
from drafter.writing.prompts import chatter

TITLES = ("某区应急管理局消防安全情况说明", "一、主要做法", "主要做法")
PROSE = "一是举办演练12场，参加人员超过800人次。\n二是印发《楼道安全须知》〔2025〕3号近3000份。"


def cleaner() -> Cleaner:
    return Cleaner("（一）", "强化演练，提升能力", TITLES, chatter())


def clean(answer: str, size: int = 1) -> tuple[str, Cleaner]:
    """What is shown of an answer that comes in pieces of `size`, and the cleaner after it."""
    made = cleaner()
    shown = ""
    for start in range(0, len(answer), size):
        piece = made.feed(answer[start : start + size])
        shown = piece if made.take_void() else shown + piece
    shown += made.finish()
    assert shown == made.text
    return shown, made


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "answer",
    [
        f"{PROSE}\n〔完〕",
        f"{PROSE}〔完〕\n",
        f"{PROSE}\n【完】  \n\n希望以上内容对您有帮助。",
        f"<think>先想\n〔完〕\n</think>\n\n{PROSE}\n〔完〕",
        f"<THINKING>a < b</THINKING>{PROSE}\n〔完〕",
        f"让我想想，好的。\n〔完〕\n</think>{PROSE}\n〔完〕",
        f"好的，以下是正文：\n{PROSE}\n〔完〕",
        f"好的，以下是正文：{PROSE}\n〔完〕",
        f"当然可以！\n\n以下是改写后的内容:\n\n{PROSE}\n〔完〕",
        f"Sure, here it is:\n{PROSE}\n\n(That was it.)\n〔完〕",
        f"# {TITLES[0]}\n## 一、主要做法\n### **（一）强化演练，提升能力**\n{PROSE}\n〔完〕",
        f"（一）强化演练，提升能力。{PROSE}\n〔完〕",
        f"(一) 强化演练,提升能力\n{PROSE}\n〔完〕",
        f"**强化演练，提升能力：**{PROSE}\n〔完〕",
        f"```markdown\n{PROSE}\n```\n〔完〕",
        "\n\n".join(f"- {line}" for line in PROSE.split("\n")) + "\n---\n注：数据来自材料\n〔完〕",
        "\n".join(f"　　**{line[:2]}**{line[2:]}  " for line in PROSE.split("\n")) + "\r\n〔完〕",
        f"\ufeff{PROSE[:5]}\x00\u200b\x1b{PROSE[5:]}\n〔完〕",
    ],
)
def test_only_the_prose_is_shown_however_the_answer_is_wrapped_or_cut_into_pieces(
    answer: str, size: int
) -> None:
    shown, made = clean(answer, size)
    assert shown == PROSE
    assert made.ended


@pytest.mark.parametrize(
    "text",
    [
        "以上问题，主要是宣传不够。",
        "好的经验在全区推广12次。",
        "收到群众来信300件，办结298件。",
        "强化演练，提升能力是年初确定的重点。",
        "强化演练工作常态化，全年12场。",
        "主要做法有三条：一是抓演练。",
        "2025年，全区排查小区46个。",
        "“敲门行动”走访3000户（含独居老人）",
        "3—5个工作日内办结，误差<2%，面积3*5米。",
        "根据《关于开展检查的通知》（区办〔2025〕3号）要求，现将情况说明如下：",
        "我局牵头，我们与街道联动。",
        "〔待补充：工作依据〕",
        "完成整改（完成率100%）。",
    ],
)
def test_prose_that_only_resembles_chatter_is_left_alone(text: str) -> None:
    assert clean(f"{text}\n〔完〕")[0] == text


@pytest.mark.parametrize(
    "answer",
    ["抱歉，我无法完成。", "作为一名AI助手，我不能……", "I'm sorry, but no.", "<think>x</think>\n对不起，"],
)
def test_a_refusal_is_recognised(answer: str) -> None:
    shown, made = clean(answer)
    assert made.refused
    assert shown == ""


def test_the_word_sorry_inside_prose_is_no_refusal() -> None:
    assert not clean("一是走访慰问。\n抱歉信张贴3处。")[1].refused


def test_ordinary_prose_passes_without_delay() -> None:
    made = cleaner()
    assert [made.feed(letter) for letter in "今年以来，我局"] == list("今年以来，我局")


def test_nothing_follows_the_end_mark() -> None:
    assert clean("全年演练12场。\n〔完〕\n全年演练99场。")[0] == "全年演练12场。"


def test_an_answer_that_stops_short_shows_all_but_a_beginning_end_mark() -> None:
    shown, made = clean("全年演练12场。\n〔完")
    assert not made.ended
    assert shown.startswith("全年演练12场。")


def test_thinking_that_never_ends_shows_nothing() -> None:
    assert clean("<think>想啊想，全年演练12场。")[0] == ""


def test_text_before_a_lone_closing_tag_is_void() -> None:
    made = cleaner()
    assert made.feed("先写演练，再写排查。")
    made.feed("</think>全年演练12场。")
    assert made.take_void()
    assert not made.take_void()
    assert made.text + made.finish() == "全年演练12场。"


@pytest.mark.parametrize(
    "more", ["演练12场，参加800人。", "场，参加800人。", "好的，继续：\n场，参加800人。"]
)
def test_a_continuation_that_repeats_the_end_is_joined_without_a_seam(more: str) -> None:
    made = cleaner()
    shown = made.feed("全区举办演练12")
    made.resume()
    shown += made.feed(more) + made.feed("\n〔完〕") + made.finish()
    assert shown == made.text == "全区举办演练12场，参加800人。"
    assert made.ended


def test_a_continuation_may_begin_a_new_paragraph() -> None:
    made = cleaner()
    made.feed("全区举办演练12场。")
    made.resume()
    made.feed("\n二是排查小区46个。\n〔完〕")
    made.finish()
    assert made.text == "全区举办演练12场。\n二是排查小区46个。"


PIECES = [
    "<think>",
    "</think>",
    "<",
    "〔",
    "完",
    "〕",
    "〔完〕",
    "\n",
    "*",
    "**",
    "`",
    "_",
    "# ",
    "- ",
    " ",
    "　",
    "（",
    "一",
    "）",
]
PIECES += [
    "强化演练，提升能力",
    "强化",
    "主要做法",
    "好的",
    "，",
    "以下是",
    "：",
    "。",
    "注",
    "希望",
    "抱歉",
    "Sure",
    "12场",
    "\r",
    "\x00",
]


@pytest.mark.parametrize("size", [1, 1000])
def test_traditional_characters_are_simplified_and_chatter_in_them_is_heard(size: int) -> None:
    shown, _ = clean("當然，以下是本節正文：\n全年舉辦演練12場，後續將強化培訓，乾部參加。\n〔完〕", size)
    assert shown == "全年举办演练12场，后续将强化培训，乾部参加。"


def test_traditional_characters_of_the_material_stay() -> None:
    made = Cleaner("", "", (), chatter(), lambda: "中華電力有限公司")
    assert made.feed("與中華電力有限公司簽約。\n〔完〕\n") + made.finish() == "与中華電力有限公司签约。"


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_text_on_the_line_of_the_end_mark_is_not_shown(size: int) -> None:
    shown, made = clean("全年举办演练12场。〔完〕另有一次。\n再说一次。", size)
    assert shown == "全年举办演练12场。"
    assert made.ended


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=2)).map("".join), st.integers(1, 9))
def test_any_text_is_cleaned_the_same_however_it_is_cut(answer: str, size: int) -> None:
    whole, piecewise = clean(answer, 10_000)[1], clean(answer, size)[1]
    assert (whole.text, whole.ended) == (piecewise.text, piecewise.ended)
    assert not any(ord(letter) < 32 and letter != "\n" for letter in whole.text)
