"""What waits for a person, as her desk shows it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core import access, worklist
from app.core.access import Actor, Grant, Role
from app.core.identifiers import new_id


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A small application with a page for markers and one for certifiers."""
    monkeypatch.setattr(worklist, "_kinds", {})
    app = Flask("desk")
    app.add_url_rule("/marking", "marking", access.requires(Role.INSTRUCTOR, Role.CERTIFIER)(lambda: ""))
    app.add_url_rule("/cases", "cases", access.requires(Role.CERTIFIER)(lambda: ""))
    worklist.register("New", "cases", state="new", roles={Role.CERTIFIER}, count=lambda _actor: 1, order=20)
    worklist.register("Old", "cases", state="old", roles={Role.CERTIFIER}, count=lambda _actor: 0, order=30)
    worklist.register("Marks", "marking", roles=set(Role), count=lambda _actor: 7, order=10)
    with app.test_request_context():
        yield app


def actor(role: Role) -> Actor:
    return Actor(new_id(), "测试", grants=frozenset({Grant(role, new_id())}))


def test_only_what_waits_and_what_she_may_open_is_listed(desk: Flask) -> None:
    def listed(role: Role) -> list[tuple[str, str, int]]:
        return [(work.label, work.url, work.count) for work in worklist.waiting_for(actor(role))]

    assert listed(Role.CERTIFIER) == [("Marks", "/marking", 7), ("New", "/cases?state=new", 1)]
    assert listed(Role.INSTRUCTOR) == [("Marks", "/marking", 7)]
    assert listed(Role.TRAINEE) == []


def test_a_desk_without_any_kind_of_work_has_no_list(desk: Flask) -> None:
    assert worklist.has_work(actor(Role.INSTRUCTOR))
    assert not worklist.has_work(actor(Role.TRAINEE))


def test_every_registered_kind_leads_somewhere(app: Flask) -> None:
    for kind in worklist.kinds():
        assert kind.endpoint in app.view_functions, f"{kind.endpoint} is registered but does not exist"
