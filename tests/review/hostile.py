"""Files that mean harm, or are broken or odd, made for tests."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
from pypdf import PdfWriter
from pypdf.generic import ContentStream, DictionaryObject, NameObject

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_DOCX = OLE + b"\0" * 1024 + "EncryptedPackage".encode("utf-16-le")
ENCRYPTED_DOC = OLE + b"\0" * 504 + bytes.fromhex("eca5c1000000000000000001") + b"\0" * 1024


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(name: str, content: bytes, *, plain: bool = False) -> bytes:
    """A .docx with one part replaced or added; `plain`: not compressed."""
    source, out = zipfile.ZipFile(io.BytesIO(saved(docx.Document()))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in source.namelist():
            if member != name:
                archive.writestr(member, source.read(member))
        archive.writestr(name, content, zipfile.ZIP_STORED if plain else None)
    return out.getvalue()


def with_body(body: str) -> bytes:
    """A .docx whose body is this XML."""
    return with_part("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>".encode())


def with_members(count: int) -> bytes:
    """A .docx with so many further parts."""
    out = io.BytesIO(saved(docx.Document()))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(count):
            archive.writestr(f"word/media/{number}.bin", b"")
    return out.getvalue()


def named_alike(count: int, size: int) -> bytes:
    """A .docx with so many parts of one name, each of `size` bytes."""
    out = io.BytesIO(saved(docx.Document()))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for _ in range(count):
            archive.writestr("word/a.xml", b" " * size)
    return out.getvalue()


def lying(size: int) -> bytes:
    """A .docx whose largest part says that it unpacks to 100 bytes."""
    data = bytearray(with_part("word/document.xml", b"<a>" + b" " * size + b"</a>"))
    told = struct.pack("<L", size + 7)
    for place in (data.find(told), data.rfind(told)):
        data[place : place + 4] = struct.pack("<L", 100)
    return bytes(data)


def macros() -> bytes:
    """A .docx with a VBA project."""
    return with_part("word/vbaProject.bin", OLE + b"Attribute VB_Name")


def docm() -> bytes:
    """A .docm: macros, and a main part that says so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(macros())) as source, zipfile.ZipFile(out, "w") as archive:
        for member in source.namelist():
            plain, enabled = (
                b"vnd.openxmlformats-officedocument.wordprocessingml.document.main",
                b"vnd.ms-word.document.macroEnabled.main",
            )
            archive.writestr(member, source.read(member).replace(plain, enabled))
    return out.getvalue()


def odt(content: str) -> bytes:
    """An .odt with this body."""
    names = {
        "office": "office",
        "text": "text",
        "draw": "drawing",
        "svg": "svg-compatible",
    }
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in names.items()
    )
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    kind = "application/vnd.oasis.opendocument.text"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{manifest}" m:version="1.3">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'office:version="1.3"><office:body><office:text>{content}</office:text></office:body></office:document-content>',
        )
    return out.getvalue()


def pdf(pages: int = 1, *, password: str = "", drawing: bytes = b"") -> bytes:
    """A PDF without text: blank pages, or `drawing` on the first."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if drawing:
        stream = ContentStream(None, None)
        stream.set_data(drawing)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page = writer.pages[0]
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def text_pdf(line: str) -> bytes:
    """A PDF with one line of Latin text."""
    return pdf(drawing=f"BT /F 12 Tf 72 720 Td ({line}) Tj ET".encode())


def bomb_pdf(size: int) -> bytes:
    """A PDF whose page unpacks to `size` bytes."""
    body = zlib.compress(b"BT " + b" " * size + b" ET", 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(body) + body + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 5/Root 1 0 R>>startxref\n%d\n%%%%EOF" % len(out)
    )
