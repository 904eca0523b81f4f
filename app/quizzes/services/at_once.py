"""Take an answer on PostgreSQL in two trips to the server instead of five.

What the attempt's row says is read without a lock; then one statement keeps the change if the row still says so,
and is its own transaction: durable when it returns. Every writer of an attempt takes an ordinal on that row, so
while the ordinal stands, everything that was read stands. Where it does not, or the change is anything else than
an answer that counts, nothing is changed and ``take_answer`` takes it under the lock.
"""

import uuid
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Uuid, bindparam, exists, insert, select, update

from app.accounts.models import LoginSession, Person, PersonState
from app.core.prepared import Prepared
from app.core.types import UtcDateTime
from app.quizzes import grading
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptItem, AttemptState, EventKind, ResponseEvent
from app.quizzes.protocol import Sent
from app.quizzes.receipts import Keyring, Receipt, body_digest, new_salt, status_of
from app.quizzes.services.answers import normalised

_attempts: Any = Attempt.__table__
_items: Any = AttemptItem.__table__
_events: Any = ResponseEvent.__table__

#: The candidate's running attempt and the question, in a live session; no row otherwise.
_LOOK: Final = Prepared(
    select(
        _attempts.c.head_ordinal,
        _attempts.c.cutoff_at,
        _attempts.c.clock_at,
        _attempts.c.closed_through,
        _items.c.layout,
        _items.c.position,
        _items.c.answer_ordinal,
        _items.c.answer_device,
        _items.c.answer_seq,
    )
    .join(_items, _items.c.attempt_id == _attempts.c.id)
    .join(Person, Person.id == _attempts.c.candidate_id)
    .join(LoginSession, LoginSession.person_id == Person.id)
    .where(
        _attempts.c.id == bindparam("attempt"),
        _attempts.c.state == AttemptState.IN_PROGRESS,
        _attempts.c.pause_ends_at.is_(None),
        _items.c.id == bindparam("item"),
        LoginSession.id == bindparam("login"),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > bindparam("now", type_=UtcDateTime()),
        Person.state == PersonState.ACTIVE,
    )
)
#: Takes the ordinal after the one that was read, if nobody has taken it or moved what the decision rests on.
_taken = (
    update(_attempts)
    .where(
        _attempts.c.id == bindparam("attempt"),
        _attempts.c.head_ordinal == bindparam("next") - 1,
        _attempts.c.state == AttemptState.IN_PROGRESS,
        _attempts.c.pause_ends_at.is_(None),
        _attempts.c.cutoff_at == bindparam("cutoff", type_=UtcDateTime()),
        _attempts.c.closed_through == bindparam("through"),
    )
    .values(head_ordinal=bindparam("next"), clock_at=bindparam("moment", type_=UtcDateTime()))
    .returning(_attempts.c.id)
    .cte("taken")
)
_answered = (
    update(_items)
    .where(_items.c.id == bindparam("item", type_=Uuid()), exists(select(_taken.c.id)))
    .values(
        answer_ordinal=bindparam("next"),
        answer_device=bindparam("device", type_=Uuid()),
        answer_seq=bindparam("seq", type_=_items.c.answer_seq.type),
    )
    .cte("answered")
)
_COLUMNS: Final = tuple(column.name for column in _events.c)
_KEEP: Final = Prepared(
    insert(_events)
    .from_select(
        _COLUMNS,
        select(*(bindparam(f"event_{column.name}", type_=column.type) for column in _events.c)).select_from(
            _taken
        ),
    )
    .add_cte(_answered)
    .returning(_events.c.ordinal)
)


class _Seen(NamedTuple):
    """What the attempt's row and the question's said without a lock."""

    head_ordinal: int
    cutoff_at: datetime
    clock_at: datetime
    closed_through: int
    layout: grading.Layout
    position: int
    answer_ordinal: int | None
    answer_device: uuid.UUID | None
    answer_seq: int | None


def take_at_once(
    connection: Connection,
    login_id: uuid.UUID,
    attempt_id: uuid.UUID,
    sent: Sent,
    *,
    keyring: Keyring,
    now: datetime,
) -> Receipt | None:
    """Keep an answer that counts, and give its receipt; None, and nothing is changed: ``take_answer`` has to.

    ``connection``: of ``core_statements()``. Raises Invalid and IntegrityError as ``take_answer`` does.
    """
    if sent.kind is not EventKind.ANSWER:
        return None
    key = {"attempt": attempt_id, "item": sent.item_id}
    found = _LOOK.first(connection, {**key, "login": login_id, "now": now})
    if found is None:
        return None
    row = _Seen(*found)
    moment = max(now, row.clock_at)
    if moment > row.cutoff_at or row.position <= row.closed_through or not _becomes_answer(row, sent):
        return None
    body, salt = normalised(sent, row.layout), new_salt()
    receipt = keyring.seal(
        Receipt(
            attempt_id=attempt_id,
            ordinal=row.head_ordinal + 1,
            item_id=sent.item_id,
            kind=sent.kind.value,
            digest=body_digest(salt, outward(body, row.layout)),
            received_at=moment,
            status=status_of(late=False, superseded=False),
            key_id=keyring.current.id,
        )
    )
    event = {
        "attempt_id": attempt_id,
        "ordinal": receipt.ordinal,
        "item_id": sent.item_id,
        "kind": sent.kind,
        "client_id": sent.client_id,
        "device_id": sent.device_id,
        "client_seq": sent.client_seq,
        "base_ordinal": sent.base_ordinal,
        "body": body,
        "salt": salt,
        "body_digest": receipt.digest,
        "key_id": receipt.key_id,
        "mac": receipt.mac,
        "received_at": moment,
        "late": False,
        "superseded": False,
    }
    change = {"next": receipt.ordinal, "moment": moment, "cutoff": row.cutoff_at, "through": row.closed_through}
    asked = {**key, **change, "device": sent.device_id, "seq": sent.client_seq}
    asked |= {f"event_{name}": value for name, value in event.items()}
    return receipt if _KEEP.first(connection, asked) is not None else None


def _becomes_answer(row: _Seen, sent: Sent) -> bool:
    """As ``answers`` decides it under the lock."""
    if row.answer_ordinal is None or row.answer_seq is None:
        return True
    if row.answer_device == sent.device_id:
        return row.answer_seq < sent.client_seq
    return row.answer_ordinal <= sent.base_ordinal
