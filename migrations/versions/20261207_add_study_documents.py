"""Keep study documents: modules as PDF."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "study_documents"
down_revision = "review_remarks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("module_revision_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("language in ('zh','en')", name=op.f("ck_study_documents_language")),
        sa.CheckConstraint("(digest IS NULL) = (made_at IS NULL)", name=op.f("ck_study_documents_made")),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revisions.id"],
            name=op.f("fk_study_documents_module_revision_id_module_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_documents")),
        sa.UniqueConstraint(
            "module_revision_id",
            "language",
            "edition",
            name=op.f("uq_study_documents_module_revision_id_language_edition"),
        ),
    )


def downgrade() -> None:
    op.drop_table("study_documents")
