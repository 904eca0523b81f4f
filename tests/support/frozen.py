"""What only the owner of the database can do."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def unlock(session: Session, table: str, *names: str) -> None:
    """Take off the triggers that keep a table's rows from being changed, until this test is over.

    ``names`` of SQLite's; ``<table>_frozen`` and ``<table>_kept`` where none are given.
    """
    if session.get_bind().dialect.name == "sqlite":
        for name in names or (f"{table}_frozen", f"{table}_kept"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    else:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
