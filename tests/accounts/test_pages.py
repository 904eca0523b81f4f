"""Every page of accounts in both languages, and who may not see it."""

import pytest

from tests.support.cast import Cast
from tests.support.pages import Visitors

PUBLIC = ("/sign-in", "/sign-in?by=number", "/password/forgotten", "/privacy")
OWN = ("", "/names", "/password", "/devices", "/data", "/data/download")


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_pages_stand_in_both_languages(cast: Cast, visit: Visitors, locale: str) -> None:
    trainee = cast.trainee.id
    for path in PUBLIC:
        visit(None, locale).get(path)
    mine = visit(cast.trainee, locale)
    for path in OWN:
        mine.get(f"/account{path}")
    administrator = visit(cast.administrator, locale)
    for path in ("", "/invite", f"/{trainee}", f"/{trainee}/suspend", f"/{trainee}/restore"):
        administrator.get(f"/people{path}")


def test_another_universitys_registrar_finds_nobody(cast: Cast, visit: Visitors) -> None:
    other = visit(cast.other_registrar)
    other.get(f"/people/{cast.trainee.id}", 404)
    assert "林见微" not in other.get("/people?q=林见微").get_data(as_text=True)
    visit(cast.trainee).get("/people", 403)
    visit(cast.outsider).get(f"/people/{cast.trainee.id}", 403)
    assert "林见微" in visit(cast.registrar).get("/people?q=林见微").get_data(as_text=True)
