"""Papers handed in that wait for markers, and the marks they get."""

from typing import Any

from werkzeug.datastructures import MultiDict

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, transaction, write_mode
from app.core.identifiers import new_id
from app.quizzes import grading, services
from app.quizzes.context import keyring
from app.quizzes.grading.aliases import outward
from app.quizzes.marking.answers import Task
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.marking.queries import get_task
from app.quizzes.marking.services import save_mark
from app.quizzes.models import Attempt, AttemptItem, QuestionRevision, QuizRevision
from tests.support.cast import Cast, as_actor
from tests.support.quizzes import items_of, start


def marker(cast: Cast, person: Person | None = None) -> Actor:
    """An instructor of the university (the one of the cast)."""
    return as_actor(person or cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id))


@write_mode()
def hand_in(person: Person, revision: QuizRevision, text: str = "因为337条款要求国内产业。") -> Attempt:
    """A submitted paper: every essay says ``text``, everything else is perfectly answered."""
    attempt = start(person, revision)
    posted = {"seen": "0"}
    for item in items_of(attempt):
        posted |= _fields(item, text)
    login = new_id()
    actor = Actor(person_id=person.id, name=person.name, session_id=login)
    with transaction():
        saved = services.save_paper(
            actor, attempt.id, MultiDict(posted), seen=0, keyring=keyring(), now=clock.now()
        )
        assert not saved.refused
    with transaction():
        services.submit_attempt(actor, attempt.id, now=clock.now())
    return attempt


def _fields(item: AttemptItem, text: str) -> dict[str, str]:
    body = db.session.get_one(QuestionRevision, item.question_revision_id).body
    name = f"q-{item.id}"
    answer = outward(grading.perfect(body, item.layout), item.layout)
    if body["type"] == "essay":
        return {name: text}
    if body["type"] == "single":
        return {name: answer["choice"]}
    if body["type"] == "case":
        first, second, third = outward([part["id"] for part in body["parts"]], item.layout)
        return {
            f"{name}-{first}": answer["parts"][first]["choice"],
            f"{name}-{second}": "30",
            f"{name}-{third}": text,
        }
    return {}


def tasks_of(actor: Actor, attempt: Attempt) -> list[Task]:
    """The answers of a paper that people mark, in the order of the paper, as the marker sees them."""
    ids = db.session.scalars(
        db.select(MarkingTask.id)
        .join(AttemptItem, AttemptItem.id == MarkingTask.item_id)
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
    )
    return [get_task(actor, each) for each in ids]


def levels(task: Task, *places: int) -> dict[str, dict[str, Any]]:
    """For every criterion of every part the level at a place (the last place again for those that follow)."""
    chosen = list(places)
    given: dict[str, dict[str, Any]] = {}
    for part in task.parts:
        picked = {}
        for row in part.rubric:
            place = chosen.pop(0) if len(chosen) > 1 else chosen[0]
            picked[row["id"]] = row["levels"][place]["id"]
        given[part.name] = {"levels": picked}
    return given


def fields(task: Task, *places: int, comment: str = "", seen: int | None = None) -> dict[str, str]:
    """The same as the fields of the page."""
    posted = {"comment": comment, "seen": str(task.seen if seen is None else seen)}
    given = levels(task, *places)
    for part in task.parts:
        posted |= {part.field(row): level for row, level in given[part.name]["levels"].items()}
    return posted


def mark(actor: Actor, task: Task, *places: int, comment: str = "", seen: int | None = None) -> Mark:
    """Give the levels at these places, as the marker's page does."""
    now_seen = get_task(actor, task.id).seen if seen is None else seen
    with transaction():
        return save_mark(actor, task.id, levels(task, *places), comment, seen=now_seen, now=clock.now())
