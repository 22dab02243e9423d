"""The store as one person may use it: the only place that decides who may do what with which draft.

Every page gets its store from here. It has the methods of drafter.store.Store; what a person may not see is
as though it were not there, and what the role does not allow raises Refused. Whoever has an account signs
with the account's name, whatever the caller gives as author.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drafter.accounts.audit import Audit
from drafter.accounts.model import Action, Person, Refused
from drafter.model import Draft
from drafter.store import Remark, Saved, Status, Step, Store, StoreError, Summary
from drafter.writing.sent import Sent

STEP: dict[Status, Action] = {"submitted": "submit", "returned": "return", "approved": "approve"}
"""What a step to another status is."""


class AuthorisedStore:
    """The drafts of a person's unit, for what the person's role allows."""

    def __init__(self, store: Store, person: Person) -> None:
        self._store, self.person = store, person
        self._audit = Audit(store.engine)
        self._own: set[str] = set()
        """Drafts that were found to be the unit's: they stay its."""

    def allow(self, action: Action) -> None:
        """Raise Refused when the role does not allow `action`, and write that down."""
        try:
            self.person.needs(action)
        except Refused:
            self._audit.note(self.person.login, "refused", action)
            raise

    def create(self, draft: Draft, author: str, what: str, why: str = "") -> Saved:
        """A new draft of the person's unit."""
        self.allow("draft")
        return self._store.create(draft, self._name(author), what, why, owner=self.person.unit)

    def load(self, draft_id: str) -> Saved:
        """The newest revision of a draft."""
        self._reach("read", draft_id)
        return self._store.load(draft_id)

    def revision(self, draft_id: str, number: int) -> Saved:
        """One revision of a draft."""
        self._reach("read", draft_id)
        return self._store.revision(draft_id, number)

    def history(self, draft_id: str) -> list[Saved]:
        """All revisions of a draft, the newest first."""
        self._reach("read", draft_id)
        return self._store.history(draft_id)

    def steps(self, draft_id: str) -> list[Step]:
        """All revisions of a draft without their texts, the newest first."""
        self._reach("read", draft_id)
        return self._store.steps(draft_id)

    def remarks(self, draft_id: str) -> list[Remark]:
        """The remarks on a draft."""
        self._reach("read", draft_id)
        return self._store.remarks(draft_id)

    def sent(self, draft_id: str) -> list[Sent]:
        """What was sent to a model service elsewhere for a draft."""
        self._reach("sent", draft_id)
        return self._store.sent(draft_id)

    def export(self, draft_id: str, number: int) -> Saved:
        """A revision that is to leave as a file, which is written down."""
        self._reach("export", draft_id)
        saved = self._store.revision(draft_id, number)
        if self.person.role is not None:
            self._audit.note(self.person.login, "export", f"{draft_id} {number}")
        return saved

    def save(self, base: Saved, draft: Draft, author: str, what: str, why: str = "") -> Saved:
        """A revision made on `base`."""
        self._reach("edit", base.id)
        self._keeps_locks(base, draft)
        return self._store.save(base, draft, self._name(author), what, why)

    def undo(self, base: Saved, author: str) -> Saved:
        """As the draft was before `base`."""
        self._back(base, base.undo)
        return self._store.undo(base, self._name(author))

    def redo(self, base: Saved, author: str) -> Saved:
        """Take back the undoing that `base` was."""
        self._back(base, base.redo)
        return self._store.redo(base, self._name(author))

    def restore(self, base: Saved, number: int, author: str) -> Saved:
        """As the draft was at revision `number`."""
        self._back(base, number)
        return self._store.restore(base, number, self._name(author))

    def rewrite(self, draft_id: str) -> None:
        """Whether the person may have a section written anew. Raises Refused, StoreError."""
        self._reach("rewrite", draft_id)

    def pass_on(self, base: Saved, status: Status, author: str, what: str, why: str = "") -> Saved:
        """Submit, return or approve; nobody approves what he has written himself."""
        self._reach(STEP.get(status, "edit"), base.id)
        name = self._name(author)
        if status == "approved" and self.person.role and name in self._store.writers(base.id):
            self._audit.note(self.person.login, "refused", f"approve {base.id}")
            raise Refused("这份文稿您写过或改过，不能由您通过", mend="请由其他审核人通过")
        return self._store.pass_on(base, status, name, what, why)

    def remark(self, draft_id: str, section: str, text: str, author: str) -> None:
        """Keep a reviewer's remark on a section."""
        self._reach("remark", draft_id)
        self._store.remark(draft_id, section, text, self._name(author))

    def bring_remark(self, draft_id: str, section: str, text: str, author: str) -> None:
        """Keep a comment that stood in an edited file, under its writer's name and who brought it."""
        self._reach("edit", draft_id)
        brought = author if self.person.role is None else f"{author}（{self.person.name}导入）"
        self._store.remark(draft_id, section, text, brought)

    def settle(self, draft_id: str, key: int) -> None:
        """Note that a remark has been seen to."""
        self._reach("settle", draft_id)
        self._store.settle(draft_id, key)

    def note_sent(self, draft_id: str, sent: Sequence[Sent]) -> None:
        """Keep what was sent to a model service for a draft the person may read."""
        self._reach("read", draft_id)
        self._store.note_sent(draft_id, sent)

    def drafts(self, words: str = "", deleted: bool = False) -> list[Summary]:
        """The drafts of the person's unit; all of them on a machine without accounts."""
        self.allow("list")
        owner = None if self.person.role is None else self.person.unit
        return self._store.drafts(words, deleted, owner=owner)

    def delete(self, draft_id: str) -> None:
        """Take a draft off the list."""
        self._reach("delete", draft_id)
        self._store.delete(draft_id)

    def undelete(self, draft_id: str) -> None:
        """Put a deleted draft on the list again."""
        self._reach("undelete", draft_id)
        self._store.undelete(draft_id)

    def _reach(self, action: Action, draft_id: str) -> None:
        """Raise StoreError unless it is a draft of the person's unit, as for one that is not there; Refused
        when the role does not allow `action`.
        """
        if self.person.role is None:
            return
        if draft_id not in self._own:
            self._find(action, draft_id)
        self.allow(action)

    def _find(self, action: Action, draft_id: str) -> None:
        """Raise StoreError unless it is a draft of the person's unit, and write that down."""
        try:
            owner = self._store.owner(draft_id)
        except StoreError:
            owner = None
        if owner != self.person.unit:
            self._audit.note(self.person.login, "refused", f"{action} {draft_id}")
            # The store's own words for a draft that is not there.
            self._store.owner("")
        self._own.add(draft_id)

    def _back(self, base: Saved, number: int) -> None:
        """Whether the person may go to another revision of a draft; there may be none (0)."""
        self._reach("edit", base.id)
        if number:
            self._keeps_locks(base, self._store.revision(base.id, number).draft)

    def _keeps_locks(self, base: Saved, draft: Draft) -> None:
        """To lock or unlock a section needs more than to edit."""
        if _locks(draft) != _locks(base.draft):
            self.allow("lock")

    def _name(self, author: str) -> str:
        return author if self.person.role is None else self.person.name


Stores = Callable[[Person], AuthorisedStore]
"""Whence the pages get their store: there is none without a person."""


def _locks(draft: Draft) -> set[str]:
    return {section.id for section in draft.sections if section.locked}
