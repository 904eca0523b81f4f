"""Every page of accounts in both languages, and who may not see it."""

import pytest
from lxml import html

from tests.support.cast import Cast
from tests.support.pages import Visitors


def names_in(page: html.HtmlElement) -> list[str]:
    """The people a list shows."""
    return [link.text_content() for link in page.cssselect("tbody th a")]


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
    assert names_in(other.page("/people?q=林见微")) == []
    visit(cast.trainee).get("/people", 403)
    visit(cast.outsider).get(f"/people/{cast.trainee.id}", 403)
    assert names_in(visit(cast.registrar).page("/people?q=林见微")) == ["林见微"]
