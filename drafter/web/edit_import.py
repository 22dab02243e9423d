"""The editing page's way to take in a document that was downloaded here and edited elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr

from drafter import intake
from drafter.accounts.office import Office
from drafter.errors import DrafterError, InputError
from drafter.returning.importing import examine, keep
from drafter.review.document import MAX_BYTES, source_of
from drafter.store import Conflict
from drafter.web import edit_views as views
from drafter.web.asking import words_of
from drafter.web.edit_desk import Desk, EditDesk, Updates
from drafter.web.words import Words


class ImportRoom(EditDesk):
    """Shows what a returned file changes, and takes what the person ticked."""

    def _examine(self, request: gr.Request, desk: Desk, text: str, author: str, path: str | None) -> Updates:
        """Hold an uploaded file against the draft; nothing is changed yet."""
        words, office = words_of(request), self._office(request)
        if desk.saved is None or not path:
            return {}
        try:
            self._keep(office, desk, text, author, words)
            source = source_of(intake.read_bytes(Path(path), MAX_BYTES), Path(path).name)
            if source.docx is None:
                raise InputError(words("import.not_word"))
            desk.file = source.docx
            shown = self._compared(office, desk, words)
        except Conflict as error:
            shown = self._others_first(office, desk, words, error)
        except DrafterError as error:
            said = f"{error.what}；{error.mend}" if error.mend else error.what
            shown = {self.status: views.status(words, said, "bad")}
        return shown | {self.upload: gr.update(value=None)}

    def _compared(self, office: Office, desk: Desk, words: Words, said: str = "", tone: str = "") -> Updates:
        """The file in hand against the newest revision."""
        assert desk.saved is not None
        desk.proposal, desk.returned = (), None
        one = examine(desk.file, office, self._type_of, desk.saved.id)
        desk.saved = one.saved
        self._take_in_hand(one.saved, desk)
        if one.changes or one.comments or one.tracked or one.checklist or one.beside or one.pictures:
            desk.returned = one
        return self._show(office, desk, words, said if desk.returned else words("import.none"), tone)

    def _take(self, request: gr.Request, desk: Desk, text: str, author: str, picked: str) -> Updates:
        """Take the ticked changes as one revision, unless the draft was changed since they were shown."""
        words, office = words_of(request), self._office(request)
        one = desk.returned
        if one is None or desk.saved is None:
            return {}
        given = json.loads(picked)
        try:
            self._keep(office, desk, text, author, words)
            if desk.saved.number != one.saved.number:
                return self._compared(office, desk, words, words("import.again"), "bad")
            saved, taken = keep(
                office,
                self._type_of,
                one,
                set(given["keys"]),
                given["places"],
                author,
                words("what.imported"),
            )
        except Conflict:
            return self._compared(office, desk, words, words("import.again"), "bad")
        except DrafterError as error:
            return {self.status: views.status(words, str(error), "bad")}
        desk.saved, desk.returned = saved, None
        self._take_in_hand(saved, desk)
        left = len(one.changes) - len(taken.keys)
        return self._show(office, desk, words, words("import.done", taken=len(taken.keys), left=left))

    def _drop(self, request: gr.Request, desk: Desk) -> Updates:
        words, office = words_of(request), self._office(request)
        desk.returned = None
        shown = self._show(office, desk, words, words("import.dropped"))
        del shown[self.text]
        return shown
