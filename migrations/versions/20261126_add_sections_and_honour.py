"""Let papers have sections that are left for good, and keep what candidates declared."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "sections"
down_revision = "sealed_events"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempts", sa.Column("closed_through", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("honour_digest", sa.String(), nullable=True))
    op.add_column("attempts", sa.Column("honour_accepted_at", types.UtcDateTime(), nullable=True))
    op.add_column("attempt_items", sa.Column("section", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("attempt_items") as batch:
        batch.drop_column("section")
    with op.batch_alter_table("attempts") as batch:
        batch.drop_column("honour_accepted_at")
        batch.drop_column("honour_digest")
        batch.drop_column("closed_through")
