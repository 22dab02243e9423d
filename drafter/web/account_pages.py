"""登录、密码、账号: who one is, one's password, and everybody's accounts for administrators."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from drafter.accounts.model import ROLES
from drafter.accounts.users import Users
from drafter.errors import DrafterError, InputError
from drafter.web import asking, gate
from drafter.web.asking import words_of
from drafter.web.identity import Caller, Identity, cookie_name
from drafter.web.plain import Given, form_of, page


class AccountPages:
    """The routes of these pages. Whether a request may come here at all is decided by the gate."""

    def __init__(self, identity: Identity) -> None:
        self._identity, self._users = identity, identity.users
        self.router = APIRouter()
        for path, answer, method in (
            ("/login", self._ask, "GET"),
            ("/login", self._log_in, "POST"),
            ("/logout", self._log_out, "POST"),
            ("/password", self._ask_password, "GET"),
            ("/password", self._change_password, "POST"),
            ("/accounts", self._list, "GET"),
            ("/accounts", self._change, "POST"),
        ):
            self.router.add_api_route(path, answer, methods=[method], response_model=None)

    def _ask(self, request: Request) -> Response:
        after = request.query_params.get("next", "/")
        if request.state.person is not None:
            return RedirectResponse(_safe(after), 303)
        return page("login.html", words_of(request), after=after, left="out" in request.query_params)

    async def _log_in(self, request: Request) -> Response:
        given, caller = await form_of(request), _caller(request)
        if not self._identity.login:
            return RedirectResponse("/", 303)
        try:
            token = await run_in_threadpool(
                self._identity.sessions.log_in,
                given.get("login", ""),
                given.get("password", ""),
                caller.address,
            )
        except DrafterError as error:
            return page(
                "login.html",
                words_of(request),
                status=403,
                after=given.get("next", "/"),
                said=str(error),
                login=given.get("login", ""),
            )
        await run_in_threadpool(self._identity.sessions.log_out, caller.token, caller.address)
        response = RedirectResponse(_safe(given.get("next", "/")), 303)
        _keep(response, caller, token)
        return response

    def _log_out(self, request: Request) -> Response:
        caller = _caller(request)
        self._identity.sessions.log_out(caller.token, caller.address)
        response = RedirectResponse("/login?out=1", 303, {"Clear-Site-Data": '"storage"'})
        response.delete_cookie(cookie_name(caller.secure), secure=caller.secure, httponly=True)
        response.delete_cookie(gate.MARK)
        return response

    def _ask_password(self, request: Request) -> Response:
        return self._password_page(request)

    async def _change_password(self, request: Request) -> Response:
        given, caller = await form_of(request), _caller(request)
        login = asking.person_of(request).login
        try:
            if given.get("new") != given.get("again"):
                raise InputError("两次输入的新密码不同", mend="请重新输入")
            await run_in_threadpool(
                self._identity.sessions.change_password,
                login,
                given.get("old", ""),
                given.get("new", ""),
                caller.address,
            )
        except DrafterError as error:
            return self._password_page(request, str(error), 400)
        token = await run_in_threadpool(
            self._identity.sessions.log_in, login, given.get("new", ""), caller.address
        )
        response = RedirectResponse("/", 303)
        _keep(response, caller, token)
        return response

    def _password_page(self, request: Request, said: str = "", status: int = 200) -> Response:
        words = words_of(request)
        head = asking.header(request, words, "password")
        mine = self._identity.login and not _caller(request).named
        return page("password.html", words, status, head=head, said=said, mine=mine)

    def _list(self, request: Request) -> Response:
        return self._accounts_page(request)

    async def _change(self, request: Request) -> Response:
        given, by = await form_of(request), asking.person_of(request).login
        act = DEEDS.get(given.get("act", ""))
        try:
            if act is None:
                raise InputError("不认识的操作", mend="请刷新页面再试")
            await run_in_threadpool(act, self._users, given, by)
        except DrafterError as error:
            return await run_in_threadpool(self._accounts_page, request, str(error), 400)
        return RedirectResponse("/accounts?done=1", 303)

    def _accounts_page(self, request: Request, said: str = "", status: int = 200) -> Response:
        words = words_of(request)
        return page(
            "accounts.html",
            words,
            status,
            head=asking.header(request, words, "accounts"),
            users=self._users.all(),
            roles=ROLES,
            said=said,
            done="done" in request.query_params and not said,
        )


def _add(users: Users, given: Given, by: str) -> None:
    named = {name: given.get(name, "") for name in ("name", "unit", "role")}
    users.add(given.get("login", ""), given.get("password", ""), by=by, **named)


def _alter(users: Users, given: Given, by: str) -> None:
    login = given.get("login", "")
    users.move(login, name=given.get("name", ""), unit=given.get("unit", ""), by=by)
    users.set_role(login, given.get("role", ""), by=by)


DEEDS: dict[str, Callable[[Users, Given, str], None]] = {
    "add": _add,
    "save": _alter,
    "password": lambda users, given, by: users.set_password(
        given.get("login", ""), given.get("password", ""), by=by
    ),
    "disable": lambda users, given, by: users.set_active(given.get("login", ""), False, by=by),
    "enable": lambda users, given, by: users.set_active(given.get("login", ""), True, by=by),
}
"""What an administrator can do, by the name of the button."""


def _safe(after: str) -> str:
    """Where to go after the login: one of our own pages."""
    parts = urlsplit(after)
    found = gate.find("GET", parts.path)
    ours = (
        not (parts.scheme or parts.netloc)
        and found is not None
        and found[0].check in ("page", "accounts", "machine")
    )
    return after if ours and after.startswith("/") and after.isprintable() and "\\" not in after else "/"


def _keep(response: Response, caller: Caller, token: str) -> None:
    """Give the browser its session.

    Lax, not Strict: a link to a draft in a message opens it without another login; what changes anything is
    held to its origin by the gate.
    """
    response.set_cookie(
        cookie_name(caller.secure), token, httponly=True, samesite="lax", secure=caller.secure
    )


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller
