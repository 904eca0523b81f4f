"""The migrations make what the models say, and can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, Table, inspect

from app.core.database import Base, db
from tests.support.processes import Site, own_site

#: What serves full-text search has no model: each database does it in its own way, in its migration.
FULL_TEXT = ("ix_instruments_words", "instrument_search")


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
