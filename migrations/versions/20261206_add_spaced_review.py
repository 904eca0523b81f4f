"""Keep spaced review: cards, answers, and how much somebody wants a day."""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "spaced_review"
down_revision = "passage_questions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("stability", sa.Float(), nullable=False),
        sa.Column("difficulty", sa.Float(), nullable=False),
        sa.Column("due", types.UtcDateTime(), nullable=False),
        sa.Column("last_review", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_cards_person_id_people")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_review_cards_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_cards")),
        sa.UniqueConstraint("person_id", "question_id", name=op.f("uq_review_cards_person_id_question_id")),
    )
    op.create_index("ix_review_cards_due", "review_cards", ["person_id", "due"])

    op.create_table(
        "review_plans",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint("daily_limit between 1 and 100", name=op.f("ck_review_plans_daily_limit")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_plans_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_review_plans")),
    )
    op.create_table(
        "review_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("question_revision_id", sa.Uuid(), nullable=False),
        sa.Column("response", types.Json, nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("ease", sa.String(length=40), nullable=False),
        sa.Column("before", types.Json, nullable=False),
        sa.CheckConstraint("correct = (ease <> 'again')", name=op.f("ck_review_answers_correct")),
        sa.CheckConstraint("ease in ('again','hard','good','easy')", name=op.f("ck_review_answers_ease")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["review_cards.id"], name=op.f("fk_review_answers_card_id_review_cards")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_review_answers_person_id_people")),
        sa.ForeignKeyConstraint(
            ["question_revision_id"],
            ["question_revisions.id"],
            name=op.f("fk_review_answers_question_revision_id_question_revisions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answers")),
        sa.UniqueConstraint("person_id", "client_id", name=op.f("uq_review_answers_person_id_client_id")),
    )
    op.create_index(op.f("ix_review_answers_card_id"), "review_answers", ["card_id"])
    op.create_index("ix_review_answers_day", "review_answers", ["person_id", "created_at"])


def downgrade() -> None:
    op.drop_table("review_answers")
    op.drop_table("review_plans")
    op.drop_table("review_cards")
