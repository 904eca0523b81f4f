"""Spaced review: never what an examination does not tell yet; planned by FSRS; private; within the day's limit."""

import uuid
from datetime import datetime, timedelta

import pytest
from lxml.html import HtmlElement
from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.core import clock
from app.core.database import db, release, transaction
from app.courses.studying import letters, queries, services
from app.courses.studying.models import ReviewAnswer, ReviewCard
from app.courses.studying.rules.spacing import Ease, days_until, review
from app.mail.models import OutgoingMail
from app.quizzes.models import Attempt, AttemptItem, AttemptState, QuizRevision
from app.quizzes.rules import Feedback, Review
from tests.support.cast import Cast, as_actor
from tests.support.courses import answer_everything, enrol, pass_exam, study, sync_folder
from tests.support.examinations import sit
from tests.support.frozen import unlock
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import make_quiz, publish_anew, start
from tests.support.statements import counted_statements

NOW = clock.now().replace(hour=3)


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()


def met(person: Person) -> int:
    release()
    count = len(queries.questions_met(person.id, clock.now()))
    release()
    return count


def settle(person: Person, **review: object) -> None:
    """Change the review matrix of everything she has sat."""
    release()
    with transaction() as session:
        unlock(session, "quiz_revisions")
        for revision in db.session.scalars(select(QuizRevision)):
            kept = {name: value for name, value in revision.settings.items() if name != "feedback"}
            body = {**kept, **review}
            db.session.execute(update(QuizRevision).where(QuizRevision.id == revision.id).values(settings=body))
    release()
    db.session.expire_all()


def answer_next(browser: Browser, *, right: bool = True) -> HtmlElement:
    page = browser.page("/review/next")
    form = page.cssselect("form.check")[0]
    data = {"csrf_token": browser.token("/review/next"), "id": str(uuid.uuid4())}
    text = form.text_content()
    wanted = ("机关" if right else "当事人") if "谁发布排除令" in text else ("错" if right else "对")
    (choice,) = [one for one in form.cssselect("label.choice") if wanted in one.text_content()]
    field = choice.cssselect("input")[0]
    response = browser.client.post(form.get("action"), data={**data, str(field.get("name")): field.get("value")})
    assert response.status_code == 303
    return browser.page(response.location)


def test_nothing_of_an_examination_is_shown_before_its_review_allows(cast: Cast) -> None:
    release()
    revision = make_quiz(("single", "single"), review=Review.of(Feedback.AFTER_CLOSE))
    attempt = start(cast.trainee, revision)
    assert met(cast.trainee) == 0
    sit(cast.trainee, attempt)
    assert met(cast.trainee) == 0
    for rows in (("correct",), ("feedback",), ("answers",)):
        closed = Review.of(Feedback.AFTER_SUBMISSION).as_json() | {row: [] for row in rows}
        settle(cast.trainee, review=closed)
        assert met(cast.trainee) == 0
    settle(cast.trainee, review=Review.of(Feedback.AFTER_SUBMISSION).as_json())
    assert met(cast.trainee) == 2
    assert met(cast.cohort_mate) == 0
    closed_at = revision.created_at + timedelta(milliseconds=1)
    settle(cast.trainee, review=Review.of(Feedback.AFTER_CLOSE).as_json(), closes_at=closed_at.isoformat())
    assert met(cast.trainee) == 2
    publish_anew(revision, closes_at=clock.now() + timedelta(days=7), now=revision.created_at)
    assert met(cast.trainee) == 0  # the window was extended: others still sit
    settle(cast.trainee, review=Review.of(Feedback.AFTER_SUBMISSION).as_json())
    for state in (AttemptState.VOIDED, AttemptState.IN_PROGRESS):
        release()
        with transaction():
            db.session.execute(update(Attempt).values(state=state))
        assert met(cast.trainee) == 0


def test_what_stands_on_a_running_paper_leaves_the_review_wherever_else_it_was_met(
    cast: Cast, visit: Visitors
) -> None:
    study(cast.trainee)
    pass_exam(cast.trainee)
    before = met(cast.trainee)
    first = db.session.scalars(select(Attempt)).one()
    release()
    with transaction():
        db.session.execute(
            update(Attempt).where(Attempt.id == first.id).values(grade_run_id=None)
        )  # not released yet
    hidden = met(cast.trainee)
    assert 0 < hidden < before
    asked = {one.revision_id for one in queries.questions_met(cast.trainee.id, clock.now())}
    on_paper = set(db.session.scalars(select(AttemptItem.question_revision_id)))
    assert not asked & on_paper
    browser = visit(cast.trainee)
    for revision_id in on_paper:
        browser.submit(f"/review/questions/{revision_id}", {"id": str(uuid.uuid4())}, 404, form_at="/review")


def test_nobody_else_sees_or_rates_an_answer(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    answer_everything(cast.trainee)
    answer_next(visit(cast.trainee))
    release()
    answer_id = db.session.scalars(select(ReviewAnswer.id)).one()
    for person in (cast.cohort_mate, cast.instructor, cast.administrator):
        browser = visit(person)
        browser.get(f"/review/answers/{answer_id}", status=404)
        browser.submit(f"/review/answers/{answer_id}/ease", {"ease": "easy"}, 404, form_at="/review")
        assert "还没有可复习的题目" in browser.page("/review").text_content()


def test_a_session_is_graded_planned_and_ends(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    answer_everything(cast.trainee)
    browser = visit(cast.trainee)
    waiting = met(cast.trainee)
    assert f"有 {waiting} 题待复习" in browser.page("/review").text_content()
    wrong = answer_next(browser, right=False)
    assert "还不正确" in wrong.text_content()
    assert not wrong.cssselect("[name=ease]")
    right = answer_next(browser)
    rate = str(right.cssselect("form.cluster")[0].get("action"))
    good = latest_due()
    browser.submit(rate, {"ease": "again"}, 422, form_at="/review")
    browser.submit(rate, {"ease": "easy"}, 303, form_at="/review")
    assert latest_due() > good
    browser.submit("/review", {"daily_limit": "2", "reminders": "y"}, 303)
    assert "今日复习已完成" in browser.page("/review").text_content()
    assert browser.get("/review/next", status=302).location.endswith("/review")
    browser.submit("/review", {"daily_limit": "0"}, 422)
    (kept, *_) = visit(cast.trainee).get("/account/data/download").get_json()["reviews"]
    assert kept["ease"] == "again"


def latest_due() -> datetime:
    release()
    return max(db.session.scalars(select(ReviewCard.due)))


def test_an_answer_sent_twice_counts_once_and_an_empty_one_not_at_all(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    answer_everything(cast.trainee)
    browser = visit(cast.trainee)
    form = browser.page("/review/next").cssselect("form.check")[0]
    field = form.cssselect("label.choice input")[0]
    data = {"id": str(uuid.uuid4())}
    browser.submit(str(form.get("action")), data, 422, form_at="/review")
    for _again in range(2):
        browser.submit(
            str(form.get("action")), {**data, str(field.get("name")): field.get("value")}, 303, form_at="/review"
        )
    release()
    assert db.session.scalar(select(func.count()).select_from(ReviewAnswer)) == 1


def test_the_overview_needs_few_statements(cast: Cast, visit: Visitors) -> None:
    study(cast.trainee)
    pass_exam(cast.trainee)
    browser = visit(cast.trainee)
    browser.get("/review")
    with counted_statements() as seen:
        browser.get("/review")
    assert len(seen) <= 12, seen


def test_reminders_go_once_a_day_to_those_who_asked_and_have_something_to_review(cast: Cast) -> None:
    enrol(cast.trainee)
    answer_everything(cast.trainee)
    for person in (cast.trainee, cast.cohort_mate):
        release()
        with transaction():
            services.set_plan(as_actor(person), daily_limit=5, reminders=True)
    for when in (NOW - timedelta(hours=5), NOW, NOW + timedelta(hours=1)):
        release()
        due = queries.reminders_due(when)
        for person_id in due:
            release()
            with transaction():
                letters.remind_of_review(person_id, when)
    release()
    (letter,) = db.session.scalars(select(OutgoingMail).where(OutgoingMail.subject.contains("复习"))).all()
    assert letter.person_id == cast.trainee.id
    assert "https://academy.example/review" in letter.body


def test_the_model_spaces_by_whole_days_and_by_ease() -> None:
    first = [days_until(None, ease, NOW) for ease in Ease]
    assert first == sorted(first)
    assert first[0] >= 1
    memory = review(None, Ease.GOOD, NOW)
    later = review(memory, Ease.GOOD, memory.due)
    assert later.due - memory.due > memory.due - NOW
    forgotten = review(later, Ease.AGAIN, later.due)
    assert forgotten.due - later.due < later.due - memory.due
    assert type(memory).from_json(memory.as_json()) == memory
