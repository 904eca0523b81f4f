"""Links in the header, the footer and the account menu."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from app.core import access, navigation
from app.core.access import Actor, Grant, Role
from app.core.identifiers import new_id


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A small application with a public page, a page for people and one for administrators."""
    monkeypatch.setattr(navigation, "_entries", {})
    app = Flask("places")
    Babel(app)
    app.add_url_rule("/", "home", access.public(lambda: ""))
    app.add_url_rule("/courses", "courses", access.public(lambda: ""))
    app.add_url_rule("/courses/mine", "mine", access.signed_in(lambda: ""))
    app.add_url_rule("/people", "people", access.requires(Role.ADMINISTRATOR)(lambda: ""))
    navigation.register("People", "people", order=30)
    navigation.register("Mine", "mine", order=20)
    navigation.register("Courses", "courses", order=10)
    navigation.register("Home", "home", order=0)
    navigation.register("For instructors", "courses", place="footer", roles={Role.INSTRUCTOR})
    with app.test_request_context():
        yield app


def actor(*roles: Role) -> Actor:
    organisation = new_id()
    return Actor(new_id(), "测试", grants=frozenset(Grant(role, organisation) for role in roles))


def labels(place: navigation.Place, person: Actor | None) -> list[str]:
    return [item.label for item in navigation.items_for(place, person, "/")]


def test_a_link_stands_where_its_view_admits_the_reader(places: Flask) -> None:
    assert labels("main", None) == ["Home", "Courses"]
    assert labels("main", actor(Role.TRAINEE)) == ["Home", "Courses", "Mine"]
    assert labels("main", actor(Role.ADMINISTRATOR)) == ["Home", "Courses", "Mine", "People"]


def test_roles_narrow_a_link_to_a_public_page(places: Flask) -> None:
    assert labels("footer", None) == []
    assert labels("footer", actor(Role.TRAINEE)) == []
    assert labels("footer", actor(Role.INSTRUCTOR)) == ["For instructors"]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "Home"),
        ("/courses/l2", "Courses"),
        ("/courses/mine/x", "Mine"),
        ("/coursesbook", None),
    ],
)
def test_the_longest_matching_address_is_current(places: Flask, path: str, current: str | None) -> None:
    marked = [item.label for item in navigation.items_for("main", actor(Role.TRAINEE), path) if item.current]
    assert marked == ([current] if current else [])


def test_links_of_several_fields_are_gathered_by_field(places: Flask) -> None:
    navigation.register("People", "people", order=30, area=navigation.Area.PEOPLE)
    trainee = navigation.items_for("main", actor(Role.TRAINEE), "/courses")
    assert navigation.areas_of(trainee) == []
    study, people = navigation.areas_of(navigation.items_for("main", actor(Role.ADMINISTRATOR), "/people"))
    assert ([item.label for item in study.items], study.current) == (["Home", "Courses", "Mine"], False)
    assert (people.url, people.current) == ("/people", True)


def test_every_registered_link_leads_somewhere(app: Flask) -> None:
    for entry in navigation.entries():
        assert entry.endpoint in app.view_functions, f"{entry.endpoint} is registered but does not exist"
