"""The gate: every route of the application is meant or closed, and what is another's stays another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from drafter.accounts.audit import Audit
from drafter.web.gate import EVENT_BYTES, MEANT, find
from tests.web.served import Site, Visitor, served

CLOSED = set((Path(__file__).parent / "closed_routes.txt").read_text(encoding="utf-8").split())
"""Every route that is closed, «x» for what it leaves open. /logout is Gradio's own, with GET."""


def routes(application: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of every route, with «x» in place of parameters, inside mounts and routers too."""
    for route in application.routes:
        if isinstance(route, Mount):
            yield from routes(route.app, before + route.path)
        elif inner := getattr(route, "original_router", None):
            yield from routes(inner, before)
        else:
            for method in route.methods:
                yield method, before + filled(route.path)


def filled(path: str) -> str:
    """A path of Starlette's with «x» for each {parameter}."""
    while "{" in path:
        start, _, rest = path.partition("{")
        path = f"{start}x{rest.partition('}')[2]}"
    return path


def test_every_route_is_meant_or_closed(site: Site) -> None:
    """A route that a later Gradio adds fails here until somebody has decided what to do with it."""
    assert {path for method, path in routes(site.app) if find(method, path) is None} == CLOSED


def test_what_is_closed_does_not_exist_for_anybody(site: Site) -> None:
    admin = Visitor(site, "admin")
    for method, path in sorted(set(routes(site.app))):
        if find(method, path) is None:
            answer = admin.client.request(method, path)
            assert answer.status_code == 404, (method, path)
            assert method == "HEAD" or answer.json() == {"detail": "没有这个地址"}
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        assert admin.client.request(method, "/").status_code == 404


def test_a_stranger_gets_to_the_login_and_no_further(site: Site) -> None:
    stranger = Visitor(site)
    for method, path in sorted(set(routes(site.app))):
        found = find(method, path)
        if found is None:
            continue
        answer = stranger.client.request(method, path)
        if found[0].check in ("health", "figures") or path in ("/favicon.ico", "/login"):
            assert answer.status_code in (200, 403)
        elif answer.status_code == 303:
            assert answer.headers["location"].startswith("/login")
        else:
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize(
    "path",
    ["//drafts", "/%2e%2e/config", "/assets/../config", "/gradio_api//info", "/GRADIO_API/info", "/edit;x"],
)
def test_another_spelling_opens_nothing(site: Site, path: str) -> None:
    admin = Visitor(site, "admin")
    request = httpx.Request("GET", site.url + "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    request.headers["Cookie"] = f"drafter={admin.client.cookies['drafter']}"
    assert admin.client.send(request).status_code == 404


def test_a_page_belongs_to_whoever_opened_it(site: Site) -> None:
    mine, other = Visitor(site, "editor"), Visitor(site, "stranger")
    mine.event("DraftsPage", "_open", [])
    other.page = mine.page
    for call in (
        lambda: other.event("DraftsPage", "_open", []),
        lambda: other.event("EditPage", "_open", [None, {}, ""]),
        lambda: other.get("/gradio_api/queue/data", params={"session_hash": mine.page}).raise_for_status(),
        lambda: other.get(f"/gradio_api/heartbeat/{mine.page}").raise_for_status(),
    ):
        with pytest.raises(httpx.HTTPStatusError) as caught:
            call()
        assert caught.value.response.status_code == 404


@pytest.mark.parametrize(
    "query", ["", "session_hash=", "session_hash=a/b", "session_hash=a&session_hash=b", "SESSION_HASH=a"]
)
def test_a_stream_names_exactly_one_page(site: Site, query: str) -> None:
    assert Visitor(site, "editor").get(f"/gradio_api/queue/data?{query}").status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"nonsense", b'{"data": []}', b'{"data": [], "session_hash": 7}', b"[" * 100_000]
)
def test_an_event_that_names_no_page_is_refused(site: Site, body: bytes) -> None:
    answer = Visitor(site, "editor").client.post(
        "/gradio_api/run/predict", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 404


def test_an_uploaded_file_is_its_owners_alone(site: Site) -> None:
    mine, other = Visitor(site, "editor"), Visitor(site, "stranger")
    path = mine.upload("内部.txt", "内部材料，巡河9次。".encode())
    assert mine.get(f"/gradio_api/file={path}").text == "内部材料，巡河9次。"
    assert other.get(f"/gradio_api/file={path}").status_code == 404
    given = {"path": path, "meta": {"_type": "gradio.FileData"}}
    assert "巡河9次" in str(mine.check(file=given))
    for hidden in (given, [given], {"a": [{"b": given}]}):
        with pytest.raises(httpx.HTTPStatusError):
            other.check(file=hidden)


def test_an_upload_that_names_no_progress_is_its_owners_too(site: Site) -> None:
    """As Gradio's upload button sends it."""
    editor, other = Visitor(site, "editor"), Visitor(site, "stranger")
    (path,) = editor.client.post("/gradio_api/upload", files={"files": ("稿.docx", b"x")}).json()
    assert editor.get(f"/gradio_api/file={path}").status_code == 200
    assert other.get(f"/gradio_api/file={path}").status_code == 404
    assert (
        editor.client.post("/gradio_api/upload?upload_id=", files={"files": ("a", b"x")}).status_code == 404
    )


def test_no_file_of_the_server_can_be_read(site: Site) -> None:
    admin, database = Visitor(site, "admin"), site.settings.data_dir / "drafts.db"
    for path in ("/etc/passwd", str(database), "https://example.org/", "../../etc/passwd"):
        assert admin.get(f"/gradio_api/file={path}").status_code == 404
        with pytest.raises(httpx.HTTPStatusError):
            given = {"path": path, "meta": {"_type": "gradio.FileData"}}
            admin.check(file=given)


def test_a_document_made_for_one_cannot_be_fetched_by_another(site: Site) -> None:
    mine, other = Visitor(site, "editor"), Visitor(site, "stranger")
    shown = mine.check("工作总结\n一、工作情况\n巡河9次。")
    link = next(one["link"] for one in shown if isinstance(one, dict) and "/result/" in str(one.get("link")))
    answer = mine.get(link)
    assert answer.content.startswith(b"PK")
    assert "attachment" in answer.headers["content-disposition"]
    assert other.get(link).status_code == 404
    assert other.get(link).text == other.get("/result/nothing").text


def test_a_page_of_another_site_changes_nothing(site: Site) -> None:
    editor = Visitor(site, "editor")
    number = site.handler("DraftsPage", "_open")
    body = {"data": [], "fn_index": number, "session_hash": editor.page}
    for said, status in (
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": site.url, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": site.url, "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": site.url, "Sec-Fetch-Site": "same-origin"}, 200),
    ):
        for path in ("/gradio_api/run/predict", "/gradio_api/queue/join", "/gradio_api/upload", "/logout"):
            answer = editor.client.post(path, json=body, headers=said)
            assert (answer.status_code == 403) is (status == 403), (path, said)
            if status == 200:
                break
    assert editor.get("/drafts").status_code == 200
    assert Visitor(site).client.post("/login", data={}, headers={"Origin": "null"}).status_code == 403


def test_what_is_too_large_is_refused_with_a_sentence(tmp_path: Path, site: Site) -> None:
    editor = Visitor(site, "editor")
    big = {"data": ["x" * EVENT_BYTES], "fn_index": 0, "session_hash": editor.page}
    assert editor.client.post("/gradio_api/run/predict", json=big).status_code == 413
    assert Visitor(site).client.post("/login", data={"login": "x" * 70_000}).status_code == 413
    with served(tmp_path, login=False, max_upload_mb=1, works=False) as small:
        somebody = Visitor(small)
        assert somebody.upload("a.txt", b"x" * 1000)
        files = {"files": ("b.txt", b"x" * 2**20)}
        answer = somebody.client.post("/gradio_api/upload?upload_id=a", files=files)
        assert (answer.status_code, "1 MB" in answer.json()["detail"]) == (413, True)
        answer = somebody.client.post(
            "/gradio_api/upload?upload_id=a", content=iter([b"x"]), headers={"Content-Type": "multipart/x"}
        )
        assert answer.status_code == 413


def test_a_machine_without_accounts_serves_itself_alone(tmp_path: Path) -> None:
    with served(tmp_path, login=False, works=False) as alone:
        assert Visitor(alone).get("/").status_code == 200
        assert Visitor(alone, Host="drafter.example").get("/").status_code == 403
        assert Visitor(alone, **{"X-Forwarded-For": "10.0.0.9"}).get("/").status_code == 403
        assert Visitor(alone).get("/accounts").status_code == 404
        assert Visitor(alone, Origin="https://evil.example").client.post("/logout").status_code == 403


def test_every_answer_keeps_the_browser_inside(site: Site) -> None:
    for answer in (Visitor(site).get("/login"), Visitor(site, "editor").get("/"), Visitor(site).get("/x")):
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_refusals_are_written_down(site: Site) -> None:
    mine, other = Visitor(site, "editor"), Visitor(site, "stranger")
    path = mine.upload("内部二.txt", b"x")
    other.get(f"/gradio_api/file={path}")
    entry = Audit(site.store.engine).newest(1)[0]
    assert (entry.who, entry.event, entry.about) == ("stranger", "refused", "another's file")


def test_no_route_is_listed_twice() -> None:
    pairs = [(method, route.path.pattern) for route in MEANT for method in route.methods]
    assert len(pairs) == len(set(pairs))
