"""A marker's afternoon in a real browser, by keyboard; and two markers who save at the same moment."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from app.accounts.models import Person
from app.core import clock, events
from app.core.access import Actor, Role
from app.core.database import db, release, transaction, write_mode
from app.core.errors import Conflict
from app.quizzes.events import AttemptGraded
from app.quizzes.marking import services
from app.quizzes.marking.answers import Task
from app.quizzes.marking.models import Mark
from app.quizzes.models import AttemptResult
from tests.faults.servers import WebServer
from tests.faults.storm import signed_in_headers
from tests.support.cast import Cast, make_cast, make_login, make_person
from tests.support.chromium import chromium, violations
from tests.support.marking import hand_in, levels, marker, tasks_of
from tests.support.processes import Site, own_site
from tests.support.quizzes import make_quiz

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("marking")) as site:
        yield site


@dataclass
class Papers:
    """Two papers with two essays each, which wait."""

    cast: Cast
    colleague: Person
    candidate: str
    tasks: list[list[Task]]
    login_id: uuid.UUID


@pytest.fixture
def papers(site: Site) -> Papers:
    with write_mode():
        cast = make_cast()
        colleague = make_person(cast.university, Role.INSTRUCTOR, name="第二评阅人")
        revision = make_quiz(("essay", "essay"), shuffle=False)
        attempts = [hand_in(person, revision) for person in (cast.trainee, cast.cohort_mate)]
        tasks = [tasks_of(marker(cast), attempt) for attempt in attempts]
        papers = Papers(cast, colleague, cast.trainee.name, tasks, make_login(cast.instructor).id)
    release()
    return papers


@pytest.fixture
def page(site: Site, papers: Papers) -> Iterator[Page]:
    web = WebServer(site, "gunicorn", "wsgi:app")
    web.start()
    base = f"http://127.0.0.1:{web.port}"
    with chromium() as browser:
        context = browser.new_context(locale="zh-CN", base_url=base, viewport={"width": 1280, "height": 800})
        name, value = signed_in_headers(site.app, papers.login_id)["Cookie"].split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": base}])
        yield context.new_page()
        context.close()
    web.kill_all()


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on what bears the text."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate("() => document.activeElement.textContent"):
            return
    raise AssertionError(f"Tab never reaches “{text}”")


def test_a_question_is_marked_by_keyboard_alone(page: Page, papers: Papers) -> None:
    page.goto("/marking")
    assert violations(page) == []
    tab_to(page, "题目prompt of essay")
    page.keyboard.press("Tab")  # the button of that line
    page.keyboard.press("Enter")
    for left in (1, 0):
        expect(page.locator("h1")).to_contain_text("作答")
        assert papers.candidate not in page.content()
        assert violations(page) == []
        expect(page.locator("[data-criterion] input").first).to_be_focused()
        page.keyboard.press("2")
        page.keyboard.press("3")
        expect(page.locator("#comment")).to_be_focused()
        page.keyboard.type("3 点：论证清楚。")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".flashes")).to_contain_text("已保存")
        if left:
            expect(page.locator("progress").first).to_have_attribute("value", "1")
    expect(page.locator("h2", has_text="评分分布")).to_be_visible()
    assert violations(page) == []
    marks = db.session.scalars(db.select(Mark)).all()
    assert [(str(mark.fraction), mark.comment) for mark in marks] == [("0.75000", "3 点：论证清楚。")] * 2
    release()


def test_markers_of_the_last_answers_bring_out_one_result(site: Site, papers: Papers) -> None:
    """Two papers, each with two answers: for one of them two markers save different answers at the same moment,
    for the other the same answer."""
    heard: list[AttemptGraded] = []
    events.subscribe(AttemptGraded, heard.append)
    refused: list[Conflict] = []
    actors = [marker(papers.cast), marker(papers.cast, papers.colleague)]
    release()
    (first, second), (third, fourth) = papers.tasks
    try:
        together(site, [(actors[0], first), (actors[1], second)], refused)
        assert (len(heard), refused) == (1, [])
        together(site, [(actors[0], third), (actors[1], third)], refused)
        assert (len(heard), [each.code for each in refused]) == (1, ["colleague"])
        together(site, [(actors[0], fourth)], refused)
        assert len(heard) == 2
    finally:
        events._handlers[AttemptGraded].remove(heard.append)
    results = db.session.scalars(db.select(AttemptResult.attempt_id)).all()
    assert sorted(results) == sorted({task.attempt_id for paper in papers.tasks for task in paper})
    release()


def together(site: Site, wanted: list[tuple[Actor, Task]], refused: list[Conflict]) -> None:
    """Save each mark in a thread of its own, at once."""
    start = threading.Barrier(len(wanted))
    ended: list[Task] = []

    def save(actor: Actor, task: Task) -> None:
        with site.app.app_context():
            start.wait(10)
            try:
                with transaction():
                    services.save_mark(actor, task.id, levels(task, 1), "", seen=0, now=clock.now())
            except Conflict as conflict:
                refused.append(conflict)
        ended.append(task)

    threads = [threading.Thread(target=save, args=each) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ended) == len(wanted)
