"""What a question's revision says: it never changes, so each process reads and parses it once."""

import uuid
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import select

from app.core.database import db
from app.core.kept import Kept
from app.quizzes.models import QuestionRevision

#: Some 10 KiB each.
_kept: Final[Kept[uuid.UUID, dict[str, Any]]] = Kept(1_000)


def bodies(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The bodies by revision, shared by all requests: to be read, never changed.

    One statement for those this process does not have yet, none for the others.
    """
    found = {one: body for one in revision_ids if (body := _kept.find(one)) is not None}
    unknown = [one for one in revision_ids if one not in found]
    if unknown:
        rows = db.session.execute(
            select(QuestionRevision.id, QuestionRevision.body).where(QuestionRevision.id.in_(unknown))
        )
        found |= {row.id: _kept.put(row.id, row.body) for row in rows}
    return found
