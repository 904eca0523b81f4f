"""Let attempts wait and stand still; keep invigilators' decisions and candidates' signs of life."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "invigilation"
down_revision = "regrading"
branch_labels = None
depends_on = None

STATES = "state in ('waiting','in_progress','paused','submitted','expired','voided')"
FORMER = "state in ('in_progress','submitted','expired','voided')"
EVENTS = (("interventions_frozen", "UPDATE"), ("interventions_kept", "DELETE"))


def upgrade() -> None:
    with op.batch_alter_table("attempts") as attempts:
        attempts.drop_constraint(op.f("ck_attempts_state"), type_="check")
        attempts.add_column(sa.Column("paused_at", types.UtcDateTime(), nullable=True))
        attempts.add_column(sa.Column("decisions", sa.Integer(), nullable=False, server_default="0"))
        attempts.create_check_constraint(op.f("ck_attempts_state"), STATES)
        attempts.create_check_constraint(
            op.f("ck_attempts_paused"), "(state = 'paused') = (paused_at is not null)"
        )
        attempts.create_check_constraint(op.f("ck_attempts_decisions"), "decisions >= 0")
    with op.batch_alter_table("attempts") as attempts:
        attempts.alter_column("decisions", server_default=None)
    op.create_table(
        "attempt_interventions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", types.Json, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_attempt_interventions_number")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_interventions_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_attempt_interventions_actor_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_interventions")),
        sa.UniqueConstraint("attempt_id", "number", name=op.f("uq_attempt_interventions_attempt_id_number")),
    )
    op.create_index(op.f("ix_attempt_interventions_actor_id"), "attempt_interventions", ["actor_id"])
    op.create_table(
        "attempt_presences",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_attempt_presences")),
    )
    # Few answers are not counted; an invigilator's page asks for these alone.
    uncounted = sa.text("late or superseded")
    op.create_index(
        "ix_response_events_uncounted",
        "response_events",
        ["attempt_id"],
        sqlite_where=uncounted,
        postgresql_where=uncounted,
    )
    _protect()


def _protect() -> None:
    """Let the database itself refuse to change or delete a decision."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_intervention_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'interventions are only appended' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'interventions are only appended'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_intervention_change()"
    )
    for name, event in EVENTS:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON attempt_interventions FOR EACH ROW {body}")


def downgrade() -> None:
    op.drop_index("ix_response_events_uncounted", table_name="response_events")
    op.drop_table("attempt_presences")
    op.drop_table("attempt_interventions")  # its triggers go with it
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_intervention_change()")
    # The former schema knows neither waiting nor standing still: what has begun goes on, what has not is void.
    op.execute("UPDATE attempts SET state = 'in_progress', paused_at = NULL WHERE state = 'paused'")
    op.execute("UPDATE attempts SET state = 'voided' WHERE state = 'waiting'")
    with op.batch_alter_table("attempts") as attempts:
        attempts.drop_constraint(op.f("ck_attempts_paused"), type_="check")
        attempts.drop_constraint(op.f("ck_attempts_decisions"), type_="check")
        attempts.drop_constraint(op.f("ck_attempts_state"), type_="check")
        attempts.drop_column("decisions")
        attempts.drop_column("paused_at")
        attempts.create_check_constraint(op.f("ck_attempts_state"), FORMER)
