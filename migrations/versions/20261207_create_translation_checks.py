"""Create translation checks: what authors say of a section's English."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "translation_checks"
down_revision = "sealed_codes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "translation_checks",
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("chinese_digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_key"],
            ["course_sources.course_key"],
            name=op.f("fk_translation_checks_course_key_course_sources"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_translation_checks_person_id_people")),
        sa.PrimaryKeyConstraint("course_key", "section", "chinese_digest", name=op.f("pk_translation_checks")),
    )


def downgrade() -> None:
    op.drop_table("translation_checks")
