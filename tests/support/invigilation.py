"""Invigilators, and sittings as they find them."""

import uuid
from datetime import datetime
from typing import Any

from app.accounts.models import LoginSession, Person
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.identifiers import new_id
from app.quizzes import services
from app.quizzes.context import keyring
from app.quizzes.models import Attempt, EventKind
from app.quizzes.protocol import Sent
from app.quizzes.receipts import Receipt
from tests.support.cast import Cast, as_actor, make_login
from tests.support.quizzes import items_of


def invigilator(cast: Cast) -> Actor:
    """The instructor of the trainees' university."""
    return as_actor(cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id))


def national(person: Person) -> Actor:
    """The person as one of the national authority, who invigilates everybody."""
    return as_actor(person, Grant(Role.ADMINISTRATOR, new_id(), national=True))


def fresh(attempt: Attempt) -> Attempt:
    """The attempt as it stands in the database."""
    return db.session.get_one(Attempt, attempt.id, populate_existing=True)


def answer(
    person: Person,
    attempt: Attempt,
    *,
    position: int = 1,
    choice: int = 0,
    now: datetime | None = None,
    login: LoginSession | None = None,
    device: uuid.UUID | None = None,
    **sent: Any,
) -> Receipt:
    """Save an answer to a single-choice question (or this ``response``) through the engine's own path."""
    release()
    login = login or make_login(person)
    item = items_of(attempt)[position - 1]
    seq = int((now or clock.now()).timestamp() * 1_000_000) + position
    change = Sent(
        item_id=item.id,
        client_id=new_id(),
        device_id=device or person.id,
        client_seq=sent.get("seq", seq),
        base_ordinal=sent.get("base", fresh(attempt).head_ordinal),
        kind=EventKind.ANSWER,
        response=sent.get("response") or {"choice": item.layout["choices"][choice]},
    )
    release()
    with transaction():
        return services.take_answer(login.id, attempt.id, change, keyring=keyring(), now=now or clock.now())
