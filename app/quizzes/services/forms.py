"""Save a whole paper that was posted as one form: pages without JavaScript."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.identifiers import new_id
from app.quizzes import grading, queries
from app.quizzes.grading.aliases import inward, without_identifiers
from app.quizzes.models import EventKind
from app.quizzes.receipts import Keyring, Receipt
from app.quizzes.services.answers import Change, keep_change


@dataclass
class Saved:
    """What became of a posted paper."""

    receipts: list[Receipt] = field(default_factory=list)
    #: What could not be taken, by question, and what was written there instead.
    errors: dict[uuid.UUID, str] = field(default_factory=dict)
    refused: dict[uuid.UUID, dict[str, Any]] = field(default_factory=dict)

    def count(self, status: str) -> int:
        return sum(receipt.status == status for receipt in self.receipts)


def save_paper(
    actor: Actor,
    attempt_id: uuid.UUID,
    posted: grading.Posted,
    *,
    seen: int,
    places: range | None = None,
    keyring: Keyring,
    now: datetime,
) -> Saved:
    """Keep what differs from the page that was posted (rendered at ordinal ``seen``): nothing else is a change.

    ``places`` are the positions that stood on the page; None: all. What does not fit is reported and the rest
    kept. Raises NotFound for somebody else's attempt.
    """
    paper = queries.get_own_paper(actor, attempt_id)
    if actor.session_id is None:
        raise NotFound
    answers, flags = queries.answers_as_of(attempt_id, seen)
    saved = Saved()
    changes: list[tuple[queries.PaperItem, EventKind, dict[str, Any]]] = []
    for item in paper.items:
        if places is not None and item.position not in places:
            continue
        try:
            response = inward(grading.read_form(posted, item.name, without_identifiers(item.layout)), item.layout)
        except Invalid as error:
            saved.errors[item.id] = error.message
            saved.refused[item.id] = {name: posted.get(item.name, "") for name in ("value", "text")}
            continue
        if response != answers.get(item.id, {}):
            changes.append((item, EventKind.ANSWER, response))
        flagged = bool(posted.get(f"flag-{item.id}", ""))
        if flagged != flags.get(item.id, False):
            changes.append((item, EventKind.FLAG, {"flagged": flagged}))
    for item, kind, body in changes:
        change = Change(
            item_id=item.id,
            position=item.position,
            kind=kind,
            body=body,
            client_id=new_id(),
            device_id=actor.session_id,
            client_seq=None,
            base_ordinal=seen,
            layout=item.layout,
        )
        receipt = keep_change(db.session.connection(), attempt_id, change, keyring=keyring, now=now)
        saved.receipts.append(receipt)
    return saved
