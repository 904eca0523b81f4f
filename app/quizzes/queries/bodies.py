"""What a question's revision says: it never changes, so each process reads and parses it once."""

import uuid
from collections import OrderedDict
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import select

from app.core.database import db
from app.quizzes.models import QuestionRevision

#: Of so many revisions, some 10 KiB each; the earliest read leave first.
KEPT: Final = 1_000
_kept: OrderedDict[uuid.UUID, dict[str, Any]] = OrderedDict()


def bodies(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The bodies by revision, shared by all requests: to be read, never changed.

    One statement for those this process does not have yet, none for the others.
    """
    found = {one: _kept[one] for one in revision_ids if one in _kept}
    unknown = [one for one in revision_ids if one not in found]
    if unknown:
        rows = db.session.execute(
            select(QuestionRevision.id, QuestionRevision.body).where(QuestionRevision.id.in_(unknown))
        )
        read = {row.id: row.body for row in rows}
        found |= read
        _keep(read)
    return found


def _keep(read: dict[uuid.UUID, dict[str, Any]]) -> None:
    _kept.update(read)
    for _ in range(len(_kept) - KEPT):
        _kept.popitem(last=False)
