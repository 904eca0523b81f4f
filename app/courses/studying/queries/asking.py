"""Trainees' questions: beside a lesson, one's own, and those an instructor answers."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person, PersonState, RoleGrant
from app.core.access import Actor, Role
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.core.text import Bilingual
from app.courses import queries as courses
from app.courses.studying import policies
from app.courses.studying.models import PassageQuestion


def own_questions(actor: Actor) -> list[PassageQuestion]:
    """What one has asked, the latest first."""
    return list(
        db.session.scalars(
            select(PassageQuestion)
            .where(PassageQuestion.person_id == actor.person_id)
            .order_by(PassageQuestion.id.desc())
        )
    )


def _reached(actor: Actor) -> Select[PassageQuestion]:
    statement = select(PassageQuestion).where(PassageQuestion.person_id != actor.person_id)
    reached = actor.organisations(*policies.ANSWERERS)
    return statement if reached is None else statement.where(PassageQuestion.organisation_id.in_(reached))


def list_asked(
    actor: Actor, *, course_key: str = "", answered: bool | None = None, page: int = 1
) -> Page[PassageQuestion]:
    """Questions the actor may answer, unanswered ones first, then the latest. Two statements."""
    statement = _reached(actor).options(joinedload(PassageQuestion.asker))
    if course_key:
        statement = statement.where(PassageQuestion.course_key == course_key)
    if answered is not None:
        column = PassageQuestion.answered_at
        statement = statement.where(column.is_not(None) if answered else column.is_(None))
    return paginate(
        statement.order_by(PassageQuestion.answered_at.is_not(None), PassageQuestion.id.desc()), page=page
    )


def lesson_titles(questions: Iterable[PassageQuestion]) -> dict[uuid.UUID, Bilingual]:
    """The titles of the lessons they were asked in, as published now. Two statements at most."""
    outlines = {line.key: line.outline for line in courses.catalogue()}
    found = {
        question.id: outlines[question.course_key].find_by_home(question.module_key, question.lesson_key)
        for question in questions
        if question.course_key in outlines
    }
    return {question_id: lesson.title for question_id, lesson in found.items() if lesson is not None}


def count_unanswered(actor: Actor) -> int:
    """How many questions wait for the actor. One statement."""
    waiting = _reached(actor).where(PassageQuestion.answered_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def get_asked(actor: Actor, question_id: uuid.UUID) -> PassageQuestion:
    """A question the actor may answer. Raises NotFound, also where she may not."""
    question = db.session.scalar(
        select(PassageQuestion)
        .where(PassageQuestion.id == question_id)
        .options(joinedload(PassageQuestion.asker), joinedload(PassageQuestion.answerer))
    )
    if question is None or not policies.can_answer(actor, question):
        raise NotFound
    return question


def instructors_at(organisation_id: uuid.UUID) -> list[Person]:
    """Those who teach at an organisation and have an address."""
    return list(
        db.session.scalars(
            select(Person)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(
                RoleGrant.organisation_id == organisation_id,
                RoleGrant.role == Role.INSTRUCTOR,
                RoleGrant.ended_at.is_(None),
                Person.state == PersonState.ACTIVE,
                Person.email.is_not(None),
            )
            .order_by(Person.id)
        )
    )


def questions_of(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """For the copy of one's own data."""
    return [
        {
            "course": row.course_key,
            "place": f"{row.module_key}/{row.lesson_key}/{row.section_key}",
            "quote": row.quote,
            "question": row.text,
            "asked_at": row.created_at.isoformat(),
            "answer": row.answer,
            "published": row.published_at is not None,
        }
        for row in db.session.scalars(
            select(PassageQuestion).where(PassageQuestion.person_id == person_id).order_by(PassageQuestion.id)
        )
    ]
