"""Alembic's environment: the application's engine and metadata.

On SQLite a batch migration copies a table and drops the old one; with foreign keys on, that drop deletes
every child row without a word. So they are off while migrating and checked afterwards.
"""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Enum, text

from app.core import types
from app.core.database import Base, db, write_mode


def _render(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our own types by name; an enumeration is a string, so that a new member needs no migration."""
    if kind != "type":
        return False
    if isinstance(item, Enum):
        return "sa.String(length=40)"
    name = type(item).__name__ if type(item).__module__ == "app.core.types" else ""
    if item is types.Json or item is types.Serial:
        name = "Json" if item is types.Json else "Serial"
    if not name:
        return False
    autogen.imports.add("from app.core import types")
    if name == "Exact":
        return f"types.Exact({item.places})"
    return f"types.{name}()" if name == "UtcDateTime" else f"types.{name}"


def _ours(_item: Any, name: str | None, *_: Any) -> bool:
    """Full-text indexes differ between the databases: their migration makes them, the models do not know them."""
    return not (name or "").startswith(
        ("instrument_search", "ix_instruments_words", "section_search", "ix_section_texts_words")
    )


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"the migration left rows without parents: {broken[:5]}")


def run() -> None:
    engine = db.engine
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys=OFF")
        with write_mode(), connection.begin():
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=sqlite,
                compare_type=True,
                render_item=_render,
                include_object=_ours,
            )
            with context.begin_transaction():
                context.run_migrations()
            if sqlite:
                _check_foreign_keys(connection)
        if sqlite:
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()


assert current_app  # noqa: S101 - run through `flask db …`
run()
