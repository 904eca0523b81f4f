"""The database: one declarative base, one way to write, one way to commit.

SQLite takes its write lock at BEGIN or may never get it: a transaction that has read something and then
meets another writer fails at once, whatever the busy timeout. So whether a transaction will write is decided
*before* its first statement (``write_mode``), and only ``transaction()`` commits.
"""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import pysqlite3
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Date, Engine, Enum, MetaData, Uuid, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import ConfigurationError, Settings
from app.core import clock
from app.core.identifiers import new_id
from app.core.types import Exact, UtcDateTime

#: Before this release SQLite's WAL could lose a commit when two connections reset the log at once.
SAFE_SQLITE: Final = (3, 51, 3)

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base: the type map and the names of constraints."""

    # Flask-SQLAlchemy copies this class; an explicit registry is what both copies then share.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            date: Date(),
            Decimal: Exact(5),
            uuid.UUID: Uuid(),
            StrEnum: Enum(
                StrEnum,
                native_enum=False,
                create_constraint=False,
                length=40,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )


class Identified:
    """A row with an identifier of its own and the moment it was made."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=-1)


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_alone: ContextVar[bool] = ContextVar("alone", default=False)

#: PostgreSQL's disk_full and io_error.
_NO_STORAGE: Final = frozenset({"53100", "58030"})
_OPEN: Final = "academy.transaction"
_AFTER: Final = "academy.after_commit"
_MODE: Final = "academy.writing"


class WriteInReadTransaction(RuntimeError):
    """Code wrote in a transaction that was opened for reading; open it with ``transaction()``."""


def set_write_mode(writing: bool, *, alone: bool = False) -> None:
    """Decide for the rest of this context (a request) whether new transactions take the write lock.

    ``alone``: what is read needs no transaction around it. On PostgreSQL each statement sees its own snapshot
    anyway, so a page is spared two trips to the server; SQLite's readers keep one snapshot.
    """
    _writing.set(writing)
    _alone.set(alone)


@contextmanager
def write_mode() -> Iterator[None]:
    """Transactions opened inside take the write lock at once."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def release() -> None:
    """End the open transaction without writing: call it before slow work such as hashing a password."""
    db.session.rollback()


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a unit of work and commit it; any exception rolls everything back.

    Raises RuntimeError when nested, or when something was read before in a transaction not open for writing
    (on SQLite that could fail under load: read inside, or ``release()`` first).
    """
    session = db.session()
    if session.info.get(_OPEN):
        raise RuntimeError("transaction() is already open: services never commit, views and tasks do")
    if session.in_transaction() and not session.info.get(_MODE):
        raise RuntimeError("a read transaction is open: call release() before transaction()")
    session.info[_OPEN] = True
    try:
        with write_mode():
            yield session
            session.commit()
    except BaseException:
        session.rollback()
        session.info.pop(_AFTER, None)
        raise
    finally:
        session.info.pop(_OPEN, None)
    for action in session.info.pop(_AFTER, []):
        action()


def begin_core() -> AbstractContextManager[Connection]:
    """A connection of its own in a transaction (tests put theirs here)."""
    return db.engine.begin()


@contextmanager
def core_transaction() -> Iterator[Connection]:
    """``transaction()`` for a few Core statements, without a session: for the hottest path alone.

    Raises RuntimeError when this request's session has begun something: the two would wait for each other.
    """
    if db.session.registry.has() and db.session().in_transaction():
        raise RuntimeError("a session's transaction is open: core_transaction() comes first or after release()")
    with write_mode(), begin_core() as connection:
        yield connection


def is_out_of_storage(error: DBAPIError) -> bool:
    """Had the database no room, or no way, to write? Then nothing of the transaction was kept."""
    if getattr(error.orig, "sqlstate", None) in _NO_STORAGE:
        return True
    return _sqlite_code(error) in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def is_busy(error: DBAPIError) -> bool:
    """Did others hold SQLite's lock for longer than it waits?"""
    return _sqlite_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _sqlite_code(error: DBAPIError) -> int:
    """SQLite's primary result code; 0 where it is not SQLite that complains."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF


@contextmanager
def core_statements() -> Iterator[Connection]:
    """A connection on which each Core statement is a transaction of its own, committed when it returns.

    PostgreSQL alone (``statements_stand_alone()``). Raises RuntimeError as core_transaction() does.
    """
    if db.session.registry.has() and db.session().in_transaction():
        raise RuntimeError("a session's transaction is open: core_statements() comes first or after release()")
    token = _alone.set(True), _writing.set(False)
    try:
        with connect_core() as connection:
            yield connection
    finally:
        _alone.reset(token[0])
        _writing.reset(token[1])


def connect_core() -> AbstractContextManager[Connection]:
    """A connection of its own (tests put theirs here)."""
    return db.engine.connect()


def statements_stand_alone() -> bool:
    """Does ``core_statements()`` work here? SQLite's writers need to say at BEGIN that they will write."""
    return db.engine.dialect.name == "postgresql"


def serialise(name: str) -> None:
    """Until the present transaction() ends, nobody else passes here under the same name.

    SQLite's writers already come one after the other; PostgreSQL takes an advisory lock.
    """
    session = db.session()
    if not session.info.get(_OPEN):
        raise RuntimeError("serialise() belongs inside transaction()")
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def add_unless_taken(row: Base) -> bool:
    """Add a row of which the database allows one; False where somebody was quicker: the transaction goes on."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def upsert(model: Any) -> Any:
    """INSERT … ON CONFLICT, which both databases spell alike and SQLAlchemy keeps in two dialects."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def after_commit(action: Callable[[], None]) -> None:
    """Run something once the present transaction() has been committed (never when it rolls back)."""
    session = db.session()
    if not session.info.get(_OPEN):
        raise RuntimeError("after_commit() belongs inside transaction()")
    session.info.setdefault(_AFTER, []).append(action)


def _refuse_writes_in_read_transaction(session: Session, *_: Any) -> None:
    session.connection()  # begins now if nothing has been read yet, so that the mode is known
    if not session.info.get(_MODE):
        raise WriteInReadTransaction("a write reached a transaction opened for reading")


def _note_mode(session: Session, *_: Any) -> None:
    session.info[_MODE] = _writing.get()


def _guard_statement(state: Any) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _refuse_writes_in_read_transaction(state.session)


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the begin event below opens transactions, not the driver
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def _prepare_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.autocommit = True  # the begin event below opens transactions, not the driver


def _begin_postgresql(connection: Any) -> None:
    if _writing.get() or not _alone.get():
        connection.exec_driver_sql("BEGIN")


def install_engine_events(engine: Engine) -> None:
    """Give an engine our way of beginning transactions (also used by migrations and harnesses)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)


def engine_options(settings: Settings) -> dict[str, Any]:
    """Driver and pool for the configured database. Raises ConfigurationError on an unsafe SQLite."""
    if not settings.sqlalchemy_url.startswith("sqlite"):
        return {"pool_size": settings.database_pool_size, "max_overflow": 4, "pool_pre_ping": False}
    if pysqlite3.sqlite_version_info < SAFE_SQLITE:
        raise ConfigurationError(
            f"SQLite {pysqlite3.sqlite_version} can lose commits in WAL mode; install pysqlite3 0.6.1"
        )
    return {"module": pysqlite3.dbapi2}


def init_database(app: Flask, settings: Settings) -> None:
    """Attach the database and the write guards to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.sqlalchemy_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    with app.app_context():
        install_engine_events(db.engine)
    if not event.contains(Session, "before_flush", _refuse_writes_in_read_transaction):
        event.listen(Session, "after_begin", _note_mode)
        event.listen(Session, "before_flush", _refuse_writes_in_read_transaction)
        event.listen(Session, "do_orm_execute", _guard_statement)
