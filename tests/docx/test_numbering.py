"""Word's automatic numbers: what it shows before a paragraph, from raw numbering XML."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from drafter.docx.numbering import circled, han, letter, roman
from drafter.docx.reader import read_source, read_text
from drafter.review.outline_reader import read

OFFICIAL = [
    ("chineseCounting", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "（%4）"),
]


def level(depth: int, form: str, text: str, start: int | None = 1) -> str:
    """A w:lvl."""
    begin = "" if start is None else f'<w:start w:val="{start}"/>'
    return f'<w:lvl w:ilvl="{depth}">{begin}<w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


def levels(*forms: tuple[str, str]) -> str:
    """The w:lvl elements of a definition, one a form."""
    return "".join(level(depth, form, text) for depth, (form, text) in enumerate(forms))


class Numbered:
    """A document with lists of its own."""

    def __init__(self) -> None:
        self.document = docx.Document()
        self.root = self.document.part.numbering_part.element
        for child in list(self.root):
            self.root.remove(child)

    def define(self, number: int, inner: str) -> None:
        """Add a definition (w:abstractNum)."""
        self.root.insert(
            0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{inner}</w:abstractNum>')
        )

    def list(self, number: int, definition: int, overrides: str = "") -> None:
        """Add a list (w:num) of a definition."""
        self.root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{definition}"/>'
                f"{overrides}</w:num>"
            )
        )

    def add(self, text: str, number: int | None = None, depth: int | None = None, style: str = "") -> None:
        """Add a paragraph, in a list where one is named."""
        paragraph = self.document.add_paragraph(text, style or None)
        if number is not None or depth is not None:
            paragraph._p.get_or_add_pPr().append(parse_xml(properties(number, depth)))

    def style(self, name: str, number: int | None, depth: int | None = None, based_on: str = "") -> None:
        """Add a paragraph style that numbers its paragraphs."""
        style = self.document.styles.add_style(name, 1)
        if based_on:
            style.base_style = self.document.styles[based_on]
        if number is not None or depth is not None:
            style.element.get_or_add_pPr().append(parse_xml(properties(number, depth)))

    def numbers(self) -> list[str]:
        """What is shown before each paragraph, once saved and read again."""
        return [line.number for line in read_source(self.saved())]

    def saved(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()


def properties(number: int | None, depth: int | None) -> str:
    """A w:numPr."""
    inner = "" if depth is None else f'<w:ilvl w:val="{depth}"/>'
    inner += "" if number is None else f'<w:numId w:val="{number}"/>'
    return f"<w:numPr {nsdecls('w')}>{inner}</w:numPr>"


@pytest.fixture
def official() -> Numbered:
    """A document whose list 1 has the four levels of an official document."""
    made = Numbered()
    made.define(0, levels(*OFFICIAL))
    made.list(1, 0)
    return made


def test_the_four_levels_of_an_official_document(official: Numbered) -> None:
    for depth in (0, 1, 2, 3, 3, 2, 1, 0, 1):
        official.add("甲", 1, depth)
    assert official.numbers() == ["一、", "（一）", "1.", "（1）", "（2）", "2.", "（二）", "二、", "（一）"]


def test_lines_keep_their_text_and_the_outline_gets_the_numbers(official: Numbered) -> None:
    rows = [
        ("某市水务局2025年工作总结", None),
        ("基本情况", 0),
        ("加强领导。召开会议2次。", 1),
        ("成效明显。", None),
    ]
    for text, depth in rows:
        official.add(text, None if depth is None else 1, depth)
    source = read_source(official.saved())
    assert [line.text for line in source] == [text for text, _ in rows] == read_text(official.saved())
    assert [(one.level, one.number, one.heading, one.run_in) for one in read(source).headings] == [
        (1, "一、", "基本情况", False),
        (2, "（一）", "加强领导", True),
    ]


def test_unnumbered_paragraphs_between_do_not_stop_the_count(official: Numbered) -> None:
    for number in (1, None, 1):
        official.add("甲", number, None if number is None else 0)
    assert official.numbers() == ["一、", "", "二、"]


def test_a_level_may_start_elsewhere() -> None:
    made = Numbered()
    made.define(0, level(0, "chineseCounting", "%1、", 3) + level(1, "decimal", "%2.", None))
    made.list(1, 0)
    for depth in (0, 1, 1, 0):
        made.add("甲", 1, depth)
    # Without w:start a level begins at 0 (§17.9.25).
    assert made.numbers() == ["三、", "0.", "1.", "四、"]


def test_lists_of_one_definition_count_on_and_an_override_starts_anew(official: Numbered) -> None:
    official.list(2, 0)
    official.list(3, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    official.list(4, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>')
    for number in (1, 2, 3, 3, 4, 4):
        official.add("甲", number, 0)
    assert official.numbers() == ["一、", "二、", "一、", "二、", "七、", "八、"]


def test_an_override_may_replace_the_level_itself(official: Numbered) -> None:
    official.list(2, 0, f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "第%1条")}</w:lvlOverride>')
    official.add("甲", 2, 0)
    assert official.numbers() == ["第1条"]


def test_a_level_that_does_not_restart_counts_on() -> None:
    made = Numbered()
    again = level(1, "decimal", "%2.").replace("<w:numFmt", '<w:lvlRestart w:val="0"/><w:numFmt', 1)
    made.define(0, level(0, "chineseCounting", "%1、") + again)
    made.list(1, 0)
    for depth in (0, 1, 1, 0, 1):
        made.add("甲", 1, depth)
    assert made.numbers() == ["一、", "1.", "2.", "二、", "3."]


def test_a_number_may_hold_those_above_it() -> None:
    made = Numbered()
    made.define(0, levels(("decimal", "%1"), ("decimal", "%1.%2"), ("decimal", "%1.%2.%3")))
    made.list(1, 0)
    for depth in (0, 1, 1, 2, 0, 2):
        made.add("甲", 1, depth)
    assert made.numbers() == ["1", "1.1", "1.2", "1.2.1", "2", "2.1.1"]


def test_legal_numbering_shows_the_numbers_above_in_arabic_digits() -> None:
    made = Numbered()
    legal = level(1, "decimal", "%1.%2").replace("<w:lvlText", "<w:isLgl/><w:lvlText")
    made.define(0, level(0, "chineseCounting", "%1、") + legal)
    made.list(1, 0)
    for depth in (0, 1):
        made.add("甲", 1, depth)
    assert made.numbers() == ["一、", "1.1"]


def test_a_style_numbers_its_paragraphs_and_those_based_on_it(official: Numbered) -> None:
    official.style("一级", 1, 0)
    official.style("二级", None, 1, based_on="一级")
    official.style("别的一级", None, based_on="一级")
    for style in ("一级", "二级", "别的一级", "二级"):
        official.add("甲", style=style)
    assert official.numbers() == ["一、", "（一）", "二、", "（一）"]


def test_a_paragraphs_own_level_goes_before_its_styles(official: Numbered) -> None:
    official.style("一级", 1, 0)
    official.add("甲", style="一级")
    official.add("乙", None, 1, style="一级")
    assert official.numbers() == ["一、", "（一）"]


def test_a_level_that_names_its_style_numbers_the_styles_paragraphs_at_that_level() -> None:
    made = Numbered()
    made.style("第二级", 1)
    style_id = made.document.styles["第二级"].element.get(qn("w:styleId"))
    linked = level(1, "chineseCounting", "（%2）").replace(
        "<w:lvlText", f'<w:pStyle w:val="{style_id}"/><w:lvlText'
    )
    made.define(0, level(0, "chineseCounting", "%1、") + linked)
    made.list(1, 0)
    made.add("甲", 1, 0)
    made.add("乙", style="第二级")
    assert made.numbers() == ["一、", "（一）"]


def test_list_zero_switches_numbering_off(official: Numbered) -> None:
    official.style("一级", 1, 0)
    official.style("不编号", 0, based_on="一级")
    official.add("甲", style="一级")
    official.add("乙", 0, style="一级")
    official.add("丙", style="不编号")
    official.add("丁", style="一级")
    assert official.numbers() == ["一、", "", "", "二、"]


@pytest.mark.parametrize(("form", "text"), [("bullet", "●"), ("none", ""), ("bullet", "%1")])
def test_bullets_give_no_number(form: str, text: str) -> None:
    made = Numbered()
    made.define(0, levels((form, text)))
    made.list(1, 0)
    made.add("甲", 1, 0)
    assert made.numbers() == [""]


def test_a_definition_may_stand_in_a_list_style() -> None:
    made = Numbered()
    made.define(1, '<w:numStyleLink w:val="Official"/>')
    made.define(0, '<w:styleLink w:val="Official"/>' + levels(*OFFICIAL))
    made.list(1, 0)
    made.list(2, 1)
    style = f'<w:style {nsdecls("w")} w:type="numbering" w:styleId="Official"><w:name w:val="Official"/>'
    style += '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    made.document.styles.element.append(parse_xml(style))
    made.add("甲", 2, 0)
    made.add("乙", 2, 1)
    assert made.numbers() == ["一、", "（一）"]


@pytest.mark.parametrize(("number", "depth"), [(99, 0), (1, 8), (1, 99)])
def test_a_list_or_level_that_is_not_there_gives_no_number(
    official: Numbered, number: int, depth: int
) -> None:
    official.add("甲", number, depth)
    assert official.numbers() == [""]


def test_styles_based_on_each_other_end() -> None:
    made = Numbered()
    made.style("甲", None)
    made.style("乙", None, based_on="甲")
    made.document.styles["甲"].base_style = made.document.styles["乙"]
    made.add("甲", style="甲")
    assert made.numbers() == [""]


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九"), (100, "100")],
)
def test_chinese_counting(number: int, shown: str) -> None:
    assert han(number) == shown


def test_other_ways_of_counting() -> None:
    assert [roman(number) for number in (1, 4, 9, 14, 39)] == ["I", "IV", "IX", "XIV", "XXXIX"]
    assert [letter(number) for number in (1, 26, 27, 53)] == ["A", "Z", "AA", "AAA"]
    assert [circled(number) for number in (1, 20, 21)] == ["①", "⑳", "21"]
