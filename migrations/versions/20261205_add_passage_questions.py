"""Keep trainees' questions at a passage, with their answers."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "passage_questions"
down_revision = "translation_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passage_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
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
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", types.UtcDateTime(), nullable=True),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("published_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("language in ('zh','en')", name=op.f("ck_passage_questions_language")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_passage_questions_text")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name=op.f("ck_passage_questions_answered"),
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR (answered_at IS NOT NULL AND public_text <> '')",
            name=op.f("ck_passage_questions_published"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["people.id"], name=op.f("fk_passage_questions_answered_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_passage_questions_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passage_questions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_questions")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_passage_questions_person_id_client_id")),
    )
    op.create_index("ix_passage_questions_place", "passage_questions", ["course_key", "module_key", "lesson_key"])
    op.create_index("ix_passage_questions_open", "passage_questions", ["organisation_id", "answered_at"])


def downgrade() -> None:
    op.drop_table("passage_questions")
