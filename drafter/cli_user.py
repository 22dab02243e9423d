"""`drafter user`: the accounts of those who use the pages."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from drafter.config import load
from drafter.errors import InputError

if TYPE_CHECKING:
    from drafter.accounts.users import Users

user_app = typer.Typer(help="管理登录账号：第一个账号自动是管理员。", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="登录名，如 zhangsan")]
BY = "drafter user"
"""Who changes accounts from the command line, as the audit trail has it."""


@user_app.command("add")
def add(
    login: Login,
    unit: Annotated[str, typer.Option(help="单位（科室），文稿归单位所有")] = "",
    name: Annotated[str, typer.Option(help="姓名，记入历史；默认同登录名")] = "",
    role: Annotated[
        str, typer.Option(help="角色：staff 起草、editor 编辑、reviewer 审核、admin 管理员")
    ] = "",
) -> None:
    """建立账号。密码在终端输入（不显示），或从标准输入读一行。"""
    users = _users()
    first = not users.all()
    unit = unit or _asked("单位：", "--unit")
    role = role or ("admin" if first else "staff")
    made = users.add(login, _password(), name=name or login, unit=unit, role=role, by=BY)
    from drafter.accounts.model import ROLE_NAMES

    print(f"已建立账号 {made.login}：{made.name}，{made.unit}，{ROLE_NAMES[made.role]}")


@user_app.command("list")
def show() -> None:
    """列出账号。"""
    from drafter.accounts.model import ROLE_NAMES

    for one in _users().all():
        off = "" if one.active else "\t已停用"
        print(f"{one.login}\t{one.name}\t{one.unit}\t{ROLE_NAMES[one.role]}{off}")


@user_app.command("password")
def password(login: Login) -> None:
    """重设密码；用这个账号登录的人须重新登录。"""
    _users().set_password(login, _password(), by=BY)
    print(f"已重设 {login} 的密码")


@user_app.command("role")
def role(
    login: Login,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="staff、editor、reviewer、admin")],
) -> None:
    """改变角色，马上生效。"""
    _users().set_role(login, role, by=BY)
    print(f"{login} 的角色已改为 {role}")


@user_app.command("disable")
def disable(login: Login) -> None:
    """停用账号，马上生效；历史中仍有其姓名。"""
    _users().set_active(login, False, by=BY)
    print(f"已停用 {login}")


@user_app.command("enable")
def enable(login: Login) -> None:
    """重新启用账号。"""
    _users().set_active(login, True, by=BY)
    print(f"已启用 {login}")


@user_app.command("hand-over")
def hand_over(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单位，与账号上写的一样")],
) -> None:
    """把建立账号以前的文稿（还不属于任何单位）交给一个单位。"""
    from drafter.accounts.audit import Audit
    from drafter.store import Store

    if not unit.strip():
        raise InputError("没有写明单位", mend="请写明单位")
    store = Store(load().database)
    count = store.hand_over(unit.strip())
    Audit(store.engine).note(BY, "handed over", f"{count} {unit.strip()}")
    print(f"已把{count}份文稿交给{unit.strip()}")


@user_app.command("audit")
def audit(count: Annotated[int, typer.Option("-n", min=1, help="最近多少条")] = 50) -> None:
    """查看登录、拒绝、账号和模型服务的变动、下载的记录，最新的在前；不含文稿内容。"""
    from drafter.accounts.audit import Audit
    from drafter.store import Store

    for one in Audit(Store(load().database).engine).newest(count):
        moment = one.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        print("\t".join((moment, one.who or "-", one.event, one.about or "-", one.address or "-")))


def _users() -> Users:
    from drafter.accounts.users import Users
    from drafter.store import Store

    return Users(Store(load().database))


def _asked(question: str, option: str) -> str:
    """An answer from the terminal. Raises InputError where there is nobody to ask."""
    if not sys.stdin.isatty():
        raise InputError(f"没有写明 {option}", mend=f"请加 {option}")
    return input(question)


def _password() -> str:
    """The password, typed twice at a terminal, or one line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass("密码：")
    if getpass.getpass("再输入一次：") != given:
        raise InputError("两次输入的密码不同", mend="请再来一次")
    return given
