"""Create the table of signing keys."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "signing_keys"
down_revision = "marking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificate_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("custody", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("activated_at", types.UtcDateTime(), nullable=True),
        sa.Column("retired_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "purpose <> 'document' OR certificate IS NOT NULL OR activated_at IS NULL",
            name=op.f("ck_certificate_keys_certified"),
        ),
        sa.CheckConstraint(
            "purpose in ('document','credential','checkpoint')", name=op.f("ck_certificate_keys_purpose")
        ),
        sa.CheckConstraint(
            "retired_at IS NULL OR activated_at IS NOT NULL",
            name=op.f("ck_certificate_keys_activated_before_retired"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_certificate_keys_name")),
    )
    with op.batch_alter_table("certificate_keys", schema=None) as batch_op:
        batch_op.create_index(
            "uq_certificate_keys_active",
            ["purpose"],
            unique=True,
            sqlite_where=sa.text("activated_at IS NOT NULL AND retired_at IS NULL"),
            postgresql_where=sa.text("activated_at IS NOT NULL AND retired_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("certificate_keys", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_keys_active",
            sqlite_where=sa.text("activated_at IS NOT NULL AND retired_at IS NULL"),
            postgresql_where=sa.text("activated_at IS NOT NULL AND retired_at IS NULL"),
        )

    op.drop_table("certificate_keys")
