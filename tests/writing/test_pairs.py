"""Which measure answers which problem."""

from __future__ import annotations

import pytest

from drafter.model import Fact
from drafter.writing.pairs import answered, paired, unmet

PROBLEMS = [
    Fact(id="P1", text="部分小区居民出资意愿不高", topic="资金"),
    Fact(id="P2", text="雨季施工组织不到位，工期拖后"),
    Fact(id="P3", text="个别小区没有物业"),
]


def answers(*measures: Fact) -> list[str]:
    return [measure.id if measure else "" for measure in paired(PROBLEMS, measures)]


def measure(number: int, text: str, topic: str | None = None) -> Fact:
    return Fact(id=f"M{number}", text=text, topic=topic)


def test_as_many_measures_as_problems_answer_in_turn_whatever_their_words() -> None:
    given = [
        measure(number, text) for number, text in enumerate(("引入物业", "开展巡查", "倒排工期"), start=1)
    ]
    assert answers(*given) == ["M1", "M2", "M3"]


def test_a_measure_answers_the_problem_of_its_topic_first() -> None:
    assert answers(measure(1, "倒排工期"), measure(2, "引入物业"), measure(3, "筹措资金", "资金")) == [
        "M3",
        "M1",
        "M2",
    ]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("倒排工期，雨季前完成土方", ["", "M1", ""]),
        ("由街道托底引入物业", ["", "", "M1"]),
        ("建立台账", ["M1", "", ""]),
    ],
)
def test_one_of_too_few_answers_the_problem_whose_words_it_shares_else_the_first(
    text: str, row: list[str]
) -> None:
    assert answers(measure(1, text)) == row


def test_measures_beyond_the_problems_come_last() -> None:
    assert answers(*(measure(n, f"措施{n}") for n in range(1, 6))) == ["M1", "M2", "M3", "M4", "M5"]


def test_what_is_missing_is_said_once() -> None:
    given = measure(1, "引入物业")
    assert unmet(PROBLEMS[:2], [given, given]) == ""
    assert unmet([], []) == ""
    assert unmet(PROBLEMS[:2], [None, None]) == "〔待补充：改进措施〕"
    assert unmet(PROBLEMS, [None, given, None]) == "〔待补充：第一、第三个问题的改进措施〕"


def test_a_problem_that_what_is_planned_answers_lacks_no_measure() -> None:
    plans = [Fact(id="N1", text="提高小区居民出资意愿", kind="plan")]
    assert unmet(PROBLEMS, [None, measure(1, "倒排工期"), None], plans) == "〔待补充：第三个问题的改进措施〕"
    assert unmet(PROBLEMS[:1], [None], plans) == ""
    assert answered(PROBLEMS, [None, measure(1, "倒排工期"), None], plans) == {1: plans[0]}
    assert answered(PROBLEMS, [measure(1, "倒排工期")] * 3, plans) == {}
