"""下载: every file leaves here, and only for whoever may have it."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from drafter.accounts.view import Stores
from drafter.config import Settings
from drafter.houses import exported
from drafter.model import Note, Origin
from drafter.store import Saved
from drafter.web.asking import person_of, words_of
from drafter.web.form import file_name
from drafter.web.shelf import Shelf

TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
}
"""Media types of what is downloaded, by ending."""


def address_of(saved: Saved) -> str:
    """Where a revision is downloaded as a copy for review."""
    return f"/export?id={saved.id}&revision={saved.number}"


class Downloads:
    """The routes: a revision of a draft as a .docx, made when it is asked for; what is on the shelf."""

    def __init__(self, settings: Settings, stores: Stores, shelf: Shelf) -> None:
        self._settings, self._stores, self._shelf = settings, stores, shelf
        self.router = APIRouter()
        self.router.add_api_route("/export", self._export, methods=["GET"], response_model=None)
        self.router.add_api_route("/result/{token}", self._result, methods=["GET"], response_model=None)

    def _export(self, request: Request, id: str, revision: int) -> Response:
        """A revision, with the remarks that are still open as comments. Raises StoreError, Refused."""
        store = self._stores(person_of(request))
        saved = store.export(id, revision)
        notes = [
            Note(section=one.section, author=one.author, text=one.text)
            for one in store.remarks(id)
            if not one.settled
        ]
        fallback = words_of(request)("file.fallback")
        name = quote(file_name(saved.draft.title, fallback), safe="")
        return Response(
            exported(
                self._settings,
                saved.draft,
                notes=notes,
                origin=Origin(draft=saved.id, number=saved.number),
            ),
            media_type=TYPES[".docx"],
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    def _result(self, request: Request, token: str) -> Response:
        path = self._shelf.take(token, person_of(request))
        return FileResponse(path, media_type=TYPES.get(path.suffix), filename=path.name)
