"""Create the tables of cohorts."""

revision = "cohorts"
down_revision = "courses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
