"""Files as text: size limit, encodings, and a clear line for everything that is no text."""

from __future__ import annotations

import codecs
from pathlib import Path

from drafter.errors import InputError

MAX_BYTES = 5 * 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARIES = (
    (b"PK\x03\x04", "Word、Excel 文件或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Word、Excel 或 WPS 文件"),
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"{\\rtf", "RTF 文件"),
)
# A GB18030 decoder accepts most byte sequences; real Chinese text stays almost wholly inside GB 2312.
_PLAUSIBLE_SHARE = 0.9


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The content of a file, at most `limit` bytes. Raises InputError when it cannot be had."""
    try:
        if path.is_dir():
            raise InputError("这是文件夹，不是文件", file=path, mend="请指定其中的一个文件")
        if path.stat().st_size > limit:
            raise _too_large(str(path), limit)
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError("找不到这个文件", file=path, mend="检查文件名和所在文件夹") from None
    except PermissionError:
        raise InputError(
            "没有读取这个文件的权限", file=path, mend="请管理员开放权限，或复制到自己的文件夹"
        ) from None
    except (OSError, ValueError) as mistake:
        reason = getattr(mistake, "strerror", None) or mistake
        raise InputError(f"文件打不开（{reason}）", file=path, mend="检查文件名，或复制一份再试") from None


def decode(data: bytes, file: str = "") -> str:
    """The text of `data`: by its byte order mark, else UTF-8, else GB18030 if that is plausible Chinese.

    Raises InputError when it is too large, empty, not text, or in another encoding.
    """
    name = file or None
    if len(data) > MAX_BYTES:
        raise _too_large(file)
    if not data.strip():
        raise InputError("文件是空的", file=name, mend="请填写内容后再试")
    encoding = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)
    if encoding is None:
        _refuse_binary(data, name)
    for candidate in [encoding] if encoding else ["utf-8", "gb18030"]:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if candidate != "gb18030" or _plausible(text):
            return text
    raise InputError("文字编码无法识别", file=name, mend="请用记事本打开，另存为 UTF-8 编码")


def _too_large(file: str, limit: int = MAX_BYTES) -> InputError:
    return InputError(
        f"文件过大，超过 {limit // (1024 * 1024)} MB", file=file or None, mend="只保留文字，或分成几份"
    )


def _refuse_binary(data: bytes, file: str | None) -> None:
    what = next((name for magic, name in _BINARIES if data.startswith(magic)), "")
    if not what and b"\0" in data:
        what = "二进制文件"
    if what:
        raise InputError(
            f"这是{what}，不是文本", file=file, mend="请把内容另存为 UTF-8 编码的 .txt、.md 或 .yaml"
        )


def _plausible(text: str) -> bool:
    foreign = [character for character in text if character > "\x7f"]
    common = sum(bool(character.encode("gb2312", "ignore")) for character in foreign)
    return common >= _PLAUSIBLE_SHARE * len(foreign)
