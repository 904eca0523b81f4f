"""A cohort's records as one streamed statement: 100,000 people in flat memory."""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select

from app.accounts.models import Person
from app.cohorts import rules
from app.cohorts.models import Cohort, Membership, ProgrammeCompletion
from app.cohorts.queries import EXAM_CONTEXT
from app.cohorts.records import RecordRow
from app.core.database import db
from app.courses import queries as courses
from app.quizzes.queries import kept_results

BATCH = 2000
NOTHING = Decimal(0)


def record_rows(cohort: Cohort) -> Iterator[RecordRow]:
    """One row a membership, in the order of student numbers."""
    demands = rules.Demands.of(cohort.programme_revision.body)
    done = courses.completion_totals(list(courses.course_ids(demands.courses).values()))
    exam = kept_results(cohort.programme_revision.quiz_id, EXAM_CONTEXT)
    statement = (
        select(
            Person.student_number,
            Person.name,
            Person.latin_name,
            Person.email,
            Membership.state,
            Membership.created_at,
            done.c.courses,
            done.c.hours,
            exam.c.percent,
            exam.c.passed,
            ProgrammeCompletion.completed_at,
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(done, done.c.person_id == Person.id)
        .outerjoin(exam, exam.c.context_id == Membership.id)
        .outerjoin(ProgrammeCompletion, ProgrammeCompletion.membership_id == Membership.id)
        .where(Membership.cohort_id == cohort.id)
        .order_by(Person.student_number, Person.name)
        .execution_options(yield_per=BATCH)
    )
    for number, name, latin_name, email, state, joined_at, count, hours, percent, passed, completed_at in (
        db.session.connection().execute(statement)  # Core: no entity is loaded, rows stay plain tuples
    ):
        yield RecordRow(
            number,
            name,
            latin_name,
            email,
            cohort.name,
            cohort.session_number,
            state.value,
            joined_at,
            count or 0,
            hours or NOTHING,
            percent,
            None if passed is None else bool(passed),
            completed_at,
        )
