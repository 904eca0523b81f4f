"""Receive a file for a question of a running paper."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.core.text import file_name
from app.quizzes import grading
from app.quizzes.grading.file_types import kind_of
from app.quizzes.models import Attempt, AttemptItem, AttemptState, EventKind, ResponseEvent, Upload
from app.quizzes.queries import UploadPlace
from app.quizzes.receipts import Keyring, Receipt
from app.quizzes.services.answers import Change, keep_change
from app.quizzes.services.locking import lock_attempt

#: Files for one question of one paper, those included that were given up again: each is kept on disk.
MAX_RECEIVED: Final = 30


def check_open(attempt: Attempt, position: int, now: datetime) -> None:
    """Raises Conflict where no file for the question at this position can count any more."""
    in_time = attempt.state is AttemptState.IN_PROGRESS and max(now, attempt.clock_at) <= attempt.cutoff_at
    if not in_time and attempt.state is not AttemptState.PAUSED:
        raise Conflict(_("This attempt has ended; the file does not count."), code="ended")
    if position <= attempt.closed_through:
        raise Conflict(_("You have left this question; the file does not count."), code="left")


def check_file(place: UploadPlace, data: bytes) -> str:
    """The kind of a file that this question takes. Raises Invalid, saying what to send instead."""
    if not data:
        raise Invalid(_("Choose a file first."), code="empty")
    if len(data) > place.max_bytes:
        raise Invalid(
            _("The file is too large: at most %(size)s MiB.", size=place.max_bytes // 2**20), code="size"
        )
    kind = kind_of(data)
    if kind is None or kind not in place.kinds:
        kinds = ", ".join(sorted(place.kinds))
        raise Invalid(
            _("The file's content is not of an accepted type. Send one of: %(kinds)s.", kinds=kinds), code="type"
        )
    if len(place.received) >= MAX_RECEIVED and hashlib.sha256(data).hexdigest() not in place.received:
        raise Invalid(
            _("You have sent %(number)s files for this question; no more are taken.", number=MAX_RECEIVED),
            code="received",
        )
    return kind


@dataclass(frozen=True, slots=True)
class Received:
    """A stored file that somebody sent: its hash, what it is, what she called it, its bytes."""

    digest: str
    kind: str
    name: str
    size: int


def receive_file(
    actor: Actor,
    attempt_id: uuid.UUID,
    place: UploadPlace,
    file: Received,
    *,
    keyring: Keyring,
    now: datetime,
) -> Receipt:
    """Note a stored file for the question and add it to the answer.

    Raises NotFound for somebody else's attempt, Conflict when it has ended; Invalid when there are too many files:
    the answer stays as it is, and the file counts among those received.
    """
    attempt = lock_attempt(attempt_id)
    if attempt is None or attempt.candidate_id != actor.person_id or actor.session_id is None:
        raise NotFound
    check_open(attempt, place.position, now)
    item = db.session.get_one(AttemptItem, place.item_id)
    db.session.refresh(item)
    answered = db.session.scalar(
        select(ResponseEvent.body).filter_by(attempt_id=attempt_id, ordinal=item.answer_ordinal)
    )
    if db.session.scalar(select(Upload.id).filter_by(item_id=item.id, digest=file.digest)) is None:
        upload = Upload(
            id=new_id(),
            created_at=now,
            item_id=item.id,
            digest=file.digest,
            kind=file.kind,
            name=file_name(file.name),
            size=file.size,
        )
        db.session.add(upload)
        db.session.flush()
    files = [*(answered or {}).get("files", ()), file.digest]
    body = grading.normalise({"files": files}, item.layout)
    change = Change(
        item_id=item.id,
        position=item.position,
        kind=EventKind.ANSWER,
        body=body,
        client_id=new_id(),
        device_id=actor.session_id,
        client_seq=None,
        base_ordinal=attempt.head_ordinal,
    )
    return keep_change(db.session.connection(), attempt_id, change, keyring=keyring, now=now)
