"""What counts as personal data, and what as a secrecy mark: every rule is held to its own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from drafter.data import shared
from drafter.model import Attachment, Brief, Fact, Official, Outline, Section, Table
from drafter.privacy import find, names_pattern, plain, rules, search, secrecy

PERSONAL = shared("privacy")["personal"]
SECRECY = shared("privacy")["secrecy"]


def found(text: str, *names: str) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find(text, names_pattern(names))]


@pytest.mark.parametrize(
    ("place", "text"), [(place, text) for place, row in enumerate(PERSONAL) for text in row["hits"]]
)
def test_a_rule_of_personal_data_finds_its_examples_by_itself(place: int, text: str) -> None:
    rule = rules()[place]
    assert rule.kind in [kind for kind, _ in found(text)]
    taken: list[str] = []
    folded = plain(text)[0]
    search(rule, folded, lambda start, end, kind: taken.append(folded[start:end]) is None)
    assert len(taken) == 1


@pytest.mark.parametrize("text", [text for row in PERSONAL for text in row["misses"]])
def test_figures_that_are_nobodys_are_no_personal_data(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("李某13800138000到场", [("手机", "13800138000")]),
        ("（13800138000，0571-85212345）", [("手机", "13800138000"), ("电话", "0571-85212345")]),
        ("１３８００１３８０００到", [("手机", "１３８００１３８０００")]),
        ("138\u200b00138000到", [("手机", "138\u200b00138000")]),
        ("13800138000 13900139000", [("手机", "13800138000"), ("手机", "13900139000")]),
        ("证330106199003071236、浙A12345", [("身份证", "330106199003071236"), ("车牌", "浙A12345")]),
        ("联系〖王小明〗13800138000", [("姓名", "〖王小明〗"), ("手机", "13800138000")]),
        ("车辆浙A12345、浙AD12345", [("车牌", "浙A12345"), ("车牌", "浙AD12345")]),
        ("电话：85212345转8001", [("电话", "85212345")]),
    ],
)  # fmt: skip
def test_the_exact_span_is_found(text: str, spans: list[tuple[str, str]]) -> None:
    assert found(text) == spans


def test_marked_names_are_found_wherever_they_stand_the_longer_first() -> None:
    assert found("李明、李明华到场", "李明", "李明华") == [("姓名", "李明"), ("姓名", "李明华")]
    assert found("李明到场") == []


@given(st.integers(10**16, 10**17 - 1))
def test_of_identity_numbers_and_cards_the_check_digit_decides(number: int) -> None:
    person = f"330106{1950 + number % 60}0{1 + number % 9}1{number % 10}{number % 900 + 100}"
    digit = ric.calc_check_digit(person + "0")
    wrong = "0" if digit != "0" else "1"
    assert found(f"甲{person}{digit}乙") == [("身份证", person + digit)]
    assert ("身份证", person + wrong) not in found(f"甲{person}{wrong}乙")
    card = f"62{number}"[:18]
    check = luhn.calc_check_digit(card)
    assert found(f"甲{card}{check}乙") == [("银行卡", card + check)]
    assert found(f"甲{card}{(int(check) + 1) % 10}乙") == []


@pytest.mark.parametrize(("kind", "text"), [(row["kind"], text) for row in SECRECY for text in row["hits"]])
def test_a_secrecy_mark_is_found(kind: str, text: str) -> None:
    mark = secrecy.find(text)
    assert mark is not None
    assert mark.kind == kind


@pytest.mark.parametrize("text", [text for row in SECRECY for text in row["misses"]])
def test_words_of_ordinary_prose_are_no_secrecy_mark(text: str) -> None:
    assert secrecy.find(text) is None
    assert secrecy.find(f"一是{text}。\n二是{text}。") is None


def test_a_mark_in_a_brief_is_named_with_its_place() -> None:
    def place(**given: object) -> str:
        brief = Brief.model_validate({"doctype": "note", "unit": "某局", "facts": (), **given})
        hit = secrecy.in_brief(brief)
        assert hit
        return f"{hit[0]} {hit[1].text}"

    assert place(title="某报告 秘密★1年") == "“标题” 秘密★"
    assert place(basis=("《某通知》", "《某预案》（机密）")) == "“依据” （机密）"
    facts = (Fact(id="F1", text="巡查3次"), Fact(id="F2", text="巡查", source="【内部资料】"))
    assert place(facts=facts) == "第2条事实 【内部资料】"
    attached = Official(attachments=(Attachment(title="名单", text="机密★1年"),))
    assert place(official=attached) == "版头、附件或版记 机密★"
    table = Table(rows=(("事项", "结果"), ("【内部资料】", "3")), number=1)
    assert place(facts=(Fact(id="F1", text="巡查见表1", table=table),)) == "第1条事实 【内部资料】"


@pytest.mark.parametrize(
    ("given", "kind"), [("秘密", "国家秘密标志"), ("绝密★长期", "国家秘密标志"), ("内部", "内部标志")]
)
def test_what_is_given_as_the_copys_secrecy_is_a_mark_however_it_is_written(given: str, kind: str) -> None:
    official = Official(secrecy=given)
    brief = Brief(doctype="note", unit="某局", official=official, facts=(Fact(id="F1", text="巡查3次"),))
    assert secrecy.in_brief(brief) == ("“密级”", secrecy.Mark(kind, given))


def test_a_mark_in_another_section_of_the_document_is_found() -> None:
    sections = (Section(id="a", spec="a", number="一、", heading="做法", level=1, text="巡查3次。\n机密★"),)
    hit = secrecy.in_outline(Outline(doctype="note", title="某报告", sections=sections))
    assert hit
    assert hit[0] == "“一、做法”一节"


def test_a_fact_gives_up_its_marked_names() -> None:
    fact = Fact(id="F1", text="走访〖王小明〗、〖李明〗和〖王小明〗家，国发〖2025〗12号")
    assert fact.text == "走访王小明、李明和王小明家，国发〖2025〗12号"
    assert fact.private == ("王小明", "李明")
    assert Fact.model_validate_json(fact.model_dump_json()) == fact
