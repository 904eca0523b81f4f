"""Authors in real browsers: two at one lesson, one of them offline and crashed; and a module made from nothing."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.accounts.models import Person
from app.core.access import Role
from app.core.database import release, write_mode
from app.courses.authoring import queries
from app.courses.authoring.models import Draft
from tests.faults.servers import WebServer
from tests.faults.storm import signed_in_headers
from tests.support.authoring import instructor, open_draft
from tests.support.cast import make_cast, make_login, make_person
from tests.support.chromium import chromium, violations
from tests.support.courses import sync_folder
from tests.support.processes import Site, own_site

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

LESSON = "/authoring/small/lessons/m1-first/basics"
PATH = "m1-first/01-basics.zh.md"
Open = Callable[[Person], BrowserContext]


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("editing")) as site:
        yield site


@pytest.fixture
def authors(site: Site) -> list[Person]:
    """Two instructors of the authority, whose course it is."""
    with write_mode():
        cast = make_cast()
        sync_folder()
        people = [make_person(cast.authority, Role.INSTRUCTOR, name=name) for name in ("郑起草", "何合写")]
    release()
    return people


@pytest.fixture
def draft(authors: list[Person]) -> Draft:
    with write_mode():
        draft = open_draft(instructor(authors[0], national=True))
    release()
    return draft


@pytest.fixture
def browser_of(site: Site) -> Iterator[Open]:
    """A browser of its own for each of them, which keeps what it stores."""
    web = WebServer(site, "gunicorn", "wsgi:app")
    web.start()
    base = f"http://127.0.0.1:{web.port}"
    with chromium() as browser:

        def open_for(person: Person) -> BrowserContext:
            context = browser.new_context(locale="zh-CN", base_url=base, viewport={"width": 1280, "height": 900})
            with write_mode():
                login = make_login(person)
            name, value = signed_in_headers(site.app, login.id)["Cookie"].split("=", 1)
            context.add_cookies([{"name": name, "value": value, "url": base}])
            release()
            return context

        yield open_for
    web.kill_all()


def head_of(draft: Draft, path: str = PATH) -> str:
    release()
    text = queries.text_of(draft.id, path)
    release()
    return text


def open_lesson(context: BrowserContext, path: str = LESSON) -> Page:
    page = context.new_page()
    page.goto(path)
    expect(page.locator("#lesson-form[data-ready]")).to_be_attached(timeout=60_000)
    return page


def write_at_line(page: Page, number: int, text: str) -> None:
    """Type at the end of a line of the Chinese source."""
    page.locator(".pane-zh .cm-line").nth(number - 1).click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def says(page: Page, place: str, words: str) -> None:
    """Sooner or later the place says the words; the machine may be busy."""
    expect(page.locator(place)).to_contain_text(words, timeout=60_000)


def saved(page: Page) -> None:
    says(page, "#save-state", "已于")


def test_two_authors_one_offline_lose_nothing(authors: list[Person], draft: Draft, browser_of: Open) -> None:
    """Both write at once and see each other's lines; one goes offline, crashes, and comes back to a conflict."""
    first_context, second_context = browser_of(authors[0]), browser_of(authors[1])
    first, second = open_lesson(first_context), open_lesson(second_context)
    lines = head_of(draft).splitlines()
    body = [number for number, line in enumerate(lines, 1) if line and not line.startswith(("#", ":", "!", "["))]
    assert len(body) >= 2
    write_at_line(first, body[0], "甲写的话。")
    saved(first)
    write_at_line(second, body[-1], "乙写的话。")
    saved(second)
    says(second, ".pane-zh .cm-content", "甲写的话。")
    says(second, "#presence", "郑起草")
    assert violations(second) == []

    second_context.set_offline(True)
    write_at_line(second, body[0], "乙离线写的话。")
    says(second, "#save-state", "离线")
    second.close()  # with what it could not send
    write_at_line(first, body[0], "甲又写的话。")
    saved(first)
    says(first, ".pane-zh .cm-content", "乙写的话。")

    second_context.set_offline(False)
    second = open_lesson(second_context)
    says(second, "#lesson-notice", "完整保留")
    assert "乙离线写的话。" not in head_of(draft)
    second.locator("#lesson-notice a").click()
    for words in ("甲又写的话。", "乙离线写的话。"):
        says(second, ".merge-clash", words)
    assert violations(second) == []
    second.get_by_label("两者都要，前后相接").check()
    second.get_by_role("button", name="保存所选").click()
    expect(second.locator("#lesson-form[data-ready]")).to_be_attached(timeout=60_000)
    found = head_of(draft)
    for words in ("甲写的话。", "乙写的话。", "甲又写的话。", "乙离线写的话。"):
        assert words in found
    says(second, "#save-state", "均已保存")
