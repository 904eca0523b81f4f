"""Create the tables of credentials, status lists and the log; let the database keep what was promised."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "proofs"
down_revision = "invigilation"
branch_labels = None
depends_on = None

#: Table → what never changes, what is set once; rows of these tables are never deleted.
KEPT = {
    "certificate_credentials": (
        ("certificate_id", "identity", "list_number", "revocation_index", "suspension_index"),
        ("document", "digest", "secured_at"),
    ),
    "certificate_log_entries": (("id", "at", "body", "leaf"), ("position",)),
    "certificate_log_checkpoints": (("size", "root", "note", "made_at"), ()),
}
FULL_TILE = "length(OLD.hashes) = 8192"


def _changed(column: str, sqlite: bool) -> str:
    return f"NEW.{column} IS NOT OLD.{column}" if sqlite else f"NEW.{column} IS DISTINCT FROM OLD.{column}"


def _rules(sqlite: bool) -> list[tuple[str, str, str, str]]:
    """Triggers as (name, event, table, condition); an empty condition always refuses."""
    rules = [("certificate_log_tiles_frozen", "UPDATE", "certificate_log_tiles", FULL_TILE)]
    rules.append(("certificate_log_tiles_kept", "DELETE", "certificate_log_tiles", ""))
    for table, (always, once) in KEPT.items():
        frozen = [_changed(column, sqlite) for column in always]
        frozen += [f"(OLD.{column} IS NOT NULL AND {_changed(column, sqlite)})" for column in once]
        rules.append((f"{table}_frozen", "UPDATE", table, " OR ".join(frozen)))
        rules.append((f"{table}_kept", "DELETE", table, ""))
    return rules


def _protect() -> None:
    """Let the database itself refuse to change or delete what was promised."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    body = (
        "BEGIN SELECT RAISE(ABORT, 'what was certified never changes'); END"
        if sqlite
        else "EXECUTE FUNCTION refuse_certified_change()"
    )
    for name, event, table, condition in _rules(sqlite):
        when = f"WHEN ({condition})" if condition else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} {body}")


def upgrade() -> None:
    op.create_table(
        "certificate_log_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_certificate_log_checkpoints")),
    )
    op.create_table(
        "certificate_log_entries",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_log_entries")),
        sa.UniqueConstraint("position", name=op.f("uq_certificate_log_entries_position")),
    )
    with op.batch_alter_table("certificate_log_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_log_entries_leaf"), ["leaf"], unique=False)
        batch_op.create_index(
            "ix_certificate_log_entries_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )

    op.create_table(
        "certificate_log_tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "length(hashes) between 32 and 8192", name=op.f("ck_certificate_log_tiles_whole_hashes")
        ),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_certificate_log_tiles")),
    )
    op.create_table(
        "certificate_status_lists",
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("valid_until", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "number", name=op.f("pk_certificate_status_lists")),
    )
    op.create_table(
        "certificate_credentials",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.Uuid(), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("revocation_index", sa.Integer(), nullable=False),
        sa.Column("suspension_index", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("secured_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(document IS NULL) = (digest IS NULL) AND (document IS NULL) = (secured_at IS NULL)",
            name=op.f("ck_certificate_credentials_secured"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_credentials_certificate_id_certificates"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_credentials")),
        sa.UniqueConstraint("identity", name=op.f("uq_certificate_credentials_identity")),
        sa.UniqueConstraint(
            "list_number", "revocation_index", name=op.f("uq_certificate_credentials_list_number_revocation_index")
        ),
        sa.UniqueConstraint(
            "list_number", "suspension_index", name=op.f("uq_certificate_credentials_list_number_suspension_index")
        ),
    )
    _protect()


def downgrade() -> None:
    op.drop_table("certificate_credentials")
    op.drop_table("certificate_status_lists")
    op.drop_table("certificate_log_tiles")
    with op.batch_alter_table("certificate_log_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_certificate_log_entries_waiting",
            sqlite_where=sa.text("position IS NULL"),
            postgresql_where=sa.text("position IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_certificate_log_entries_leaf"))

    op.drop_table("certificate_log_entries")
    op.drop_table("certificate_log_checkpoints")
