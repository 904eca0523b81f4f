"""Through a trainee's eyes: a draft or a published revision, at any date, in any cohort. Nothing is written."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor, Role
from app.core.database import db, release, transaction
from app.courses.authoring.models import DraftEdit
from app.courses.models import CheckAnswer, Enrolment, ReadingPosition, SectionRead
from app.courses.previewing.rules import Phase, Stage, phase_of, progress_at
from app.courses.queries import current_revision_id, get_course, outline
from app.courses.rules import Next, next_step
from app.courses.studying.models import Note
from app.library import services as library
from app.library.queries import get_instrument
from app.quizzes.models import Attempt
from tests.support.authoring import change, instructor, make_course, open_draft, publish
from tests.support.cast import Cast, make_person
from tests.support.cohorts import make_cohort
from tests.support.courses import enrol, sync_folder
from tests.support.pages import Browser, Visitors, words

BASE = "/authoring/small/preview"
LESSON = f"{BASE}/lessons/m1-first/basics"
PATH = "m1-first/01-basics.zh.md"
WRITTEN: tuple[Any, ...] = (Enrolment, SectionRead, CheckAnswer, ReadingPosition, Attempt, Note, DraftEdit)


@pytest.fixture
def writer(app: Flask, cast: Cast) -> Person:
    """An instructor of the authority, whose the small course is."""
    with app.app_context():
        sync_folder()
        return make_person(cast.authority, Role.INSTRUCTOR)


@pytest.fixture
def author(writer: Person) -> Actor:
    return instructor(writer, national=True)


@pytest.fixture
def browser(writer: Person, visit: Visitors) -> Browser:
    return visit(writer)


#: What a preview leaves out: search, the PDF, notes, questions to the instructor, and what saving says.
LEFT_OUT = (
    ".course-search",
    "p:has(> a[href*='/documents/'])",
    ".lesson-outline > p",
    ".section-tools",
    "#save-state",
    "#selection-bar",
    "#note-dialog",
    "template",
)


def says(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def body_of(page: html.HtmlElement) -> str:
    """What the page says, without its frame and what a preview leaves out."""
    main = page.cssselect("main")[0]
    for selector in LEFT_OUT:
        for part in main.cssselect(selector):
            part.drop_tree()
    return says(main)


def rows_written() -> list[int]:
    release()
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in WRITTEN]


def test_the_pages_are_those_of_a_trainee(cast: Cast, visit: Visitors, browser: Browser) -> None:
    """Course, lesson and rules say the same as to somebody who has just begun the published revision."""
    enrol(cast.trainee)
    trainee = visit(cast.trainee)
    for path, preview in (("", ""), ("/m1-first/basics", "/lessons/m1-first/basics"), ("/exam", "/exam")):
        assert body_of(browser.page(f"{BASE}{preview}")) == body_of(trainee.page(f"/courses/small{path}"))


def test_a_draft_is_walked_and_nothing_is_written(author: Actor, browser: Browser) -> None:
    """From the course through a lesson with an answer to the examination's start."""
    change(author, open_draft(author), PATH, "排除令由机关发布", "排除令由草稿机关发布")
    before = rows_written()
    page = browser.page(BASE)
    strip = says(page.cssselect(".preview-strip")[0])
    assert "以学员身份预览" in strip
    assert "未选班次" in strip
    [leave] = [link for link in page.cssselect(".preview-strip a") if "退出预览" in link.text_content()]
    assert leave.get("href") == "/authoring/small"
    assert not page.cssselect(".site-header"), "no way of an instructor's stands around it"
    first = page.cssselect(".card-next a")[0].get("href")
    lesson = browser.page(str(first))
    assert "草稿机关" in words(lesson)
    for form in lesson.cssselect("main form"):
        assert str(form.get("action")).startswith(BASE), "every form stays in the preview"
    assert not lesson.cssselect("[data-lesson], #notes-words"), "no script notes what is read"
    [check] = lesson.cssselect("#check-t-m1-c1 form")
    choice = check.cssselect("input[type=radio]")[0]
    answer = browser.submit(
        str(check.get("action")), {str(choice.get("name")): choice.get("value")}, 200, form_at=LESSON
    )
    told = html.document_fromstring(answer.get_data(as_text=True)).cssselect("#check-t-m1-c1 .feedback")
    assert told, "a trainee is told how it went"
    onward = browser.submit(f"{LESSON}/read", {}, 303, form_at=LESSON).location
    assert "/preview/lessons/m1-first/" in onward
    rules = browser.page(f"{BASE}/exam?stage=studied")
    [start] = [form for form in rules.cssselect("main form") if "/exam/start" in str(form.get("action"))]
    assert browser.submit(str(start.get("action")), {}, 303, form_at=f"{BASE}/exam").location.startswith(
        f"{BASE}/exam"
    )
    assert "不会开始考试" in words(browser.page(f"{BASE}/exam?stage=studied"))
    assert rows_written() == before


def test_windows_banners_and_states_are_those_of_the_chosen_moment(author: Actor, browser: Browser) -> None:
    """An examination opens and closes, a recorded change appears, an instrument comes into force and goes."""
    draft = open_draft(author)
    window = "opens_at: 2027-03-01T09:00:00+08:00\n  closes_at: 2027-03-01T11:00:00+08:00\n  minutes: 10"
    change(author, draft, "course.yaml", "minutes: 10", window)
    rules = f"{BASE}/exam?stage=studied&on="
    assert not browser.page(f"{rules}2027-03-01T08:59").cssselect("main form[action*='/exam/start']")
    assert browser.page(f"{rules}2027-03-01T09:00").cssselect("main form[action*='/exam/start']")
    assert not browser.page(f"{rules}2027-03-01T11:00").cssselect("main form[action*='/exam/start']")

    release()
    with clock.frozen_at(datetime(2026, 11, 20, tzinfo=UTC)), transaction():
        library.record_change(
            author, get_instrument("us-test-act"), changed_on=date(2026, 11, 18), note="已修改。"
        )
    notice = "此处引用的法律自2026年11月18日起有变更"
    assert notice not in words(browser.page(f"{LESSON}?on=2026-11-19T10:00")), "nobody knew of it"
    assert notice in words(browser.page(f"{LESSON}?on=2026-11-21T10:00"))
    browser.get(f"{BASE}?on=tomorrow", 422)
    browser.get(f"{BASE}?on=9999-12-31T23:59", 422)


def test_a_cohort_is_chosen_among_those_one_may_see(
    cast: Cast, author: Actor, browser: Browser, visit: Visitors
) -> None:
    """Its dates are told as of the chosen day; another university's is not there, even by its address."""
    cohort = make_cohort(cast, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 31))
    release()
    page = browser.page(BASE)
    assert cohort.name in says(page.cssselect("#preview-cohort")[0])
    address = f"{BASE}?cohort={cohort.id}&on="
    for day, told in (("2026-12-30", "2 天后开班"), ("2027-01-21", "还剩 10 天"), ("2027-02-02", "已结束 2 天")):
        page = browser.page(f"{address}{day}T12:00")
        assert told in says(page.cssselect(".preview-strip")[0])
        assert f"cohort={cohort.id}" in str(page.cssselect(".card-next a")[0].get("href")), "the choice is kept"
    assert "2027年1月1日" in words(page), "in the course since the cohort began"
    stranger = visit(cast.other_instructor)
    assert cohort.name not in words(stranger.page(BASE))
    stranger.get(address, 404)


def test_others_see_what_is_published_and_nothing_of_a_draft(cast: Cast, author: Actor, visit: Visitors) -> None:
    """Another organisation's instructor walks the published course; a draft, and its figures, are not hers."""
    draft = open_draft(author)
    change(author, draft, PATH, "排除令由机关发布", "排除令由草稿机关发布")
    make_course(author, cast.authority)
    stranger = visit(cast.other_instructor)
    page = stranger.page(LESSON)
    assert "草稿机关" not in words(page)
    assert "草稿" not in says(page.cssselect("#preview-of")[0])
    assert [link.get("href") for link in page.cssselect(".preview-line a")] == ["/courses/small"]
    [picture] = page.cssselect("main figure img")
    assert str(picture.get("src")).startswith("/courses/figures/")
    stranger.get("/authoring/own-course/preview", 404)
    for person in (cast.trainee, cast.registrar):
        visit(person).get(BASE, 403)


def test_an_earlier_revision_is_walked_too(cast: Cast, author: Actor, browser: Browser) -> None:
    """Each publication by its id; a lesson that it lacks leads to its course page."""
    reviewer = instructor(make_person(cast.authority, Role.INSTRUCTOR), national=True)
    draft = open_draft(author)
    change(author, draft, PATH, "排除令由机关发布", "排除令由新机关发布")
    publish(author, reviewer, draft)
    options = browser.page(BASE).cssselect("#preview-of option")
    assert len(options) == 2
    assert "新机关" in words(browser.page(LESSON))
    earlier = options[1].get("value")
    assert "新机关" not in words(browser.page(f"{LESSON}?of={earlier}"))
    away = browser.get(f"{BASE}/lessons/m1-first/gone?of={earlier}", 303).location
    assert away == f"{BASE}?of={earlier}"
    browser.get(f"{BASE}?of={author.person_id}", 404)


def test_what_cannot_be_read_yet_is_left_out(author: Actor, browser: Browser) -> None:
    """English that is not written, a broken question file, and at last a course file that is none."""
    draft = open_draft(author)
    change(author, draft, "m1-first/questions.yaml", "questions:", "questions: [")
    page = browser.page(LESSON)
    assert "要改" in says(page.cssselect(".preview-strip")[0])
    assert not page.cssselect(".check")
    change(author, draft, "course.yaml", "id: small", "id: [")
    assert "尚无可预览的内容" in words(browser.page(BASE))
    assert "尚无可预览的内容" in words(browser.page(LESSON))


def test_the_phone_is_a_frame_that_only_this_site_may_show(browser: Browser) -> None:
    page = browser.get(f"{LESSON}?width=phone&on=2026-12-01T10:00")
    assert page.headers["Content-Security-Policy"].endswith("frame-src 'self'")
    [frame] = html.document_fromstring(page.get_data(as_text=True)).cssselect("iframe")
    address = str(frame.get("src"))
    inside = browser.get(address)
    assert "frame-ancestors 'self'" in inside.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in browser.get(LESSON).headers["Content-Security-Policy"]
    shown = html.document_fromstring(inside.get_data(as_text=True))
    assert shown.cssselect(".preview-strip.is-slim")
    assert all("framed=1" in str(link.get("href")) for link in shown.cssselect("a[rel=next]"))


@pytest.mark.usefixtures("writer")
def test_stages_and_phases() -> None:
    course = outline(current_revision_id(get_course("small")))
    begun, studied = (progress_at(stage, course) for stage in Stage)
    assert next_step(course, begun).kind is Next.BEGIN
    assert next_step(course, studied).kind is Next.EXAMINATION
    start, end = date(2027, 1, 1), date(2027, 1, 31)
    days: dict[date, tuple[Phase, int]] = {
        date(2026, 12, 31): (Phase.AHEAD, 1),
        start: (Phase.RUNNING, 30),
        end: (Phase.RUNNING, 0),
        date(2027, 2, 1): (Phase.OVER, 1),
    }
    assert {day: phase_of(day, start, end) for day in days} == days
