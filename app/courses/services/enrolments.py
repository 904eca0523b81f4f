"""Take up a course."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Uuid, insert, literal, select

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.errors import NotAllowed
from app.courses import policies, queries
from app.courses.models import CheckAnswer, Enrolment, SectionRead


def enrol(actor: Actor | None, *, person_id: uuid.UUID, course_key: str, source: str, now: datetime) -> Enrolment:
    """Put a person in a course with its present revision; somebody already in it keeps hers.

    ``source`` is ``self`` or ``cohort:<id>``; who may is the caller's matter. Raises NotFound.
    """
    course = queries.get_course(course_key)
    revision = queries.current_revision(course)
    known = queries.find_enrolment(person_id, course.id)
    if known is not None:
        return known
    enrolment = Enrolment(
        person_id=person_id, course_id=course.id, course_revision_id=revision.id, source=source, created_at=now
    )
    if not add_unless_taken(enrolment):  # another enrolment was quicker by a moment: that one counts
        return db.session.scalars(
            select(Enrolment).where(
                Enrolment.person_id == person_id, Enrolment.course_id == course.id, Enrolment.is_current
            )
        ).one()
    audit.record(actor, "courses.enrol", enrolment, course=course_key, revision=revision.number, source=source)
    return enrolment


def enrol_again(
    actor: Actor | None, *, person_id: uuid.UUID, course_key: str, source: str, delta: bool, now: datetime
) -> Enrolment:
    """Let somebody who completed a course study its present revision in another round, examination included.

    The earlier round stays as it was. With ``delta`` what she read and answered in modules that have not changed
    since is carried over, so that only what is new is to be studied. Whoever has not completed the course
    goes on with the round she is in. Raises NotFound.
    """
    course = queries.get_course(course_key)
    earlier = queries.enrolment_in(person_id, course_key, lock=True)
    if earlier is None:
        return enrol(actor, person_id=person_id, course_key=course_key, source=source, now=now)
    if queries.completion_of(earlier) is None:
        return earlier
    earlier.is_current = False
    db.session.flush()
    revision = queries.current_revision(course)
    enrolment = Enrolment(
        person_id=person_id,
        course_id=course.id,
        course_revision_id=revision.id,
        source=source,
        round=earlier.round + 1,
        created_at=now,
    )
    db.session.add(enrolment)
    db.session.flush()
    if delta:
        _carry_over(earlier, enrolment)
    audit.record(
        actor, "courses.enrol", enrolment, course=course_key, revision=revision.number, source=source, delta=delta
    )
    return enrolment


def _carry_over(earlier: Enrolment, enrolment: Enrolment) -> None:
    """Copy the evidence of modules whose revision is the same in both rounds."""
    old, new = queries.outline(earlier.course_revision_id), queries.outline(enrolment.course_revision_id)
    known = {module.revision_id for module in old.modules}
    lessons = [lesson for module in new.modules if module.revision_id in known for lesson in module.lessons]
    paths = [path for lesson in lessons for path in lesson.paths()]
    checks = [key for lesson in lessons for key in lesson.checks]
    db.session.execute(
        insert(SectionRead).from_select(
            ["enrolment_id", "path", "at"],
            select(literal(enrolment.id, Uuid), SectionRead.path, SectionRead.at).where(
                SectionRead.enrolment_id == earlier.id, SectionRead.path.in_(paths)
            ),
        )
    )
    columns = [
        CheckAnswer.question_key,
        CheckAnswer.question_revision_id,
        CheckAnswer.response,
        CheckAnswer.correct,
        CheckAnswer.at,
    ]
    db.session.execute(
        insert(CheckAnswer).from_select(
            ["enrolment_id", *(column.key for column in columns)],
            select(literal(enrolment.id, Uuid), *columns)
            .where(CheckAnswer.enrolment_id == earlier.id, CheckAnswer.question_key.in_(checks))
            .order_by(CheckAnswer.id),
        )
    )


def enrol_all(
    actor: Actor | None, *, person_ids: Sequence[uuid.UUID], course_key: str, source: str, now: datetime
) -> None:
    """As enrol, for many people in a few statements. Raises NotFound."""
    course = queries.get_course(course_key)
    revision = queries.current_revision(course)
    known = set(
        db.session.scalars(
            select(Enrolment.person_id).where(
                Enrolment.course_id == course.id, Enrolment.person_id.in_(person_ids), Enrolment.is_current
            )
        )
    )
    enrolments = [
        Enrolment(
            person_id=person_id,
            course_id=course.id,
            course_revision_id=revision.id,
            source=source,
            created_at=now,
        )
        for person_id in dict.fromkeys(person_ids)
        if person_id not in known
    ]
    db.session.add_all(enrolments)
    db.session.flush()
    for enrolment in enrolments:
        audit.record(actor, "courses.enrol", enrolment, course=course_key, revision=revision.number, source=source)


def take_up(actor: Actor, *, course_key: str, now: datetime) -> Enrolment:
    """Enrol oneself, where the course is open. Raises NotFound, NotAllowed."""
    course = queries.get_course(course_key)
    outline = queries.outline(queries.current_revision_id(course))
    if not policies.can_take_up(outline):
        raise NotAllowed(_("This course is open to members of a cohort. Ask your registrar for a place."))
    return enrol(actor, person_id=actor.person_id, course_key=course_key, source="self", now=now)
