"""Take an answer: the hot path. Three statements, Core only; acknowledged by the caller after the commit.

Every writer of an attempt takes the next ordinal on the attempt's row and so holds its lock until the commit:
state, cut-off and head are read under that lock, never before it. The same statement authorises: what it took is
given back when the answer turns out not to fit.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Connection, and_, bindparam, case, insert, or_, select, update

from app.accounts.models import LoginSession, Person, PersonState
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.prepared import Prepared
from app.core.types import UtcDateTime
from app.quizzes import grading
from app.quizzes.grading.aliases import inward, outward, refusal_outward
from app.quizzes.grading.base import wrong_shape
from app.quizzes.models import Attempt, AttemptItem, AttemptState, EventKind, ResponseEvent
from app.quizzes.protocol import Sent
from app.quizzes.receipts import Keyring, Receipt, body_digest, new_salt, status_of
from app.quizzes.services import pauses
from app.quizzes.services.attempts import close_attempt
from app.quizzes.services.locking import lock_attempt

_attempts: Any = Attempt.__table__
_items: Any = AttemptItem.__table__
_events: Any = ResponseEvent.__table__

#: Takes the next ordinal and the row's lock; the attempt's clock only moves forward.
_NEXT: Final = (
    update(_attempts)
    .where(_attempts.c.id == bindparam("attempt"))
    .values(
        head_ordinal=_attempts.c.head_ordinal + 1,
        clock_at=case(
            (_attempts.c.clock_at > bindparam("moment", type_=UtcDateTime()), _attempts.c.clock_at),
            else_=bindparam("moment", type_=UtcDateTime()),
        ),
    )
    .returning(
        _attempts.c.head_ordinal,
        _attempts.c.state,
        _attempts.c.cutoff_at,
        _attempts.c.clock_at,
        _attempts.c.closed_through,
        _attempts.c.pause_ends_at,
    )
)
_ASKED: Final = select(_items.c.layout).where(
    _items.c.id == bindparam("item"), _items.c.attempt_id == bindparam("attempt")
)
#: The same for the candidate in a live session, with the question: no row unless the attempt is hers.
_NEXT_OF_OWN: Final = Prepared(
    _NEXT.where(
        _attempts.c.candidate_id
        == select(Person.id)
        .join(LoginSession, LoginSession.person_id == Person.id)
        .where(
            LoginSession.id == bindparam("login"),
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > bindparam("moment", type_=UtcDateTime()),
            Person.state == PersonState.ACTIVE,
        )
        .scalar_subquery()
    ).returning(
        _ASKED.scalar_subquery().label("layout"),
        _ASKED.with_only_columns(_items.c.position).scalar_subquery().label("position"),
    )
)
#: Makes an event the answer unless another device answered this question after what this one had seen,
#: or this device's own later change came first.
_ANSWER: Final = Prepared(
    update(_items)
    .where(
        _items.c.id == bindparam("item"),
        or_(
            _items.c.answer_ordinal.is_(None),
            and_(_items.c.answer_device == bindparam("device"), _items.c.answer_seq < bindparam("seq")),
            and_(_items.c.answer_device != bindparam("device"), _items.c.answer_ordinal <= bindparam("base")),
        ),
    )
    .values(
        answer_ordinal=bindparam("ordinal"),
        answer_device=bindparam("device"),
        answer_seq=bindparam("seq"),
    )
)
_FLAG: Final = update(_items).where(_items.c.id == bindparam("item")).values(flagged=bindparam("raised"))
_KEEP: Final = Prepared(insert(_events))


class NotYours(NotFound):
    """No live session of this attempt's candidate; the view tells signed-out (401) from foreign (404)."""


class Overdue(Exception):
    """The attempt's time, or a pause, is over and nobody has ended it yet: that needs a session."""


class Head(NamedTuple):
    """What the attempt's row says under its lock; the columns that taking an ordinal returns."""

    head_ordinal: int
    state: AttemptState
    cutoff_at: datetime
    clock_at: datetime
    closed_through: int
    pause_ends_at: datetime | None

    @property
    def is_over(self) -> bool:
        """The server's own clock has passed the cut-off of a running attempt: no clock may reopen it."""
        return self.state is AttemptState.IN_PROGRESS and self.clock_at > self.cutoff_at

    @property
    def pause_is_over(self) -> bool:
        """Its candidate has paused, and that pause has ended meanwhile."""
        return self.pause_ends_at is not None and self.clock_at >= self.pause_ends_at


@dataclass(frozen=True, slots=True)
class Change:
    """One normalised change of one question, ready to be kept."""

    item_id: uuid.UUID
    #: Where its question stands on the paper.
    position: int
    kind: EventKind
    body: dict[str, Any]
    client_id: uuid.UUID
    device_id: uuid.UUID
    #: None: a form's; its ordinal serves.
    client_seq: int | None
    base_ordinal: int
    #: The question's, for a receipt that speaks the candidate's language.
    layout: grading.Layout = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        """The change in the names of her paper: what the receipt is about."""
        return outward(self.body, self.layout)  # type: ignore[no-any-return]


def take_answer(
    login_id: uuid.UUID,
    attempt_id: uuid.UUID,
    sent: Sent,
    *,
    keyring: Keyring,
    now: datetime,
    connection: Connection | None = None,
) -> Receipt:
    """Keep one change of the signed-in candidate's attempt and say what became of it.

    Late changes are kept and not counted; so are those that another device has overtaken. Raises NotYours,
    Invalid for what does not fit the paper, IntegrityError when this change (or this device's number) was taken
    before: then ``original_receipt`` answers. With the ``connection`` of a core_transaction() it raises Overdue
    where the attempt has to be closed, too: then the same again in a transaction().
    """
    names = {"login": login_id, "attempt": attempt_id, "item": sent.item_id, "moment": now}
    row = _NEXT_OF_OWN.first(connection or db.session.connection(), names)
    if row is None:
        raise NotYours
    *found, layout, position = row
    head = Head(*found)
    if connection is not None and (head.is_over or head.pause_is_over):
        raise Overdue
    change = Change(
        item_id=sent.item_id,
        position=position or 0,
        kind=sent.kind,
        body=normalised(sent, layout),
        client_id=sent.client_id,
        device_id=sent.device_id,
        client_seq=sent.client_seq,
        base_ordinal=sent.base_ordinal,
        layout=layout,
    )
    return _append(connection or db.session.connection(), attempt_id, change, head, keyring)


def keep_change(
    connection: Connection, attempt_id: uuid.UUID, change: Change, *, keyring: Keyring, now: datetime
) -> Receipt:
    """Append the change under the attempt's lock, and make it the answer if it counts."""
    head = Head(*connection.execute(_NEXT, {"attempt": attempt_id, "moment": now}).one())
    return _append(connection, attempt_id, change, head, keyring)


def _after_pause(attempt_id: uuid.UUID, head: Head) -> Head:
    """The same once the pause that is over has been ended."""
    attempt = lock_attempt(attempt_id)
    assert attempt is not None  # noqa: S101 - its row was updated above
    pauses.end_if_over(attempt, now=head.clock_at)
    return head._replace(state=attempt.state, cutoff_at=attempt.cutoff_at, pause_ends_at=None)


def _append(
    connection: Connection, attempt_id: uuid.UUID, change: Change, head: Head, keyring: Keyring
) -> Receipt:
    """Keep the change at the ordinal that was taken for it."""
    if head.pause_is_over:
        head = _after_pause(attempt_id, head)
    running = head.state is AttemptState.IN_PROGRESS
    over = head.clock_at > head.cutoff_at if running else head.state is not AttemptState.PAUSED
    late = over or change.position <= head.closed_through
    seq = change.client_seq or head.head_ordinal
    superseded = False
    if not late and change.kind is EventKind.FLAG:
        connection.execute(_FLAG, {"item": change.item_id, "raised": change.body["flagged"]})
    elif not late:
        superseded = not _becomes_answer(connection, change, head.head_ordinal, seq)
    salt = new_salt()
    receipt = keyring.seal(
        Receipt(
            attempt_id=attempt_id,
            ordinal=head.head_ordinal,
            item_id=change.item_id,
            kind=change.kind.value,
            digest=body_digest(salt, change.said),
            received_at=head.clock_at,
            status=status_of(late=late, superseded=superseded),
            key_id=keyring.current.id,
        )
    )
    _KEEP.execute(
        connection,
        {
            "attempt_id": attempt_id,
            "ordinal": receipt.ordinal,
            "item_id": change.item_id,
            "kind": change.kind,
            "client_id": change.client_id,
            "device_id": change.device_id,
            "client_seq": seq,
            "base_ordinal": change.base_ordinal,
            "body": change.body,
            "salt": salt,
            "body_digest": receipt.digest,
            "key_id": receipt.key_id,
            "mac": receipt.mac,
            "received_at": receipt.received_at,
            "late": late,
            "superseded": superseded,
        },
    )
    if head.is_over:
        attempt = lock_attempt(attempt_id)
        assert attempt is not None  # noqa: S101 - its row was updated above
        close_attempt(attempt, AttemptState.EXPIRED, now=head.clock_at)
    return receipt


def original_receipt(attempt_id: uuid.UUID, sent: Sent) -> Receipt:
    """The receipt given when this change was first taken.

    Raises Conflict when the same id came with other content, or the device's number was used for another
    change; nothing is changed then.
    """
    event = db.session.scalar(select(ResponseEvent).filter_by(attempt_id=attempt_id, client_id=sent.client_id))
    if event is None:
        raise Conflict(
            _("This device has already sent another answer under the same number. Reload the page."),
            code="sequence",
        )
    layout = db.session.scalar(select(AttemptItem.layout).filter_by(id=event.item_id))
    same = (event.item_id, event.kind, event.device_id, event.client_seq, event.base_ordinal) == (
        sent.item_id,
        sent.kind,
        sent.device_id,
        sent.client_seq,
        sent.base_ordinal,
    )
    if not (same and event.salt and _says_the_same(event, sent, layout)):
        raise Conflict(
            _("This answer was sent before with other content; the first one stands. Reload the page."),
            code="reused",
        )
    return receipt_of(event)


def _says_the_same(event: ResponseEvent, sent: Sent, layout: dict[str, Any] | None) -> bool:
    """Is what was sent the answer that the event's digest is about?"""
    said = outward(normalised(sent, layout), layout or {})
    return body_digest(event.salt or "", said) == event.body_digest


def receipt_of(event: ResponseEvent) -> Receipt:
    """The receipt that was given for a stored event."""
    return Receipt(
        attempt_id=event.attempt_id,
        ordinal=event.ordinal,
        item_id=event.item_id,
        kind=event.kind.value,
        digest=event.body_digest,
        received_at=event.received_at,
        status=status_of(late=event.late, superseded=event.superseded),
        key_id=event.key_id,
        mac=event.mac,
    )


def normalised(sent: Sent, layout: dict[str, Any] | None) -> dict[str, Any]:
    """What was sent, in the question's own form. Raises Invalid for what does not fit the paper."""
    if layout is None:
        raise Invalid(_("This question is not on your paper. Reload the page."), code="question")
    if sent.kind is EventKind.ANSWER:
        response = inward(sent.response, layout) if sent.aliased else sent.response
        try:
            return grading.normalise(response, layout)
        except grading.PartsRefused as refusal:
            raise refusal_outward(refusal, layout) from None
    flagged = sent.response.get("flagged") if isinstance(sent.response, dict) else None
    if not isinstance(flagged, bool):
        raise wrong_shape()
    return {"flagged": flagged}


def _becomes_answer(connection: Connection, change: Change, ordinal: int, seq: int) -> bool:
    """Is it now the answer? A client cannot have seen more than there was."""
    updated = _ANSWER.execute(
        connection,
        {
            "item": change.item_id,
            "device": change.device_id,
            "seq": seq,
            "base": change.base_ordinal,
            "ordinal": ordinal,
        },
    )
    return updated.rowcount == 1
