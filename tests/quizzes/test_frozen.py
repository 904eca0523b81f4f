"""What the database itself refuses: to change what was published, what a paper asked, and what it earned."""

import pytest
from sqlalchemy import Table, delete, select, update
from sqlalchemy.exc import DBAPIError

from app.core.database import Base, db, transaction
from app.quizzes.models import AttemptItem
from tests.support.cast import Cast
from tests.support.examinations import sit
from tests.support.quizzes import make_quiz, start

FROZEN = {
    "question_revisions": "digest",
    "quiz_revisions": "title",
    "quiz_revision_items": "pool",
    "grade_runs": "reason",
    "grades": "fraction",
    "attempt_results": "passed",
    "attempt_items": "layout",
}


@pytest.mark.parametrize(("name", "column"), FROZEN.items())
def test_papers_and_grades_are_only_appended(cast: Cast, name: str, column: str) -> None:
    attempt = start(cast.trainee, make_quiz())
    sit(cast.trainee, attempt)
    table: Table = Base.metadata.tables[name]
    with transaction() as session:
        kept = session.execute(select(table)).all()
        assert kept
        for change in (update(table).values({column: table.c[column]}), delete(table)):
            with pytest.raises(DBAPIError, match="only appended"), session.begin_nested():
                session.execute(change)
        assert session.execute(select(table)).all() == kept


def test_an_answer_and_a_flag_may_move(cast: Cast) -> None:
    start(cast.trainee, make_quiz())
    with transaction() as session:
        session.execute(update(AttemptItem).values(flagged=True, answer_ordinal=None))
    assert set(db.session.scalars(select(AttemptItem.flagged))) == {True}
