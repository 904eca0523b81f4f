"""Keep the house styles of issuing bodies in versions."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "house_styles"
down_revision = "study_notes"
branch_labels = None
depends_on = None

TABLE = "house_style_revisions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f(f"fk_{TABLE}_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{TABLE}_digest")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f(f"uq_{TABLE}_organisation_id_number")),
    )
    op.create_table(
        "house_styles",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("since", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_house_styles_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], [f"{TABLE}.id"], name=op.f(f"fk_house_styles_revision_id_{TABLE}")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_house_styles")),
    )
    _protect()


def _protect() -> None:
    """Let the database itself refuse to change a version, or to forget it: documents name it."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_style_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'versions of house styles are final' USING ERRCODE = '23001'; END $$"
        )
    body = (
        "BEGIN SELECT RAISE(ABORT, 'versions of house styles are final'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_style_change()"
    )
    for name, event in (("styles_sealed", "UPDATE"), ("styles_kept", "DELETE")):
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW {body}")


def downgrade() -> None:
    op.drop_table("house_styles")
    op.drop_table(TABLE)  # its triggers go with it
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_style_change()")
