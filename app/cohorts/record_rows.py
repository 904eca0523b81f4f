"""A cohort's records as one streamed statement: 100,000 people in flat memory.

The database hands out what the file shows, words, numbers and days in China, so that a row costs Python nothing
but a tuple.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Double, String, Subquery, case, cast, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from app.accounts.models import Person
from app.cohorts import rules
from app.cohorts.models import Cohort, Membership, MembershipState, ProgrammeCompletion
from app.cohorts.queries import EXAM_CONTEXT
from app.cohorts.records import Value
from app.core.database import db
from app.core.types import Exact
from app.courses import queries as courses
from app.quizzes.queries import kept_results

BATCH: Final = 2000
STATES: Final = {
    MembershipState.ACTIVE: "在读",
    MembershipState.COMPLETED: "结业",
    MembershipState.WITHDRAWN: "退学",
    MembershipState.TRANSFERRED: "转班",
}


class DayInChina(FunctionElement[str]):
    """A moment's day in Shanghai, eight hours before UTC since 1991, as 2026-11-23."""

    type = String()
    inherit_cache = True


@compiles(DayInChina, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(DayInChina, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char({moment} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"


def _number(exact: ColumnElement[Any]) -> ColumnElement[Any]:
    """A decimal column as a number of the spreadsheet."""
    assert isinstance(exact.type, Exact)  # noqa: S101 - the columns are named below
    return cast(exact, Double) / literal(10.0**exact.type.places, Double)


def _plan_for_all_rows() -> None:
    """PostgreSQL plans a cursor for its first rows, and right after an examination day, when nothing has counted
    the new results yet, by nested loops: minutes instead of a second. Holds until the transaction ends."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            select(
                func.set_config("cursor_tuple_fraction", "1", True),
                func.set_config("enable_nestloop", "off", True),
            )
        )


def _began(cohort: Cohort) -> Subquery | None:
    """From when on courses count for those who renew; for the others everything does."""
    if not cohort.is_renewal:
        return None
    return (
        select(Membership.person_id, Membership.counts_from.label("since"))
        .where(Membership.cohort_id == cohort.id)
        .subquery("renewals")
    )


def record_rows(cohort: Cohort, keys: Sequence[str]) -> Iterator[Sequence[Value]]:
    """One row a membership with the columns of these keys, in the order of student numbers."""
    cycle = 2 if cohort.is_renewal else 1  # every later cycle demands the same
    demands = rules.Demands.of(cohort.programme_revision.body, cycle)
    done = courses.completion_totals(list(courses.course_ids(demands.courses).values()), _began(cohort))
    exam = kept_results(cohort.programme_revision.quiz_of(cycle), EXAM_CONTEXT)
    columns: dict[str, Any] = {
        "student_number": Person.student_number,
        "name": Person.name,
        "latin_name": Person.latin_name,
        "cohort": literal(cohort.name),
        "session_number": literal(cohort.session_number),
        "state": case(STATES, value=Membership.state),
        "joined_on": DayInChina(Membership.created_at),
        "courses_done": func.coalesce(done.c.courses, 0),
        "hours": func.coalesce(_number(done.c.hours), 0.0),
        "exam_percent": _number(exam.c.percent),
        "exam_result": case((exam.c.passed == 1, "合格"), (exam.c.passed == 0, "不合格")),
        "completed_on": DayInChina(ProgrammeCompletion.completed_at),
        "email": Person.email,
    }
    statement = (
        select(*(columns[key].label(key) for key in keys))
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(done, done.c.person_id == Person.id)
        .outerjoin(exam, exam.c.context_id == Membership.id)
        .outerjoin(ProgrammeCompletion, ProgrammeCompletion.membership_id == Membership.id)
        .where(Membership.cohort_id == cohort.id)
        .order_by(Person.student_number, Person.name)
        .execution_options(yield_per=BATCH)
    )
    _plan_for_all_rows()
    yield from db.session.connection().execute(statement)
