"""Keep uploaded files of questions, what is in them, and their pictures."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "question_imports"
down_revision = "experts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_pictures",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_question_pictures")),
    )
    op.create_table(
        "question_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("refused", types.Json, nullable=False),
        sa.Column("confirmed_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_question_imports_actor_id_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_question_imports_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_imports")),
    )
    op.create_index("ix_question_imports_organisation", "question_imports", ["organisation_id", "created_at"])
    op.create_table(
        "imported_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("raw", types.Json, nullable=False),
        sa.Column("notes", types.Json, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'published') = (question_id is not null)",
            name=op.f("ck_imported_questions_published_has_question"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["question_imports.id"], name=op.f("fk_imported_questions_import_id_question_imports")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_imported_questions_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_questions")),
        sa.UniqueConstraint("import_id", "position", name=op.f("uq_imported_questions_import_id_position")),
        sa.UniqueConstraint("key", name=op.f("uq_imported_questions_key")),
    )
    op.create_index(op.f("ix_imported_questions_question_id"), "imported_questions", ["question_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_imported_questions_question_id"), table_name="imported_questions")
    op.drop_table("imported_questions")
    op.drop_index("ix_question_imports_organisation", table_name="question_imports")
    op.drop_table("question_imports")
    op.drop_table("question_pictures")
