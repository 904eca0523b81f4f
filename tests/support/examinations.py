"""Sitting an examination through the engine's own path."""

import uuid
from collections.abc import Callable

from app.accounts.models import LoginSession, Person
from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import grading
from app.quizzes import services as quizzes
from app.quizzes.context import keyring
from app.quizzes.models import Attempt, AttemptItem, EventKind, QuestionRevision
from app.quizzes.protocol import Sent
from tests.support.cast import as_actor, make_login


def sit(
    person: Person,
    attempt: Attempt,
    *,
    right: bool = True,
    login: LoginSession | None = None,
    answering: Callable[[grading.Body], grading.Response] = grading.perfect,
) -> None:
    """Answer every question of a running attempt through the engine's own path, and submit it."""
    login = login or make_login(person)
    release()
    paper = db.session.execute(
        db.select(AttemptItem.id, QuestionRevision.body)
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.question_revision_id)
        .where(AttemptItem.attempt_id == attempt.id)
    ).all()
    device = uuid.uuid4()
    for number, (item_id, body) in enumerate(paper, 1):
        release()
        if not right:
            continue
        sent = Sent(item_id, uuid.uuid4(), device, number, number - 1, EventKind.ANSWER, answering(body))
        with transaction():
            quizzes.take_answer(login.id, attempt.id, sent, keyring=keyring(), now=clock.now())
    release()
    with transaction():
        quizzes.submit_attempt(as_actor(person), attempt.id, now=clock.now())
    release()
