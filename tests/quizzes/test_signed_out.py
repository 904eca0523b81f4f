"""A paper without JavaScript, posted after the session ended: what was written is saved, for its writer alone."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from lxml import html
from werkzeug.test import TestResponse

from app.accounts import services as accounts
from app.accounts.models import Person
from app.accounts.queries import list_sessions
from app.core import carrying, clock
from app.core.database import release, transaction
from app.quizzes import queries
from app.quizzes.models import Attempt
from tests.support.accounts import PASSWORD, give_password
from tests.support.cast import Cast
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import items_of, make_quiz, start

WRITTEN = "prior use in good faith"
AGAIN = "/sign-in/again"


class Desk:
    """A browser in which the trainee has written an answer and not saved it."""

    def __init__(self, browser: Browser, attempt: Attempt) -> None:
        self.browser, self.attempt = browser, attempt
        self.path = f"/attempts/{attempt.id}"
        form = next(form for form in browser.page(self.path).forms if form.get("id") == "paper")
        self.fields: dict[str, Any] = {name: value for name, value in form.fields.items() if value}
        self.items = {item.layout["type"]: item.id for item in items_of(attempt)}
        self.fields |= {f"q-{self.items['short_text']}": WRITTEN, "intent": "review"}
        release()

    def post(self, status: int = 401) -> html.HtmlElement:
        """Press *Check and submit* on the page as it was; what comes back."""
        return self.read(self.browser.client.post(self.path, data=self.fields), status)

    def read(self, response: TestResponse, status: int) -> html.HtmlElement:
        text = response.get_data(as_text=True)
        assert response.status_code == status, text
        assert WRITTEN not in text, "what was written stands in a page that anybody at this desk can read"
        return html.document_fromstring(text)

    def again(self, page: html.HtmlElement, password: str = "") -> TestResponse:
        """Send the page that carries the answers."""
        form = next(form for form in page.forms if form.get("action") == AGAIN)
        return self.browser.client.post(AGAIN, data=dict(form.fields) | {"password": password})

    @property
    def saved(self) -> list[str]:
        answers = queries.answers_as_of(self.attempt.id, 99)[0]
        release()
        return [str(answer.get("text")) for answer in answers.values()]


def leave(person: Person) -> None:
    """Somebody ends her sessions: an administrator, or she herself on another device."""
    with transaction():
        accounts.end_sessions(person.id, clock.now())


@pytest.fixture
def desk(visit: Visitors, cast: Cast) -> Desk:
    give_password(cast.trainee)
    give_password(cast.outsider, "another long password")
    return Desk(visit(cast.trainee, "en"), start(cast.trainee, make_quiz(("short_text",))))


def test_somebody_else_who_signs_in_neither_saves_nor_sees_it(desk: Desk, visit: Visitors, cast: Cast) -> None:
    """On a shared computer: she presses the button of the paper that was left open."""
    desk.browser.client.delete_cookie("academy")
    sign_in = {"email": cast.outsider.email, "password": "another long password"}
    desk.browser.submit("/sign-in", sign_in)
    page = desk.post()
    assert "Somebody else" in page.text_content()
    again = desk.read(desk.again(page, "another long password"), 422)  # her password opens nothing of another's
    assert desk.saved == []
    assert desk.again(again, PASSWORD).location == f"{desk.path}/review"
    assert desk.saved == [WRITTEN]
    release()
    assert desk.browser.page("/account").text_content().count(cast.outsider.name) == 0
    assert not list_sessions(cast.outsider.id, clock.now()), "the one who was signed in is signed out"


def test_she_signs_in_again_and_it_is_saved_where_she_was_going(desk: Desk, cast: Cast) -> None:
    leave(cast.trainee)
    page = desk.read(desk.again(desk.post(), "not the password"), 422)
    assert "not the password of the person who wrote it" in page.text_content()
    assert desk.saved == []
    done = desk.again(page, PASSWORD)
    assert (done.status_code, done.location) == (302, f"{desk.path}/review")
    assert desk.saved == [WRITTEN]
    desk.browser.get(f"{desk.path}/review")


def test_signed_in_again_in_another_tab_she_needs_one_button(desk: Desk, cast: Cast) -> None:
    desk.browser.client.delete_cookie("academy")
    desk.browser.submit("/sign-in", {"email": cast.trainee.email, "password": PASSWORD})
    page = desk.post(400)
    assert not page.cssselect("input[type=password]")
    assert desk.again(page).location == f"{desk.path}/review"
    assert desk.saved == [WRITTEN]


def test_signed_in_while_the_page_waits_its_button_still_works(desk: Desk, cast: Cast) -> None:
    desk.browser.client.delete_cookie("academy")
    page = desk.post()
    desk.browser.submit("/sign-in", {"email": cast.trainee.email, "password": PASSWORD})
    once_more = desk.read(desk.again(page, PASSWORD), 400)  # its token was of the session before
    assert desk.again(once_more).location == f"{desk.path}/review"
    assert desk.saved == [WRITTEN]


def test_no_page_of_ours_no_carrying(desk: Desk, visit: Visitors, cast: Cast) -> None:
    """A form made elsewhere cannot have its answers saved by somebody who signs in."""
    others = start(cast.outsider, make_quiz(("short_text",)))
    owner = visit(cast.outsider).page(f"/attempts/{others.id}").cssselect("input[name=owner]")[0].get("value")
    leave(cast.trainee)
    for forged in ("", "x", "x.y", owner, str(cast.trainee.id), desk.fields["owner"][:-1]):
        response = desk.browser.client.post(desk.path, data=desk.fields | {"owner": forged})
        assert response.status_code == 302, forged
        assert response.location.startswith("/sign-in")
    sealed = str(desk.post().cssselect("input[name=carried]")[0].get("value"))
    token = desk.browser.token("/sign-in")
    altered = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    later = clock.now() + carrying.LIFE + timedelta(minutes=1)
    for carried, now in ((altered, clock.now()), ("", clock.now()), (sealed, later)):
        with clock.frozen_at(now):
            data = {"csrf_token": token, "carried": carried, "password": PASSWORD}
            response = desk.browser.client.post(AGAIN, data=data)
        assert response.location == "/sign-in"
    assert desk.saved == []


def test_what_came_with_a_file_is_saved_and_the_file_asked_for_again(visit: Visitors, cast: Cast) -> None:
    give_password(cast.trainee)
    attempt = start(cast.trainee, make_quiz(("short_text", "file_upload")))
    desk = Desk(visit(cast.trainee, "en"), attempt)
    desk.path += f"/questions/{desk.items['file_upload']}/files"
    del desk.fields["intent"]
    leave(cast.trainee)
    desk.fields[f"q-{desk.items['file_upload']}-file"] = (BytesIO(b"%PDF-1.7"), "a.pdf")
    page = desk.post()
    assert "Choose the file again" in page.text_content()
    assert desk.again(page, PASSWORD).location == f"/attempts/{attempt.id}"
    assert desk.saved == [WRITTEN]
