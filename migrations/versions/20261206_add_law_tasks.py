"""Keep what has to be looked at because law has moved."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "law_tasks"
down_revision = "house_styles"
branch_labels = None
depends_on = None

TABLE = "law_tasks"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("law_change_id", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("title", types.Json, nullable=False),
        sa.Column("pins", types.Json, nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", types.UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL AND settled_by IS NULL)", name=op.f(f"ck_{TABLE}_settled")
        ),
        sa.CheckConstraint("state = 'open' OR reason <> ''", name=op.f(f"ck_{TABLE}_reason")),
        sa.ForeignKeyConstraint(
            ["law_change_id"], ["law_changes.id"], name=op.f(f"fk_{TABLE}_law_change_id_law_changes")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name=op.f(f"fk_{TABLE}_settled_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "law_change_id",
            "course_key",
            "kind",
            "path",
            name=op.f(f"uq_{TABLE}_law_change_id_course_key_kind_path"),
        ),
    )
    op.create_index("ix_law_tasks_state", TABLE, ["state"])


def downgrade() -> None:
    op.drop_index("ix_law_tasks_state", TABLE)
    op.drop_table(TABLE)
