"""What the content check found in a file is kept as messages, which are shown in the reader's language.

Finished English sentences cannot be taken apart again: a file that has some is said to be unfit, and uploading it
again tells why.
"""

import sqlalchemy as sa
from alembic import op

from app.core import types

revision = "findings_as_messages"
down_revision = "frozen_papers"
branch_labels = None
depends_on = None

_MEDIA = sa.table("source_media", sa.column("digest", sa.String), sa.column("findings", types.Json))
_UNFIT = {"text": "lessons cannot show this file as it is", "values": {}}
_AGAIN = {"text": "upload it again to learn why", "values": {}}


def upgrade() -> None:
    _rewrite(_UNFIT, _AGAIN)


def downgrade() -> None:
    _rewrite(_UNFIT["text"], _AGAIN["text"])


def _rewrite(wrong: object, mend: object) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_MEDIA.c.digest, _MEDIA.c.findings)).all():
        if row.findings:
            connection.execute(
                sa.update(_MEDIA).where(_MEDIA.c.digest == row.digest).values(findings=[[1, 1, wrong, mend]])
            )
