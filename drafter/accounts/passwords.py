"""Passwords: what is asked of them, and their argon2id hashes."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from drafter.errors import InputError

SHORTEST, LONGEST = 10, 256
"""Characters."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's parameters (Password Storage Cheat Sheet): argon2-cffi's own take eight times the processor time,
and in the morning a whole office logs in.
"""
_at_once = threading.BoundedSemaphore(2)
"""A flood of logins must not take all processors, nor 19 MB each by the dozen."""


def check_new(password: str, login: str) -> None:
    """Raise InputError for a password that is too easy to guess."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"密码应有{SHORTEST}至{LONGEST}个字符", mend="请换一个密码")
    if login.casefold() in password.casefold() or len(set(password)) < 5:
        raise InputError("密码太容易猜到", mend="不要含登录名，也不要只用几个重复的字符")


def hashed(password: str) -> str:
    """The hash to keep."""
    with _at_once:
        return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. None (no such account) takes as long and fits nothing."""
    with _at_once:
        try:
            matched = _hasher.verify(kept or _decoy(), password[:LONGEST])
        except (Argon2Error, InvalidHashError):
            return False
    return matched and kept is not None


def outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _decoy() -> str:
    return _hasher.hash("decoy")
