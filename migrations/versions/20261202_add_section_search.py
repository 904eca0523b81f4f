"""Keep the plain text of every section, and index it for search inside a course."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "section_search"
down_revision = "certificate_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "section_texts",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("module_revision_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_key", sa.String(), nullable=False),
        sa.Column("section_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revisions.id"],
            name=op.f("fk_section_texts_module_revision_id_module_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_texts")),
        sa.UniqueConstraint(
            "module_revision_id",
            "lesson_key",
            "section_key",
            "language",
            name=op.f("uq_section_texts_module_revision_id_lesson_key_section_key_language"),
        ),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE section_search USING fts5(words, content = '', tokenize = 'unicode61')")
    else:
        op.execute("CREATE INDEX ix_section_texts_words ON section_texts USING gin (to_tsvector('simple', words))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE section_search")
    else:
        op.execute("DROP INDEX ix_section_texts_words")
    op.drop_table("section_texts")
