"""One database a session, built by the migrations; each test inside a transaction that is rolled back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from app.core import database as core_database
from app.core.database import db, write_mode
from app.factory import create_app
from tests.support.cast import Cast, make_cast
from tests.support.courses import SMALL
from tests.support.keys import make_keys
from tests.support.pages import Visitors

# No verdict on a crowded machine's speed; in CI the same examples each time, by hand new ones are searched.
settings.register_profile(
    "academy",
    derandomize=os.environ.get("CI") == "true",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("academy")

pytest_plugins = ["tests.support.honesty", "tests.support.order"]


class KeptSession(scoped_session[Session]):
    """Ends its transaction with each request, as the real one does, but keeps the test's objects attached."""

    def remove(self) -> None:
        session = self()
        if session.is_active and not (session.new or session.dirty or session.deleted):
            session.commit()
        else:
            session.rollback()

    def close_for_good(self) -> None:
        super().remove()


@contextmanager
def savepoint(connection: Connection) -> Iterator[Connection]:
    """What core_transaction() gets in a test: a part of the test's own transaction."""
    with connection.begin_nested():
        yield connection


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> str:
    """SQLite in a temporary folder, or a fresh database on the server TEST_DATABASE_URL names."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite3'}"
    name = f"{os.environ.get('TEST_DATABASE_PREFIX', 'academy_test')}_{worker_id}"
    admin = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    admin.dispose()
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}{'?' + query if query else ''}"


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def app(database_url: str, data_dir: Path) -> Iterator[Flask]:
    app = create_app(
        app_env="test",
        database_url=database_url,
        data_dir=data_dir,
        public_url="https://academy.example",
        content_dir=SMALL,
        argon2_memory_kib=8,
        argon2_passes=1,
    )
    app.config.update(TESTING=True, SESSION_COOKIE_SECURE=False, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        upgrade()
        make_keys()
        yield app
        db.engine.dispose()


class NoSession:
    """What a test marked ``no_database`` finds in the place of the session."""

    def __getattr__(self, name: str) -> NoReturn:
        raise AssertionError(f"db.session.{name}: the test is marked no_database")

    def __call__(self) -> NoReturn:
        raise AssertionError("db.session(): the test is marked no_database")


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every commit of the test is a savepoint of one transaction, rolled back at the end."""
    if request.node.get_closest_marker("no_database"):
        session, db.session = db.session, NoSession()  # type: ignore[assignment]
        yield
        db.session = session
        return
    app: Flask = request.getfixturevalue("app")
    if request.node.get_closest_marker("own_database"):
        yield
        return
    with app.app_context():
        connection = db.engine.connect()
    with write_mode():
        outer = connection.begin()
    original, begin_core, connect_core = db.session, core_database.begin_core, core_database.connect_core
    kept = KeptSession(
        sessionmaker(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    )
    db.session = kept  # type: ignore[assignment]
    core_database.begin_core = core_database.connect_core = lambda: savepoint(connection)
    yield
    kept.close_for_good()
    db.session, core_database.begin_core, core_database.connect_core = original, begin_core, connect_core
    outer.rollback()
    connection.close()


@pytest.fixture
def cast() -> Cast:
    """The fixed cast of characters; see tests/support/cast.py."""
    return make_cast()


@pytest.fixture
def visit(app: Flask) -> Visitors:
    """``visit(person)`` is a browser in which the person is signed in; ``visit()`` one in which nobody is."""
    return Visitors(app)
