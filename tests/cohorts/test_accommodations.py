"""What is granted to a cohort holds for its members' sittings, and for nobody else's."""

from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Person
from app.cohorts.models import Membership
from app.cohorts.queries import EXAM_CONTEXT
from app.core.database import db, release
from app.core.errors import NotFound
from app.courses.models import Enrolment
from app.courses.queries import EXAM_CONTEXT as COURSE_CONTEXT
from app.quizzes.models import Attempt
from app.quizzes.rules import Allowance
from tests.support.accommodations import grant
from tests.support.cast import Cast
from tests.support.cohorts import join, make_cohort, registrar_of
from tests.support.courses import enrol, sync_folder
from tests.support.invigilation import fresh
from tests.support.pages import Visitors
from tests.support.quizzes import make_quiz, start

SEVEN = Allowance(extra_minutes=7)


@pytest.fixture(autouse=True)
def content(app: Flask, cast: Cast) -> None:
    with app.app_context():
        sync_folder()


def seconds(attempt: Attempt) -> int:
    found = fresh(attempt).granted_seconds
    release()
    return found


def enrolment_of(person: Person) -> Enrolment:
    return db.session.scalars(db.select(Enrolment).filter_by(person_id=person.id)).first() or enrol(person)


def test_members_have_it_in_their_certification_and_their_courses(cast: Cast, visit: Visitors) -> None:
    cohort, other = make_cohort(cast), make_cohort(cast, "另一个班")
    mine: Membership = join(cast, cohort, cast.trainee)
    also: Membership = join(cast, other, cast.trainee)
    quiz = make_quiz()
    here: dict[str, Any] = {"context_type": EXAM_CONTEXT, "context_id": mine.id}
    elsewhere: dict[str, Any] = {"context_type": EXAM_CONTEXT, "context_id": also.id}
    course: dict[str, Any] = {"context_type": COURSE_CONTEXT, "context_id": enrolment_of(cast.trainee).id}
    theirs: dict[str, Any] = {"context_type": COURSE_CONTEXT, "context_id": enrolment_of(cast.cohort_mate).id}
    running, apart = start(cast.trainee, quiz, **here), start(cast.trainee, quiz, **elsewhere)
    group = ("cohort", cohort.id)
    page = visit(cast.registrar).page("/accommodations/new").cssselect("a[href*='group=']")
    assert len(page) == 2
    visit(cast.other_registrar).get(f"/accommodations/new?group=cohort:{group[1]}", 404)
    assert grant(registrar_of(cast), group, SEVEN).moved == [running.id]
    assert (seconds(running), seconds(apart)) == (420, 0)
    assert seconds(start(cast.trainee, make_quiz(), **course)) == 420
    assert seconds(start(cast.cohort_mate, make_quiz(), **theirs)) == 0
    with pytest.raises(NotFound):
        grant(registrar_of(cast), ("cohort", mine.id), SEVEN)
    shown = visit(cast.registrar).get("/accommodations").get_data(as_text=True)
    assert cohort.name in shown
