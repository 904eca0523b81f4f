"""Add media uploads: recordings that arrive in pieces."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "media_uploads"
down_revision = "package_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media_uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("placed_as", sa.String(), nullable=True),
        sa.CheckConstraint("received >= 0 AND received <= size", name=op.f("ck_media_uploads_received")),
        sa.CheckConstraint("state in ('open','done','gone')", name=op.f("ck_media_uploads_state")),
        sa.CheckConstraint("(state = 'done') = (digest IS NOT NULL)", name=op.f("ck_media_uploads_done")),
        sa.ForeignKeyConstraint(
            ["course_key"], ["course_sources.course_key"], name=op.f("fk_media_uploads_course_key_course_sources")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_media_uploads_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_media_uploads_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_uploads")),
    )
    op.create_index("ix_media_uploads_course_key", "media_uploads", ["course_key"])
    op.create_index("ix_media_uploads_organisation_id", "media_uploads", ["organisation_id"])
    op.create_index("ix_media_uploads_open", "media_uploads", ["state", "expires_at"])
    op.create_table(
        "upload_pieces",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["media_uploads.id"], name=op.f("fk_upload_pieces_upload_id_media_uploads")
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_pieces")),
    )


def downgrade() -> None:
    op.drop_table("upload_pieces")
    op.drop_table("media_uploads")
