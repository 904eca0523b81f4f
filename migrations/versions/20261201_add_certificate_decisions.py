"""Keep what certifiers decide about certificates after a regrade."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "certificate_decisions"
down_revision = "certificate_life"
branch_labels = None
depends_on = None

DECIDED = (
    "(state = 'decided') = (outcome IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL"
    " AND reason <> '')"
)
CHECKS = {
    "decided": DECIDED,
    "kind": "kind in ('newly_failed','result_changed','newly_passed')",
    "outcome": "outcome in ('revoke','supersede','keep','issue','withhold')",
    "state": "state in ('open','decided','lapsed')",
    "decider_did_not_regrade": "decided_by <> applied_by",
    "decider_is_not_holder": "decided_by <> person_id",
}
KEYS = {
    "applied_by": "people",
    "attempt_id": "attempts",
    "certificate_id": "certificates",
    "decided_by": "people",
    "membership_id": "memberships",
    "organisation_id": "organisations",
    "person_id": "people",
    "regrade_id": "regrades",
}
TABLE = "certificate_decisions"
EVENTS = (("decisions_sealed", "UPDATE", "WHEN (OLD.state <> 'open')"), ("decisions_kept", "DELETE", ""))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("applied_by", sa.Uuid(), nullable=False),
        sa.Column("facts", types.Json, nullable=False),
        sa.Column("evidence", types.Json, nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("reason_class", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        *(sa.CheckConstraint(text, name=op.f(f"ck_{TABLE}_{name}")) for name, text in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}_{table}"))
            for column, table in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_certificate_id"), TABLE, ["certificate_id"])
    op.create_index(op.f(f"ix_{TABLE}_regrade_id"), TABLE, ["regrade_id"])
    op.create_index(f"ix_{TABLE}_organisation", TABLE, ["organisation_id", "state"])
    is_open = sa.text("state = 'open'")
    op.create_index(
        f"uq_{TABLE}_open",
        TABLE,
        ["membership_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    _protect()


def _protect() -> None:
    """Let the database itself refuse to change what was decided, or to forget it."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_decision_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'decisions are final' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'decisions are final'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_decision_change()"
    )
    for name, event, when in EVENTS:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW {when} {body}")


def downgrade() -> None:
    op.drop_table(TABLE)  # its triggers go with it
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_decision_change()")
