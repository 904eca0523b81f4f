"""Keep what readers of a draft say about its text."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "review_remarks"
down_revision = "spaced_review"
branch_labels = None
depends_on = None

TABLE = "review_remarks"
KEYS = {
    "draft_id": "drafts",
    "parent_id": TABLE,
    "person_id": "people",
    "settled_by_id": "people",
}
CHECKS = {
    "answers_suggest_nothing": "parent_id IS NULL OR suggestion IS NULL",
    "settled": "(state = 'open') = (settled_at IS NULL)",
    "suggests_something": "suggestion IS NULL OR suggestion <> quote",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", types.UtcDateTime(), nullable=True),
        *(sa.CheckConstraint(text, name=op.f(f"ck_{TABLE}_{name}")) for name, text in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{TABLE}_{column}_{target}"))
            for column, target in KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_review_remarks_draft", TABLE, ["draft_id", "path"])
    op.create_index("ix_review_remarks_parent_id", TABLE, ["parent_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
