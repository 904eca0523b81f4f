"""What an operator does at the command line."""

import pytest
from click.testing import Result
from flask import Flask

from app.accounts import queries
from app.accounts.models import PersonState
from app.core.access import Role
from app.core.database import release
from tests.support.accounts import PASSWORD
from tests.support.cast import Cast, make_organisation
from tests.support.pages import Visitors


def run(app: Flask, *arguments: str, typed: str = "") -> Result:
    release()
    return app.test_cli_runner().invoke(args=["accounts", *arguments], input=typed)


def test_the_first_administrator_of_an_empty_platform(app: Flask, visit: Visitors) -> None:
    result = run(app, "create-admin", "--email", "First@Example.org", "--name", "首位管理员")
    assert result.exit_code == 0, result.output
    path = result.output.split("https://academy.example")[1].strip()
    browser = visit()
    browser.submit(path, {"password": PASSWORD, "repeated": PASSWORD, "consent": "y"})
    browser.get("/people")
    person = queries.find_person_by_email("first@example.org")
    assert person is not None
    held = queries.grants_of([person.id])[person.id]
    assert [(one.role, one.national) for one in held] == [(Role.ADMINISTRATOR, True)]


def test_with_a_password_typed_in(app: Flask, visit: Visitors) -> None:
    make_organisation("somewhere")
    arguments = ("create-admin", "--email", "a@example.org", "--name", "某管理员", "--organisation", "somewhere")
    assert run(app, *arguments, "--password", typed="short\nshort\n").exit_code == 1
    result = run(app, *arguments, "--password", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "https://" not in result.output
    person = queries.find_person_by_email("a@example.org")
    assert person is not None
    assert person.state is PersonState.ACTIVE
    release()
    browser = visit()
    browser.submit("/sign-in", {"email": "a@example.org", "password": PASSWORD})
    browser.submit("/privacy/consent", {"consent": "y"})
    browser.get("/people")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--email", "x@example.org", "--name", "某人", "--organisation", "nowhere"), "no organisation"),
        (("--email", "x@example.org", "--name", "<b>"), "letters"),
    ],
)
def test_mistakes_are_told_in_a_line(app: Flask, arguments: tuple[str, ...], told: str) -> None:
    result = run(app, "create-admin", *arguments)
    assert result.exit_code == 1
    assert told in result.output
    assert queries.find_person_by_email("x@example.org") is None


def test_ending_sessions_of_one_and_of_all(app: Flask, cast: Cast, visit: Visitors) -> None:
    one, another = visit(cast.trainee), visit(cast.instructor)
    assert "1 sessions ended" in run(app, "end-sessions", "--email", cast.trainee.email or "").output
    one.get("/account", 302)
    another.get("/account")
    assert run(app, "end-sessions", "--email", "nobody@example.org").exit_code == 1
    run(app, "end-sessions")
    another.get("/account", 302)
