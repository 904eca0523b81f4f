"""Create the tables of certificates."""

revision = "certificates"
down_revision = "cohorts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
