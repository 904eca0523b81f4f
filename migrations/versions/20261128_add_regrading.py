"""Keep regrades, what their dry runs found, and how a question counted in a run."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "regrading"
down_revision = "double_marking"
branch_labels = None
depends_on = None

APPROVED = (
    "(state in ('applying','applied')) = (approved_by IS NOT NULL AND approved_at IS NOT NULL"
    " AND run_id IS NOT NULL AND graded_by_id IS NOT NULL AND reason <> '' AND notice <> '')"
)
STATES = "state in ('trying','tried','impossible','applying','applied','discarded')"
TREATMENTS = "treatment in ('graded','dropped','full_marks')"


def upgrade() -> None:
    # both databases spell it alike, and neither has to copy the table
    op.execute(
        "ALTER TABLE grades ADD COLUMN treatment VARCHAR(40) DEFAULT 'graded' NOT NULL"
        f" CONSTRAINT ck_grades_treatment CHECK ({TREATMENTS})"
    )
    _create_regrades()
    op.create_table(
        "regrade_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("regrade_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("earned_before", types.Exact(5), nullable=False),
        sa.Column("possible_before", types.Exact(5), nullable=False),
        sa.Column("percent_before", types.Exact(5), nullable=False),
        sa.Column("passed_before", sa.Boolean(), nullable=False),
        sa.Column("earned_after", types.Exact(5), nullable=False),
        sa.Column("possible_after", types.Exact(5), nullable=False),
        sa.Column("percent_after", types.Exact(5), nullable=False),
        sa.Column("passed_after", sa.Boolean(), nullable=False),
        sa.Column("consequences", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_regrade_changes_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrades.id"], name=op.f("fk_regrade_changes_regrade_id_regrades")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrade_changes")),
        sa.UniqueConstraint("regrade_id", "attempt_id", name=op.f("uq_regrade_changes_regrade_id_attempt_id")),
    )


def _create_regrades() -> None:
    op.create_table(
        "regrades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("question_revision_id", sa.Uuid(), nullable=False),
        sa.Column("treatment", sa.String(length=40), nullable=False),
        sa.Column("changes", types.Json, nullable=False),
        sa.Column("corrects_bank", sa.Boolean(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.Column("group_kind", sa.String(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("group_label", sa.String(), nullable=False),
        sa.Column("since", types.UtcDateTime(), nullable=True),
        sa.Column("until", types.UtcDateTime(), nullable=True),
        sa.Column("organisations", types.Json, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("tried_at", types.UtcDateTime(), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("figures", types.Json, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", types.UtcDateTime(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("graded_by_id", sa.Uuid(), nullable=True),
        sa.Column("applied_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'applied') = (applied_at IS NOT NULL)", name=op.f("ck_regrades_applied")),
        sa.CheckConstraint(APPROVED, name=op.f("ck_regrades_approved")),
        sa.CheckConstraint(STATES, name=op.f("ck_regrades_state")),
        sa.CheckConstraint(TREATMENTS, name=op.f("ck_regrades_treatment")),
        sa.CheckConstraint("(group_kind IS NULL) = (group_id IS NULL)", name=op.f("ck_regrades_group")),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_regrades_approved_by_people")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_regrades_created_by_people")),
        sa.ForeignKeyConstraint(
            ["graded_by_id"], ["question_revisions.id"], name=op.f("fk_regrades_graded_by_id_question_revisions")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_regrades_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["question_revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_regrades_question_revision_id_question_revisions"),
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_regrades_quiz_id_quizzes")),
        sa.ForeignKeyConstraint(["run_id"], ["grade_runs.id"], name=op.f("fk_regrades_run_id_grade_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regrades")),
        sa.UniqueConstraint("run_id", name=op.f("uq_regrades_run_id")),
    )
    op.create_index("ix_regrades_standing", "regrades", ["question_revision_id", "approved_at"])


def downgrade() -> None:
    op.drop_table("regrade_changes")
    op.drop_table("regrades")
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("grades") as batch:
            batch.drop_constraint(op.f("ck_grades_treatment"), type_="check")
            batch.drop_column("treatment")
    else:
        op.drop_column("grades", "treatment")
