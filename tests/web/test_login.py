"""Logging in and out: cookies, limits, expiry, single sign-on, one's own password, everybody's accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from drafter.accounts.audit import Audit
from drafter.accounts.sessions import TRIES_PER_ACCOUNT
from tests.web.served import PASSWORD, Site, Visitor, served

NEW = "another good battery"


def test_a_login_leads_to_the_page_that_was_asked_for(site: Site) -> None:
    visitor = Visitor(site)
    asked = visitor.get("/edit?id=abc")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/edit%3Fid%3Dabc")
    assert 'value="/edit?id=abc"' in visitor.get(asked.headers["location"]).text
    assert visitor.log_in("editor", next="/edit?id=abc").headers["location"] == "/edit?id=abc"


@pytest.mark.parametrize(
    "after",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/logout", "/x", "/\nx", "javascript:1"],
)
def test_a_login_leads_nowhere_else(site: Site, after: str) -> None:
    assert Visitor(site).log_in("editor", next=after).headers["location"] == "/"
    assert Visitor(site, "editor").get(f"/login?next={quote(after)}").headers["location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    (cookie,) = Visitor(site).log_in("editor").headers.get_list("set-cookie")
    assert cookie.startswith("drafter=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_wrong_password_and_an_unknown_name_are_told_alike(site: Site) -> None:
    said = []
    for login in ("editor", "nobody-of-that-name"):
        answer = Visitor(site).log_in(login, "wrong wrong wrong")
        assert answer.status_code == 403
        said.append(re.search(r'role="alert">(.*?)<', answer.text)[1])  # type: ignore[index]
    assert said[0] == said[1] == "登录名或密码不对；请重新输入，忘记密码时请联系管理员"


def test_what_was_typed_is_shown_as_text(site: Site) -> None:
    answer = Visitor(site).log_in('"><script>alert(1)</script>', next='"><script>')
    assert "<script>" not in answer.text


def test_a_login_always_makes_a_new_session(site: Site) -> None:
    visitor = Visitor(site)
    visitor.client.cookies.set("drafter", "planted", "127.0.0.1", "/")
    visitor.log_in("editor")
    first = visitor.client.cookies["drafter"]
    assert first != "planted"
    visitor.log_in("editor")
    assert visitor.client.cookies["drafter"] != first
    old = Visitor(site)
    old.client.cookies.set("drafter", first)
    assert old.get("/").status_code == 303


def test_after_logging_out_the_cookie_is_worth_nothing(site: Site) -> None:
    visitor = Visitor(site, "editor")
    token = visitor.client.cookies["drafter"]
    answer = visitor.client.post("/logout")
    assert answer.headers["location"] == "/login?out=1"
    assert answer.headers["clear-site-data"] == '"storage"'
    visitor.client.cookies.set("drafter", token)
    assert visitor.get("/").status_code == 303
    assert visitor.client.post("/gradio_api/run/predict", json={}).status_code == 401


def test_too_many_failures_close_the_account_for_a_while_and_no_other(tmp_path: Path) -> None:
    with served(tmp_path, works=False) as busy:
        for login in ("zhang", "li"):
            busy.users.add(login, PASSWORD, name=login, unit="甲局", role="admin", by="test")
        for _ in range(TRIES_PER_ACCOUNT):
            assert "登录名或密码不对" in Visitor(busy).log_in("zhang", "wrong wrong wrong").text
        answer = Visitor(busy).log_in("zhang")
        assert (answer.status_code, "15分钟后再试" in answer.text) == (403, True)
        assert Visitor(busy).log_in("li").status_code == 303


def test_a_person_changes_the_password_and_other_sessions_end(site: Site) -> None:
    site.users.add("wang", PASSWORD, name="王", unit="甲局", role="staff", by="test")
    here, elsewhere = Visitor(site, "wang"), Visitor(site, "wang")
    given = {"old": PASSWORD, "new": NEW, "again": NEW}
    assert "不同" in here.client.post("/password", data=given | {"again": "x"}).text
    assert "密码不对" in here.client.post("/password", data=given | {"old": "x"}).text
    short = here.client.post("/password", data=given | {"new": "short", "again": "short"})
    assert (short.status_code, "10" in short.text) == (400, True)
    assert here.client.post("/password", data=given).status_code == 303
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303
    assert Visitor(site).log_in("wang", NEW).status_code == 303


def test_an_administrator_keeps_the_accounts(site: Site) -> None:
    admin = Visitor(site, "admin")
    new = {"login": "zhao", "name": "赵", "unit": "甲局", "role": "staff", "password": PASSWORD}
    assert admin.client.post("/accounts", data=new | {"act": "add"}).status_code == 303
    assert "赵" in admin.get("/accounts?done=1").text
    assert "已有账号" in admin.client.post("/accounts", data=new | {"act": "add"}).text
    zhao = Visitor(site, "zhao")
    assert zhao.get("/accounts").status_code == 404
    change = {"login": "zhao", "name": "赵一", "unit": "乙局", "role": "admin", "act": "save"}
    assert admin.client.post("/accounts", data=change).status_code == 303
    assert zhao.get("/accounts").status_code == 200
    reset = {"login": "zhao", "password": NEW, "act": "password"}
    assert admin.client.post("/accounts", data=reset).status_code == 303
    assert zhao.get("/").status_code == 303
    assert Visitor(site).log_in("zhao", NEW).status_code == 303
    assert admin.client.post("/accounts", data={"login": "zhao", "act": "disable"}).status_code == 303
    assert Visitor(site).log_in("zhao", NEW).status_code == 403
    assert admin.client.post("/accounts", data={"login": "zhao", "act": "enable"}).status_code == 303
    assert "不认识的操作" in admin.client.post("/accounts", data={"act": "drop"}).text
    noted = [(one.who, one.event, one.about) for one in Audit(site.store.engine).newest(40)]
    for event, about in (("role", "zhao admin"), ("disabled", "zhao"), ("user added", "zhao staff 甲局")):
        assert ("admin", event, about) in noted


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An application behind a proxy on this machine that has logged people in."""
    folder = tmp_path_factory.mktemp("sso")
    named = {f"sso_{name}_header": f"X-Remote-{name.title()}" for name in ("name", "unit", "role")}
    with served(folder, sso_proxy="127.0.0.0/8", **named, works=False) as running:
        running.users.add("known", PASSWORD, name="有账号", unit="甲局", role="editor", by="test")
        running.users.add("boss", PASSWORD, name="管理", unit="甲局", role="admin", by="test")
        running.users.add("gone", PASSWORD, name="已走", unit="甲局", role="staff", by="test")
        running.users.set_active("gone", False, by="test")
        yield running


def shown(site: Site, **headers: str) -> str:
    """The head of the list, as a person sees it whom the proxy names."""
    visitor = Visitor(site, **{f"X-Remote-{name}": quote(value) for name, value in headers.items()})
    return str(visitor.event("DraftsPage", "_open", []))


def test_the_proxy_names_a_person_with_unit_and_role(behind: Site) -> None:
    assert "张三（丙局\u3000审核）" in shown(
        behind, User="zs", Name="张三", Unit="丙局", Role="reviewer"
    ).replace("\\u3000", "\u3000")
    assert "有账号（甲局" in shown(behind, User="Known")
    assert "/logout" not in shown(behind, User="known")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"User": "unknown"}, "还没有单位或角色"),
        ({"User": "unknown", "Unit": "甲局"}, "还没有单位或角色"),
        ({"User": "unknown", "Unit": "甲局", "Role": "king"}, "还没有单位或角色"),
        ({"User": "gone", "Unit": "甲局", "Role": "staff"}, "已停用"),
    ],
)
def test_whom_the_proxy_names_in_vain_is_told_why(behind: Site, headers: dict[str, str], said: str) -> None:
    answer = Visitor(behind, **{f"X-Remote-{name}": quote(value) for name, value in headers.items()}).get("/")
    assert (answer.status_code, said in answer.text) == (403, True)


def test_a_header_that_the_settings_do_not_name_gives_nothing(tmp_path: Path) -> None:
    with served(tmp_path, sso_proxy="127.0.0.1", works=False) as plain:
        plain.users.add("known", PASSWORD, name="有账号", unit="甲局", role="staff", by="test")
        visitor = Visitor(plain, **{"X-Remote-User": "known", "X-Remote-Role": "admin"})
        assert visitor.get("/").status_code == 200
        assert visitor.get("/accounts").status_code == 404


def test_a_header_given_twice_is_refused(behind: Site) -> None:
    visitor = Visitor(behind)
    twice = [("Origin", behind.url), ("X-Remote-User", "boss"), ("X-Remote-User", "known")]
    assert visitor.client.get("/", headers=twice).status_code == 403


def test_headers_from_anybody_else_are_refused(tmp_path: Path) -> None:
    with served(tmp_path, sso_proxy="192.0.2.7", works=False) as direct:
        direct.users.add("boss", PASSWORD, name="管理", unit="甲局", role="admin", by="test")
        assert Visitor(direct, **{"X-Remote-User": "boss"}).get("/").status_code == 403
        spoofed = Visitor(direct, **{"X-Remote-User": "boss", "X-Forwarded-For": "192.0.2.7"})
        assert spoofed.get("/accounts").status_code == 403
        assert Audit(direct.store.engine).newest(1)[0].event == "spoofed"
        assert Visitor(direct, "boss").get("/accounts").status_code == 200


def test_without_single_sign_on_such_headers_mean_nothing(site: Site) -> None:
    assert Visitor(site, **{"X-Remote-User": "admin", "X-Remote-Role": "admin"}).get("/").status_code == 303


def test_behind_a_trusted_proxy_the_browsers_own_address_and_scheme_count(tmp_path: Path) -> None:
    with served(tmp_path, proxies="127.0.0.1", works=False) as proxied:
        proxied.users.add("boss", PASSWORD, name="管理", unit="甲局", role="admin", by="test")
        forwarded = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "gongwen.example",
            "X-Forwarded-For": "198.51.100.66, 203.0.113.5",
            "Origin": "https://gongwen.example",
        }
        visitor = Visitor(proxied, **forwarded)
        (cookie,) = visitor.log_in("boss").headers.get_list("set-cookie")
        assert cookie.startswith("__Host-drafter=")
        assert "Secure" in cookie
        assert Audit(proxied.store.engine).newest(1)[0].address == "203.0.113.5"
    with served(tmp_path, works=False) as direct:
        visitor = Visitor(direct, **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.5"})
        (cookie,) = visitor.log_in("boss").headers.get_list("set-cookie")
        assert cookie.startswith("drafter=")
        assert Audit(direct.store.engine).newest(1)[0].address == "127.0.0.1"
