"""Who may do what: role × whose draft it is × action, each through the real server as a browser does it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from drafter import editing
from drafter.accounts.audit import Audit
from drafter.accounts.model import ACTIONS, MAY
from drafter.store import Saved
from drafter.web.form import FIELDS, form_of
from drafter.web.words import words_in
from drafter.writing.sent import Sent
from tests.makers import brief_of, template_draft
from tests.web.served import Site, Visitor

DRAFT, DOCTYPE = template_draft(brief_of({"text": "清理河道12公里", "topic": "河道保洁"}))
SECTION = next(section for section in DRAFT.sections if section.written)
"""The one that a page has in hand when it opens."""
FORM = [getattr(form_of(DRAFT.brief), name) for name in FIELDS]

MATRIX = {
    "list": "staff editor reviewer admin",
    "read": "staff editor reviewer admin",
    "export": "staff editor reviewer admin",
    "sent": "staff editor reviewer admin",
    "draft": "staff editor admin",
    "edit": "staff editor admin",
    "submit": "staff editor admin",
    "settle": "staff editor admin",
    "rewrite": "editor admin",
    "lock": "editor admin",
    "delete": "editor admin",
    "undelete": "editor admin",
    "remark": "reviewer",
    "return": "reviewer",
    "approve": "reviewer",
    "learn": "admin",
    "accounts": "admin",
}
"""Who may do what with a draft of the own unit, written out a second time: a slip in the program shows."""

ROLES = ("staff", "editor", "reviewer", "admin")
OPENED = ("edit", "submit", "settle", "rewrite", "lock", "remark", "return", "approve")
"""What is done on a page that shows the draft."""
OWN_THINGS = ("draft", "learn", "accounts")
"""What concerns no draft that is there already."""


def made(site: Site, action: str) -> Saved:
    """A draft of 甲局 that is ready for the action."""
    saved = site.store.create(DRAFT, "别人", "生成", owner="甲局")
    if action == "settle":
        site.store.remark(saved.id, SECTION.id, "请补充", "审")
    if action == "undelete":
        site.store.delete(saved.id)
    if action == "sent":
        sent = Sent(
            time=datetime.datetime.now(datetime.UTC), host="model.example", model="m", section=SECTION.id,
            messages=[("user", "清理河道")], masked={},
        )  # fmt: skip
        site.store.note_sent(saved.id, [sent])
    if action in ("return", "approve"):
        saved = site.store.pass_on(saved, "submitted", "别人", "送审")
    return saved


def attempt(person: Visitor, action: str, draft: Saved, opened: Callable[[], None]) -> bool:
    """Do it as the page does, `opened` between opening the page and the deed; whether it was done."""
    store, query = person.site.store, f"?id={draft.id}"
    page = "ReviewPage" if action in ("remark", "return", "approve") else "EditPage"
    typed = [None, SECTION.text, "冒名"]
    person.turn_page()
    if action in OPENED:
        given = [None, ""] if page == "ReviewPage" else [None, {}, ""]
        person.event(page, "_open", given, query=query)
    opened()
    match action:
        case "list":
            return draft.id in str(person.event("DraftsPage", "_open", []))
        case "read":
            shown = [
                "12公里" in str(person.event("EditPage", "_open", [None, {}, ""], query=query)),
                "12公里" in str(person.event("ReviewPage", "_open", [None, ""], query=query)),
                "12公里"
                in str(person.event("DraftPage", "_open", [None, {}, {}], query=f"?copy={draft.id}")),
            ]
            assert len(set(shown)) == 1
            return shown[0]
        case "export":
            answer = person.get(f"/export{query}&revision=1")
            return answer.status_code == 200 and answer.content.startswith(b"PK")
        case "sent":
            return "model.example" in str(person.event("EditPage", "_open", [None, {}, ""], query=query))
        case "draft":
            before = len(store.drafts())
            person.event("DraftPage", "_generate", [None, {}, *FORM])
            return len(store.drafts()) == before + 1
        case "edit":
            person.event("EditPage", "_save", [None, f"{SECTION.text}补充。", "冒名"])
            return store.load(draft.id).number == 2
        case "submit":
            person.event("EditPage", "_submit", typed)
            return store.load(draft.id).status == "submitted"
        case "settle":
            (remark,) = store.remarks(draft.id)
            person.event("EditPage", "_settle", typed, {"key": remark.key})
            return store.remarks(draft.id)[0].settled
        case "rewrite":
            shown = str(person.event("EditPage", "_rewrite", [*typed, None, None]))
            return words_in("zh")("edit.same") in shown
        case "lock":
            person.event("EditPage", "_toggle_lock", typed)
            return editing.section_of(store.load(draft.id).draft, SECTION.id).locked
        case "delete" | "undelete":
            gone = action == "delete"
            person.event("DraftsPage", "_remove" if gone else "_undelete", [""], {"id": draft.id})
            return draft.id in {one.id for one in store.drafts(deleted=gone)}
        case "remark":
            person.event("ReviewPage", "_add", [None, "冒名", "请补充"])
            return [one.author for one in store.remarks(draft.id)] == ["审核人"]
        case "return" | "approve":
            person.event("ReviewPage", f"_{action}", [None, "冒名"])
            return store.load(draft.id).status == {"return": "returned", "approve": "approved"}[action]
        case "learn":
            person.check("工作总结\n一、工作情况\n巡河9次。")
            name = f"of-{person.page}"
            person.event("CheckPage", "_learn", [None, "新文种", name])
            return (person.site.settings.own_types / name).is_dir()
        case "accounts":
            return person.get("/accounts").status_code == 200
    raise AssertionError(action)


def stay() -> None:
    """Nothing happens between opening a page and using it."""


@contextmanager
def away(site: Site, login: str) -> Iterator[Callable[[], None]]:
    """What moves a person to another unit, until the end of the block."""
    before = site.users.find(login)
    assert before
    try:
        yield lambda: site.users.move(login, name=before.name, unit="丙局", by="test")
    finally:
        site.users.move(login, name=before.name, unit=before.unit, by="test")


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, Visitor]:
    """Everybody of 甲局, logged in."""
    return {role: Visitor(site, role) for role in ROLES}


def test_the_matrix_names_every_action_and_the_program_holds_it() -> None:
    assert set(MATRIX) == set(ACTIONS)
    assert {action: {role for role in ROLES if action in MAY[role]} for action in ACTIONS} == {
        action: set(who.split()) for action, who in MATRIX.items()
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", MATRIX)
def test_in_the_own_unit_the_role_decides(
    site: Site, people: dict[str, Visitor], action: str, role: str
) -> None:
    allowed = role in MATRIX[action].split()
    assert attempt(people[role], action, made(site, action), stay) is allowed


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", [name for name in MATRIX if name not in OWN_THINGS])
def test_with_another_units_draft_nobody_does_anything(
    site: Site, people: dict[str, Visitor], action: str, role: str
) -> None:
    draft = made(site, action)
    with away(site, role) as leave:
        leave()
        assert not attempt(people[role], action, draft, stay)
        assert site.store.load(draft.id) == draft


@pytest.mark.parametrize("role", ROLES)
def test_a_page_still_open_says_so_in_a_sentence(site: Site, people: dict[str, Visitor], role: str) -> None:
    draft, who = made(site, "read"), people[role]
    for page, given, pick in (
        ("EditPage", [None, {}, ""], [None, SECTION.text, ""]),
        ("ReviewPage", [None, ""], [None]),
    ):
        who.turn_page()
        who.event(page, "_open", given, query=f"?id={draft.id}")
        with away(site, role) as leave:
            leave()
            shown = str(who.event(page, "_pick", pick, {"section": SECTION.id}))
        assert "没有这份文稿" in shown
        assert "12公里" not in shown


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", OPENED)
def test_a_page_that_was_open_when_one_left_the_unit_does_nothing_any_more(
    site: Site, people: dict[str, Visitor], action: str, role: str
) -> None:
    draft = made(site, action)
    with away(site, role) as leave:
        assert not attempt(people[role], action, draft, leave)
        assert site.store.load(draft.id) == draft


def test_anothers_draft_is_answered_like_one_that_is_not_there(site: Site) -> None:
    draft, stranger = made(site, "read"), Visitor(site, "stranger")
    for path in ("/export?id={}&revision=1", "/export?id={}&revision=7"):
        there, nowhere = (stranger.get(path.format(id)) for id in (draft.id, "AAAAAAAAAAAA"))
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text) == (404, there.text)
    for page, given in (("EditPage", [None, {}, ""]), ("ReviewPage", [None, ""])):
        answers = [
            str(stranger.event(page, "_open", given, query=f"?id={id}")) for id in (draft.id, "AAAAAAAAAAAA")
        ]
        assert answers[0] == answers[1]
        assert "没有这份文稿" in answers[0]


def test_whoever_has_an_account_signs_with_its_name(site: Site, people: dict[str, Visitor]) -> None:
    draft = made(site, "edit")
    assert attempt(people["staff"], "edit", draft, stay)
    assert [one.author for one in site.store.history(draft.id)] == ["起草人", "别人"]


def test_nobody_approves_what_he_has_written(site: Site, people: dict[str, Visitor]) -> None:
    draft = site.store.create(DRAFT, "审核人", "生成", owner="甲局")
    draft = site.store.pass_on(draft, "submitted", "别人", "送审")
    people["reviewer"].turn_page()
    people["reviewer"].event("ReviewPage", "_open", [None, ""], query=f"?id={draft.id}")
    shown = people["reviewer"].event("ReviewPage", "_approve", [None, ""])
    assert "不能由您通过" in str(shown)
    assert site.store.load(draft.id).status == "submitted"


def test_the_list_shows_the_own_unit_only(site: Site) -> None:
    site.store.create(DRAFT.model_copy(update={"title": "乙局的文稿"}), "外人", "生成", owner="乙局")
    made(site, "list")
    assert "乙局的文稿" in str(Visitor(site, "stranger").event("DraftsPage", "_look", [""]))
    for role in ROLES:
        assert "乙局的文稿" not in str(Visitor(site, role).event("DraftsPage", "_look", [""]))
        assert "乙局的文稿" not in str(Visitor(site, role).event("DraftsPage", "_look", ["乙局"]))


def test_exports_and_refusals_are_written_down_without_content(
    site: Site, people: dict[str, Visitor]
) -> None:
    draft = made(site, "export")
    attempt(people["staff"], "export", draft, stay)
    attempt(people["staff"], "delete", draft, stay)
    newest = [(one.who, one.event, one.about) for one in Audit(site.store.engine).newest(2)]
    assert newest == [("staff", "refused", "delete"), ("staff", "export", f"{draft.id} 1")]
