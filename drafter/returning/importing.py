"""Brings a returned file together with the draft it belongs to, and keeps what is taken as a revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from drafter.accounts.view import AuthorisedStore
from drafter.docx.returned import read_returned
from drafter.docx.writer import COMMENTATOR, write
from drafter.errors import InputError
from drafter.model import DocType, Draft, FileComment, Record, Returned, Tracked
from drafter.printed import lines
from drafter.returning.compare import Change, compare
from drafter.returning.match import Matched, match
from drafter.returning.take import Taken, take
from drafter.returning.texts import likeness, plain
from drafter.store import Remark, Saved

LEAST_ALIKE = 0.5
"""How much a file that names no revision must have in common with one, 0 to 1, to be taken for it."""
LONGEST_QUOTE = 30
"""Characters that are quoted of what a comment stands at."""


class Placed(Record):
    """What somebody did or said in a file, and the section where: its id, and its name for a person."""

    section: str
    label: str
    author: str
    text: str
    what: str = ""


class Import(Record):
    """A returned file held against its draft.

    `saved` is the newest revision, `base` the number of the one that the file shows (`known`: as the file
    says; else the likeliest). `comments` are those not kept yet. `checklist` holds what somebody filled in on
    the checklist page, `beside` footnotes and endnotes, `pictures` and `tables` how many there are of them:
    none of that is text of a draft.
    """

    saved: Saved
    base: int
    known: bool
    changes: tuple[Change, ...]
    comments: tuple[Placed, ...] = ()
    tracked: tuple[Placed, ...] = ()
    checklist: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    pictures: int = 0
    tables: bool = False

    @property
    def editors(self) -> tuple[str, ...]:
        """Who made tracked changes, in order."""
        return tuple(dict.fromkeys(one.author for one in self.tracked if one.author))

    @property
    def plain_keys(self) -> frozenset[str]:
        """The changes that nothing stands against."""
        return frozenset(change.key for change in self.changes if change.state == "free")


TypeOf = Callable[[Draft], DocType]


def examine(data: bytes, store: AuthorisedStore, type_of: TypeOf, draft_id: str = "") -> Import:
    """Hold a file against its draft; `draft_id` says which where the file does not.

    Raises InputError for a file that cannot be read or is another draft's, StoreError for an unknown draft.
    """
    returned = read_returned(data)
    saved = store.load(draft_id) if draft_id else None
    origin = returned.origin
    theirs = store.history(origin.draft) if origin and origin.draft != draft_id else []
    if origin and origin.draft != draft_id and not theirs:
        origin = None
    if origin and draft_id and origin.draft != draft_id:
        raise InputError("这个文件是另一份文稿导出的", mend="请打开那份文稿再导入")
    if saved is None:
        if origin is None:
            raise InputError("看不出这个文件是哪一份文稿导出的", mend="请指明是哪一份")
        saved = store.load(origin.draft)
    history = theirs or store.history(saved.id)
    base = next((one for one in history if origin and one.number == origin.number), None)
    known = base is not None
    base = base or _likeliest(returned, history)
    doctype = type_of(saved.draft)
    matched = match(returned, base.draft, doctype)
    return Import(
        saved=saved,
        base=base.number,
        known=known,
        changes=compare(matched, base.draft, saved.draft, doctype),
        comments=_new_comments(returned, matched, saved, doctype, store.remarks(saved.id)),
        tracked=tuple(_tracked(one, matched, saved.draft, doctype) for one in returned.tracked),
        checklist=_filled_in(returned, base.draft, doctype),
        beside=returned.beside,
        pictures=returned.pictures,
        tables=any(line.table for line in returned.lines),
    )


def keep(
    store: AuthorisedStore,
    type_of: TypeOf,
    one: Import,
    chosen: Collection[str],
    places: Mapping[str, str],
    author: str,
    what: str,
) -> tuple[Saved, Taken]:
    """Keep the chosen changes as one revision, and the file's comments as remarks.

    Raises Conflict when somebody changed the draft since it was examined, StoreError when it is with the
    reviewer.
    """
    taken = take(one.saved.draft, type_of(one.saved.draft), one.changes, chosen, places)
    saved = one.saved
    if taken.draft != saved.draft:
        saved = store.save(saved, taken.draft, author, what, "、".join(one.editors))
    for comment in one.comments:
        store.bring_remark(saved.id, comment.section, comment.text, comment.author)
    return saved, taken


def _likeliest(returned: Returned, history: Sequence[Saved]) -> Saved:
    """The revision, of a draft's newest first, that the file has most in common with.

    Raises InputError when none has enough.
    """
    here = "".join(line.text for line in returned.lines)

    def alike(saved: Saved) -> float:
        return likeness("".join(line.text for line in lines(saved.draft)), here)

    best = max(history, key=alike)
    if alike(best) < LEAST_ALIKE:
        raise InputError("这个文件与文稿的内容对不上", mend="请确认选对了文件和文稿")
    return best


def _new_comments(
    returned: Returned, matched: Matched, saved: Saved, doctype: DocType, remarks: Sequence[Remark]
) -> tuple[Placed, ...]:
    """The comments that somebody made: neither the program's own nor remarks that are kept already."""
    kept = {plain(one.text) for one in remarks}
    placed = [_comment(one, matched, saved.draft, doctype) for one in returned.comments]
    return tuple(
        here
        for one, here in zip(returned.comments, placed, strict=True)
        if one.author != COMMENTATOR and not {plain(one.text), plain(here.text)} & kept
    )


def _comment(one: FileComment, matched: Matched, draft: Draft, doctype: DocType) -> Placed:
    section, label = _place(one.line, matched, draft, doctype)
    quoted = one.quoted.strip()
    if len(quoted) > LONGEST_QUOTE:
        quoted = f"{quoted[:LONGEST_QUOTE]}…"
    text = f"“{quoted}”：{one.text}" if quoted else one.text
    return Placed(section=section or draft.sections[0].id, label=label, author=one.author, text=text)


def _tracked(one: Tracked, matched: Matched, draft: Draft, doctype: DocType) -> Placed:
    section, label = _place(one.line, matched, draft, doctype)
    return Placed(section=section, label=label, author=one.author, text=one.text.strip(), what=one.kind)


def _place(line: int, matched: Matched, draft: Draft, doctype: DocType) -> tuple[str, str]:
    """The id and the name of the section that a line stands in; empty outside of all."""
    owner = matched.owners.get(line, "")
    section = next((one for one in draft.sections if one.id == owner), None)
    return (section.id, doctype.label_of(section)) if section else ("", "")


def _filled_in(returned: Returned, base: Draft, doctype: DocType) -> tuple[str, ...]:
    """The lines of the checklist page that are not as they were printed."""
    if not returned.checklist:
        return ()
    printed = Counter(map(plain, read_returned(write(base, doctype)).checklist))
    filled = []
    for line in map(plain, returned.checklist):
        if printed[line]:
            printed[line] -= 1
        elif line:
            filled.append(line)
    return tuple(filled)
