"""Create the tables of quizzes."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "quizzes"
down_revision = "library"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grade_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("grader_version", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("applied_at", types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_runs")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("current_revision_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("key", name=op.f("uq_questions_key")),
    )
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("current_revision_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
        sa.UniqueConstraint("key", name=op.f("uq_quizzes_key")),
    )
    op.create_table(
        "question_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_revisions_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_revisions")),
        sa.UniqueConstraint("question_id", "digest", name=op.f("uq_question_revisions_question_id_digest")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_revisions_question_id_number")),
    )
    op.create_table(
        "quiz_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("title", types.Json, nullable=False),
        sa.Column("settings", types.Json, nullable=False),
        sa.Column("pools", types.Json, nullable=False),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_quiz_revisions_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_revisions")),
        sa.UniqueConstraint("quiz_id", "digest", name=op.f("uq_quiz_revisions_quiz_id_digest")),
        sa.UniqueConstraint("quiz_id", "number", name=op.f("uq_quiz_revisions_quiz_id_number")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("quiz_revision_id", sa.Uuid(), nullable=False),
        sa.Column("context_type", sa.String(), nullable=False),
        sa.Column("context_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=False),
        sa.Column("deadline_at", types.UtcDateTime(), nullable=False),
        sa.Column("cutoff_at", types.UtcDateTime(), nullable=False),
        sa.Column("submitted_at", types.UtcDateTime(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("allowance", types.Json, nullable=False),
        sa.Column("head_ordinal", sa.Integer(), nullable=False),
        sa.Column("clock_at", types.UtcDateTime(), nullable=False),
        sa.Column("grade_run_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('in_progress','submitted','expired','voided')", name=op.f("ck_attempts_state")
        ),
        sa.CheckConstraint("head_ordinal >= 0", name=op.f("ck_attempts_head")),
        sa.ForeignKeyConstraint(["candidate_id"], ["people.id"], name=op.f("fk_attempts_candidate_id_people")),
        sa.ForeignKeyConstraint(
            ["grade_run_id"], ["grade_runs.id"], name=op.f("fk_attempts_grade_run_id_grade_runs")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_attempts_quiz_id_quizzes")),
        sa.ForeignKeyConstraint(
            ["quiz_revision_id"], ["quiz_revisions.id"], name=op.f("fk_attempts_quiz_revision_id_quiz_revisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint(
            "candidate_id",
            "quiz_id",
            "context_type",
            "context_id",
            "number",
            name=op.f("uq_attempts_candidate_id_quiz_id_context_type_context_id_number"),
        ),
    )
    op.create_index("ix_attempts_quiz", "attempts", ["quiz_id", "state"], unique=False)
    op.create_index("ix_attempts_state_cutoff", "attempts", ["state", "cutoff_at"], unique=False)
    op.create_table(
        "quiz_revision_items",
        sa.Column("quiz_revision_id", sa.Uuid(), nullable=False),
        sa.Column("question_revision_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_quiz_revision_items_question_revision_id_question_revisions"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_revision_id"],
            ["quiz_revisions.id"],
            name=op.f("fk_quiz_revision_items_quiz_revision_id_quiz_revisions"),
        ),
        sa.PrimaryKeyConstraint("quiz_revision_id", "question_revision_id", name=op.f("pk_quiz_revision_items")),
    )
    op.create_index(
        "ix_quiz_revision_items_question", "quiz_revision_items", ["question_revision_id"], unique=False
    )
    op.create_table(
        "attempt_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_revision_id", sa.Uuid(), nullable=False),
        sa.Column("layout", types.Json, nullable=False),
        sa.Column("marks", types.Exact(5), nullable=False),
        sa.Column("answer_ordinal", sa.Integer(), nullable=True),
        sa.Column("answer_device", sa.Uuid(), nullable=True),
        sa.Column("answer_seq", sa.BigInteger(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_items_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["question_revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_attempt_items_question_revision_id_question_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_items")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_attempt_items_attempt_id_position")),
    )
    op.create_index(
        op.f("ix_attempt_items_question_revision_id"), "attempt_items", ["question_revision_id"], unique=False
    )
    op.create_table(
        "attempt_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("earned", types.Exact(5), nullable=False),
        sa.Column("possible", types.Exact(5), nullable=False),
        sa.Column("percent", types.Exact(5), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("percent between 0 and 10000000", name=op.f("ck_attempt_results_percent")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_attempt_results_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["grade_runs.id"], name=op.f("fk_attempt_results_run_id_grade_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_results")),
        sa.UniqueConstraint("run_id", "attempt_id", name=op.f("uq_attempt_results_run_id_attempt_id")),
    )
    op.create_index("ix_attempt_results_attempt", "attempt_results", ["attempt_id"], unique=False)
    op.create_table(
        "grades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("question_revision_id", sa.Uuid(), nullable=False),
        sa.Column("event_ordinal", sa.Integer(), nullable=True),
        sa.Column("fraction", types.Exact(5), nullable=False),
        sa.Column("marks", types.Exact(5), nullable=False),
        sa.Column("parts", types.Json, nullable=False),
        sa.Column("certainty_mark", sa.Integer(), nullable=True),
        sa.Column("waiting", types.Json, nullable=False),
        sa.CheckConstraint("fraction between 0 and 100000", name=op.f("ck_grades_fraction")),
        sa.CheckConstraint("certainty_mark between -6 and 3", name=op.f("ck_grades_certainty_mark")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_grades_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["item_id"], ["attempt_items.id"], name=op.f("fk_grades_item_id_attempt_items")),
        sa.ForeignKeyConstraint(
            ["question_revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_grades_question_revision_id_question_revisions"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["grade_runs.id"], name=op.f("fk_grades_run_id_grade_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grades")),
        sa.UniqueConstraint("run_id", "item_id", name=op.f("uq_grades_run_id_item_id")),
    )
    op.create_index(op.f("ix_grades_attempt_id"), "grades", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_grades_question_revision_id"), "grades", ["question_revision_id"], unique=False)
    op.create_table(
        "response_events",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("client_seq", sa.BigInteger(), nullable=False),
        sa.Column("base_ordinal", sa.Integer(), nullable=False),
        sa.Column("body", types.Json, nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("body_digest", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("received_at", types.UtcDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind in ('answer','flag')", name=op.f("ck_response_events_kind")),
        sa.CheckConstraint("client_seq > 0", name=op.f("ck_response_events_client_seq")),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_response_events_ordinal")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_response_events_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["attempt_items.id"], name=op.f("fk_response_events_item_id_attempt_items")
        ),
        sa.PrimaryKeyConstraint("attempt_id", "ordinal", name=op.f("pk_response_events")),
        sa.UniqueConstraint("attempt_id", "client_id", name=op.f("uq_response_events_attempt_id_client_id")),
        sa.UniqueConstraint(
            "attempt_id",
            "device_id",
            "client_seq",
            name=op.f("uq_response_events_attempt_id_device_id_client_seq"),
        ),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_uploads_size")),
        sa.ForeignKeyConstraint(["item_id"], ["attempt_items.id"], name=op.f("fk_uploads_item_id_attempt_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("item_id", "digest", name=op.f("uq_uploads_item_id_digest")),
    )


def downgrade() -> None:
    op.drop_table("uploads")
    op.drop_table("response_events")
    op.drop_index(op.f("ix_grades_question_revision_id"), table_name="grades")
    op.drop_index(op.f("ix_grades_attempt_id"), table_name="grades")
    op.drop_table("grades")
    op.drop_index("ix_attempt_results_attempt", table_name="attempt_results")
    op.drop_table("attempt_results")
    op.drop_index(op.f("ix_attempt_items_question_revision_id"), table_name="attempt_items")
    op.drop_table("attempt_items")
    op.drop_index("ix_quiz_revision_items_question", table_name="quiz_revision_items")
    op.drop_table("quiz_revision_items")
    op.drop_index("ix_attempts_state_cutoff", table_name="attempts")
    op.drop_index("ix_attempts_quiz", table_name="attempts")
    op.drop_table("attempts")
    op.drop_table("quiz_revisions")
    op.drop_table("question_revisions")
    op.drop_table("quizzes")
    op.drop_table("questions")
    op.drop_table("grade_runs")
