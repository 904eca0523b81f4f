"""Create the tables of experts."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "experts"
down_revision = "certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expert_criteria_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", types.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_criteria_revisions")),
        sa.UniqueConstraint("number", name=op.f("uq_expert_criteria_revisions_number")),
    )
    op.create_table(
        "expert_applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("criteria_revision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("profile", types.Json, nullable=False),
        sa.Column("submitted_at", types.UtcDateTime(), nullable=True),
        sa.Column("returned_reason", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_unbiased_at", types.UtcDateTime(), nullable=True),
        sa.Column("favourable", sa.Boolean(), nullable=True),
        sa.Column("review_reason", sa.String(), nullable=False),
        sa.Column("decider_id", sa.Uuid(), nullable=True),
        sa.Column("decider_unbiased_at", types.UtcDateTime(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("evidence", types.Json, nullable=False),
        sa.CheckConstraint(
            "state in ('draft','submitted','under_review','recommended','appointed','rejected','withdrawn')",
            name=op.f("ck_expert_applications_state"),
        ),
        sa.CheckConstraint(
            "state not in ('appointed','rejected') OR (reviewer_id IS NOT NULL AND decider_id IS NOT NULL AND review_reason <> '' AND decision_reason <> '')",
            name=op.f("ck_expert_applications_decided_with_reasons"),
        ),
        sa.CheckConstraint(
            "decider_id IS NULL OR decider_id <> person_id",
            name=op.f("ck_expert_applications_decider_is_not_applicant"),
        ),
        sa.CheckConstraint(
            "decider_id IS NULL OR decider_id <> reviewer_id",
            name=op.f("ck_expert_applications_decider_is_not_reviewer"),
        ),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR reviewer_id <> person_id",
            name=op.f("ck_expert_applications_reviewer_is_not_applicant"),
        ),
        sa.ForeignKeyConstraint(
            ["criteria_revision_id"],
            ["expert_criteria_revisions.id"],
            name=op.f("fk_expert_applications_criteria_revision_id_expert_criteria_revisions"),
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["people.id"], name=op.f("fk_expert_applications_decider_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_expert_applications_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_expert_applications_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_expert_applications_reviewer_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_applications")),
    )
    with op.batch_alter_table("expert_applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_applications_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_expert_applications_state", ["organisation_id", "state"], unique=False)
        batch_op.create_index(
            "uq_expert_applications_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("state in ('draft','submitted','under_review','recommended')"),
            postgresql_where=sa.text("state in ('draft','submitted','under_review','recommended')"),
        )

    op.create_table(
        "expert_application_events",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["expert_applications.id"],
            name=op.f("fk_expert_application_events_application_id_expert_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_application_events")),
    )
    with op.batch_alter_table("expert_application_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_expert_application_events_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "expert_appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_at", types.UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_class", sa.String(length=40), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_class IS NULL)", name=op.f("ck_expert_appointments_ended_with_reason")
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_expert_appointments_term")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["expert_applications.id"],
            name=op.f("fk_expert_appointments_application_id_expert_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_expert_appointments_certificate_id_certificates"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_expert_appointments_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_expert_appointments_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_appointments")),
        sa.UniqueConstraint("application_id", name=op.f("uq_expert_appointments_application_id")),
    )
    with op.batch_alter_table("expert_appointments", schema=None) as batch_op:
        batch_op.create_index("ix_expert_appointments_term", ["ended_at", "ends_on"], unique=False)
        batch_op.create_index(
            "uq_expert_appointments_running",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "expert_facets",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("facet", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["expert_appointments.id"],
            name=op.f("fk_expert_facets_appointment_id_expert_appointments"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_facets")),
        sa.UniqueConstraint(
            "appointment_id", "facet", "value", name=op.f("uq_expert_facets_appointment_id_facet_value")
        ),
    )
    with op.batch_alter_table("expert_facets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_expert_facets_appointment_id"), ["appointment_id"], unique=False)
        batch_op.create_index("ix_expert_facets_value", ["facet", "value"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("expert_facets", schema=None) as batch_op:
        batch_op.drop_index("ix_expert_facets_value")
        batch_op.drop_index(batch_op.f("ix_expert_facets_appointment_id"))

    op.drop_table("expert_facets")
    with op.batch_alter_table("expert_appointments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_expert_appointments_running",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_expert_appointments_term")

    op.drop_table("expert_appointments")
    with op.batch_alter_table("expert_application_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_expert_application_events_application_id"))

    op.drop_table("expert_application_events")
    with op.batch_alter_table("expert_applications", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_expert_applications_open",
            sqlite_where=sa.text("state in ('draft','submitted','under_review','recommended')"),
            postgresql_where=sa.text("state in ('draft','submitted','under_review','recommended')"),
        )
        batch_op.drop_index("ix_expert_applications_state")
        batch_op.drop_index(batch_op.f("ix_expert_applications_person_id"))

    op.drop_table("expert_applications")
    op.drop_table("expert_criteria_revisions")
