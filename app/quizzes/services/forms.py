"""Save a whole paper that was posted as one form: pages without JavaScript."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.identifiers import new_id
from app.quizzes import grading, queries
from app.quizzes.grading.aliases import inward, refusal_outward, without_identifiers
from app.quizzes.models import EventKind
from app.quizzes.receipts import Keyring, Receipt
from app.quizzes.services.answers import Change, keep_change


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer, or parts of one, that could not be taken."""

    message: str
    #: What to do about each part, by its path in the response; empty where it is the whole answer.
    parts: Mapping[str, str] = field(default_factory=dict)
    #: What the page held, so that it is not lost; None where the answer that is kept says it all.
    written: dict[str, Any] | None = None


@dataclass
class Saved:
    """What became of a posted paper."""

    receipts: list[Receipt] = field(default_factory=list)
    #: By question, in the names of the paper.
    refused: dict[uuid.UUID, Refused] = field(default_factory=dict)

    def refuse(self, item_id: uuid.UUID, message: str) -> None:
        """Add what else could not be taken for a question."""
        self.refused[item_id] = Refused(message)

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
    kept, the other parts of the same answer, too. Raises NotFound for somebody else's attempt.
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
        response, refused = _read(posted, item)
        if refused is not None:
            saved.refused[item.id] = refused
        if response is None:
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


def _read(posted: grading.Posted, item: queries.PaperItem) -> tuple[grading.Response | None, Refused | None]:
    """The normalised answer, None where there is none to keep; and what of it could not be taken."""
    written: dict[str, Any] | None = None
    try:
        written = grading.written(posted, item.name, without_identifiers(item.layout))
        return grading.normalise(inward(written, item.layout), item.layout), None
    except grading.PartsRefused as error:
        refusal = refusal_outward(error, item.layout)
        return refusal.kept, Refused(str(refusal), refusal.refused, written)
    except Invalid as error:
        return None, Refused(str(error), written=written)
