from pathlib import Path

import pytest

from drafter.errors import InputError
from drafter.intake import decode, read_bytes
from drafter.intake.files import MAX_BYTES

TEXT = "单位：某市交通运输局\n- 发放宣传资料300余份\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gbk", "gb18030"])
def test_the_encodings_of_office_files_are_read(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_utf16_big_endian_with_its_mark_is_read() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be")) == TEXT


@pytest.mark.parametrize(
    "data",
    [
        "发放宣传资料，举办业务培训，开展监督检查".encode()[:-1],
        "發放宣傳資料，舉辦業務培訓，開展監督檢查，組織黨員幹部學習".encode("big5"),
        bytes(range(128, 256)) * 4,
        "Überprüfung der Straßenverhältnisse für Fußgänger".encode("latin-1"),
    ],
)
def test_other_encodings_are_refused_rather_than_guessed(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, "a.txt")
    assert str(caught.value) == "a.txt: 文字编码无法识别；请用记事本打开，另存为 UTF-8 编码"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04....", "Word、Excel 文件或压缩包"),
        (b"\xd0\xcf\x11\xe0....", "旧版 Word、Excel 或 WPS 文件"),
        (b"%PDF-1.7", "PDF 文件"),
        (b"\x89PNG\r\n", "图片"),
        (b"abc\0def", "二进制文件"),
    ],
)
def test_files_that_are_no_text_are_named(data: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, "简报.docx")
    assert (
        str(caught.value)
        == f"简报.docx: 这是{what}，不是文本；请把内容另存为 UTF-8 编码的 .txt、.md 或 .yaml"
    )


@pytest.mark.parametrize("data", [b"", b" \r\n\t"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^a: 文件是空的；"):
        decode(data, "a")


def test_more_than_five_megabytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"a" * (MAX_BYTES + 1))
    with pytest.raises(InputError) as caught:
        read_bytes(path)
    assert str(caught.value) == f"{path}: 文件过大，超过 5 MB；只保留文字，或分成几份"
    with pytest.raises(InputError, match="文件过大"):
        decode(b"a" * (MAX_BYTES + 1))


def test_five_megabytes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"a" * MAX_BYTES)
    assert len(decode(read_bytes(path))) == MAX_BYTES


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_bytes(tmp_path / "none.yaml")
    assert str(caught.value) == f"{tmp_path / 'none.yaml'}: 找不到这个文件；检查文件名和所在文件夹"
    with pytest.raises(InputError) as caught:
        read_bytes(tmp_path)
    assert str(caught.value) == f"{tmp_path}: 这是文件夹，不是文件；请指定其中的一个文件"


def test_a_name_no_file_can_have_is_one_line() -> None:
    with pytest.raises(InputError, match="文件打不开"):
        read_bytes(Path("a" * 5000))
    with pytest.raises(InputError, match="文件打不开"):
        read_bytes(Path("a\0b"))


def test_a_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "closed.yaml"
    path.write_text("x")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match="没有读取这个文件的权限"):
        read_bytes(path)
