"""Keep the access codes of published examinations as salted hashes.

The digests of the revisions stay: they name what was published. Nothing leads back: after a downgrade the codes have
to be published again.
"""

import hashlib
import unicodedata

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "sealed_codes"
down_revision = "law_tasks"
branch_labels = None
depends_on = None

ROUNDS = 5_000
quizzes = sa.table("quizzes", sa.column("id", sa.Uuid()), sa.column("key", sa.String()))
revisions = sa.table(
    "quiz_revisions",
    sa.column("id", sa.Uuid()),
    sa.column("quiz_id", sa.Uuid()),
    sa.column("settings", types.Json),
)


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(revisions.c.id, revisions.c.settings, quizzes.c.key).join(
            quizzes, quizzes.c.id == revisions.c.quiz_id
        )
    ).all()
    for row in rows:
        code = row.settings.get("access_code", "")
        if code and not code.startswith("pbkdf2$"):
            settings = row.settings | {"access_code": _seal(code, row.key)}
            connection.execute(revisions.update().where(revisions.c.id == row.id).values(settings=settings))


def _seal(code: str, examination: str) -> str:
    salt = hashlib.sha256(f"access-code:{examination}".encode()).digest()[:16]
    folded = unicodedata.normalize("NFKC", code).strip().casefold().encode()
    made = hashlib.pbkdf2_hmac("sha256", folded, salt, ROUNDS)
    return f"pbkdf2${ROUNDS}${salt.hex()}${made.hex()}"


def downgrade() -> None:
    """A hash does not tell what it was made of."""
