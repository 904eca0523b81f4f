"""Create the tables of courses."""

revision = "courses"
down_revision = "quizzes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
