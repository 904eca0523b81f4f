"""What the clients of a storm were told, compared with what the database holds."""

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from app.core.database import db, release
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptItem, ResponseEvent
from app.quizzes.receipts import Keyring, Receipt, body_digest


@dataclass
class Ledger:
    """One client's memory: every change it sent, every acknowledgement it got."""

    attempt_id: uuid.UUID
    device_id: str
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    retries: int = 0


def compare(ledgers: list[Ledger], keyring: Keyring) -> list[str]:
    """Every difference between memory and database; empty when the promise was kept."""
    faults = [fault for ledger in ledgers for fault in ledger.faults]
    by_attempt: dict[uuid.UUID, list[Ledger]] = defaultdict(list)
    for ledger in ledgers:
        by_attempt[ledger.attempt_id].append(ledger)
    for attempt_id, members in by_attempt.items():
        events = list(
            db.session.scalars(
                select(ResponseEvent).filter_by(attempt_id=attempt_id).order_by(ResponseEvent.ordinal)
            )
        )
        faults += _compare_attempt(attempt_id, events, members, keyring)
        db.session.expunge_all()
    release()
    return faults + _integrity()


def _compare_attempt(
    attempt_id: uuid.UUID, events: list[ResponseEvent], ledgers: list[Ledger], keyring: Keyring
) -> list[str]:
    faults = []
    stored = {str(event.client_id): event for event in events}
    if len(stored) != len(events):
        faults.append(f"{attempt_id}: a change is stored twice")
    head = db.session.execute(select(Attempt.head_ordinal).where(Attempt.id == attempt_id)).scalar_one()
    if [event.ordinal for event in events] != list(range(1, head + 1)):
        faults.append(f"{attempt_id}: ordinals are not 1 to {head}")
    known: Counter[str] = Counter()
    layouts: dict[uuid.UUID, Any] = dict(
        db.session.execute(select(AttemptItem.id, AttemptItem.layout).filter_by(attempt_id=attempt_id)).all()
    )
    said = {str(event.client_id): outward(event.body, layouts[event.item_id]) for event in events}
    for ledger in ledgers:
        known.update(ledger.sent.keys())
        faults += _compare_client(ledger, stored, said, keyring)
    if invented := set(stored) - set(known):
        faults.append(f"{attempt_id}: {len(invented)} changes nobody sent")
    return faults + _compare_answers(attempt_id, events)


def _compare_client(
    ledger: Ledger, stored: dict[str, ResponseEvent], said: dict[str, Any], keyring: Keyring
) -> list[str]:
    faults = []
    last = 0
    for client_id, receipt in ledger.acknowledged:
        name = f"{ledger.attempt_id} {receipt['ordinal']}"
        event = stored.get(client_id)
        if event is None:
            faults.append(f"{name}: acknowledged and LOST")
            continue
        sent = ledger.sent[client_id]
        if said[client_id] != sent["response"] or event.client_seq != sent["client_seq"]:
            faults.append(f"{name}: stored with other content")
        if event.ordinal != receipt["ordinal"] or receipt["ordinal"] <= last:
            faults.append(f"{name}: out of order")
        last = receipt["ordinal"]
        claimed = Receipt.from_json(receipt)
        if claimed.digest != body_digest(event.salt or "", said[client_id]):
            faults.append(f"{name}: the receipt is for another answer")
        if not keyring.verify(claimed):
            faults.append(f"{name}: the receipt does not verify")
    return faults


def _compare_answers(attempt_id: uuid.UUID, events: list[ResponseEvent]) -> list[str]:
    """The answers that count are those which the events give when told over again."""
    answers: dict[uuid.UUID, ResponseEvent] = {}
    faults = []
    for event in events:
        standing = answers.get(event.item_id)
        overtaken = standing is not None and (
            standing.client_seq > event.client_seq
            if standing.device_id == event.device_id
            else standing.ordinal > event.base_ordinal
        )
        if overtaken != event.superseded:
            faults.append(f"{attempt_id} {event.ordinal}: superseded should be {overtaken}")
        if not overtaken:
            answers[event.item_id] = event
    items = db.session.scalars(select(AttemptItem).filter_by(attempt_id=attempt_id))
    for item in items:
        expected = answers[item.id].ordinal if item.id in answers else None
        if item.answer_ordinal != expected:
            faults.append(f"{attempt_id}: question {item.position} counts {item.answer_ordinal}, not {expected}")
    return faults


def _integrity() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        return []
    whole = db.session.execute(text("PRAGMA integrity_check")).scalars().all()
    broken = db.session.execute(text("PRAGMA foreign_key_check")).all()
    release()
    return [f"integrity check: {line}" for line in whole if line != "ok"] + [f"orphan: {row}" for row in broken]
