"""Create the tables of quizzes."""

revision = "quizzes"
down_revision = "library"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
