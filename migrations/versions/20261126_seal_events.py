"""Keep each receipt's MAC with its event, and let the database itself refuse to change or delete an event."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from flask import current_app

from app.core import types

revision = "sealed_events"
down_revision = "signing_keys"
branch_labels = None
depends_on = None

BATCH = 2_000
FIXED = (
    *("attempt_id", "ordinal", "item_id", "kind", "client_id", "device_id", "client_seq", "base_ordinal"),
    *("body_digest", "key_id", "mac", "received_at", "late", "superseded"),
)

events = sa.table(
    "response_events",
    sa.column("attempt_id", sa.Uuid()),
    sa.column("ordinal", sa.Integer()),
    sa.column("item_id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("body_digest", sa.String()),
    sa.column("key_id", sa.String()),
    sa.column("received_at", types.UtcDateTime()),
    sa.column("late", sa.Boolean()),
    sa.column("superseded", sa.Boolean()),
    sa.column("mac", sa.String()),
)


def upgrade() -> None:
    op.add_column("response_events", sa.Column("mac", sa.String(), nullable=False, server_default=""))
    _seal()
    _protect()


def _seal() -> None:
    """Sign what was taken before, once; an event whose key was thrown away stays without."""
    keys = _keys()
    bind = op.get_bind()
    place = sa.tuple_(events.c.attempt_id, events.c.ordinal)
    seal = (
        sa.update(events)
        .where(events.c.attempt_id == sa.bindparam("attempt"), events.c.ordinal == sa.bindparam("number"))
        .values(mac=sa.bindparam("sealed"))
    )
    ordered = sa.select(events).order_by(events.c.attempt_id, events.c.ordinal).limit(BATCH)
    rows = bind.execute(ordered).all()
    while rows:
        sealed = [
            {"attempt": row.attempt_id, "number": row.ordinal, "sealed": _mac(keys[row.key_id], row)}
            for row in rows
            if row.key_id in keys
        ]
        if sealed:
            bind.execute(seal, sealed)
        last = sa.tuple_(sa.literal(rows[-1].attempt_id, sa.Uuid()), sa.literal(rows[-1].ordinal, sa.Integer()))
        rows = bind.execute(ordered.where(place > last)).all()


def _keys() -> dict[str, bytes]:
    """The application's receipt keys as they were derived when this was written."""
    found = {}
    for master in (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]):
        extracted = hmac.digest(b"\0" * 32, master.encode(), "sha256")
        secret = hmac.digest(extracted, b"quizzes/receipts/1\x01", "sha256")
        found[hashlib.sha256(secret).hexdigest()[:12]] = secret
    return found


def _mac(secret: bytes, row: sa.Row[Any]) -> str:
    received: datetime = row.received_at.astimezone(UTC)
    status = "late" if row.late else "superseded" if row.superseded else "counted"
    lines = (
        "academy-receipt-1",
        str(row.attempt_id),
        str(row.ordinal),
        str(row.item_id),
        row.kind,
        row.body_digest,
        received.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        status,
    )
    return hmac.digest(secret, "\n".join(lines).encode(), "sha256").hex()


def _protect() -> None:
    """An event may lose its content (erasure) and nothing else."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in FIXED)
        written = "NEW.salt IS NOT NULL OR coalesce(NEW.body, 'null') <> 'null'"
        body = "BEGIN SELECT RAISE(ABORT, 'answers are only appended'); END"
    else:
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in FIXED)
        written = "NEW.salt IS NOT NULL OR coalesce(NEW.body, 'null'::jsonb) <> 'null'::jsonb"
        body = "EXECUTE FUNCTION refuse_event_change()"
        op.execute(
            "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'answers are only appended' USING ERRCODE = '23001'; END $$"
        )
    op.execute(
        "CREATE TRIGGER events_frozen BEFORE UPDATE ON response_events FOR EACH ROW"
        f" WHEN ({changed} OR {written}) {body}"
    )
    op.execute(f"CREATE TRIGGER events_kept BEFORE DELETE ON response_events FOR EACH ROW {body}")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("events_frozen", "events_kept"):
        op.execute(f"DROP TRIGGER {name}" + ("" if sqlite else " ON response_events"))
    if not sqlite:
        op.execute("DROP FUNCTION refuse_event_change()")
    op.drop_column("response_events", "mac")
