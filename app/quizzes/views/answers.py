"""Answers as they are given: POST each change, GET what the server knows."""

import json
import uuid
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request
from flask_babel import force_locale
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError

from app.accounts.identity import claimed_session
from app.core import access, clock
from app.core.database import core_statements, core_transaction, statements_stand_alone, transaction
from app.core.errors import Invalid
from app.core.languages import format_moment
from app.core.translating import shared_locale
from app.quizzes import queries, services
from app.quizzes.accommodations.words import pauses_text
from app.quizzes.context import keyring
from app.quizzes.invigilation import queries as decided
from app.quizzes.invigilation import words
from app.quizzes.protocol import MAX_BYTES, Sent, read_sent, too_large
from app.quizzes.receipts import Receipt, timestamp

blueprint = Blueprint("answers", __name__)


@blueprint.post("/attempts/<uuid:attempt_id>/answers")
@access.own_check("its first statement joins session, person, attempt and question: the hot path loads no person")
def save_answer(attempt_id: uuid.UUID) -> Response:
    """Keep one change; the acknowledgement is written only after the commit."""
    if (request.content_length or 0) > MAX_BYTES:
        raise too_large()
    sent = read_sent(request.get_data(cache=False))
    try:
        receipt = _keep(_login(), attempt_id, sent)
    except IntegrityError:
        receipt = services.original_receipt(attempt_id, sent)
    except services.NotYours:
        access.require_actor()
        raise
    return _acknowledge(receipt)


@blueprint.get("/attempts/<uuid:attempt_id>/state")
@access.signed_in
def show_state(attempt_id: uuid.UUID) -> Response:
    """What the server has: for a page that comes back after a while, or from another device."""
    actor = access.require_actor()
    state = queries.get_attempt_state(actor.person_id, attempt_id)
    told = words.told(decided.interventions_of(attempt_id)) if state["decisions"] else []
    deadline = format_moment(datetime.fromisoformat(state["deadline_at"]))
    return _json(
        {
            **state,
            "deadline_text": deadline,
            "pauses_left": pauses_text(state["pauses_left"]),
            "told": [each.as_json() for each in told],
            "now": timestamp(clock.now()),
            "csrf_token": generate_csrf(),
        }
    )


def _keep(login: uuid.UUID, attempt_id: uuid.UUID, sent: Sent) -> Receipt:
    """At once where the database can; else under the attempt's lock, in a session where it has to be closed."""
    ring, now = keyring(), clock.now()
    if statements_stand_alone():
        with core_statements() as connection:
            receipt = services.take_at_once(connection, login, attempt_id, sent, keyring=ring, now=now)
        if receipt is not None:
            return receipt
    take = partial(services.take_answer, login, attempt_id, sent, keyring=ring, now=now)
    try:
        # Under the lock nobody may be asked for her language: her row needs a second connection, which would wait
        # for this one on SQLite.
        with force_locale(shared_locale("zh_Hans")), core_transaction() as connection:
            return take(connection=connection)
    except (services.Overdue, Invalid):  # closed, or refused in her own language, in a session
        with transaction():
            return take()


def _login() -> uuid.UUID:
    """The session the cookie names; the first statement decides whether it lives."""
    return claimed_session() or abort(401)


def _acknowledge(receipt: Receipt) -> Response:
    return _json(receipt.as_json())


def _json(value: dict[str, Any]) -> Response:
    return Response(json.dumps(value, separators=(",", ":")), content_type="application/json")
