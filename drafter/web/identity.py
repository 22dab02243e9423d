"""Who sends a request: by the session's cookie, by a trusted proxy's headers, or the machine's one person."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from drafter.accounts.audit import Audit
from drafter.accounts.model import LOCAL, ROLES, Person, Refused
from drafter.accounts.sessions import Sessions
from drafter.accounts.users import Users, normal
from drafter.config import Settings
from drafter.errors import SettingsError
from drafter.store import Store

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""What only a proxy says; from anybody else it is left out."""

PASSED_ON = (*FORWARDED, "via", "x-real-ip")
"""By any of these it shows that a proxy has passed a request on."""


class Caller(NamedTuple):
    """Where a request comes from: `address` of the browser, `host` as the browser names this server, whether
    it speaks https, the token of its session, and whether a single sign-on proxy says who it is (`named`).
    """

    address: str
    host: str
    secure: bool
    token: str
    named: bool = False


class Identity:
    """`login` tells whether people must say who they are; without it, only this machine itself is served."""

    def __init__(self, settings: Settings, store: Store, login: bool) -> None:
        self.login = login
        self.sessions = Sessions(store, settings.session_hours, settings.session_idle_minutes)
        self.users, self.audit = Users(store), Audit(store.engine)
        self._sso = networks(settings.sso_proxy, "DRAFTER_SSO_PROXY")
        self._proxies = (*networks(settings.proxies, "DRAFTER_PROXIES"), *self._sso)
        self._collectors = networks(settings.metrics_from, "DRAFTER_METRICS_FROM")
        self._headers = tuple(
            name.strip().lower()
            for name in (
                settings.sso_user_header,
                settings.sso_name_header,
                settings.sso_unit_header,
                settings.sso_role_header,
            )
        )

    def collects(self, scope: Scope) -> bool:
        """Whether a collector of figures asks, by itself: nobody is one who comes through a proxy."""
        peer, headers = scope["client"][0] if scope.get("client") else "", Headers(scope=scope)
        return _within(peer, self._collectors) and not any(name in headers for name in PASSED_ON)

    def caller(self, scope: Scope) -> Caller:
        """Where the request comes from. What only a proxy may say is taken out of its headers.

        Raises Refused for what claims to come from the proxy and does not, or was passed on by a proxy while
        nobody has to log in.
        """
        peer = scope["client"][0] if scope.get("client") else ""
        headers = Headers(scope=scope)
        trusted = _within(peer, self._proxies)
        if not self.login:
            if not _local(peer, headers.get("host", "")) or any(headers.get(name) for name in FORWARDED):
                raise Refused(
                    "现在没有启用登录，只供本机使用",
                    mend="请设置 DRAFTER_LOGIN=always 并用 drafter user add 建立账号",
                )
        elif (
            self._sso
            and not _within(peer, self._sso)
            and any(name in headers for name in self._headers if name)
        ):
            self.audit.note("", "spoofed", address=peer)
            raise Refused("身份信息不是由指定的单点登录代理送来的", mend="请从单位的统一入口打开")
        secure, address, host = scope.get("scheme") == "https", peer, headers.get("host", "")
        if trusted:
            secure = headers.get("x-forwarded-proto", scope.get("scheme")) == "https"
            address = self._origin(peer, headers.getlist("x-forwarded-for"))
            host = headers.get("x-forwarded-host") or host
        else:
            scope["headers"] = [
                (name, value) for name, value in scope["headers"] if name.decode("latin-1") not in FORWARDED
            ]
        token = cookie_parser(headers.get("cookie", "")).get(cookie_name(secure), "")
        named = self.login and _within(peer, self._sso) and bool(headers.get(self._headers[0]))
        return Caller(address=address, host=host, secure=secure, token=token, named=named)

    def person(self, scope: Scope, caller: Caller) -> Person | None:
        """Who sends it; None for nobody known. Raises Refused for somebody whom the proxy names in vain."""
        if not self.login:
            return LOCAL
        if caller.named:
            return self._named(*(_said(Headers(scope=scope).getlist(name)) for name in self._headers))
        return self.sessions.person(caller.token) if caller.token else None

    def _named(self, login: str, name: str, unit: str, role: str) -> Person:
        """The person whom the proxy names; what it leaves out is as the account of that login has it."""
        login = normal(login)
        known = self.users.find(login)
        if known is not None and not known.active:
            raise Refused(f"账号“{login}”已停用", mend="请联系管理员")
        if known is not None:
            name, unit, role = name or known.name, unit or known.unit, role or known.role
        granted = next((one for one in ROLES if one == role), None)
        if not unit or granted is None:
            raise Refused(
                f"“{login}”还没有单位或角色", mend="请管理员用 drafter user add 建立账号，或由单点登录给出"
            )
        return Person(login=login, name=name or login, unit=unit, role=granted)

    def _origin(self, peer: str, forwarded: Sequence[str]) -> str:
        """The address before the first proxy of ours, read from the near end: the far end can be made up."""
        passed = [part.strip() for line in forwarded for part in line.split(",")]
        for address in reversed(passed):
            if not _within(address, self._proxies):
                return address if _address(address) else peer
        return peer


def cookie_name(secure: bool) -> str:
    """The cookie of the session; the prefix keeps other hosts of the domain from setting it."""
    return "__Host-drafter" if secure else "drafter"


def networks(text: str, key: str) -> tuple[Network, ...]:
    """The networks that a setting names. Raises SettingsError."""
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(
            f"不是地址或网段（{error}）", key=key, mend="请写成 10.1.2.3 或 10.1.0.0/16，多个用逗号分开"
        ) from None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found


def _within(text: str, known: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in known)


def _local(peer: str, host: str) -> bool:
    """Whether a browser of this machine asks this machine: a name that only leads here is not enough."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    name = name.strip("[]")
    here, named = _address(peer), _address(name)
    return (here is None or here.is_loopback) and (
        name == "localhost" or (named is not None and named.is_loopback)
    )


def _said(values: Sequence[str]) -> str:
    """What a header says, in UTF-8 or percent-encoded. Raises Refused when it is there twice."""
    if len(values) > 1:
        raise Refused("单点登录代理重复给出了身份信息", mend="请让代理覆盖而不是追加该请求头")
    raw = values[0] if values else ""
    try:
        raw = raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise Refused("单点登录代理给出的文字编码不对", mend="请用 UTF-8 或百分号编码") from None
    return unquote(raw).strip()
