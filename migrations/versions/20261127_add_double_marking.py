"""Say of each answer how two markers go about it, and keep releases of held results."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "double_marking"
down_revision = "sections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.CheckConstraint("papers > 0", name=op.f("ck_result_releases_papers")),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_result_releases_actor_id_people")),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_result_releases_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_releases")),
    )
    op.create_index(op.f("ix_result_releases_quiz_id"), "result_releases", ["quiz_id"])
    op.create_table(
        "released_papers",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_released_papers_attempt_id_attempts")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["result_releases.id"], name=op.f("fk_released_papers_release_id_result_releases")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_released_papers")),
    )
    op.create_index(op.f("ix_released_papers_release_id"), "released_papers", ["release_id"])
    with op.batch_alter_table("marking_tasks") as table:
        table.add_column(sa.Column("max_difference", types.Exact(5), nullable=True))
        table.add_column(sa.Column("stage", sa.String(length=40), nullable=True))
    op.execute(
        "UPDATE marking_tasks SET stage = CASE WHEN EXISTS"
        " (SELECT 1 FROM marks WHERE marks.item_id = marking_tasks.item_id) THEN 'settled' ELSE 'first' END"
    )
    with op.batch_alter_table("marking_tasks") as table:
        table.alter_column("stage", existing_type=sa.String(length=40), nullable=False)
        table.create_check_constraint(
            op.f("ck_marking_tasks_stage"), "stage in ('first','second','third','settled')"
        )
        table.create_check_constraint(
            op.f("ck_marking_tasks_max_difference"), "max_difference between 0 and 10000000"
        )


def downgrade() -> None:
    with op.batch_alter_table("marking_tasks") as table:
        table.drop_constraint(op.f("ck_marking_tasks_max_difference"), type_="check")
        table.drop_constraint(op.f("ck_marking_tasks_stage"), type_="check")
        table.drop_column("stage")
        table.drop_column("max_difference")
    op.drop_table("released_papers")
    op.drop_table("result_releases")
