"""Create the tables of courses."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "courses"
down_revision = "quizzes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("synced_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_state")),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("current_revision_id", sa.Uuid(), nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("key", name=op.f("uq_courses_key")),
    )
    op.create_table(
        "figures",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_figures")),
    )
    op.create_table(
        "course_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("outline", types.Json, nullable=False),
        sa.Column("hours", types.Exact(5), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("sections_total", sa.Integer(), nullable=False),
        sa.Column("checks_total", sa.Integer(), nullable=False),
        sa.Column("quiz_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_revisions_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_revisions")),
        sa.UniqueConstraint("course_id", "digest", name=op.f("uq_course_revisions_course_id_digest")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_revisions_course_id_number")),
    )
    op.create_table(
        "modules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_modules_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modules")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_modules_course_id_key")),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("course_revision_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_enrolments_course_id_courses")),
        sa.ForeignKeyConstraint(
            ["course_revision_id"],
            ["course_revisions.id"],
            name=op.f("fk_enrolments_course_revision_id_course_revisions"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("person_id", "course_id", name=op.f("uq_enrolments_person_id_course_id")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolments_course_id"), ["course_id"], unique=False)
    op.create_table(
        "module_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", types.Json, nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_module_revisions_module_id_modules")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module_revisions")),
        sa.UniqueConstraint("module_id", "digest", name=op.f("uq_module_revisions_module_id_digest")),
        sa.UniqueConstraint("module_id", "number", name=op.f("uq_module_revisions_module_id_number")),
    )
    op.create_table(
        "check_answers",
        sa.Column("id", types.Serial, autoincrement=True, nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(), nullable=False),
        sa.Column("question_revision_id", sa.Uuid(), nullable=False),
        sa.Column("response", types.Json, nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_check_answers_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(
            ["question_revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_check_answers_question_revision_id_question_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answers")),
    )
    with op.batch_alter_table("check_answers", schema=None) as batch_op:
        batch_op.create_index("ix_check_answers_enrolment", ["enrolment_id", "question_key"], unique=False)
    op.create_table(
        "citations",
        sa.Column("module_revision_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_key", sa.String(), nullable=False),
        sa.Column("instrument_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_revision_id"],
            ["module_revisions.id"],
            name=op.f("fk_citations_module_revision_id_module_revisions"),
        ),
        sa.PrimaryKeyConstraint("module_revision_id", "lesson_key", "instrument_key", name=op.f("pk_citations")),
    )
    with op.batch_alter_table("citations", schema=None) as batch_op:
        batch_op.create_index("ix_citations_instrument", ["instrument_key"], unique=False)
    op.create_table(
        "course_completions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("course_revision_id", sa.Uuid(), nullable=False),
        sa.Column("hours", types.Exact(5), nullable=False),
        sa.Column("completed_at", types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("hours > 0", name=op.f("ck_course_completions_hours")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_completions_course_id_courses")
        ),
        sa.ForeignKeyConstraint(
            ["course_revision_id"],
            ["course_revisions.id"],
            name=op.f("fk_course_completions_course_revision_id_course_revisions"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_course_completions_enrolment_id_enrolments")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_course_completions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_completions")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_course_completions_enrolment_id")),
    )
    with op.batch_alter_table("course_completions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_completions_course_id"), ["course_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_completions_person_id"), ["person_id"], unique=False)
    op.create_table(
        "reading_positions",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("module_key", sa.String(), nullable=False),
        sa.Column("lesson_key", sa.String(), nullable=False),
        sa.Column("section_key", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_reading_positions_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_reading_positions")),
    )
    op.create_table(
        "sections_read",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_sections_read_enrolment_id_enrolments")
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "path", name=op.f("pk_sections_read")),
    )


def downgrade() -> None:
    op.drop_table("sections_read")
    op.drop_table("reading_positions")
    with op.batch_alter_table("course_completions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_completions_person_id"))
        batch_op.drop_index(batch_op.f("ix_course_completions_course_id"))
    op.drop_table("course_completions")
    with op.batch_alter_table("citations", schema=None) as batch_op:
        batch_op.drop_index("ix_citations_instrument")
    op.drop_table("citations")
    with op.batch_alter_table("check_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_check_answers_enrolment")
    op.drop_table("check_answers")
    op.drop_table("module_revisions")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_course_id"))
    op.drop_table("enrolments")
    op.drop_table("modules")
    op.drop_table("course_revisions")
    op.drop_table("figures")
    op.drop_table("courses")
    op.drop_table("content_state")
