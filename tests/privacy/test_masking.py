"""Placeholders go out, originals come back: whatever the text, however the answer is cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.errors import WriterError
from drafter.privacy.masking import Mask, Restorer

PHONE, CARD, PLATE, MAIL = "13800138000", "6222021234567890128", "浙A12345", "li@example.com"
BITS = [
    PHONE, "138-0013-8000", CARD, PLATE, MAIL, "330106199003071236", "91110000600037341L", "李明",
    "〖王五〗", "⟦手机1⟧", "⟦手机", "⟦", "⟧", "〚", "〛", "【手机1】", "(电话2)", "[姓名1", "手机1",
    "手机12部", "手", "机", "姓", "名1", "身份", "原文1", "⟦原文1⟧", "1", "23", " ", "，", "。", "\n",
    "一是", "（", "）", "⟦⟦手机1⟧⟧", "手机1⟧", "电话85212345", "85212345", "1234567", "⟦ 手机 １ ⟧", "\u200b",
    "０５７１－８５２１２３４５",
]  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(BITS), st.text(max_size=4)), max_size=14).map("".join)


@given(TEXT, TEXT, st.data())
def test_what_is_masked_comes_back_however_the_stream_is_cut(
    first: str, text: str, data: st.DataObject
) -> None:
    mask = Mask(["李明"])
    mask.text(first)
    masked = mask.text(text)
    restorer = Restorer(mask, masked)
    out, place = "", 0
    while place < len(masked):
        size = data.draw(st.integers(1, 7))
        out += restorer.feed(masked[place : place + size])
        place += size
    assert out + restorer.finish() == text
    assert restorer.strange == []


@given(TEXT, st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_any_answer_is_restored_the_same_however_it_is_cut(answer: str, sizes: list[int]) -> None:
    mask = Mask(["李明"])
    mask.text(PHONE + "李明")
    whole = Restorer(mask)
    expected = whole.feed(answer) + whole.finish()
    cut = Restorer(mask)
    out, place, turn = "", 0, 0
    while place < len(answer):
        size = sizes[turn % len(sizes)]
        out += cut.feed(answer[place : place + size])
        place, turn = place + size, turn + 1
    assert out + cut.finish() == expected
    assert cut.strange == whole.strange
    assert not set("⟦⟧〚〛") & set(expected)


@given(TEXT)
def test_nothing_that_is_personal_is_left_in_a_masked_text(text: str) -> None:
    masked = Mask(["李明"]).text(f"{text}，{PHONE}、{CARD}、{PLATE}、{MAIL}、李明。")
    private = (PHONE, CARD, PLATE, MAIL, "李明", "138-0013-8000")
    # Numbers printed without anything between them are no number of either kind.
    letter = "[0-9A-Za-z０-９Ａ-Ｚａ-ｚ－-]"
    assert not re.search(rf"(?<!{letter})(?:{'|'.join(private)})(?!{letter})", masked)


def test_one_value_has_one_placeholder_and_another_value_another() -> None:
    mask = Mask()
    assert mask.text(f"{PHONE}、13900139000") == "⟦手机1⟧、⟦手机2⟧"
    assert mask.text(f"请拨13900139000或{PHONE}") == "请拨⟦手机2⟧或⟦手机1⟧"


def test_a_number_known_by_the_word_before_it_is_masked_elsewhere_too() -> None:
    mask = Mask()
    assert mask.text("联系电话：85212345") == "联系电话：⟦电话1⟧"
    assert mask.text("拨85212345，办件185212345件") == "拨⟦电话1⟧，办件185212345件"


def test_pieces_of_a_known_number_are_masked_in_a_fault() -> None:
    mask = Mask()
    mask.text("拨0571-85212345，到账6222 0212 3456 7890 128，车浙A12345")
    fault = mask.fault("“拨85212345”中的“85212345”没有依据；“6222”“0212”“45678901”“12345”“2025年”“12件”")
    assert not [piece for piece in ("85212345", "6222", "0212", "45678901", "12345") if piece in fault]
    assert "2025年" in fault
    assert "12件" in fault
    restorer = Restorer(mask)
    assert "“拨85212345”中的“85212345”" in restorer.feed(fault) + restorer.finish()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("拨⟦手机1⟧。", f"拨{PHONE}。"),
        ("拨⟦ 手机１ ⟧。", f"拨{PHONE}。"),
        ("拨⟦⟦手机1⟧⟧。", f"拨{PHONE}。"),
        ("买手机12部。", "买手机12部。"),
        ("买手机2部。", "买手机2部。"),
    ],
)
def test_a_placeholder_that_can_be_read_is_put_back(answer: str, text: str) -> None:
    mask = Mask()
    mask.text(PHONE)
    restorer = Restorer(mask)
    assert restorer.feed(answer) + restorer.finish() == text
    assert restorer.strange == []


@pytest.mark.parametrize(
    ("answer", "strange", "text"),
    [
        ("拨⟦手机9⟧。", "⟦手机9⟧", "拨〔待核实：手机〕。"),
        ("拨【手机1】。", "【手机1】", "拨〔待核实：手机〕。"),
        ("拨（手机1）。", "（手机1）", "拨〔待核实：手机〕。"),
        ("拨手机1。", "手机1", "拨〔待核实：手机〕。"),
        ("拨⟦手机1。", "⟦手机1", "拨〔待核实：手机〕。"),
        ("拨手机1⟧。", "手机1⟧", "拨〔待核实：手机〕。"),
        ("拨⟦号码1⟧。", "⟦号码1⟧", "拨〔待核实：个人信息〕。"),
        ("拨⟦手机一⟧。", "⟦手机一⟧", "拨〔待核实：手机〕。"),
        ("拨⟦", "⟦", "拨〔待核实：个人信息〕"),
    ],
)
def test_a_damaged_or_unknown_placeholder_is_told_and_marked(answer: str, strange: str, text: str) -> None:
    mask = Mask()
    mask.text(PHONE)
    restorer = Restorer(mask)
    assert restorer.feed(answer) + restorer.finish() == text
    assert restorer.strange == [strange]


def test_words_that_the_material_holds_are_not_taken_for_a_damaged_placeholder() -> None:
    mask = Mask()
    material = mask.text(f"购手机1部，{PHONE}")
    restorer = Restorer(mask, material)
    assert restorer.feed("购手机1部。") + restorer.finish() == "购手机1部。"


def test_a_message_that_still_holds_a_known_number_is_stopped() -> None:
    mask = Mask()
    mask.check([f"{PHONE}"])
    mask.text(PHONE)
    mask.check(["⟦手机1⟧", "213800138000"])
    with pytest.raises(WriterError, match="没有发送") as caught:
        mask.check(["好", f"拨{PHONE}"])
    assert PHONE not in str(caught.value)


def test_counts_say_how_many_pieces_of_each_kind_were_kept_back() -> None:
    mask = Mask(["李明"])
    texts = [mask.text(f"李明{PHONE}，【手机1】"), mask.text(f"{PHONE}、13900139000、李明")]
    mask.text(PLATE)
    assert mask.counts(texts) == {"姓名": 1, "手机": 2}
