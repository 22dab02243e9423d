"""What this machine needs to run well: each thing ✓, or what to do about it."""

from __future__ import annotations

import asyncio
import datetime
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from drafter.config import Settings
from drafter.data import shared
from drafter.docx.layout import STANDARD, Font
from drafter.errors import DrafterError
from drafter.houses import every_house
from drafter.writing.kept import in_use

LEAST_SPACE = 500 * 1024 * 1024
"""Bytes that should be free where drafts are kept."""

OVERDUE = datetime.timedelta(minutes=10)
"""How long an order may wait before that is worth a word."""


class Finding(NamedTuple):
    """One thing that was looked at. `needed` tells whether the program cannot work without it."""

    name: str
    well: bool
    said: str
    needed: bool = True


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    yield _data(settings)
    yield _database(settings)
    yield _work(settings)
    yield _access(settings)
    yield _types(settings)
    yield from _looks(settings)
    yield _office()
    yield _endpoint(settings)


def _data(settings: Settings) -> Finding:
    folder = settings.data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / ".trial"
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        return Finding(
            "数据文件夹", False, f"{folder} 不能写入（{error.strerror}），请改权限或 DRAFTER_DATA_DIR"
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        return Finding("数据文件夹", False, f"{folder} 只剩 {free // 2**20} MB，请清理磁盘")
    return Finding("数据文件夹", True, f"{folder}，剩余 {free // 2**30} GB")


def _database(settings: Settings) -> Finding:
    from drafter.store import Store

    try:
        count = len(Store(settings.database).drafts())
    except DrafterError as error:
        return Finding("数据库", False, str(error))
    kind = settings.database.split(":", 1)[0].split("+")[0]
    return Finding("数据库", True, f"{kind}，文稿{count}份")


def _work(settings: Settings) -> Finding:
    """Whether what is ordered gets written: the engine's tables, and an order that nobody takes."""
    from drafter.store import now
    from drafter.work.engine import trouble
    from drafter.work.records import WorkStore

    try:
        store = WorkStore(settings.database)
        said, works = trouble(store.engine), store.open_works()
    except DrafterError as error:
        return Finding("起草队列", False, str(error))
    if said:
        return Finding("起草队列", False, said)
    queued = [work for work in works if work.state == "queued"]
    overdue = [work for work in queued if now() - work.created.replace(tzinfo=None) > OVERDUE]
    if overdue:
        start = "drafter worker" if settings.workers == "elsewhere" else "drafter serve"
        mend = f"请看 {start} 是否在运行，或用 DRAFTER_JOBS 增加同时起草的份数"
        return Finding("起草队列", False, f"{len(overdue)}份等了很久还没有开始起草；{mend}", needed=False)
    return Finding("起草队列", True, f"起草中{len(works) - len(queued)}份，排队{len(queued)}份")


def _access(settings: Settings) -> Finding:
    """Whether people can come in, and who is believed."""
    from drafter.accounts.users import Users
    from drafter.web.identity import networks
    from drafter.work.records import WorkStore

    try:
        for name in ("proxies", "sso_proxy", "metrics_from"):
            networks(getattr(settings, name), f"DRAFTER_{name.upper()}")
        count = Users(WorkStore(settings.database)).count()
    except DrafterError as error:
        return Finding("登录", False, str(error))
    if settings.sso_proxy:
        return Finding("登录", True, f"由 {settings.sso_proxy} 单点登录，另有账号{count}个")
    if count:
        return Finding("登录", True, f"账号{count}个")
    if settings.login == "always":
        return Finding("登录", False, "还没有账号，请运行 drafter user add 登录名 --unit 单位")
    return Finding("登录", True, "没有账号，只供本机使用")


def _types(settings: Settings) -> Finding:
    from drafter import doctypes
    from drafter.review.lint import rules

    try:
        types = doctypes.available(settings.template_folders)
        known = rules(settings.rule_folders)
    except DrafterError as error:
        return Finding("文种和规则", False, str(error))
    return Finding("文种和规则", True, f"文种{len(types)}个，语言规则{len(known)}条")


def _looks(settings: Settings) -> Iterator[Finding]:
    """The looks that offices set up for themselves, and every font that a document here may want."""
    from drafter.docx.own_choices import choices

    fonts = dict.fromkeys(STANDARD.fonts)
    for owner, house in every_house(settings):
        if isinstance(house, DrafterError):
            yield Finding("版式", False, str(house))
            continue
        fonts |= dict.fromkeys(house.layout.fonts)
        own = "；".join(map(str, choices(house.layout))) or "与标准一致"
        yield Finding("版式", True, f"{owner}用 {'、'.join(map(str, house.files))}：{own}")
    yield from _fonts(list(fonts))


def _fonts(fonts: Sequence[Font]) -> Iterator[Finding]:
    """The fonts of the layouts. Whoever opens a document needs them; this machine only to make PDFs."""
    if not shutil.which("fc-match"):
        yield Finding("字体", False, "没有 fontconfig，不能查看本机字体", needed=False)
        return
    for font in fonts:
        if _installed(font.name):
            yield Finding("字体", True, font.name)
        else:
            mend = "版面行数、字数不变，字形不同；请安装该字体，或在 layout.yaml 中换用已有的字体"
            said = "，".join(f"{program} 用 {taken}" for program, taken in _instead(font))
            yield Finding("字体", False, f"本机没有 {font.name}，打开文档时 {said}；{mend}", needed=False)


def _instead(font: Font) -> Iterator[tuple[str, str]]:
    """What each program takes on this machine for a font that it lacks."""
    substitute = next(filter(_installed, font.substitutes), "")
    match = _match(font.name).split(",")[0] or "其他字体"
    for program, takes in shared("fonts")["programs"].items():
        said = takes["takes"] if substitute else takes["otherwise"]
        yield program, said.format(substitute=substitute, match=match)


def _installed(name: str) -> bool:
    return name in _match(name).split(",")


def _match(name: str) -> str:
    """The family names of the font that a Chinese text gets on this machine where it asks for `name`."""
    named = _asked(name)
    # What any unknown name gives may have no Chinese at all: LibreOffice then asks for one that has.
    return _asked(f"{name}:lang=zh-cn") if named == _asked("?") else named


@cache
def _asked(pattern: str) -> str:
    command = ["fc-match", "-f", "%{family}", pattern]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20).stdout


def _office() -> Finding:
    from drafter.docx.office import present

    if present():
        return Finding("LibreOffice", True, "已安装，可读取 .doc、.wps")
    return Finding("LibreOffice", False, "没有安装，.doc、.wps 等旧格式不能直接读取", needed=False)


def _endpoint(settings: Settings) -> Finding:
    try:
        settings = in_use(settings)
    except DrafterError as error:
        return Finding("大模型", False, str(error))
    if not settings.has_endpoint:
        return Finding("大模型", True, "没有设置，使用内置写作")
    from drafter.writing.connection import test_connection

    outcome = asyncio.run(test_connection(settings))
    return Finding("大模型", outcome.works, outcome.said)
