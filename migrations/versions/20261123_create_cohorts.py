"""Create the tables of cohorts."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "cohorts"
down_revision = "courses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("current_revision_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_programmes_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("key", name=op.f("uq_programmes_key")),
    )
    op.create_table(
        "programme_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", types.Json, nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_programme_revisions_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name=op.f("fk_programme_revisions_quiz_id_quizzes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_revisions")),
        sa.UniqueConstraint("programme_id", "digest", name=op.f("uq_programme_revisions_programme_id_digest")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_programme_revisions_programme_id_number")),
    )
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("programme_revision_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("session_number", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("join_code", sa.String(), nullable=False),
        sa.Column("joining_open", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cohorts_dates")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_cohorts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_cohorts_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["programme_revision_id"],
            ["programme_revisions.id"],
            name=op.f("fk_cohorts_programme_revision_id_programme_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohorts")),
        sa.UniqueConstraint("join_code", name=op.f("uq_cohorts_join_code")),
    )
    with op.batch_alter_table("cohorts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohorts_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohorts_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state_since", types.UtcDateTime(), nullable=False),
        sa.Column("moved_to_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_memberships_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(
            ["moved_to_id"], ["memberships.id"], name=op.f("fk_memberships_moved_to_id_memberships")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("cohort_id", "person_id", name=op.f("uq_memberships_cohort_id_person_id")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index("ix_memberships_person_state", ["person_id", "state"], unique=False)

    op.create_table(
        "record_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("exported_by", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("columns", types.Json, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_record_exports_cohort_id_cohorts")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_record_exports_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_exports")),
    )
    with op.batch_alter_table("record_exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_exports_cohort_id"), ["cohort_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_exports_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "roster_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("rows", types.Json, nullable=False),
        sa.Column("confirmed_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_roster_imports_cohort_id_cohorts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_imports")),
    )
    with op.batch_alter_table("roster_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_imports_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "programme_completions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("programme_revision_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("completed_at", types.UtcDateTime(), nullable=False),
        sa.Column("hours", types.Exact(5), nullable=False),
        sa.Column("exam_percent", types.Exact(5), nullable=True),
        sa.Column("basis", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_programme_completions_membership_id_memberships")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_programme_completions_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_programme_completions_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["programme_revision_id"],
            ["programme_revisions.id"],
            name=op.f("fk_programme_completions_programme_revision_id_programme_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_completions")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_programme_completions_membership_id")),
        sa.UniqueConstraint(
            "person_id",
            "programme_id",
            "cycle",
            name=op.f("uq_programme_completions_person_id_programme_id_cycle"),
        ),
    )


def downgrade() -> None:
    op.drop_table("programme_completions")
    with op.batch_alter_table("roster_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_imports_cohort_id"))

    op.drop_table("roster_imports")
    with op.batch_alter_table("record_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_exports_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_record_exports_cohort_id"))

    op.drop_table("record_exports")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index("ix_memberships_person_state")

    op.drop_table("memberships")
    with op.batch_alter_table("cohorts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cohorts_programme_id"))
        batch_op.drop_index(batch_op.f("ix_cohorts_organisation_id"))

    op.drop_table("cohorts")
    op.drop_table("programme_revisions")
    op.drop_table("programmes")
