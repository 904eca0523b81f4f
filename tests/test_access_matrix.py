"""The whole cast at every route."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.core.database import release
from tests.access_matrix import EVERYBODY, VISITOR, Row, all_rows, packages_with_rows
from tests.support.cast import Cast
from tests.support.pages import Browser, Visitors

ROWS = all_rows()


def answer(browser: Browser, row: Row, path: str) -> int:
    if row.method == "get":
        return browser.client.get(path).status_code
    return browser.client.post(path, data={"csrf_token": browser.own_token(), **row.data}).status_code


def package_of(view: Callable[..., object]) -> str:
    """The package below ``app`` in which a view is written."""
    return [*view.__module__.split("."), ""][1]


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}: {row.name}" for number, row in enumerate(ROWS)])
def test_each_gets_her_answer(row: Row, cast: Cast, visit: Visitors) -> None:
    path = row.address(cast)
    people = cast.people
    release()
    found = {name: answer(visit(None if name == VISITOR else people[name]), row, path) for name in EVERYBODY}
    assert found == row.answers


def test_every_route_of_a_package_with_rows_has_one(app: Flask) -> None:
    covered = {(row.endpoint, row.method.upper()) for row in ROWS}
    routes = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if package_of(app.view_functions[rule.endpoint]) in packages_with_rows()
    }
    assert routes - covered == set()
