"""People, roles, and which role may do what. No I/O."""

from __future__ import annotations

from typing import Literal, get_args

from drafter.errors import DrafterError
from drafter.model import Record

Role = Literal["staff", "editor", "reviewer", "admin"]
"""起草、编辑、审核、管理员."""

ROLES: tuple[Role, ...] = get_args(Role)

ROLE_NAMES: dict[Role, str] = {"staff": "起草", "editor": "编辑", "reviewer": "审核", "admin": "管理员"}

Action = Literal[
    "list", "read", "export", "sent", "draft", "edit", "submit", "settle", "rewrite", "lock", "delete",
    "undelete", "remark", "return", "approve", "learn", "accounts",
]  # fmt: skip
"""What can be done. All but «learn» and «accounts» concerns drafts, and those of one's own unit only."""

ACTIONS: tuple[Action, ...] = get_args(Action)

_READS: frozenset[Action] = frozenset({"list", "read", "export", "sent"})
_WRITES: frozenset[Action] = _READS | {"draft", "edit", "submit", "settle"}
_EDITS: frozenset[Action] = _WRITES | {"rewrite", "lock", "delete", "undelete"}

MAY: dict[Role, frozenset[Action]] = {
    "staff": _WRITES,
    "editor": _EDITS,
    "reviewer": _READS | {"remark", "return", "approve"},
    "admin": _EDITS | {"learn", "accounts"},
}
"""What each role may do; docs/accounts.md says why."""

DEEDS: dict[Action, str] = {
    "list": "查看文稿列表",
    "read": "查看文稿",
    "export": "下载文稿",
    "sent": "查看发送记录",
    "draft": "起草文稿",
    "edit": "修改文稿",
    "submit": "送审",
    "settle": "处理审核意见",
    "rewrite": "重写章节",
    "lock": "锁定章节",
    "delete": "删除文稿",
    "undelete": "恢复已删除的文稿",
    "remark": "提审核意见",
    "return": "退回文稿",
    "approve": "通过文稿",
    "learn": "学习新文种",
    "accounts": "管理账号",
}


class Refused(DrafterError):
    """A person may not do what was asked for."""


class Person(Record):
    """Whoever asks: `login` is unique, `name` is what others see, `unit` owns the drafts.

    `role` None is the one person of a machine without accounts, who may do everything with every draft.
    """

    login: str
    name: str = ""
    unit: str = ""
    role: Role | None = None

    def may(self, action: Action) -> bool:
        """Whether the role allows it; whose draft it is does not count here."""
        return self.role is None or action in MAY[self.role]

    def needs(self, action: Action) -> None:
        """Raise Refused when the role does not allow it."""
        if self.role is not None and not self.may(action):
            raise Refused(
                f"“{ROLE_NAMES[self.role]}”角色不能{DEEDS[action]}", mend="需要时请联系管理员调整角色"
            )


LOCAL = Person(login="local")
"""The one person of a machine without accounts."""
