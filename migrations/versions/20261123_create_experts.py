"""Create the tables of experts."""

revision = "experts"
down_revision = "certificates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
