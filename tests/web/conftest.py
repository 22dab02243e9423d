"""One application with login for a whole file of tests, and people of two units."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.served import PASSWORD, Site, served

PEOPLE = (
    ("staff", "起草人", "甲局", "staff"),
    ("editor", "编辑人", "甲局", "editor"),
    ("reviewer", "审核人", "甲局", "reviewer"),
    ("admin", "管理人", "甲局", "admin"),
    ("stranger", "外人", "乙局", "editor"),
    ("chief", "总管", "乙局", "admin"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application, with everybody of PEOPLE in it."""
    with served(tmp_path_factory.mktemp("data")) as running:
        for login, name, unit, role in PEOPLE:
            running.users.add(login, PASSWORD, name=name, unit=unit, role=role, by="test")
        yield running
