"""Who is under way in a course, and what a publication that moves them would mean for each."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.courses.authoring import policies
from app.courses.content.tree import CourseTree
from app.courses.models import CheckAnswer, Course, CourseCompletion, CourseRevision, Enrolment, SectionRead


@dataclass(frozen=True, slots=True)
class Affected:
    """Somebody under way. Steps are sections read and check questions answered."""

    person_id: uuid.UUID
    name: str
    enrolment_id: uuid.UUID
    #: The number of the revision she is in.
    revision: int
    steps_done: int
    steps_total: int
    #: The same if she is moved.
    steps_done_after: int
    steps_total_after: int

    @property
    def not_counted_after(self) -> int:
        """Steps she has done that the new revision no longer has."""
        return max(0, self.steps_done - self.steps_done_after)

    @property
    def studied_after(self) -> bool:
        """Nothing but the examination would be left to do."""
        return self.steps_done_after >= self.steps_total_after


@dataclass(frozen=True, slots=True)
class Reach:
    """Everybody whom a publication can affect."""

    #: Those at the actor's organisations, by name.
    under_way: tuple[Affected, ...]
    #: How many there are elsewhere.
    elsewhere: int
    #: How many have completed the course: a publication never touches them.
    completed: int


def steps_of(tree: CourseTree) -> tuple[frozenset[str], frozenset[str]]:
    """How evidence names the sections and check questions of a course in work."""
    texts = [
        (lesson.moved_from or module.file.id, lesson.id, module.texts[lesson.id]["zh"].document)
        for module in tree.modules
        for lesson in module.file.lessons
        if "zh" in module.texts.get(lesson.id, {})
    ]
    paths = (f"{module}/{lesson}/{section.key}" for module, lesson, text in texts for section in text.sections)
    return frozenset(paths), frozenset(spot.text for _module, _lesson, text in texts for spot in text.questions)


def affected_by(actor: Actor, course_key: str, tree: CourseTree) -> Reach:
    """Who is under way in the course, with what counts now and would count in ``tree``. Five statements."""
    course = select(Course.id).where(Course.key == course_key).scalar_subquery()
    is_completed = select(CourseCompletion.id).where(CourseCompletion.enrolment_id == Enrolment.id).exists()
    current = (Enrolment.course_id == course, Enrolment.is_current)
    statement = (
        select(Enrolment.id, Enrolment.person_id, Person.name, CourseRevision)
        .join(Person, Person.id == Enrolment.person_id)
        .join(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .where(*current, ~is_completed)
        .with_only_columns(
            Enrolment.id,
            Enrolment.person_id,
            Person.name,
            CourseRevision.number,
            (CourseRevision.sections_total + CourseRevision.checks_total).label("total"),
        )
        .order_by(Person.name, Enrolment.id)
    )
    places = actor.organisations(*policies.AUTHORS)
    every = db.session.scalar(select(func.count()).select_from(Enrolment).where(*current, ~is_completed)) or 0
    if places is not None:
        statement = statement.where(Person.organisation_id.in_(places))
    rows = db.session.execute(statement).all()
    paths, checks = steps_of(tree)
    chosen = select(Enrolment.id).where(*current, ~is_completed)
    read = _counts(SectionRead, SectionRead.path, paths, chosen)
    answered = _counts(CheckAnswer, CheckAnswer.question_key, checks, chosen)
    under_way = tuple(
        Affected(
            person_id=row.person_id,
            name=row.name,
            enrolment_id=row.id,
            revision=row.number,
            steps_done=read.get(row.id, (0, 0))[0] + answered.get(row.id, (0, 0))[0],
            steps_total=row.total,
            steps_done_after=read.get(row.id, (0, 0))[1] + answered.get(row.id, (0, 0))[1],
            steps_total_after=len(paths) + len(checks),
        )
        for row in rows
    )
    completed = db.session.scalar(select(func.count()).select_from(Enrolment).where(*current, is_completed)) or 0
    return Reach(under_way, every - len(under_way), completed)


def _counts(
    table: Any, column: ColumnElement[str] | Any, wanted: Collection[str], chosen: Any
) -> dict[uuid.UUID, tuple[int, int]]:
    """Per enrolment: how many steps count now, and how many would."""
    rows = db.session.execute(
        select(
            table.enrolment_id,
            func.count(case((table.is_counted, column)).distinct()),
            func.count(case((column.in_(wanted), column)).distinct()),
        )
        .where(table.enrolment_id.in_(chosen))
        .group_by(table.enrolment_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}
