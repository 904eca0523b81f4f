"""Regrades in batches and side by side: killed workers, two jobs of one regrade, two regrades of one paper."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.access import Actor
from app.core.database import db, release, transaction, write_mode
from app.core.errors import Conflict
from app.jobs.models import Job
from app.jobs.services import run_due_jobs
from app.quizzes.models import Attempt, AttemptResult, AttemptState, Grade, QuestionRevision, Quiz, QuizRevision
from app.quizzes.regrading import queries, services
from app.quizzes.regrading.rules import Basis, Correction, Figures, RegradeState, Scope
from app.quizzes.regrading.working import regraded
from tests.support.analysis import publish, single_questions
from tests.support.cast import Cast
from tests.support.regrading import (
    approve,
    changes_of,
    percents,
    prepare,
    questions_of,
    regrade_named,
    regrader,
    right_is,
)
from tests.support.sittings import letters, make_people, sit
from tests.support.statements import counted_statements


@pytest.fixture(autouse=True)
def writing(database: None) -> Iterator[None]:
    """Reads and writes alternate in these tests, as they do in a posting request."""
    with write_mode():
        yield


def test_a_killed_job_goes_on_where_it_was(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = publish(single_questions(2, "jq"))
    attempts = sit(revision, make_people(5, cast.university), letters(*["cb"] * 5))
    first = questions_of(revision)[0]
    actor = regrader(cast)
    monkeypatch.setattr(services, "BATCH", 2)
    regrade_id = prepare(actor, revision, first, right_is(first, "c"))
    approve(actor, regrade_id, work=False)
    with transaction():
        assert services.apply_batch(regrade_id, clock.now()).sittings == 2
    assert percents(attempts) == ["100+", "100+", "50-", "50-", "50-"]
    regrade = regrade_named(regrade_id)
    assert (regrade.state, queries.count_applied(regrade)) == (RegradeState.APPLYING, 2)
    release()
    with pytest.raises(Conflict) as busy:
        approve(actor, prepare_without_jobs(actor, revision, first))
    assert busy.value.code in {"decided", "busy"}
    run_due_jobs()
    assert percents(attempts) == ["100+"] * 5
    results = db.session.scalars(db.select(Grade.id).filter_by(run_id=regrade.run_id)).all()
    assert len(results) == 10
    with transaction():
        assert services.apply_batch(regrade_id, clock.now()) == services.Applied(0)
        assert not services.finish_regrade(regrade_id, clock.now())


def test_a_sitting_declared_void_while_the_job_looked_gets_no_result(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = publish(single_questions(2, "vq"))
    void, other = sit(revision, make_people(2, cast.university), letters("cb", "cb"))
    first = questions_of(revision)[0]
    regrade_id = prepare(regrader(cast), revision, first, right_is(first, "c"))
    approve(regrader(cast), regrade_id, work=False)
    look = queries.sittings_to_apply

    def look_too_early(*of: Any) -> list[uuid.UUID]:
        found = look(*of)
        db.session.execute(update(Attempt).where(Attempt.id == void).values(state=AttemptState.VOIDED))
        return found

    monkeypatch.setattr(queries, "sittings_to_apply", look_too_early)
    run_due_jobs()
    regrade = regrade_named(regrade_id)
    results = db.session.scalars(db.select(AttemptResult.attempt_id).filter_by(run_id=regrade.run_id)).all()
    assert (regrade.state, results) == (RegradeState.APPLIED, [other])


def test_one_regrade_at_a_time_touches_a_paper(cast: Cast) -> None:
    """Tried on the same results, applied one after the other: the second would do what nobody has read."""
    revision, other = publish(single_questions(2, "bq")), publish(single_questions(2, "cq"))
    attempts = sit(revision, make_people(1, cast.university), letters("cc"))
    sit(other, make_people(1, cast.university), letters("cb"))
    actor = regrader(cast)
    first, second = (
        prepare(actor, revision, question, right_is(question, "c")) for question in questions_of(revision)
    )
    elsewhere = prepare(actor, other, questions_of(other)[0], right_is(questions_of(other)[0], "c"))
    approve(actor, first, work=False)
    with pytest.raises(Conflict) as busy:
        approve(actor, second)
    assert busy.value.code == "busy"
    approve(actor, elsewhere, work=False)  # other papers
    run_due_jobs()
    with pytest.raises(Conflict) as moved:
        approve(actor, second)
    assert moved.value.code == "moved"
    assert percents(attempts) == ["50-"]
    with transaction():
        services.try_again(actor, second)
    run_due_jobs()
    assert approve(actor, second).counted.newly_passed == 1
    assert percents(attempts) == ["100+"]


def test_a_dry_run_that_was_asked_for_again_leaves_its_place(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers, two jobs of one regrade: the earlier one stops, and what the later one noted stays whole."""
    revision = publish(single_questions(2, "aq"))
    sit(revision, make_people(3, cast.university), letters("cb", "cb", "cb"))
    first = questions_of(revision)[0]
    actor = regrader(cast)
    monkeypatch.setattr(services, "BATCH", 1)
    regrade_id = prepare(actor, revision, first, right_is(first, "c"))
    reading, read = queries.next_sittings, []

    def overtaken(*arguments: Any) -> Any:
        """Before its second batch somebody asks again, and another worker does all of it."""
        read.append(arguments)
        if len(read) == 2:
            release()
            with transaction():
                services.try_again(actor, regrade_id)
            run_due_jobs()
        return reading(*arguments)

    with transaction():
        services.try_again(actor, regrade_id)
    monkeypatch.setattr(queries, "next_sittings", overtaken)
    run_due_jobs()
    assert len(read) > 3
    assert len(changes_of(regrade_id)) == regrade_named(regrade_id).counted.changed == 3
    failed = db.session.scalars(db.select(Job.error).filter_by(kind=services.TRY).where(Job.error != "")).all()
    assert failed == []


def prepare_without_jobs(actor: Actor, revision: QuizRevision, question: QuestionRevision) -> uuid.UUID:
    """A regrade that was tried while another one of its question is being applied."""
    found = queries.get_question(_key(revision), question.id)
    with transaction():
        regrade = services.prepare_regrade(
            actor,
            found,
            Correction(),
            Scope(quiz_id=revision.quiz_id),
            now=clock.now(),
        )
    with transaction():
        assert services.begin_trial(regrade.id, regrade.job_id)
        services.finish_trial(regrade.id, regrade.job_id, Figures(), Basis(), clock.now())
    return regrade.id


def _key(revision: QuizRevision) -> str:
    return db.session.get_one(Quiz, revision.quiz_id).key


def test_each_batch_takes_the_same_statements(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = publish(single_questions(2, "bq"))
    sit(revision, make_people(9, cast.university), letters(*["cb"] * 9))
    first = questions_of(revision)[0]
    actor = regrader(cast)
    used = []
    for size in (2, 9):
        monkeypatch.setattr(services, "BATCH", size)
        regrade_id = prepare(actor, revision, first, right_is(first, "c" if size == 2 else "b"))
        regrade = regrade_named(regrade_id)
        with counted_statements() as trying:
            sittings = queries.next_sittings(regrade, None, size)
            found = regraded(sittings, services.corrected_by(regrade))
        with transaction():
            job_id = services.try_again(actor, regrade_id).job_id
            assert job_id is not None
            services.begin_trial(regrade_id, job_id)
        with transaction(), counted_statements() as noting:
            assert services.note_changes(regrade_id, job_id, found, Figures(), clock.now())
        run_due_jobs()
        approve(actor, regrade_id, work=False)
        with transaction(), counted_statements() as applying:
            assert services.apply_batch(regrade_id, clock.now()).sittings == size
        run_due_jobs()
        used.append((len(trying), len(noting), len(applying)))
    assert used[0][:2] == used[1][:2]
    # applying, each changed result is announced, and its listeners look once
    assert used[1][2] - used[0][2] == 9 - 2
    assert used[0][2] <= 16
