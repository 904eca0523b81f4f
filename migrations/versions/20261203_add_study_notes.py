"""Keep a reader's own notes, highlights and bookmarks."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "study_notes"
down_revision = "shared_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("lesson_key", sa.String(), nullable=False),
        sa.Column("section_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("language in ('zh','en')", name=op.f("ck_study_notes_language")),
        sa.CheckConstraint("version > 0", name=op.f("ck_study_notes_version")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_study_notes_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_notes")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_study_notes_person_id_client_id")),
    )
    op.create_index("ix_study_notes_place", "study_notes", ["person_id", "course_key", "module_key", "lesson_key"])


def downgrade() -> None:
    op.drop_table("study_notes")
