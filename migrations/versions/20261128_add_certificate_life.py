"""Suspension, expiry, renewals, batches of certificates, and changes of law."""

import json
from datetime import date

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "certificate_life"
down_revision = "proofs"
branch_labels = None
depends_on = None

BEFORE = "state in ('awaiting_names','blocked','valid','superseded','revoked','ended')"
AFTER = "state in ('awaiting_names','blocked','valid','suspended','superseded','revoked','ended')"
ISSUED_BEFORE = "state in ('valid','superseded','revoked','ended')"
ISSUED_AFTER = "state in ('valid','suspended','superseded','revoked','ended')"
COMPLETE = (
    "({}) = (number IS NOT NULL AND code IS NOT NULL AND serial IS NOT NULL"
    " AND snapshot IS NOT NULL AND snapshot_digest IS NOT NULL AND issued_at IS NOT NULL)"
)


def _triggers() -> list[str]:
    """The triggers of certificates on SQLite, which a batch migration drops with the old table."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    found = op.get_bind().execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'certificates'")
    )
    return [row.sql for row in found]


def _states(states: str, issued: str) -> None:
    triggers = _triggers()
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        for name in ("state", "issued_is_complete", "file_of_issued"):
            batch_op.drop_constraint(op.f(f"ck_certificates_{name}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_certificates_state"), states)
        batch_op.create_check_constraint(op.f("ck_certificates_issued_is_complete"), COMPLETE.format(issued))
        batch_op.create_check_constraint(
            op.f("ck_certificates_file_of_issued"), f"file_digest IS NULL OR {issued}"
        )
    for trigger in triggers:
        op.execute(trigger)


def _fill_expiry() -> None:
    certificates = sa.table(
        "certificates",
        sa.column("id", sa.Uuid()),
        sa.column("snapshot", sa.Text()),
        sa.column("expires_on", sa.Date()),
    )
    rows = op.get_bind().execute(sa.select(certificates.c.id, certificates.c.snapshot)).all()
    for identity, stored in rows:
        snapshot = json.loads(stored) if isinstance(stored, str) else stored
        document = (snapshot or {}).get("document") or {}
        days = (document.get("valid_until"), (document.get("claims") or {}).get("result_valid_until"))
        known = [date.fromisoformat(day) for day in days if day]
        if known:
            op.get_bind().execute(
                certificates.update().where(certificates.c.id == identity).values(expires_on=min(known))
            )


def upgrade() -> None:
    op.create_table(
        "law_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instruments.id"], name=op.f("fk_law_changes_instrument_id_instruments")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.id"], name=op.f("fk_law_changes_recorded_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_changes")),
        sa.UniqueConstraint("instrument_id", "changed_on", name=op.f("uq_law_changes_instrument_id_changed_on")),
    )
    op.create_table(
        "delta_assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("law_change_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["people.id"], name=op.f("fk_delta_assignments_assigned_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_delta_assignments_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_delta_assignments_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["law_change_id"], ["law_changes.id"], name=op.f("fk_delta_assignments_law_change_id_law_changes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delta_assignments")),
        sa.UniqueConstraint(
            "law_change_id",
            "certificate_id",
            "enrolment_id",
            name=op.f("uq_delta_assignments_law_change_id_certificate_id_enrolment_id"),
        ),
    )
    with op.batch_alter_table("delta_assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delta_assignments_certificate_id"), ["certificate_id"], unique=False)

    op.create_table(
        "expiry_reminders",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_expiry_reminders_certificate_id_certificates")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "days", name=op.f("pk_expiry_reminders")),
    )
    op.create_table(
        "issue_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("state in ('running','paused','finished')", name=op.f("ck_issue_batches_state")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_issue_batches_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(["ordered_by"], ["people.id"], name=op.f("fk_issue_batches_ordered_by_people")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_issue_batches_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_batches")),
    )
    with op.batch_alter_table("issue_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_batches_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index("ix_issue_batches_organisation", ["organisation_id", "created_at"], unique=False)

    op.create_table(
        "issue_batch_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "outcome in ('waiting','issued','existed','awaiting_names','blocked','failed')",
            name=op.f("ck_issue_batch_items_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["issue_batches.id"], name=op.f("fk_issue_batch_items_batch_id_issue_batches")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_issue_batch_items_certificate_id_certificates")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_issue_batch_items_membership_id_memberships")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_issue_batch_items_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_batch_items")),
        sa.UniqueConstraint("batch_id", "membership_id", name=op.f("uq_issue_batch_items_batch_id_membership_id")),
    )
    with op.batch_alter_table("issue_batch_items", schema=None) as batch_op:
        batch_op.create_index("ix_issue_batch_items_outcome", ["batch_id", "outcome"], unique=False)

    op.add_column("certificates", sa.Column("expires_on", sa.Date(), nullable=True))
    op.create_index("ix_certificates_expiry", "certificates", ["expires_on", "state"], unique=False)

    with op.batch_alter_table("cohorts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_renewal", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            "uq_cohorts_renewal",
            ["programme_id", "organisation_id", "programme_revision_id", "starts_on"],
            unique=True,
            sqlite_where=sa.text("is_renewal"),
            postgresql_where=sa.text("is_renewal"),
        )

    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("is_current", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.drop_constraint(batch_op.f("uq_enrolments_person_id_course_id"), type_="unique")
        batch_op.create_index(
            "uq_enrolments_current",
            ["person_id", "course_id"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_enrolments_person_id_course_id_round"), ["person_id", "course_id", "round"]
        )

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counts_from", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("declared_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("declaration_digest", sa.String(), nullable=True))

    with op.batch_alter_table("programme_revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renewal_quiz_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_programme_revisions_renewal_quiz_id_quizzes"), "quizzes", ["renewal_quiz_id"], ["id"]
        )
    _states(AFTER, ISSUED_AFTER)
    _fill_expiry()


def downgrade() -> None:
    op.execute("UPDATE certificates SET state = 'valid' WHERE state = 'suspended'")
    _states(BEFORE, ISSUED_BEFORE)
    with op.batch_alter_table("programme_revisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_programme_revisions_renewal_quiz_id_quizzes"), type_="foreignkey")
        batch_op.drop_column("renewal_quiz_id")

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_column("declaration_digest")
        batch_op.drop_column("declared_at")
        batch_op.drop_column("counts_from")

    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_enrolments_person_id_course_id_round"), type_="unique")
        batch_op.drop_index(
            "uq_enrolments_current", sqlite_where=sa.text("is_current"), postgresql_where=sa.text("is_current")
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_enrolments_person_id_course_id"), ["person_id", "course_id"]
        )
        batch_op.drop_column("is_current")
        batch_op.drop_column("round")

    with op.batch_alter_table("cohorts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohorts_renewal", sqlite_where=sa.text("is_renewal"), postgresql_where=sa.text("is_renewal")
        )
        batch_op.drop_column("is_renewal")

    op.drop_index("ix_certificates_expiry", "certificates")
    op.drop_column("certificates", "expires_on")

    with op.batch_alter_table("issue_batch_items", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_batch_items_outcome")

    op.drop_table("issue_batch_items")
    with op.batch_alter_table("issue_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_batches_organisation")
        batch_op.drop_index(batch_op.f("ix_issue_batches_cohort_id"))

    op.drop_table("issue_batches")
    op.drop_table("expiry_reminders")
    with op.batch_alter_table("delta_assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delta_assignments_certificate_id"))

    op.drop_table("delta_assignments")
    op.drop_table("law_changes")
