"""The small course of tests/data/content-small, and people who study it, made by calling the services."""

from datetime import datetime
from pathlib import Path

from flask import current_app

from app.accounts.models import Person
from app.config import PROJECT
from app.core import clock
from app.core.database import release, transaction
from app.courses import queries, services
from app.courses.authoring import services as authoring
from app.courses.models import Enrolment
from app.quizzes import grading
from tests.support.cast import as_actor
from tests.support.examinations import sit

SMALL = PROJECT / "tests" / "data" / "content-small"


def sync_folder(folder: Path = SMALL, now: datetime | None = None) -> list[str]:
    """Load a content folder as ``flask content sync`` does; returns the changes."""
    settings = current_app.extensions["academy.settings"]
    plan = authoring.plan_sync(folder)
    release()
    plan.store(settings.data_dir)
    with transaction():
        return authoring.sync(plan, now or clock.now())


def enrol(person: Person, course_key: str = "small", source: str = "self") -> Enrolment:
    """The person in the course, with its present revision."""
    release()
    with transaction():
        return services.enrol(
            as_actor(person), person_id=person.id, course_key=course_key, source=source, now=clock.now()
        )


def read_everything(person: Person, course_key: str = "small") -> None:
    """Every section of her revision read."""
    enrolment = queries.enrolment_in(person.id, course_key)
    assert enrolment is not None
    paths = queries.outline(enrolment.course_revision_id).section_paths
    release()
    with transaction():
        services.mark_read(as_actor(person), course_key, paths=paths, now=clock.now())


def answer_everything(person: Person, course_key: str = "small", *, right: bool = True) -> None:
    """Every check question of her revision answered."""
    enrolment = queries.enrolment_in(person.id, course_key)
    assert enrolment is not None
    outline = queries.outline(enrolment.course_revision_id)
    answers = []
    for lesson in outline.lessons():
        for key, question in queries.check_questions(outline, lesson).items():
            response = grading.perfect(question.body)
            if not right and question.type == "true_false":
                response = {"value": not response["value"]}
            answers.append((lesson, key, response))
    for lesson, key, response in answers:
        release()
        with transaction():
            services.answer_check(
                as_actor(person), course_key, lesson=lesson, question_key=key, response=response, now=clock.now()
            )


def study(person: Person, course_key: str = "small") -> Enrolment:
    """Enrolled, everything read and answered: the examination is open to her."""
    enrolment = enrol(person, course_key)
    read_everything(person, course_key)
    answer_everything(person, course_key)
    return enrolment


def pass_exam(person: Person, course_key: str = "small", *, right: bool = True) -> None:
    """Sit the closing examination of a course, if it has one; ``right`` answers everything rightly."""
    release()
    enrolment = queries.enrolment_in(person.id, course_key)
    assert enrolment is not None
    if queries.outline(enrolment.course_revision_id).quiz_id is None:
        return
    release()
    with transaction():
        attempt = services.start_exam(as_actor(person), course_key, now=clock.now())
    sit(person, attempt, right=right)
