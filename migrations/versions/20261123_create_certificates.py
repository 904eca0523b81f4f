"""Create the tables of certificates."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "certificates"
down_revision = "cohorts"
branch_labels = None
depends_on = None


#: What a certificate is about never changes; what it states never changes once it is stated.
ALWAYS = ("id", "kind", "person_id", "subject_id", "cycle", "organisation_id", "replaces_id", "draft")
ONCE = ("series", "serial", "number", "code", "issued_at", "snapshot", "snapshot_digest", "file_digest")


def _changed(column: str, sqlite: bool) -> str:
    return f"NEW.{column} IS NOT OLD.{column}" if sqlite else f"NEW.{column} IS DISTINCT FROM OLD.{column}"


def _rules(sqlite: bool) -> list[tuple[str, str, str, str]]:
    """Triggers as (name, event, table, condition); an empty condition always refuses."""
    frozen = [_changed(column, sqlite) for column in ALWAYS]
    frozen += [f"(OLD.{column} IS NOT NULL AND {_changed(column, sqlite)})" for column in ONCE]
    return [
        ("certificates_frozen", "UPDATE", "certificates", " OR ".join(frozen)),
        ("certificates_kept", "DELETE", "certificates", ""),
        ("certificate_events_frozen", "UPDATE", "certificate_status_events", ""),
        ("certificate_events_kept", "DELETE", "certificate_status_events", ""),
    ]


def _protect() -> None:
    """Let the database itself refuse to change or delete what was certified."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(
            "CREATE FUNCTION refuse_certified_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'what was certified never changes' USING ERRCODE = '23001'; END $$"
        )
    for name, event, table, condition in _rules(sqlite):
        when = f"WHEN ({condition})" if condition else ""
        body = (
            "BEGIN SELECT RAISE(ABORT, 'what was certified never changes'); END"
            if sqlite
            else "EXECUTE FUNCTION refuse_certified_change()"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} {body}")


def _unprotect() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _, table, _ in _rules(sqlite):
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
    if not sqlite:
        op.execute("DROP FUNCTION refuse_certified_change()")


def upgrade() -> None:
    op.create_table(
        "certificate_lookup_counts",
        sa.Column("visitor", sa.String(), nullable=False),
        sa.Column("window_start", types.UtcDateTime(), nullable=False),
        sa.Column("lookups", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("visitor", "window_start", name=op.f("pk_certificate_lookup_counts")),
    )
    with op.batch_alter_table("certificate_lookup_counts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_lookup_counts_window_start"), ["window_start"], unique=False
        )

    op.create_table(
        "certificate_number_series",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_certificate_number_series")),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("draft", types.Json, nullable=False),
        sa.Column("missing_characters", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("issued_at", types.UtcDateTime(), nullable=True),
        sa.Column("snapshot", types.Json, nullable=True),
        sa.Column("snapshot_digest", sa.String(), nullable=True),
        sa.Column("render_job_id", sa.Uuid(), nullable=True),
        sa.Column("file_digest", sa.String(), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("rendered_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state in ('valid','superseded','revoked','ended')) = (number IS NOT NULL AND code IS NOT NULL AND serial IS NOT NULL AND snapshot IS NOT NULL AND snapshot_digest IS NOT NULL AND issued_at IS NOT NULL)",
            name=op.f("ck_certificates_issued_is_complete"),
        ),
        sa.CheckConstraint(
            "file_digest IS NULL OR state in ('valid','superseded','revoked','ended')",
            name=op.f("ck_certificates_file_of_issued"),
        ),
        sa.CheckConstraint(
            "state in ('awaiting_names','blocked','valid','superseded','revoked','ended')",
            name=op.f("ck_certificates_state"),
        ),
        sa.CheckConstraint("(file_digest IS NULL) = (rendered_at IS NULL)", name=op.f("ck_certificates_rendered")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_certificates_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certificates_person_id_people")),
        sa.ForeignKeyConstraint(["render_job_id"], ["jobs.id"], name=op.f("fk_certificates_render_job_id_jobs")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certificates.id"], name=op.f("fk_certificates_replaces_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_certificates_replaces_id")),
        sa.UniqueConstraint("series", "serial", name=op.f("uq_certificates_series_serial")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index("ix_certificates_organisation_state", ["organisation_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_certificates_first_issue",
            ["person_id", "kind", "subject_id", "cycle"],
            unique=True,
            sqlite_where=sa.text("replaces_id IS NULL"),
            postgresql_where=sa.text("replaces_id IS NULL"),
        )

    op.create_table(
        "certificate_status_events",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason_class", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_status_events_certificate_id_certificates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_status_events")),
        sa.UniqueConstraint(
            "certificate_id", "ordinal", name=op.f("uq_certificate_status_events_certificate_id_ordinal")
        ),
    )
    _protect()


def downgrade() -> None:
    _unprotect()
    op.drop_table("certificate_status_events")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificates_first_issue",
            sqlite_where=sa.text("replaces_id IS NULL"),
            postgresql_where=sa.text("replaces_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_certificates_person_id"))
        batch_op.drop_index("ix_certificates_organisation_state")

    op.drop_table("certificates")
    op.drop_table("certificate_number_series")
    with op.batch_alter_table("certificate_lookup_counts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_lookup_counts_window_start"))

    op.drop_table("certificate_lookup_counts")
