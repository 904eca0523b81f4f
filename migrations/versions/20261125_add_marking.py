"""Keep answers that wait for a marker, and the marks people gave."""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "marking"
down_revision = "question_imports"
branch_labels = None
depends_on = None

EVENTS = (("marks_frozen", "UPDATE"), ("marks_kept", "DELETE"))


def upgrade() -> None:
    op.create_table(
        "marking_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("grade_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["attempt_items.id"], name=op.f("fk_marking_tasks_item_id_attempt_items")
        ),
        sa.ForeignKeyConstraint(["grade_id"], ["grades.id"], name=op.f("fk_marking_tasks_grade_id_grades")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_tasks")),
        sa.UniqueConstraint("item_id", name=op.f("uq_marking_tasks_item_id")),
        sa.UniqueConstraint("grade_id", name=op.f("uq_marking_tasks_grade_id")),
    )
    op.create_table(
        "marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_ordinal", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Uuid(), nullable=False),
        sa.Column("given", types.Json, nullable=False),
        sa.Column("fraction", types.Exact(5), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_marks_number")),
        sa.CheckConstraint("fraction between 0 and 100000", name=op.f("ck_marks_fraction")),
        sa.ForeignKeyConstraint(["item_id"], ["attempt_items.id"], name=op.f("fk_marks_item_id_attempt_items")),
        sa.ForeignKeyConstraint(["marker_id"], ["people.id"], name=op.f("fk_marks_marker_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_marks_item_id_number")),
    )
    op.create_index(op.f("ix_marks_marker_id"), "marks", ["marker_id"])
    _protect()
    _take_in_what_waits()


def _protect() -> None:
    """Let the database itself refuse to change or delete a mark."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_mark_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'marks are only appended' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'marks are only appended'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_mark_change()"
    )
    for name, event in EVENTS:
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON marks FOR EACH ROW {body}")


def _take_in_what_waits() -> None:
    """Answers handed in before there was a queue stand in it too."""
    grades = sa.table("grades", *(sa.column(name) for name in ("id", "item_id", "waiting")))
    tasks = sa.table(
        "marking_tasks",
        sa.column("id", sa.Uuid()),
        sa.column("created_at", types.UtcDateTime()),
        sa.column("item_id"),
        sa.column("grade_id"),
    )
    bind = op.get_bind()
    waits = sa.cast(grades.c.waiting, sa.Text) != "{}"
    found = bind.execute(sa.select(grades.c.id, grades.c.item_id).where(waits)).all()
    now = datetime.now(UTC)
    rows = [{"id": uuid.uuid4(), "created_at": now, "item_id": item, "grade_id": grade} for grade, item in found]
    if rows:
        bind.execute(sa.insert(tasks), rows)


def downgrade() -> None:
    op.drop_table("marks")  # its triggers go with it
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_mark_change()")
    op.drop_table("marking_tasks")
