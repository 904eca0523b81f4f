"""Let trainees under way go on in a new revision, without losing anything they have done."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update

from app.core.database import db
from app.courses import queries as courses
from app.courses.models import CheckAnswer, CourseCompletion, CourseRevision, Enrolment, SectionRead
from app.courses.services.progress import check_completion


def under_way(course_id: uuid.UUID) -> Any:
    """Current enrolments in a course that is not completed: those that a publication can move."""
    completed = select(CourseCompletion.id).where(CourseCompletion.enrolment_id == Enrolment.id).exists()
    return select(Enrolment).where(Enrolment.course_id == course_id, Enrolment.is_current, ~completed)


def move_trainees(revision: CourseRevision, now: datetime) -> int:
    """Move everybody under way to the revision; how many there were.

    What was read and answered stays on record. It counts where the section or question is still there, and
    counts again should a later revision bring it back. A completed course is never touched; whoever has done
    everything that the revision asks has completed it now.
    """
    statement = under_way(revision.course_id).where(Enrolment.course_revision_id != revision.id)
    enrolments: Sequence[Enrolment] = db.session.scalars(statement.with_for_update()).all()
    outline = courses.outline(revision.id)
    for table, column, names in (
        (SectionRead, SectionRead.path, outline.section_paths),
        (CheckAnswer, CheckAnswer.question_key, outline.check_keys),
    ):
        for start in range(0, len(enrolments), 500):
            ids = [one.id for one in enrolments[start : start + 500]]
            db.session.execute(
                update(table)
                .where(table.enrolment_id.in_(ids))
                .values(is_counted=case((column.in_(names), True), else_=False))
                .execution_options(synchronize_session=False)
            )
    for enrolment in enrolments:
        enrolment.course_revision_id = revision.id
    db.session.flush()
    for enrolment in enrolments:
        check_completion(enrolment, now)
    return len(enrolments)
