"""Keep the content folder's files that belong to no course, so that an export is whole."""

import sqlalchemy as sa
from alembic import op

revision = "shared_files"
down_revision = "accommodations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("content_state", sa.Column("shared_tree", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("content_state") as batch:
        batch.drop_column("shared_tree")
