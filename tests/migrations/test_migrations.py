"""The migrations make what the models say, and can be undone."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, Table, insert, inspect

from app.core import clock
from app.core.database import Base, db, release, transaction
from app.courses.authoring.models import SourceMedia
from app.courses.authoring.sources import UNFIT, media_of
from app.quizzes import queries, services
from app.quizzes.context import keyring
from app.quizzes.models import EventKind
from app.quizzes.protocol import Sent
from tests.support.cast import make_login, make_organisation, make_person
from tests.support.processes import Site, own_site
from tests.support.quizzes import items_of, make_quiz, start

#: What serves full-text search has no model: each database does it in its own way, in its migration.
FULL_TEXT = ("ix_instruments_words", "instrument_search", "ix_section_texts_words", "section_search")


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests migrate a database of their own."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with own_site(tmp_path) as site:
        yield site


def differences(metadata: MetaData) -> list[object]:
    """What autogenerate would write to bring the database to the metadata."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    return [item for item in found if not (item[0].startswith("remove_") and item[1].name.startswith(FULL_TEXT))]


def test_the_models_match_the_migrations(site: Site) -> None:
    assert differences(Base.metadata) == []


def test_a_planted_column_would_be_noticed(site: Site) -> None:
    planted = MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(planted)
    Table("jobs", planted, Column("planted", Integer), extend_existing=True)
    (difference,) = differences(planted)
    assert "planted" in str(difference)


def test_everything_can_be_undone_and_made_again(site: Site) -> None:
    before = set(inspect(db.engine).get_table_names())
    db.engine.dispose()
    downgrade(revision="base")
    left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    db.engine.dispose()
    upgrade()
    assert set(inspect(db.engine).get_table_names()) == before


def test_what_the_content_check_found_becomes_messages(site: Site) -> None:
    statement = insert(SourceMedia)
    row = {"size": 1, "media_type": "image/png", "width": 1, "height": 1, "milliseconds": None}
    db.engine.dispose()
    downgrade(revision="frozen_papers")
    with db.engine.begin() as connection:
        connection.execute(statement, row | {"digest": "a", "findings": [[3, 1, "<a> stands in it", "remove it"]]})
        connection.execute(statement, row | {"digest": "b", "findings": []})
    db.engine.dispose()
    upgrade()
    found = media_of(["a", "b"])
    assert [(one.wrong, one.mend) for one in found["a"].findings] == [UNFIT]
    assert found["b"].findings == ()
    release()


def test_events_taken_before_signatures_were_kept_are_signed_by_the_migration(site: Site) -> None:
    person = make_person(make_organisation())
    attempt = start(person, make_quiz(("numeric",)))
    login_id = make_login(person).id
    attempt_id, item_id = attempt.id, items_of(attempt)[0].id
    release()
    for number in (1, 2):
        sent = Sent(item_id, uuid.uuid4(), uuid.UUID(int=1), number, 0, EventKind.ANSWER, {"value": number})
        with transaction():
            services.take_answer(login_id, attempt_id, sent, keyring=keyring(), now=clock.now())
    given = [event.mac for event in queries.list_events(attempt_id)]
    db.session.remove()
    db.engine.dispose()
    downgrade(revision="signing_keys")
    db.engine.dispose()
    upgrade()
    assert [event.mac for event in queries.list_events(attempt_id)] == given
    assert len(set(given)) == 2
    release()
