"""The tables of this room."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from drafter.store import Base


class UserRow(Base):
    """An account. Never removed, only disabled: history names the person."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("unit", "name"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit: Mapped[str]
    role: Mapped[str]
    password: Mapped[str]
    active: Mapped[bool]
    created: Mapped[datetime.datetime]


class SessionRow(Base):
    """A login that holds. Only a hash of its token is kept: who reads the table cannot log in with it."""

    __tablename__ = "sessions"

    token: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[int] = mapped_column(ForeignKey("users.key"), index=True)
    created: Mapped[datetime.datetime]
    seen: Mapped[datetime.datetime]
    expires: Mapped[datetime.datetime]


class AttemptRow(Base):
    """A login that was tried and has not succeeded."""

    __tablename__ = "attempts"

    key: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime.datetime] = mapped_column(index=True)


class AuditRow(Base):
    """Something that happened; rows are never changed. `about` is an id or a name, never a text."""

    __tablename__ = "audit"

    key: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime.datetime]
    who: Mapped[str]
    event: Mapped[str]
    about: Mapped[str]
    address: Mapped[str]
