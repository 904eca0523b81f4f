"""Suspension, expiry, renewals, batches of certificates, and changes of law."""

import json
from datetime import date

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "certificate_life"
down_revision = "HEADREV"
branch_labels = None
depends_on = None

BEFORE = "state in ('awaiting_names','blocked','valid','superseded','revoked','ended')"
AFTER = "state in ('awaiting_names','blocked','valid','suspended','superseded','revoked','ended')"
ISSUED_BEFORE = "state in ('valid','superseded','revoked','ended')"
ISSUED_AFTER = "state in ('valid','suspended','superseded','revoked','ended')"
COMPLETE = (
    "({}) = (number IS NOT NULL AND code IS NOT NULL AND serial IS NOT NULL"
    " AND snapshot IS NOT NULL AND snapshot_digest IS NOT NULL AND issued_at IS NOT NULL)"
)


def _triggers() -> list[str]:
    """The triggers of certificates on SQLite, which a batch migration drops with the old table."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    found = op.get_bind().execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'certificates'")
    )
    return [row.sql for row in found]


def _states(states: str, issued: str) -> None:
    triggers = _triggers()
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        for name in ("state", "issued_is_complete", "file_of_issued"):
            batch_op.drop_constraint(op.f(f"ck_certificates_{name}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_certificates_state"), states)
        batch_op.create_check_constraint(op.f("ck_certificates_issued_is_complete"), COMPLETE.format(issued))
        batch_op.create_check_constraint(op.f("ck_certificates_file_of_issued"), f"file_digest IS NULL OR {issued}")
    for trigger in triggers:
        op.execute(trigger)


def _fill_expiry() -> None:
    certificates = sa.table(
        "certificates", sa.column("id", sa.Uuid()), sa.column("snapshot", sa.Text()), sa.column("expires_on", sa.Date())
    )
    rows = op.get_bind().execute(sa.select(certificates.c.id, certificates.c.snapshot)).all()
    for identity, stored in rows:
        snapshot = json.loads(stored) if isinstance(stored, str) else stored
        document = (snapshot or {}).get("document") or {}
        days = (document.get("valid_until"), (document.get("claims") or {}).get("result_valid_until"))
        known = [date.fromisoformat(day) for day in days if day]
        if known:
            op.get_bind().execute(
                certificates.update().where(certificates.c.id == identity).values(expires_on=min(known))
            )


def upgrade() -> None:
BODY

def downgrade() -> None:
DOWN
