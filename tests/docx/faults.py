# ruff: noqa: E501
"""A correct document, and one fault a case: the rule it breaks, the part, the edit, what is measured and required."""

from __future__ import annotations

import re
from collections.abc import Callable

from drafter.docx.writer import write
from drafter.model import LineRole
from tests.docx.readings import edited, reading_of
from tests.makers import brief_of, template_draft

DRAFT, TYPE = template_draft(
    brief_of(
        {"text": "成立河湖长制工作领导小组，召开专题会议2次", "topic": "组织领导"},
        {"text": "清理河道垃圾320吨", "topic": "河道保洁"},
        addressee="市政府办公室",
    )
)
READING = reading_of(DRAFT)
CORRECT = write(DRAFT, TYPE)
DOCUMENT, STYLES, SETTINGS = "word/document.xml", "word/styles.xml", "word/settings.xml"


def in_style(style_id: str, pattern: str, replacement: str) -> Callable[[str], str]:
    """An edit of one style's definition."""

    def edit(xml: str) -> str:
        begin = xml.index(f'w:styleId="{style_id}"')
        end = xml.index("</w:style>", begin)
        return xml[:begin] + re.sub(pattern, replacement, xml[begin:end], count=1) + xml[end:]

    return edit


def in_line(role: LineRole, pattern: str, replacement: str, count: int = 1) -> Callable[[str], str]:
    """An edit of the first paragraph with a role."""
    number = READING.roles.index(role)

    def edit(xml: str) -> str:
        spans = [match.span() for match in re.finditer("<w:p>.*?</w:p>", xml, re.DOTALL)]
        begin, end = spans[number]
        return xml[:begin] + re.sub(pattern, replacement, xml[begin:end], count=count) + xml[end:]

    return edit


def everywhere(pattern: str, replacement: str) -> Callable[[str], str]:
    return lambda xml: re.sub(pattern, replacement, xml)


FONTS = r'<w:rFonts w:ascii="[^"]*" w:eastAsia="[^"]*" w:hAnsi="[^"]*" w:cs="[^"]*"/>'
SONG = '<w:rFonts w:ascii="宋体" w:eastAsia="宋体" w:hAnsi="宋体" w:cs="宋体"/>'
STYLED = r'(<w:pStyle w:val="\w+"/>)'

FAULTS: dict[str, tuple[str, str, Callable[[str], str], str, str]] = {
    "letter paper": ("GB9704-PAGE-01", DOCUMENT, everywhere("<w:pgSz [^>]*>", '<w:pgSz w:w="12240" w:h="15840"/>'), "215.9×279.4毫米", "210×297毫米"),
    "margins": ("GB9704-PAGE-02", DOCUMENT, everywhere(' w:top="2098"', ' w:top="1440"'), "上25.4毫米", "上37±1毫米"),
    "gutter": ("GB9704-PAGE-02", DOCUMENT, everywhere(' w:gutter="0"', ' w:gutter="284"'), "左33毫米", "左28±1毫米"),
    "grid": ("GB9704-PAGE-03", DOCUMENT, everywhere('w:linePitch="579"', 'w:linePitch="600"'), "每页21行", "每页22行"),
    "no grid": ("GB9704-PAGE-03", DOCUMENT, everywhere("<w:docGrid[^>]*>", ""), "未设定", "每页22行"),
    "title font": ("GB9704-TITLE-01", STYLES, in_style("Title", FONTS, SONG), "宋体", "小标宋体（方正小标宋简体）"),
    "title size": ("GB9704-TITLE-02", STYLES, in_style("Title", 'w:sz w:val="44"', 'w:sz w:val="36"'), "小二号（18磅）", "二号（22磅）"),
    "title not centred": ("GB9704-TITLE-03", STYLES, in_style("Title", 'w:val="center"', 'w:val="left"'), "左对齐", "居中"),
    "title indented": ("GB9704-TITLE-03", DOCUMENT, in_line("title", STYLED, r'\1<w:ind w:firstLine="640"/>'), "缩进2字", "无缩进"),
    "title bold": ("GB9704-TITLE-04", STYLES, in_style("Title", "<w:rPr>", "<w:rPr><w:b/>"), "加粗", "不加粗"),
    "addressee indented": ("GB9704-ADDR-01", DOCUMENT, in_line("addressee", STYLED, r'\1<w:ind w:firstLineChars="200" w:firstLine="630"/>'), "缩进2字", "顶格"),
    "level 1 font": ("GB9704-HEAD-01", STYLES, in_style("Heading1", FONTS, SONG), "宋体", "黑体"),
    "level 2 font": ("GB9704-HEAD-02", STYLES, in_style("Heading2", FONTS, SONG), "宋体", "楷体（楷体_GB2312）"),
    "heading size": ("GB9704-HEAD-05", STYLES, in_style("Heading1", "</w:rPr>", '<w:sz w:val="30"/></w:rPr>'), "小三号（15磅）", "三号（16磅）"),
    "text after a heading": ("GB9704-HEAD-06", STYLES, in_style("RunInText", FONTS, SONG), "宋体", "仿宋体"),
    "heading without a style": ("GB9704-HEAD-07", STYLES, lambda xml: in_style("Heading1", "heading 1", "一级")(in_style("Heading1", "<w:outlineLvl[^>]*>", "")(xml)), "不是标题样式", "标题1样式"),
    "bold heading": ("GB9704-HEAD-08", STYLES, in_style("Heading1", "<w:rPr>", "<w:rPr><w:b/>"), "加粗", "不加粗"),
    "body font": ("GB9704-BODY-01", STYLES, in_style("BodyText", "<w:pPr>(.*?)</w:pPr>", r'<w:pPr>\1</w:pPr><w:rPr><w:rFonts w:eastAsia="宋体"/></w:rPr>'), "宋体", "仿宋体（仿宋_GB2312）"),
    "theme font": ("GB9704-BODY-01", DOCUMENT, in_line("body", 'w:hint="eastAsia"/>', 'w:eastAsiaTheme="majorEastAsia" w:hint="eastAsia"/>'), "方正小标宋简体", "仿宋体"),
    "body size": ("GB9704-BODY-02", DOCUMENT, in_line("body", "</w:rPr>", '<w:sz w:val="28"/></w:rPr>'), "四号（14磅）", "三号（16磅）"),
    "no indent": ("GB9704-PARA-01", DOCUMENT, in_line("body", STYLED, r'\1<w:ind w:firstLineChars="0" w:firstLine="0"/>'), "首行缩进0字", "首行缩进2字"),
    "ragged": ("GB9704-PARA-02", DOCUMENT, in_line("body", STYLED, r'\1<w:jc w:val="left"/>'), "左对齐", "两端对齐"),
    "line pitch": ("GB9704-PARA-03", STYLES, in_style("Normal", 'w:line="579"', 'w:line="600"'), "固定值30磅（每页21行）", "固定值28.95磅（每页22行）"),
    "one and a half lines": ("GB9704-PARA-03", DOCUMENT, in_line("body", STYLED, r'\1<w:spacing w:line="360" w:lineRule="auto"/>'), "1.5倍行距（每页14行）", "每页22行"),
    "gap after": ("GB9704-PARA-04", DOCUMENT, in_line("body", STYLED, r'\1<w:spacing w:after="160"/>'), "段后8磅", "段前段后0"),
    "27 characters": ("GB9704-PARA-05", STYLES, in_style("Normal", '<w:spacing w:val="-5"/>', ""), "每行27字", "每行28字"),
    "western font": ("GB9704-TEXT-01", DOCUMENT, in_line("opening" if "opening" in READING.roles else "title", 'w:hint="eastAsia"/>', 'w:ascii="Calibri" w:hint="eastAsia"/>'), "Calibri", "Times New Roman"),
    "colour": ("GB9704-TEXT-03", DOCUMENT, in_line("body", "</w:rPr>", '<w:color w:val="FF0000"/></w:rPr>'), "FF0000", "黑色"),
    "theme colour": ("GB9704-TEXT-03", DOCUMENT, in_line("body", "</w:rPr>", '<w:color w:val="2F5496" w:themeColor="accent1"/></w:rPr>'), "2F5496", "黑色"),
    "unit at the left": ("GB9704-SIGN-01", DOCUMENT, in_line("unit", "<w:ind [^>]*>", '<w:ind w:rightChars="0" w:right="0"/>'), "右空0字", "右空"),
    "date at the left": ("GB9704-SIGN-02", DOCUMENT, in_line("date", "<w:ind [^>]*/><w:jc [^>]*>", '<w:ind w:leftChars="0" w:left="0" w:rightChars="0" w:right="0"/><w:jc w:val="left"/>'), "左空0字", "右空二字"),
    "no page number": ("GB9704-NUM-01", "word/footer2.xml", everywhere(" PAGE ", " DATE "), "双页没有", "每页都有"),
    "number's font": ("GB9704-NUM-02", STYLES, in_style("FooterOdd", FONTS, SONG.replace("宋体", "Calibri")), "Calibri", "宋体"),
    "number's size": ("GB9704-NUM-03", STYLES, in_style("FooterEven", 'w:sz w:val="28"', 'w:sz w:val="18"'), "小五号（9磅）", "四号（14磅）"),
    "number without dashes": ("GB9704-NUM-04", "word/footer1.xml", everywhere("— ", "- "), "“- 1 —”", "“— 1 —”"),
    "number in the middle": ("GB9704-NUM-05", STYLES, in_style("FooterOdd", 'w:jc w:val="right"', 'w:jc w:val="center"'), "居中", "居右空一字"),
    "odd and even alike": ("GB9704-NUM-05", SETTINGS, everywhere("<w:evenAndOddHeaders/>", ""), "不分单页、双页", "双页居左空一字"),
    "number too low": ("GB9704-NUM-06", DOCUMENT, everywhere('w:footer="1447"', 'w:footer="851"'), "17.5毫米", "7毫米"),
}  # fmt: skip


def seeded(name: str) -> bytes:
    """The correct document with one fault."""
    _, part, edit, _, _ = FAULTS[name]
    return edited(CORRECT, part, edit)
