"""Keep accommodations and the pauses that candidates take by themselves."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "accommodations"
down_revision = "drafts"
branch_labels = None
depends_on = None

CHECKS = {
    "own_pause": "pause_ends_at is null or paused_at is not null",
    "own_pauses": "own_pauses >= 0 and own_pause_seconds >= 0",
    "granted_seconds": "granted_seconds >= 0",
}
COUNTS = ("own_pauses", "own_pause_seconds", "granted_seconds")
KEPT = ("accommodations", "accommodation_withdrawals")


def upgrade() -> None:
    with op.batch_alter_table("attempts") as attempts:
        attempts.add_column(sa.Column("pause_ends_at", types.UtcDateTime(), nullable=True))
        for name in COUNTS:
            attempts.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        for name, check in CHECKS.items():
            attempts.create_check_constraint(op.f(f"ck_attempts_{name}"), check)
    with op.batch_alter_table("attempts") as attempts:
        for name in COUNTS:
            attempts.alter_column(name, server_default=None)
    op.create_table(
        "accommodations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("group_kind", sa.String(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.Column("allowance", types.Json, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(group_kind is null) = (group_id is null)", name=op.f("ck_accommodations_group")),
        sa.CheckConstraint("(person_id is null) <> (group_id is null)", name=op.f("ck_accommodations_whom")),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_accommodations_actor_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_accommodations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accommodations_person_id_people")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_accommodations_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodations")),
    )
    op.create_index("ix_accommodations_group", "accommodations", ["group_kind", "group_id"])
    op.create_index(op.f("ix_accommodations_organisation_id"), "accommodations", ["organisation_id"])
    op.create_index(op.f("ix_accommodations_person_id"), "accommodations", ["person_id"])
    op.create_table(
        "accommodation_withdrawals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("accommodation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accommodation_id"],
            ["accommodations.id"],
            name=op.f("fk_accommodation_withdrawals_accommodation_id_accommodations"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_accommodation_withdrawals_actor_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accommodation_withdrawals")),
        sa.UniqueConstraint("accommodation_id", name=op.f("uq_accommodation_withdrawals_accommodation_id")),
    )
    _protect()


def _protect() -> None:
    """Let the database itself refuse to change or delete a grant or its withdrawal."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_accommodation_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'accommodations are only appended' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'accommodations are only appended'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_accommodation_change()"
    )
    for table in KEPT:
        for suffix, event in (("frozen", "UPDATE"), ("kept", "DELETE")):
            op.execute(f"CREATE TRIGGER {table}_{suffix} BEFORE {event} ON {table} FOR EACH ROW {body}")


def downgrade() -> None:
    for table in reversed(KEPT):
        op.drop_table(table)  # its triggers go with it
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_accommodation_change()")
    with op.batch_alter_table("attempts") as attempts:
        for name in CHECKS:
            attempts.drop_constraint(op.f(f"ck_attempts_{name}"), type_="check")
        for name in (*COUNTS, "pause_ends_at"):
            attempts.drop_column(name)
