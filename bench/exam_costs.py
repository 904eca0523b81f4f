"""What single requests of an examination cost: statements, and CPU of the application."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from app.core import clock
from app.core.database import db, release, transaction
from app.core.text import Bilingual
from app.quizzes import grading
from app.quizzes import services as quizzes
from app.quizzes.context import keyring
from app.quizzes.models import AttemptItem, EventKind, Question, QuestionRevision
from app.quizzes.protocol import Sent
from app.quizzes.rules import Pool, QuizSettings
from bench.exam_hall import hand_in
from bench.harness import Figure, Server, drive, get
from bench.stage import Sitting, Stage
from bench.throughput import CLIENTS, served
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

#: Questions of the paper whose page and submission are measured; the others show that nothing grows with it.
USUAL: Final = 20
LENGTHS: Final = (5, USUAL, 40)
MOST: Final = {"save": 4, "attempt page": 10, "submit and finish": 25}


def with_paper(stage: Stage, length: int) -> Stage:
    """The same site with an examination of so many of the content's own questions that need no marker."""
    types = [name for name in grading.TYPES if name not in {"essay", "file_upload", "case", "drag_image"}]
    keys = db.session.scalars(
        select(Question.key)
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .where(QuestionRevision.type.in_(types))
        .order_by(Question.key)
        .limit(length)
    ).all()
    release()
    if len(keys) < length:
        raise RuntimeError(f"the content has only {len(keys)} such questions")
    title = Bilingual(zh=f"{length}题", en=f"{length} questions")
    with transaction():
        revision = quizzes.publish_quiz(
            f"bench-{length}",
            title=title,
            settings=QuizSettings(minutes=120, pass_mark=60),
            pools=[Pool(list(keys), length)],
            now=clock.now(),
        )
        return replace(stage, quiz_id=revision.quiz_id)


def answer_everything(stage: Stage, sittings: Sequence[Sitting], people: Sequence[uuid.UUID]) -> None:
    """Every question of every paper is answered rightly, as a browser would have it."""
    logins = {login.person_id: login.id for login in stage.logins(people)}
    for sitting, person_id in zip(sittings, people, strict=True):
        rows = db.session.execute(
            select(AttemptItem.id, AttemptItem.layout, QuestionRevision.body)
            .join(QuestionRevision, QuestionRevision.id == AttemptItem.question_revision_id)
            .where(AttemptItem.attempt_id == sitting.attempt_id)
        ).all()
        release()
        device = uuid.uuid4()
        for number, row in enumerate(rows, start=1):
            response = grading.perfect(row.body, row.layout)
            sent = Sent(row.id, uuid.uuid4(), device, number, 0, EventKind.ANSWER, response)
            with transaction():
                quizzes.take_answer(
                    logins[person_id], sitting.attempt_id, sent, keyring=keyring(), now=clock.now()
                )


def statements(stage: Stage) -> list[Figure]:
    """Of a save, a page and a submission, on papers of every length, once this process has its texts."""
    found: dict[str, list[int]] = {name: [] for name in MOST}
    for length in (LENGTHS[0], *LENGTHS):  # the first round warms up
        hall = with_paper(stage, length)
        people = hall.add_trainees(1)
        sittings = hall.sittings(people)
        answer_everything(hall, sittings, people)
        for name, count in _counted(hall, sittings[0]).items():
            found[name].append(count)
    figures = []
    for name, counts in found.items():
        figures.append(Figure(f"{name}, statements", max(counts[1:]), at_most=MOST[name]))
        grows = counts[-1] - counts[1]
        figures.append(Figure(f"{name}, more of {LENGTHS[-1]} questions than of {LENGTHS[0]}", grows, at_most=0))
    return figures


def _counted(stage: Stage, sitting: Sitting) -> dict[str, int]:
    browser = Visitors(stage.site.app)()
    name, _, value = sitting.headers["Cookie"].partition("=")
    browser.client.set_cookie(name, value)
    page = sitting.path.removesuffix("/answers")
    browser.get(page)

    def count(method: str, path: str, expected: int, **values: Any) -> int:
        release()
        with counted_statements() as seen:
            answer = browser.client.open(path, method=method, headers=sitting.headers, **values)
        if answer.status_code != expected:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
        return len(seen)

    return {
        "attempt page": count("GET", page, 200),
        "save": count("POST", sitting.path, 200, data=json.dumps(sitting.change(ahead=1000))),
        "submit and finish": count("POST", f"{page}/submit", 302),
    }


def cpu(stage: Stage, *, seconds: float, submissions: int) -> list[Figure]:
    """Of the page of an answered paper, and of submitting one: the server's processes, over many requests."""
    hall = with_paper(stage, USUAL)
    people = hall.add_trainees(max(submissions, CLIENTS))
    sittings = hall.sittings(people)
    answer_everything(hall, sittings, people)
    with served(hall, sittings[0].headers) as server:
        page = _page(server, sittings, seconds)
        submit = _submissions(server, sittings)
    return [
        Figure(f"attempt page of {USUAL} questions, CPU", page, " ms", at_most=8),
        Figure(f"submit and finish, {USUAL} questions, CPU", submit, " ms"),
    ]


def _page(server: Server, sittings: Sequence[Sitting], seconds: float) -> float:
    def request(client: int, _count: int) -> bytes:
        one = sittings[client]
        return get(one.path.removesuffix("/answers"), one.headers["Cookie"])

    drive(server.address, request, clients=CLIENTS, seconds=2)
    before = server.cpu_seconds()
    load = drive(server.address, request, clients=CLIENTS, seconds=seconds)
    if load.errors:
        raise RuntimeError(f"{load.errors} attempt pages were not shown")
    return (server.cpu_seconds() - before) * 1000 / len(load.latencies)


def _submissions(server: Server, sittings: list[Sitting]) -> float:
    before = server.cpu_seconds()
    load = hand_in(server.address, sittings, seconds=len(sittings) / 20)
    if load.errors or len(load.latencies) != len(sittings):
        raise RuntimeError(f"{load.errors} papers could not be submitted")
    return (server.cpu_seconds() - before) * 1000 / len(sittings)
