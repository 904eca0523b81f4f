"""Create package imports: uploaded course packages, looked at before anything is made."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "package_imports"
down_revision = "study_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "package_imports",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_key", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_package_imports_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_package_imports_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_imports")),
    )
    op.create_index("ix_package_imports_organisation_id", "package_imports", ["organisation_id"])


def downgrade() -> None:
    op.drop_index("ix_package_imports_organisation_id", table_name="package_imports")
    op.drop_table("package_imports")
