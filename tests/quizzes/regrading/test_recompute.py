"""A grade can be computed again from the events, and what is amended stays a question that can be graded."""

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import null, update

from app.core import clock
from app.core.database import release, transaction, write_mode
from app.core.errors import Invalid
from app.core.identifiers import new_id
from app.quizzes import grading, replay, services
from app.quizzes.context import keyring
from app.quizzes.invigilation.services import count_late_answers
from app.quizzes.models import AttemptResult, EventKind, Grade, ResponseEvent
from app.quizzes.protocol import Sent
from app.quizzes.regrading import recomputing
from app.quizzes.replay import Asked, Ruling
from app.quizzes.results import Treatment
from tests.quizzes.grading.strategies import KINDS, altered, chance, questions
from tests.quizzes.test_replay import answer_at_random
from tests.support.analysis import publish, single_questions
from tests.support.cast import Cast, make_login
from tests.support.frozen import unlock
from tests.support.invigilation import answer, invigilator
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.regrading import apply, questions_of, regrader, right_is
from tests.support.sittings import make_people, pick, sit
from tests.support.statements import counted_statements

examples = settings(max_examples=25, deadline=None)


@pytest.fixture
def writing(database: None) -> Iterator[None]:
    with write_mode():
        yield


def complaints(**wanted: object) -> list[str]:
    release()
    checked = recomputing.recompute(recomputing.graded_sittings(**wanted))  # type: ignore[arg-type]
    found = [f"{one.what}: {one.stored} {one.told}" for each in checked for one in each.differences]
    release()
    return found


def test_what_was_answered_in_any_order_and_regraded_is_computed_again(
    cast: Cast, app: Flask, writing: None
) -> None:
    machine = tuple(sorted(set(grading.TYPES) - {"essay", "file_upload", "case"}))
    revision = make_quiz(machine, shuffle=True)
    attempt = start(cast.trainee, revision)
    answer_at_random(attempt, random.Random(7))  # noqa: S311 - chance that is no secret
    assert complaints(attempt_id=attempt.id) == []
    bank = {question.type: question for question in questions_of(revision)}
    apply(regrader(cast), revision, bank["single"], right_is(bank["single"], "a", "c"))
    apply(regrader(cast), revision, bank["numeric"], {"tolerance": ["5"]})
    apply(regrader(cast), revision, bank["ordering"], treatment=Treatment.DROPPED)
    apply(regrader(cast), revision, bank["cloze"], treatment=Treatment.FULL_MARKS)
    assert complaints() == []
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["quizzes", "recompute", "--attempt", str(attempt.id)])
    assert said.exit_code == 0, said.output
    assert "1 sittings told again, 0 differ" in said.output
    nothing = app.test_cli_runner().invoke(args=["quizzes", "recompute", "--quiz", "no-such-quiz"])
    assert nothing.exit_code == 1


def test_only_what_counted_is_told_again(cast: Cast, writing: None) -> None:
    """Not what another device had overtaken, not what came late, no mark to come back; what was let count is."""
    now = clock.now().replace(microsecond=0)
    attempt = start(cast.trainee, make_quiz(), now=now)
    minute, device, item = timedelta(minutes=1), new_id(), items_of(attempt)[0]
    answer(cast.trainee, attempt, choice=0, now=now + minute)
    assert answer(cast.trainee, attempt, choice=1, now=now + minute, device=device, base=0).status == "superseded"
    flag = Sent(item.id, new_id(), device, 1, 2, EventKind.FLAG, {"flagged": True})
    login_id = make_login(cast.trainee).id
    release()
    with transaction():
        services.take_answer(login_id, attempt.id, flag, keyring=keyring(), now=now + minute)
    late = [answer(cast.trainee, attempt, position=at, choice=2, now=now + 31 * minute) for at in (1, 2)]
    assert [receipt.status for receipt in late] == ["late", "late"]
    assert complaints(attempt_id=attempt.id) == []
    with transaction():
        count_late_answers(
            invigilator(cast), attempt.id, [late[1].ordinal], reason="网络故障", now=now + 32 * minute
        )
    assert complaints(attempt_id=attempt.id) == []
    assert [item.answer_ordinal for item in items_of(attempt)] == [1, late[1].ordinal, None]


def test_what_was_altered_is_found(cast: Cast, app: Flask, writing: None) -> None:
    revision = publish(single_questions(2, "rc"), key="recomputed")
    (attempt_id,) = sit(revision, make_people(1, cast.university), lambda _at, _key, body: pick(body, "b"))
    assert complaints(quiz_key="recomputed") == []
    with transaction() as session:
        unlock(session, "attempt_results")
        unlock(session, "grades")
        session.execute(update(AttemptResult).values(percent=Decimal(50), passed=False))
    assert complaints(attempt_id=attempt_id) == ["percent: 50.00000 100.00000", "passed: False True"]
    said = app.test_cli_runner().invoke(args=["quizzes", "recompute", "--quiz", "recomputed"])
    assert said.exit_code == 1
    assert f"{attempt_id} result: percent: stored 50.00000, told again 100.00000" in said.output
    with transaction() as session:
        session.execute(update(AttemptResult).values(percent=Decimal(100), passed=True))
        session.execute(update(Grade).where(Grade.event_ordinal == 1).values(fraction=Decimal(0)))
    assert complaints(attempt_id=attempt_id) == ["fraction: 0.00000 1.00000"]
    with transaction() as session:  # an erased answer is no difference
        session.execute(update(ResponseEvent).values(body=null(), salt=None))
    (checked,) = recomputing.recompute(recomputing.graded_sittings(attempt_id=attempt_id))
    assert (checked.erased, checked.differences) == (True, [])


def test_each_batch_takes_the_same_statements(cast: Cast, writing: None) -> None:
    revision = publish(single_questions(2, "rs"), key="many-recomputed")
    used = []
    for count in (1, 12):
        sit(revision, make_people(count, cast.university), lambda _at, _key, body: pick(body, "b"))
        release()
        with counted_statements() as seen:
            assert (
                len(list(recomputing.recompute(recomputing.graded_sittings(quiz_key="many-recomputed")))) >= count
            )
        used.append(len(seen))
    assert used[0] == used[1] <= 10


every_type = pytest.mark.parametrize("kind", sorted(KINDS))


def asked(body: grading.Body, layout: grading.Layout, response: grading.Response) -> Asked:
    return Asked(new_id(), new_id(), new_id(), layout, grading.marks_of(body), 1, response)


def kept(response: grading.Response, layout: grading.Layout) -> grading.Response:
    """As the engine keeps it; nothing where it does not fit."""
    try:
        return grading.normalise(response, layout)
    except Invalid:
        return {}


@every_type
@examples
@given(data=st.data())
def test_a_regrade_without_a_change_changes_nothing(kind: str, data: st.DataObject) -> None:
    body = grading.validate("q", data.draw(questions(kind)))
    assert grading.amend(body, {}) == body
    values = {field.name: list(field.value) for field in grading.amendable(body)}
    assert grading.amend(body, values) == body


@every_type
@examples
@given(data=st.data())
def test_dropping_equals_a_paper_without_the_question(kind: str, data: st.DataObject) -> None:
    """Whatever the questions, their order and the answers; and giving full marks is never worse than any grade."""
    lines, rest = [], []
    for number in range(3):
        body = grading.validate(f"q{number}", data.draw(questions(kind if number == 0 else "single")))
        layout = grading.lay_out(body, chance(data.draw(st.integers(0, 99))), shuffle=data.draw(st.booleans()))
        item = asked(body, layout, kept(data.draw(altered(grading.perfect(body, layout))), layout))
        graded = replay.tell(item, Ruling(item.question_id), body, Decimal(0))
        if number == 0:
            dropped = replay.tell(item, Ruling(item.question_id, Treatment.DROPPED), body, None)
            given_away = replay.tell(item, Ruling(item.question_id, Treatment.FULL_MARKS), body, None)
            lines.append(dropped)
            assert given_away.marks == item.marks >= graded.marks
        else:
            lines.append(graded)
            rest.append(graded)
    assert replay.add_up(lines, 60) == replay.add_up(rest, 60)
    assert replay.add_up(lines[::-1], 60) == replay.add_up(rest, 60)
