"""Add media files: recordings, attachments and captions of lessons, and how long recordings last."""

import sqlalchemy as sa
from alembic import op

revision = "media_files"
down_revision = "package_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_files",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_media_files")),
    )
    op.add_column("source_media", sa.Column("milliseconds", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("source_media", "milliseconds")
    op.drop_table("media_files")
