"""Let a regrade that cannot be finished be given up: who and why, and the run that takes its grades back."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "regrades_given_up"
down_revision = "findings_as_messages"
branch_labels = None
depends_on = None

DECIDED = (
    " = (approved_by IS NOT NULL AND approved_at IS NOT NULL"
    " AND run_id IS NOT NULL AND graded_by_id IS NOT NULL AND reason <> '' AND notice <> '')"
)
FORMER = {
    "state": "state in ('trying','tried','impossible','applying','applied','discarded')",
    "approved": "(state in ('applying','applied'))" + DECIDED,
}
CHECKS = {
    "state": "state in ('trying','tried','impossible','applying','applied','giving_up','given_up','discarded')",
    "approved": "(state in ('applying','applied','giving_up','given_up'))" + DECIDED,
    "given_up": (
        "(state in ('giving_up','given_up')) = (given_up_by IS NOT NULL AND given_up_at IS NOT NULL"
        " AND back_run_id IS NOT NULL AND giving_up_reason <> '')"
    ),
    "taken_back": "(state = 'given_up') = (taken_back_at IS NOT NULL)",
}
ADDED = ("given_up_by", "given_up_at", "giving_up_reason", "back_run_id", "taken_back_at")


def upgrade() -> None:
    with op.batch_alter_table("regrades") as regrades:
        for name in FORMER:
            regrades.drop_constraint(op.f(f"ck_regrades_{name}"), type_="check")
        regrades.add_column(sa.Column("given_up_by", sa.Uuid(), nullable=True))
        regrades.add_column(sa.Column("given_up_at", types.UtcDateTime(), nullable=True))
        regrades.add_column(sa.Column("giving_up_reason", sa.String(), nullable=False, server_default=""))
        regrades.add_column(sa.Column("back_run_id", sa.Uuid(), nullable=True))
        regrades.add_column(sa.Column("taken_back_at", types.UtcDateTime(), nullable=True))
        regrades.create_foreign_key(op.f("fk_regrades_given_up_by_people"), "people", ["given_up_by"], ["id"])
        regrades.create_foreign_key(
            op.f("fk_regrades_back_run_id_grade_runs"), "grade_runs", ["back_run_id"], ["id"]
        )
        regrades.create_unique_constraint(op.f("uq_regrades_back_run_id"), ["back_run_id"])
        for name, condition in CHECKS.items():
            regrades.create_check_constraint(op.f(f"ck_regrades_{name}"), condition)
    with op.batch_alter_table("regrades") as regrades:
        regrades.alter_column("giving_up_reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("regrades") as regrades:
        for name in CHECKS:
            regrades.drop_constraint(op.f(f"ck_regrades_{name}"), type_="check")
    # The former schema knows no regrade that was decided on and given up: nothing stands of it, so it was put away.
    op.execute(
        "UPDATE regrades SET state = 'discarded', approved_by = NULL, approved_at = NULL, run_id = NULL,"
        " graded_by_id = NULL WHERE state IN ('giving_up', 'given_up')"
    )
    with op.batch_alter_table("regrades") as regrades:
        regrades.drop_constraint(op.f("uq_regrades_back_run_id"), type_="unique")
        regrades.drop_constraint(op.f("fk_regrades_back_run_id_grade_runs"), type_="foreignkey")
        regrades.drop_constraint(op.f("fk_regrades_given_up_by_people"), type_="foreignkey")
        for name in ADDED:
            regrades.drop_column(name)
        for name, condition in FORMER.items():
            regrades.create_check_constraint(op.f(f"ck_regrades_{name}"), condition)
