"""Every stored grade follows from the events: graded anew from them, each comes out the same."""

import random
from decimal import Decimal

import pytest

from app.core import clock
from app.core.access import Actor
from app.core.database import db, transaction, write_mode
from app.core.identifiers import new_id
from app.quizzes import grading, services
from app.quizzes.context import keyring
from app.quizzes.marking.queries import panels_of_attempt
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptResult,
    EventKind,
    Grade,
    GradeRun,
    QuestionRevision,
    ResponseEvent,
)
from app.quizzes.rules import DoubleMarking
from app.quizzes.services.answers import Change, keep_change
from tests.quizzes.grading.strategies import chance as drawn_by
from tests.support.cast import Cast, make_person
from tests.support.marking import mark, marker, tasks_of
from tests.support.quizzes import items_of, make_quiz, start


def answer_at_random(attempt: Attempt, chance: random.Random) -> None:
    """Several events for each question; now and then right, half right, or taken back."""
    actor = Actor(person_id=attempt.candidate_id, name="", session_id=new_id())
    ordinal = 0
    with transaction():
        for _round in range(3):
            for item in items_of(attempt):
                body = db.session.get_one(QuestionRevision, item.question_revision_id).body
                response = chance.choice([{}, halved(grading.perfect(body, item.layout), chance)])
                change = Change(
                    item_id=item.id,
                    position=item.position,
                    kind=EventKind.ANSWER,
                    body=grading.normalise(response, item.layout),
                    client_id=new_id(),
                    device_id=actor.session_id or new_id(),
                    client_seq=None,
                    base_ordinal=ordinal,
                )
                receipt = keep_change(
                    db.session.connection(), attempt.id, change, keyring=keyring(), now=clock.now()
                )
                ordinal = receipt.ordinal
    with transaction():
        services.submit_attempt(actor, attempt.id, now=clock.now())


def halved(response: grading.Response, chance: random.Random) -> grading.Response:
    """The perfect response, or a part of what it holds."""
    return {
        name: {key: inner for key, inner in value.items() if chance.random() < 0.6} or value
        if isinstance(value, dict)
        else value[: chance.randint(1, len(value))]
        if isinstance(value, list) and name != "order"
        else value
        for name, value in response.items()
    }


def replayed(attempt: Attempt, item: AttemptItem) -> grading.Result:
    """The grade of a question from nothing but its paper and the events of the sitting."""
    events = db.session.scalars(
        db.select(ResponseEvent)
        .filter_by(attempt_id=attempt.id, item_id=item.id, kind=EventKind.ANSWER, late=False, superseded=False)
        .order_by(ResponseEvent.ordinal)
    ).all()
    body = db.session.get_one(QuestionRevision, item.question_revision_id).body
    return grading.grade(body, events[-1].body if events else None, item.layout)


@pytest.mark.parametrize("seed", range(3))
def test_a_replay_of_the_events_gives_the_stored_grades(cast: Cast, seed: int) -> None:
    with write_mode():
        revision = make_quiz(tuple(sorted(grading.TYPES)) * 2, double_marking=DoubleMarking(Decimal(0)))
        attempt = start(cast.trainee, revision)
        answer_at_random(attempt, drawn_by(seed))
        grades = {
            grade.item_id: grade
            for grade in db.session.scalars(
                db.select(Grade)
                .join(GradeRun, GradeRun.id == Grade.run_id)
                .where(Grade.attempt_id == attempt.id, GradeRun.cause == "submission")
            )
        }
        items = items_of(attempt)
        assert set(grades) == {item.id for item in items}
        for item in items:
            result, stored = replayed(attempt, item), grades[item.id]
            assert stored.fraction == result.fraction.quantize(Decimal("0.00001"))
            assert stored.marks == (item.marks * result.fraction).quantize(Decimal("0.00001"))
            assert stored.parts == result.parts
            assert stored.certainty_mark == result.certainty_mark
            assert {name: Decimal(share) for name, share in stored.waiting.items()} == result.waiting
        assert_people_s_marks_replay(cast, attempt)


def assert_people_s_marks_replay(cast: Cast, attempt: Attempt) -> None:
    """Two people mark, a third where they differ: the applied run is the machine's grades and their marks."""
    actors = [marker(cast), *(marker(cast, make_person(cast.university)) for _again in range(2))]
    for number, task in enumerate(tasks_of(actors[0], attempt)):
        if any(not part.rubric for part in task.parts):
            continue
        mark(actors[0], task, 0)
        mark(actors[1], task, number % 2)
        if number % 2:
            mark(actors[2], task, 1)
    db.session.refresh(attempt)
    panels = panels_of_attempt(attempt.id)
    if attempt.grade_run_id is None:  # a file was handed in, which has no rubric
        assert any(panel.fraction is None for panel in panels.values())
        return
    final = db.session.scalars(db.select(Grade).filter_by(run_id=attempt.grade_run_id)).all()
    for grade in final:
        if grade.item_id in panels:
            assert grade.fraction == panels[grade.item_id].fraction
    result = db.session.scalars(db.select(AttemptResult).filter_by(run_id=attempt.grade_run_id)).one()
    assert result.earned == sum((grade.marks for grade in final), Decimal(0))
