"""Late answers that an invigilator lets count, where people mark them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock, events
from app.core.access import Grant, Role
from app.core.database import db, release, transaction, write_mode
from app.jobs.services import run_due_jobs
from app.quizzes import rules
from app.quizzes import services as quizzes
from app.quizzes.events import ResultWithdrawn
from app.quizzes.invigilation import queries as decided
from app.quizzes.invigilation import services
from app.quizzes.models import GradeRun
from app.quizzes.releases import services as releases
from tests.support.cast import Cast, as_actor
from tests.support.invigilation import answer, fresh, invigilator
from tests.support.marking import mark, marker, tasks_of
from tests.support.quizzes import make_quiz, start

NOW = clock.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


def within(action: Callable[[], Any]) -> None:
    release()
    with transaction():
        action()


@pytest.mark.parametrize("together", [False, True])
def test_a_late_essay_is_marked_and_until_then_there_is_no_result(cast: Cast, *, together: bool) -> None:
    """Its result was out, without a word to mark: markers were refused, as after any result."""
    held = rules.Release.TOGETHER if together else rules.Release.AUTOMATIC
    attempt = start(cast.trainee, make_quiz(("essay",), pass_mark=0, release=held), now=NOW)
    within(lambda: quizzes.expire_attempt(attempt.id, now=NOW + 31 * MINUTE))
    authority = as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))
    key = decided.get_watched(invigilator(cast), attempt.id).key
    if together:
        within(lambda: releases.release_results(authority, key, although_running=False, now=clock.now()))
        run_due_jobs()
    assert fresh(attempt).grade_run_id is not None
    late = answer(cast.trainee, attempt, now=NOW + 32 * MINUTE, response={"text": "因为337条款要求国内产业。"})
    withdrawn: list[ResultWithdrawn] = []
    events.subscribe(ResultWithdrawn, withdrawn.append)
    chosen, then = [late.ordinal], NOW + 33 * MINUTE
    try:
        within(
            lambda: services.count_late_answers(invigilator(cast), attempt.id, chosen, reason="网络故障", now=then)
        )
    finally:
        events._handlers[ResultWithdrawn].remove(withdrawn.append)
    assert [event.attempt_id for event in withdrawn] == [attempt.id]
    assert fresh(attempt).grade_run_id is None
    (task,) = tasks_of(marker(cast), attempt)
    release()
    with write_mode():
        mark(marker(cast), task, 2)
    if together:
        assert fresh(attempt).grade_run_id is None
        within(lambda: releases.release_results(authority, key, although_running=False, now=clock.now()))
        run_due_jobs()
    result = db.session.get_one(GradeRun, fresh(attempt).grade_run_id)
    assert result.cause == ("release" if together else "marking")
