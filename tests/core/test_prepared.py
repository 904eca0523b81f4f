"""Statements whose text is made once: the same values in and out as SQLAlchemy's own execution."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from sqlalchemy import Column, Connection, Enum, Integer, MetaData, Table, Uuid, bindparam, insert, select, update

from app.core.database import db
from app.core.prepared import Prepared
from app.core.types import Exact, Json, UtcDateTime
from tests.support.statements import counted_statements


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


things = Table(
    "prepared_things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("colour", Enum(Colour, native_enum=False), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("body", Json),
    Column("marks", Exact(5)),
    Column("count", Integer, nullable=False),
)
THING = {
    "id": uuid.UUID("0198a1b2-0000-7000-8000-000000000001"),
    "colour": Colour.BLUE,
    "at": datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
    "body": {"答案": ["甲", None]},
    "marks": Decimal("2.5"),
    "count": 1,
}


@pytest.fixture
def connection() -> Connection:
    connection = db.session.connection()
    things.create(connection)
    return connection


def test_what_is_inserted_is_what_sqlalchemy_reads(connection: Connection) -> None:
    Prepared(insert(things)).execute(connection, THING)
    assert dict(connection.execute(select(things)).one()._mapping) == THING


def test_a_row_comes_back_in_pythons_types(connection: Connection) -> None:
    connection.execute(insert(things), THING)
    look = Prepared(select(things).where(things.c.id == bindparam("asked"), things.c.colour == Colour.BLUE))
    for _ in range(2):
        row = look.first(connection, {"asked": THING["id"]})
        assert row is not None
        assert dict(zip(things.c.keys(), row, strict=True)) == THING
    assert look.first(connection, {"asked": uuid.uuid4()}) is None


def test_nothing_is_kept_as_nothing(connection: Connection) -> None:
    Prepared(insert(things)).execute(connection, THING | {"marks": None})
    row = Prepared(select(things.c.marks)).first(connection, {})
    assert row == (None,)


def test_an_update_says_how_many_rows_it_changed_or_returns_them(connection: Connection) -> None:
    connection.execute(insert(things), THING)
    wanted = update(things).where(things.c.id == bindparam("asked"))
    more = Prepared(wanted.values(count=things.c.count + 1))
    assert more.execute(connection, {"asked": THING["id"]}).rowcount == 1
    assert more.execute(connection, {"asked": uuid.uuid4()}).rowcount == 0
    counted = Prepared(wanted.values(count=5).returning(things.c.count, things.c.at))
    assert counted.first(connection, {"asked": THING["id"]}) == (5, THING["at"])


def test_a_parameter_without_a_value_is_refused(connection: Connection) -> None:
    with pytest.raises(KeyError, match="asked"):
        Prepared(select(things.c.count).where(things.c.id == bindparam("asked"))).first(connection, {})


def test_a_naive_moment_is_refused_as_ever(connection: Connection) -> None:
    with pytest.raises(ValueError, match="naive"):
        Prepared(insert(things)).execute(connection, THING | {"at": datetime(2026, 1, 1)})  # noqa: DTZ001


def test_it_is_seen_by_who_counts_statements(connection: Connection) -> None:
    look = Prepared(select(things.c.count))
    with counted_statements() as seen:
        look.first(connection, {})
    assert len(seen) == 1
