"""Transactions, the write guard and our own column types."""

from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from app.core.database import WriteInReadTransaction, after_commit, db, set_write_mode, transaction
from app.organisations.models import Organisation, OrganisationKind
from tests.support.cast import make_organisation


def test_a_commit_stays_and_an_error_takes_everything_back() -> None:
    make_organisation("kept")
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Organisation(key="gone", kind=OrganisationKind.BAR, name={}))
        session.flush()
        session.add(Organisation(key="kept", kind=OrganisationKind.BAR, name={}))
    assert set(db.session.scalars(select(Organisation.key))) == {"kept"}


def test_writing_after_reading_in_a_read_transaction_is_refused() -> None:
    db.session.scalars(select(Organisation)).all()
    db.session.add(Organisation(key="late", kind=OrganisationKind.BAR, name={}))
    with pytest.raises(WriteInReadTransaction):
        db.session.flush()
    db.session.rollback()
    db.session.scalars(select(Organisation)).all()
    with pytest.raises(RuntimeError, match="read transaction is open"), transaction():
        pass


def test_a_transaction_inside_another_is_refused() -> None:
    with transaction(), pytest.raises(RuntimeError, match="already open"), transaction():
        pass


def test_what_waits_for_the_commit_runs_after_it_and_never_after_a_rollback() -> None:
    ran: list[str] = []
    with transaction():
        after_commit(lambda: ran.append("after"))
        assert ran == []
    with pytest.raises(IntegrityError), transaction() as session:
        after_commit(lambda: ran.append("never"))
        session.add(Organisation(kind=OrganisationKind.BAR, name={}))
    assert ran == ["after"]


def test_pages_of_postgresql_read_without_a_transaction_around_them() -> None:
    """SQLite's readers need one to keep their snapshot; and what is no page gets one on both."""
    engine, sent = db.engine, []

    def note(*told: Any) -> None:
        sent.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        for alone in (True, False):
            set_write_mode(False, alone=alone)
            with engine.connect() as connection:
                connection.execute(select(Organisation.key)).all()
            sent.append("-")
    finally:
        set_write_mode(False)
        event.remove(engine, "before_cursor_execute", note)
    begun = ["BEGIN" if one == "BEGIN" else "-" if one == "-" else "SELECT" for one in sent]
    page = ["SELECT", "-"] if engine.dialect.name == "postgresql" else ["BEGIN", "SELECT", "-"]
    assert begun == [*page, "BEGIN", "SELECT", "-"]
