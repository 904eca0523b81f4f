"""Keep what a package would become, so that what was shown is what is made, and pictures are encoded once."""

import sqlalchemy as sa
from alembic import op

revision = "package_plans"
down_revision = "media_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("package_imports", sa.Column("plan_digest", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("package_imports") as batch:
        batch.drop_column("plan_digest")
