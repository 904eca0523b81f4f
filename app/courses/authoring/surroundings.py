"""What a course in work refers to, from the database: library, glossary, organisations, ids that are taken."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select

from app.core.database import db
from app.courses.authoring.models import CourseSource
from app.courses.authoring.sources import folder_of, manifest_of
from app.courses.content.checks import taught_in
from app.courses.content.loading import inspect_course, load_programmes
from app.courses.content.schema import InstrumentFile, Organisation, Term
from app.courses.content.tree import Content, CourseTree
from app.courses.models import ContentState, Course, CourseRevision
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


def with_programmes(course_key: str, tree: CourseTree, surroundings: Content) -> Content:
    """The course among the programmes it belongs to, with the other published courses these are made of."""
    content = replace(surroundings, courses={course_key: tree}, programmes={}, documents={})
    state = db.session.get(ContentState, 1)
    shared = manifest_of(state.shared_tree if state else None)
    programmes = {path: digest for path, digest in shared.items() if path.startswith("programmes/")}
    load_programmes(folder_of("", programmes, "content"), content, course_key)
    wanted = {key for programme in content.programmes.values() for key in taught_in(programme)} - {course_key}
    published = select(CourseSource.course_key, CourseSource.published_tree).where(
        CourseSource.course_key.in_(wanted), CourseSource.published_tree.is_not(None)
    )
    for key, digest in db.session.execute(published).all():
        other = inspect_course(folder_of(key, manifest_of(digest)), surroundings)[0]
        if other is not None:
            content.courses[key] = other
    return content


@lru_cache(maxsize=2)
def _shared(_digest: str) -> tuple[dict[str, InstrumentFile], list[Term]]:
    """Library and glossary as authored, to be read only; by the library's digest."""
    instruments = db.session.execute(select(Instrument.key, Instrument.data).where(Instrument.is_listed))
    terms = db.session.scalars(select(GlossaryTerm.data).order_by(GlossaryTerm.key))
    return (
        {row.key: InstrumentFile.model_validate(row.data) for row in instruments},
        [Term.model_validate(data) for data in terms],
    )
