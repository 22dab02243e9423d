import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.intake import clean

MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from("中文次。，：（）“”《》 ,:;?!()\"'1２.-/@\t\n\r\u3000\u200b\ufeff\xa0abhtpw．①"),
        st.characters(),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("发放资料300余份,举办培训6次;效果好!", "发放资料300余份，举办培训6次；效果好！"),
        ("(一)加强领导", "（一）加强领导"),
        ("(1)开展", "（1）开展"),
        ("表格Excel(xlsx)文件", "表格Excel（xlsx）文件"),
        ("（一)混用", "（一）混用"),
        ("增长3.5%,其中", "增长3.5%，其中"),
        ("发放, 累计", "发放，累计"),
        ("深化“三抓三促”:落实", "深化“三抓三促”：落实"),
        ('开展"无废城市"建设', "开展“无废城市”建设"),
        ('推广"PPP"模式', "推广“PPP”模式"),
        ("做到'两个维护'", "做到‘两个维护’"),
        ("是否到位?", "是否到位？"),
    ],
)
def test_half_width_punctuation_in_chinese_becomes_full_width(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "投入1,200万元",
        "上午8:30开始",
        "比例3:1",
        "面积3.5万平方米",
        "日期2025-12-20",
        "见 https://www.example.cn/a?b=1,2:3 网站",
        "www.example.cn:8080/index?q=1",
        'Hello, world (really)! It\'s "fine"; ok: yes?',
        "完成500，300份",
        "全角％与①②保留",
    ],
)
def test_numbers_times_addresses_and_latin_text_stay_as_they_are(text: str) -> None:
    assert clean(text) == text


def test_a_mark_after_a_web_address_is_punctuation_again() -> None:
    assert clean("见http://a.cn/x,培训") == "见http://a.cn/x，培训"


def test_full_width_digits_become_ascii_one_to_one() -> None:
    assert clean("２０２５年，３．５％") == "2025年，3.5％"


def test_what_nobody_can_see_is_removed() -> None:
    text = "\ufeff培\u200b训\u00ad\u202e6\u2066次\x07\ud800\ufffe\U000e0041"
    assert clean(text) == "培训6次"


def test_spaces_and_line_ends_become_plain() -> None:
    assert clean("甲\u3000乙\xa0丙 \r\n丁\r戊\u2028己\t") == "甲 乙 丙\n丁\n戊\n己"


def test_tabs_between_cells_stay() -> None:
    assert clean("培训\t6次") == "培训\t6次"


@given(MIXED)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(MIXED)
def test_letters_and_digits_are_never_lost_or_moved(text: str) -> None:
    def content(value: str) -> list[str]:
        return [str(ord(char) - 0xFF10) if "０" <= char <= "９" else char for char in value if char.isalnum()]

    assert content(clean(text)) == content(text)


@pytest.mark.parametrize(
    "piece", ["中,(", "a", '"', "http://", "中'", ",; ", "（中)", "a+", " ", "'中", "(", "www.!"]
)
def test_cost_grows_with_the_length_only(piece: str) -> None:
    text = "'(" + (piece * 200_000)[:200_000] + "a" + ")" * 200_000
    started = time.process_time()
    clean(text)
    assert time.process_time() - started < 5
