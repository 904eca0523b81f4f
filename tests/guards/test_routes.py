"""Every address declares who may call it, is well named, and none vanishes unnoticed."""

import pytest
from flask import Flask

from app.config import PROJECT
from tests.guards import routes
from tests.guards.routes import Route, routes_of

FROZEN = PROJECT / "tests" / "guards" / "routes.txt"


def test_every_route_declares_its_access(app: Flask) -> None:
    assert routes.undeclared(routes_of(app)) == []


def test_every_address_is_kebab_case_with_typed_parameters(app: Flask) -> None:
    assert routes.badly_named(routes_of(app)) == []


def test_no_route_vanishes_or_appears_unnoticed(app: Flask) -> None:
    assert routes.vanished(routes_of(app), FROZEN.read_text()) == [], "if this is meant: make routes"


def test_a_view_that_forgot_its_rule_is_denied_and_found() -> None:
    site = Flask(__name__)
    site.add_url_rule("/planted", "planted", lambda: "open")
    assert routes.undeclared(routes_of(site)) == ["/planted GET planted: no access rule"]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/my_page", "“my_page” is not kebab-case"),
        ("/myPage/x", "“myPage” is not kebab-case"),
        ("/people/<person_id>", "<person_id> has no type"),
    ],
)
def test_a_badly_named_address_is_found(path: str, complaint: str) -> None:
    (found,) = routes.badly_named([Route(path, "GET", "x.y", "public")])
    assert complaint in found


def test_good_addresses_pass() -> None:
    good = ("/", "/people/<uuid:person_id>/end-sessions", "/roster-template.csv", "/courses/<string:course_key>")
    assert routes.badly_named([Route(path, "GET", "x.y", "public") for path in good]) == []


def test_a_vanished_route_is_found() -> None:
    present = [Route("/a", "GET", "x.a", "public")]
    assert routes.vanished(present, "/a GET x.a\n/b GET x.b\n") == ["gone: /b GET x.b"]
    assert routes.vanished(present, "") == ["new: /a GET x.a"]
