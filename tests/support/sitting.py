"""A candidate with a running attempt in real browsers, and what she does there."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Response, Route, expect

from app.accounts.models import LoginSession
from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import queries
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, ResponseEvent
from tests.support.cast import make_organisation, make_person
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.serving import Served

SAVED = re.compile("(已于|Saved at).*:")


class Sitting:
    """A candidate with a running attempt, and her browsers."""

    def __init__(self, academy: Served, kinds: tuple[str, ...], **settings: Any) -> None:
        self.academy = academy
        self.person = make_person(make_organisation(), name="林见微")
        self.attempt_id: uuid.UUID = start(self.person, make_quiz(kinds, shuffle=False, **settings)).id
        release()
        self.path = f"{academy.base}/attempts/{self.attempt_id}"
        self.contexts: list[BrowserContext] = []

    def sign_in(self, context: BrowserContext) -> uuid.UUID:
        return self.academy.sign_in(context, self.person)

    def device(self, **options: Any) -> BrowserContext:
        context = self.academy.context(**options)
        self.contexts.append(context)
        self.login_id = self.sign_in(context)
        return context

    def page(self, context: BrowserContext | None = None, **options: Any) -> Page:
        page = (context or self.device(**options)).new_page()
        page.goto(self.path)
        return page

    def sleeper(self, context: BrowserContext) -> None:
        """A tab that would be the one to send, and does nothing."""
        page = context.new_page()
        page.goto("/healthz")
        name = f"exam:{self.person.id}:{self.attempt_id}:"
        page.evaluate("name => { navigator.locks.request(name, () => new Promise(() => {})); }", name)

    def events(self) -> list[ResponseEvent]:
        found = queries.list_events(self.attempt_id)
        db.session.expunge_all()
        release()
        return found

    def answers(self) -> dict[int, Any]:
        """What counts, by question number, in the names of the paper."""
        attempt = db.session.get_one(Attempt, self.attempt_id)
        found = {}
        events = {event.ordinal: event.body for event in queries.list_events(self.attempt_id)}
        for item in items_of(attempt):
            found[item.position] = outward(events.get(item.answer_ordinal or 0), item.layout)
        db.session.expunge_all()
        release()
        return found


@contextmanager
def sittings(academy: Served) -> Iterator[Callable[..., Sitting]]:
    """Makes candidates, and closes the browsers of all of them at the end."""
    made: list[Sitting] = []

    def sit(*kinds: str, **settings: Any) -> Sitting:
        made.append(Sitting(academy, kinds, **settings))
        return made[-1]

    yield sit
    for one in made:
        for context in one.contexts:
            context.close()


def is_kept(answer: Response) -> bool:
    """Has the server taken an answer?"""
    return answer.url.endswith("/answers") and answer.status == 200


def choose(page: Page, number: int, option: int) -> str:
    """Take an option of a question; its id."""
    page.locator(f"[data-nav]:has-text('{number}')").first.click()
    field = page.locator(f"#question-{number} .choice input").nth(option)
    field.check()
    return field.get_attribute("value") or ""


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(SAVED)
    expect(page.locator(".question-nav .is-unsaved")).to_have_count(0)


_TYPED = """(field, text) => {
  field.value = text;
  field.dispatchEvent(new Event('input', {bubbles: true}));
  return document.getElementById('save-state').textContent;
}"""


def type_at_once(field: Locator, text: str) -> str:
    """Write all of it into a field, which may be out of sight; what the page says of it at that very moment."""
    return str(field.evaluate(_TYPED, text))


_TURNED_AWAY = """() => {
  Object.defineProperty(document, 'hidden', {value: true, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
  delete document.hidden;
  return Object.keys(localStorage).filter((key) => key.includes(':change:')).length;
}"""


def turn_away(page: Page) -> int:
    """To another app on the phone; how many changes her browser keeps at that very moment."""
    return int(page.evaluate(_TURNED_AWAY))


def end_session(login_id: uuid.UUID) -> None:
    """As signing out elsewhere, or as time, ends it."""
    with transaction() as session:
        session.get_one(LoginSession, login_id).ended_at = clock.now() - timedelta(seconds=1)


def seconds(shown: str) -> int:
    """What a clock of minutes and seconds says."""
    minutes, rest = shown.split(":")
    return int(minutes) * 60 + int(rest)


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab (or Shift+Tab) until the focus is there: the way of somebody without a mouse, no other."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


def come_back(page: Page) -> None:
    """As a page that is shown again after a while: it asks what the server has, and shows that."""
    with page.expect_response("**/state"):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")


@contextmanager
def held_back(page: Page, address: str) -> Iterator[None]:
    """What the page asks of an address is not sent before the block has ended."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks its handlers
    yield
    for route in held:
        route.continue_()
    page.unroute(address)


def uncovered(page: Page, selector: str) -> bool:
    """Does what has the focus stand below the header that stays in sight?"""
    expect(page.locator(selector)).to_be_focused()
    edges = "of => ['.focus-header', of].map(each => document.querySelector(each).getBoundingClientRect())"
    header, element = page.evaluate(edges, selector)
    return bool(element["top"] >= header["bottom"])
