"""Any file can be handed in: it is read, or one line says why not. Nothing is fetched, nothing runs away."""

from __future__ import annotations

import io
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docx
import pytest

from drafter.docx import office
from drafter.errors import InputError
from drafter.review import document, pdf
from drafter.review.document import MAX_BYTES, MAX_CHARACTERS, read_lines, read_source, source_of
from tests.review import hostile

ROOT = Path(__file__).parent.parent.parent
TEXT = "某局2025年工作总结\n一、基本情况\n举办培训班6次。\n"


def refused(path: Path) -> str:
    """The one line that says why a file is not read; it names the file."""
    with pytest.raises(InputError) as caught:
        read_source(path)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(str(path))
    return said.removeprefix(f"{path}: ")


def sample() -> bytes:
    """A .docx with two lines."""
    made = docx.Document()
    made.add_paragraph("某局2025年工作总结")
    made.add_paragraph("举办培训班6次。")
    return hostile.saved(made)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (hostile.with_part("word/media/a.bin", b"\0" * 150_000_000), "过大"),
        (hostile.with_part("word/media/a.bin", b"\0" * 20_000_000), "过大"),
        (hostile.with_part("word/a.xml", b" " * 33_000_000), "过大"),
        (hostile.with_members(10_001), "过大"),
        (hostile.named_alike(20, 10_000_000), "过大"),
        (hostile.lying(20_000_000), "不是能读取的 .docx"),
        (hostile.with_body("<w:p/>" * 600_000), "过大"),
        (hostile.with_body("<w:p/>" * 50_001), "过长"),
        (hostile.with_body("<w:p>" * 50_000 + "</w:p>" * 50_000), "不是能读取的 .docx"),
        (hostile.with_body("<w:p>"), "不是能读取的 .docx"),
        (hostile.with_part("word/document.xml", b""), "不是能读取的 .docx"),
        (hostile.with_part("[Content_Types].xml", b"<a/>"), "不是能读取的 .docx"),
        (sample()[:2000], "不是能读取的 .docx"),
        (hostile.macros(), "含有宏"),
        (hostile.docm(), "含有宏"),
        (hostile.ENCRYPTED_DOCX, "设有密码"),
        (hostile.ENCRYPTED_DOC, "设有密码"),
        (b"", "是空的"),
        (TEXT.encode(), "不是能读取的 .docx"),
        (b"\x89PNG\r\n\x1a\n", "不是能读取的 .docx"),
    ],
    ids=range(20),
)
def test_a_docx_that_is_hostile_or_broken_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "材料.docx"
    path.write_bytes(data)
    assert says in refused(path)


ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "{}">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {'abcdefgh'[n]} '{f'&{chr(96 + n)};' * 50}'>" for n in range(1, 8)
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declared", [ENTITY, LAUGHS + "]>"], ids=["external", "laughs"])
def test_no_entity_is_resolved(tmp_path: Path, declared: str, encoding: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密")
    body = f"<w:p><w:r><w:t>&{'e' if declared is ENTITY else 'h'};</w:t></w:r></w:p>"
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{declared.replace("{}", secret.as_uri())}'
    xml += f"<w:document {hostile.W}><w:body>{body}</w:body></w:document>"
    path = tmp_path / "a.docx"
    path.write_bytes(hostile.with_part("word/document.xml", xml.encode(encoding)))
    assert "DOCTYPE" in refused(path)


def test_an_archive_within_a_document_is_not_opened() -> None:
    inner = hostile.with_part("word/media/a.bin", b"\0" * 60_000_000)
    outer = hostile.with_part("word/embeddings/a.zip", inner, plain=True)
    assert source_of(outer, "a.docx").docx == outer


def test_a_repetitive_document_is_no_bomb() -> None:
    made = docx.Document()
    for _ in range(3000):
        made.add_paragraph("同样的一行文字，重复很多次，压缩比很高。")
    assert len(source_of(hostile.saved(made), "a.docx").lines) == 3000


def test_a_file_of_200_megabytes_is_refused_by_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.docx"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)

    def unread(_: Path) -> bytes:
        raise AssertionError("the file was read")

    monkeypatch.setattr(Path, "read_bytes", unread)
    assert f"超过 {MAX_BYTES // 1024**2} MB" in refused(path)


@pytest.mark.parametrize("name", ["a.txt", "a.docx", "a.doc", "a.odt", "a.pdf", "无扩展名"])
def test_what_a_file_is_its_content_decides(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(sample())
    assert read_lines(path) == ["某局2025年工作总结", "举办培训班6次。"]
    path.write_bytes(hostile.text_pdf("Summary 2025"))
    assert read_lines(path) == ["Summary 2025"]


@pytest.mark.parametrize("name", ["a.docx", "a.doc", "a.wps", "a.rtf", "a.odt", "a.pdf"])
def test_a_text_by_the_name_of_an_office_file_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("<html><img src='http://127.0.0.1:9/a.png'>" + TEXT, encoding="utf-8")
    assert "不是能读取的" in refused(path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (hostile.pdf(), "扫描件"),
        (hostile.pdf(501), "500 页"),
        (hostile.pdf(password="secret"), "设有密码"),
        (hostile.text_pdf("a")[:300], "不是能读取的 PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "不是能读取的 PDF"),
        (hostile.bomb_pdf(40_000_000), "PDF"),
        (hostile.pdf(drawing=b"0 0 m " * 400_000), "PDF"),
    ],
    ids=["scan", "long", "locked", "cut", "broken", "bomb", "drawing"],
)
def test_a_pdf_that_cannot_be_read_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    assert says in refused(path)


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_SECONDS", -1)
    with pytest.raises(InputError, match="内容过多"):
        source_of(hostile.text_pdf("a"), "a.pdf")


def test_a_locked_pdf_whose_cipher_is_not_here_is_called_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    def missing(self: PdfReader, password: str) -> int:
        raise DependencyError

    monkeypatch.setattr(PdfReader, "decrypt", missing)
    with pytest.raises(InputError, match="设有密码"):
        source_of(hostile.pdf(password="secret"), "a.pdf")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_texts_are_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert read_lines(path) == TEXT.splitlines()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "是空的"),
        (b" \n\t\r\n", "是空的"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"MZ\0\0\0", "二进制"),
        (random.Random(1).randbytes(4096), "二进制"),
        (bytes(range(128, 256)) * 4, "编码"),
        (("某" * (MAX_CHARACTERS + 1)).encode(), "过长"),
        (b"a\n" * 60_000, "过长"),
    ],
    ids=range(8),
)
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert says in refused(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    assert "文件夹" in refused(tmp_path)
    assert "找不到" in refused(tmp_path / "没有.docx")


@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.docx", "a.txt"])
def test_without_libreoffice_an_old_file_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "present", lambda: False)
    path = tmp_path / name
    path.write_bytes(hostile.OLE + b"\0" * 1024)
    assert "另存为 .docx，或在本机安装 LibreOffice" in refused(path)


def test_an_odt_bomb_does_not_reach_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "convert", lambda *_: pytest.fail("LibreOffice was given the file"))
    with pytest.raises(InputError, match="过大"):
        source_of(hostile.odt("<text:p/>" * 4_000_000), "a.odt")


def test_a_conversion_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "soffice"
    script.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/child\nwait\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(office, "_program", lambda: str(script))
    monkeypatch.setattr(office, "TIMEOUT", 0.5)
    with pytest.raises(InputError, match="没有转换完"):
        office.convert(b"x", ".doc", "docx")
    state = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A web server, and what it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        do_GET = do_HEAD = do_OPTIONS = do_PROPFIND = answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


def linked_docx(address: str) -> bytes:
    """A .docx with a remote template, picture and link."""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    made = docx.Document()
    made.add_paragraph("一段文字。")
    for kind in ("attachedTemplate", "image", "hyperlink", "oleObject", "frame"):
        made.part.relate_to(f"{address}/{kind}", kinds + kind, is_external=True)
    return hostile.saved(made)


def test_nothing_that_a_docx_links_to_is_fetched(asked: tuple[str, list[str]]) -> None:
    from drafter.docx.format_fix import put_right
    from drafter.review.outline_reader import read

    address, paths = asked
    source = source_of(linked_docx(address), "a.docx")
    assert source.docx is not None
    put_right(source.docx, read(source.lines))
    assert paths == []


@cache
def converted(to: str) -> bytes:
    """The sample as LibreOffice saves it in another format."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "a.docx").write_bytes(sample())
        subprocess.run(
            ["soffice", f"-env:UserInstallation={(here / 'p').as_uri()}", "--headless", "--convert-to", to,
             "--outdir", folder, str(here / "a.docx")],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        return (here / f"a.{to.split(':')[0]}").read_bytes()


@pytest.mark.render
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("to", "name"),
    [("doc:MS Word 97", "a.doc"), ("doc:MS Word 97", "a.wps"), ("doc:MS Word 97", "a.docx"), ("rtf", "a.txt"),
     ("odt", "a.docx")],
)  # fmt: skip
def test_files_of_older_and_other_programs_are_converted(tmp_path: Path, to: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(converted(to))
    assert read_lines(path) == ["某局2025年工作总结", "举办培训班6次。"]


@pytest.mark.render
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_conversion_fetches_nothing_and_reads_no_other_file(
    tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    field = r"{\field{\*\fldinst %s}{\fldrslt x}}"
    picture, file = f'INCLUDEPICTURE "{address}/p.png"', f'INCLUDETEXT "{secret.as_uri()}"'
    rtf = rf"{{\rtf1\ansi{{\*\template {address}/t}}{field % picture}{field % file} hello\par}}"
    sections = "".join(
        f'<text:section text:name="S{number}"><text:section-source xlink:href="{target}" '
        'text:filter-name="Text"/><text:p>kept</text:p></text:section>'
        for number, target in enumerate((secret.as_uri(), f"{address}/s.txt"))
    )
    picture = (
        '<text:p><draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"><draw:image '
        f'xlink:href="{address}/o.png" xlink:type="simple" xlink:actuate="onLoad"/></draw:frame>'
        "hello</text:p>"
    )
    for data, name in ((rtf.encode(), "a.rtf"), (hostile.odt(picture + sections), "a.odt")):
        text = "\n".join(line.text for line in source_of(data, name).lines)
        assert "hello" in text
        assert "SECRET" not in text
    assert paths == []


BOUNDED = """
    import resource, sys
    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
    sys.argv = ["drafter", "check", sys.argv[1]]
    from drafter.cli import main
    main()
"""


COSTLY: dict[str, Callable[[], bytes]] = {
    "elements.docx": lambda: hostile.with_body('<w:p w:a="1" w:b="2"/>' * 400_000),
    "runs.docx": lambda: hostile.with_body("<w:p>" + "<w:r><w:t>字</w:t></w:r>" * 10_000 + "</w:p>"),
    "alike.docx": lambda: hostile.named_alike(200, 3_000_000),
    "stream.pdf": lambda: hostile.bomb_pdf(70_000_000),
    "drawing.pdf": lambda: hostile.pdf(drawing=b"BT /F 9 Tf (abc) Tj ET " * 200_000),
    "digits.txt": lambda: b"1" * 100_000,
    "brackets.txt": lambda: "（“《".encode() * 10_000,
}


@pytest.mark.parametrize("name", sorted(COSTLY))
def test_the_worst_files_end_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(COSTLY[name]())
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(BOUNDED), str(path)],
        cwd=ROOT, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2), done.stderr
    if done.returncode == 2:
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stderr.startswith("错误：")


def test_a_zip_that_is_no_document_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", TEXT)
    with pytest.raises(InputError, match=r"不是能读取的 \.docx"):
        source_of(out.getvalue(), "a.docx")


def test_the_same_bytes_read_as_memory_or_file_give_the_same(tmp_path: Path) -> None:
    path, data = tmp_path / "a.docx", sample()
    path.write_bytes(data)
    assert document.read_source(path) == source_of(data, path.name)
