"""Copies with head, foot, tables and attachments, for the tests that measure them."""

from __future__ import annotations

import datetime

from drafter.model import Attachment, Brief, Official, Table
from tests.makers import brief_of

ROWS = (("区", "准确率（%）", "投放点（处）"), ("甲区", "98.5", "120"), ("乙区", "97.2", "86"))
LONG = Table(
    rows=(("序号", "事项", "办理情况"), *((str(n), f"事项{n}", "已办结") for n in range(1, 90))), number=0
)
HEAD = {"number": "某水〔2025〕15号"}
FOOT = {
    "cc": ("市委办公室", "市人大常委会办公室", "市政协办公室"),
    "print_by": "某市水务局办公室",
    "print_date": datetime.date(2025, 12, 8),
}
ATTACHED = {
    "attachments": (
        Attachment(title="2025年河湖管护工作统计表", table=LONG),
        Attachment(title="河湖名录", text="第一段。\n第二段。"),
    )
}


def copy_of(*facts: str | dict[str, object], **official: object) -> Brief:
    """A brief of the made-up bureau with these facts and what its copy has."""
    given = facts or (
        {"text": "成立河湖长制工作领导小组，召开专题会议2次", "topic": "组织领导"},
        {
            "text": "各区准确率见表1",
            "topic": "河道保洁",
            "table": Table(rows=ROWS, number=1),
            "caption": "各区准确率",
        },
    )
    return brief_of(*given, addressee="市政府办公室", official=Official(**official))  # type: ignore[arg-type]


def filled(lines: int) -> str:
    """Text that takes `lines` lines of the type area."""
    return ("坚持系统治理源头治理综合治理压实各级河湖长责任推动水环境持续改善全面加强" * lines)[
        : lines * 28 - 2
    ]
