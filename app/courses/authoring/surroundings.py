"""What a course in work refers to, from the database: library, glossary, organisations, ids that are taken."""

from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from app.core.database import db
from app.courses.authoring.models import CourseSource
from app.courses.content.schema import InstrumentFile, Organisation, Term
from app.courses.content.tree import Content
from app.courses.models import Course, CourseRevision
from app.library.models import GlossaryTerm, Instrument
from app.library.queries import library
from app.organisations.queries import list_organisations
from app.quizzes.models import Quiz


def surroundings_of(course_key: str) -> Content:
    """Everything that the course may refer to, and what others have taken. Four statements."""
    instruments, terms = _shared(library().digest)
    others = db.session.execute(
        select(CourseSource.question_keys).where(CourseSource.course_key != course_key)
    ).scalars()
    own = (
        select(CourseRevision.quiz_id)
        .join(Course, Course.id == CourseRevision.course_id)
        .where(Course.key == course_key, CourseRevision.quiz_id.is_not(None))
    )
    return Content(
        root=Path("content"),
        digest="",
        organisations=[
            Organisation.model_validate({"id": one.key, "kind": one.kind.value, "name": one.name})
            for one in list_organisations()
        ],
        instruments=instruments,
        terms=terms,
        taken_questions=frozenset(key for keys in others for key in keys),
        taken_exams=frozenset(db.session.scalars(select(Quiz.key).where(Quiz.id.not_in(own)))),
    )


@lru_cache(maxsize=2)
def _shared(_digest: str) -> tuple[dict[str, InstrumentFile], list[Term]]:
    """Library and glossary as authored, to be read only; by the library's digest."""
    instruments = db.session.execute(select(Instrument.key, Instrument.data).where(Instrument.is_listed))
    terms = db.session.scalars(select(GlossaryTerm.data).order_by(GlossaryTerm.key))
    return (
        {row.key: InstrumentFile.model_validate(row.data) for row in instruments},
        [Term.model_validate(data) for data in terms],
    )
