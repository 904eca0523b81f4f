"""A marker's afternoon in real browsers, by keyboard; and two markers who save at the same moment."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.models import Person
from app.core import clock, events
from app.core.access import Actor, Role
from app.core.database import db, release, transaction, write_mode
from app.core.errors import Conflict
from app.jobs.services import run_due_jobs
from app.quizzes.events import AttemptGraded
from app.quizzes.marking import services
from app.quizzes.marking.answers import Task
from app.quizzes.models import Attempt, AttemptResult
from app.quizzes.rules import DoubleMarking, Release
from tests.support.cast import Cast, make_cast, make_person
from tests.support.chromium import violations
from tests.support.marking import hand_in, levels, marker, tasks_of
from tests.support.processes import Site, own_site
from tests.support.quizzes import make_quiz
from tests.support.serving import served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("marking")) as site:
        yield site


@dataclass
class Papers:
    """Two papers with two essays each, which wait."""

    cast: Cast
    colleague: Person
    tasks: list[list[Task]]


@pytest.fixture
def papers(site: Site) -> Papers:
    with write_mode():
        cast = make_cast()
        colleague = make_person(cast.university, Role.INSTRUCTOR, name="第二评阅人")
        revision = make_quiz(("essay", "essay"), shuffle=False)
        attempts = [hand_in(person, revision) for person in (cast.trainee, cast.cohort_mate)]
        tasks = [tasks_of(marker(cast), attempt) for attempt in attempts]
        papers = Papers(cast, colleague, tasks)
    release()
    return papers


@dataclass
class Afternoon:
    """An examination that two people mark and whose results come out together, sat by two."""

    queue: str
    candidates: list[Person]
    attempts: list[Attempt]
    #: Three markers, somebody who releases, a candidate.
    people: dict[str, Person]


@pytest.fixture
def afternoon(site: Site) -> Afternoon:
    with write_mode():
        cast = make_cast()
        names = {"second": "第二评阅人", "third": "第三评阅人"}
        people = {who: make_person(cast.university, Role.INSTRUCTOR, name=name) for who, name in names.items()}
        people |= {"first": cast.instructor, "certifier": cast.certifier, "candidate": cast.trainee}
        revision = make_quiz(("essay",), double_marking=DoubleMarking(Decimal(25)), release=Release.TOGETHER)
        candidates = [cast.trainee, cast.cohort_mate]
        attempts = [hand_in(person, revision) for person in candidates]
        (task,) = tasks_of(marker(cast), attempts[0])
        found = Afternoon(f"/marking/examinations/{task.key}/{task.question_id}", candidates, attempts, people)
    release()
    return found


@pytest.fixture
def open_page(site: Site, browser: Browser, afternoon: Afternoon) -> Iterator[Callable[[str], Page]]:
    """A device of her own for each of them."""
    with served(site, browser) as academy:
        yield lambda who: academy.context(
            afternoon.people[who], viewport={"width": 1280, "height": 800}
        ).new_page()


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on what bears the text."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate("() => document.activeElement.textContent"):
            return
    raise AssertionError(f"Tab never reaches “{text}”")


def mark_by_keyboard(page: Page, keys: tuple[str, str], comment: str) -> None:
    """The answer on the page: a key for each of two criteria, the comment, Ctrl+Enter."""
    expect(page.locator("[data-criterion] input").first).to_be_focused()
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#comment")).to_be_focused()
    page.keyboard.type(comment)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".flashes")).to_contain_text("已保存")


def test_a_markers_afternoon(open_page: Callable[[str], Page], afternoon: Afternoon) -> None:
    """Two mark by keyboard, each for herself (one loses the network, but no comment); a third decides where they
    differ; a certifier lets results out."""
    first = open_page("first")
    first.goto("/marking")
    assert violations(first) == []
    tab_to(first, "题目prompt of essay")
    first.keyboard.press("Tab")  # the button of that line
    first.keyboard.press("Enter")
    marked: list[str] = []
    for _again in range(2):
        expect(first.locator("h1")).to_contain_text("作答")
        assert [person.name for person in afternoon.candidates if person.name in first.content()] == []
        assert violations(first) == []
        marked.append(urlsplit(first.url).path)
        mark_by_keyboard(first, ("3", "3"), "3 点：论证清楚。")
    expect(first.locator("h2", has_text="评分分布")).to_be_visible()
    assert violations(first) == []

    second = open_page("second")
    second.goto(marked[0])
    second.context.set_offline(True)
    second.locator("#comment").fill("断网前写的评语")
    second.keyboard.press("Control+Enter")
    expect(second.locator("[data-note=offline]")).to_be_visible()
    second.context.set_offline(False)
    second.route("**/*", lambda route: route.fulfill(body="{}"))  # a network that answers in the server's place
    with second.expect_response("**/*"):
        second.keyboard.press("Control+Enter")
    second.unroute("**/*")
    second.goto(marked[0])
    expect(second.locator("[data-note=restored]")).to_be_visible()
    expect(second.locator("#comment")).to_have_value("断网前写的评语")
    second.locator("[data-forget]").click()
    expect(second.locator("#comment")).to_have_value("")
    for path, keys in zip(marked, (("3", "2"), ("1", "1")), strict=True):
        second.goto(path)
        expect(second.locator(".callout:visible")).to_contain_text("独立评阅")
        assert "论证清楚" not in second.content()
        mark_by_keyboard(second, keys, "结论与引用不符。")
    leave_nothing_behind(second, marked[0])

    third = open_page("third")
    third.goto(f"{afternoon.queue}/next")
    assert urlsplit(third.url).path == marked[1]
    for comment in ("论证清楚", "结论与引用不符"):
        expect(third.locator(".marking-answer")).to_contain_text(comment)
    assert violations(third) == []
    mark_by_keyboard(third, ("2", "3"), "以本评分为准。")
    release_and_read(open_page)
    fractions = {str(fraction) for fraction in db.session.scalars(db.select(AttemptResult.percent))}
    assert fractions == {"87.50000", "75.00000"}
    release()


def leave_nothing_behind(page: Page, answer: str) -> None:
    """On a shared computer nobody finds what somebody else has not saved; who signs out is asked first."""
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('marking:')).length"
    page.evaluate("localStorage.setItem('marking:somebody-else:answer', '{}')")
    page.goto(answer)
    assert page.evaluate(kept) == 0
    page.locator("#comment").fill("还没有保存")
    assert page.evaluate(kept) == 1
    page.locator("summary", has_text="第二评阅人").click()
    leave = page.get_by_role("button", name="退出登录")
    page.once("dialog", lambda dialog: dialog.dismiss())
    leave.click()
    assert (urlsplit(page.url).path, page.evaluate(kept)) == (answer, 1)
    page.once("dialog", lambda dialog: dialog.accept())
    leave.click()
    expect(page.locator("main")).to_contain_text("已在此设备上退出登录")
    assert page.evaluate(kept) == 0


def release_and_read(open_page: Callable[[str], Page]) -> None:
    """A candidate waits; a certifier releases and watches the job; the candidate reads her result."""
    candidate, certifier = open_page("candidate"), open_page("certifier")
    attempt_id = db.session.scalars(
        db.select(Attempt.id).join(Person, Person.id == Attempt.candidate_id).where(Person.name == "林见微")
    ).one()
    release()
    candidate.goto(f"/attempts/{attempt_id}/result")
    expect(candidate.locator("main")).to_contain_text("统一公布")
    certifier.goto("/results-to-release")
    assert violations(certifier) == []
    certifier.locator("main tbody a").click()
    let_out = certifier.get_by_role("button", name="公布2份成绩")
    expect(let_out).to_be_visible()
    assert violations(certifier) == []
    let_out.click()
    expect(certifier.locator("#releases progress")).to_have_attribute("value", "0")
    run_due_jobs()
    expect(certifier.locator("#releases progress")).to_have_attribute("value", "2")
    assert violations(certifier) == []
    candidate.reload()
    expect(candidate.locator("h1")).to_contain_text("合格：")


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
            start.wait(60)
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
        thread.join(60)
    assert len(ended) == len(wanted)
