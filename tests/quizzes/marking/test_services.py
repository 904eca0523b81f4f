"""Marks are appended; the last one of a paper brings out its result, once."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from app.core import clock, events
from app.core.access import Actor
from app.core.database import db, transaction, write_mode
from app.core.errors import Conflict, Invalid, NotFound
from app.quizzes import queries as quizzes
from app.quizzes.events import AttemptGraded
from app.quizzes.marking import queries, services
from app.quizzes.marking.answers import Task
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.models import Attempt, AttemptItem, AttemptState, Grade, GradeRun
from app.quizzes.rules import DoubleMarking
from tests.support.cast import Cast, as_actor, make_person
from tests.support.marking import hand_in, levels, marker, tasks_of
from tests.support.quizzes import make_quiz


@pytest.fixture(autouse=True)
def writing(database: None) -> Iterator[None]:
    """Reads and writes alternate in these tests, as they do in a posting request."""
    with write_mode():
        yield


@pytest.fixture
def graded(app: object) -> Iterator[list[AttemptGraded]]:
    """What was announced."""
    heard: list[AttemptGraded] = []
    events.subscribe(AttemptGraded, heard.append)
    yield heard
    events._handlers[AttemptGraded].remove(heard.append)


def mark(actor: Actor, task: Task, *places: int, comment: str = "", seen: int | None = None) -> Mark:
    with transaction():
        return services.save_mark(
            actor,
            task.id,
            levels(task, *places),
            comment,
            seen=task.seen if seen is None else seen,
            now=clock.now(),
        )


def test_an_outsider_and_colleagues_elsewhere_find_nothing_to_mark(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    (task,) = tasks_of(marker(cast), attempt)
    for person in (cast.outsider, cast.trainee, cast.other_instructor, cast.registrar):
        actor = as_actor(person)
        assert queries.list_queues(actor) == []
        with pytest.raises(NotFound):
            queries.get_task(actor, task.id)
        with pytest.raises(NotFound), transaction():
            services.save_mark(actor, task.id, levels(task, 0), "", seen=0, now=clock.now())
    assert db.session.scalars(db.select(Mark)).all() == []


def test_nobody_marks_her_own_paper(cast: Cast) -> None:
    attempt = hand_in(cast.instructor, make_quiz(("essay",)))
    colleague = marker(cast, make_person(cast.university))
    (task,) = tasks_of(colleague, attempt)
    assert queries.list_queues(marker(cast)) == []
    with pytest.raises(NotFound), transaction():
        services.save_mark(marker(cast), task.id, levels(task, 2), "", seen=0, now=clock.now())
    mark(colleague, task, 2)


def test_the_last_mark_brings_out_the_result_once(cast: Cast, graded: list[AttemptGraded]) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("single", "essay", "case"), shuffle=False))
    assert graded == []
    essay, case = tasks_of(marker(cast), attempt)
    mark(marker(cast), essay, 1, 2, comment="请引用判例。")
    db.session.refresh(attempt)
    assert (attempt.grade_run_id, graded) == (None, [])
    mark(marker(cast), case, 1)
    db.session.refresh(attempt)
    (event,) = graded
    assert event.grade_run_id == attempt.grade_run_id
    rows = db.session.scalars(db.select(Grade).filter_by(run_id=attempt.grade_run_id)).all()
    grades = {grade.item_id: grade for grade in rows}
    assert grades[essay.item_id].fraction == Decimal("0.75")
    assert grades[case.item_id].fraction == 1
    assert all(grade.waiting == {} for grade in rows)
    run = db.session.get_one(GradeRun, attempt.grade_run_id)
    assert (run.cause, run.actor_id) == ("marking", cast.instructor.id)
    outcome = quizzes.results_of([cast.trainee.id], [attempt.quiz_id])[cast.trainee.id, attempt.quiz_id]
    assert outcome.percent == event.percent
    assert 0 < event.percent < 100


def test_the_machine_s_share_of_a_case_is_kept(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("case",)))
    (task,) = tasks_of(marker(cast), attempt)
    assert mark(marker(cast), task, 0).fraction == Decimal("0.375")  # 2 + 1 of 8 marks


def test_what_was_given_to_each_part_is_the_mean_of_the_marks_that_count(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("case",), double_marking=DoubleMarking(Decimal(100))))
    (task,) = tasks_of(marker(cast), attempt)
    mine = db.select(AttemptItem.id).filter_by(attempt_id=attempt.id)
    mark(marker(cast), task, 0)
    assert queries.shares_by_part(mine) == {}  # the second mark is missing
    mark(marker(cast, make_person(cast.university)), task, 1)
    (part,) = task.parts
    assert queries.shares_by_part(mine) == {task.item_id: {part.name: 0.5}}


def test_a_colleague_who_was_quicker_keeps_her_mark(cast: Cast, graded: list[AttemptGraded]) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    (task,) = tasks_of(marker(cast), attempt)
    mark(marker(cast), task, 2)
    with pytest.raises(Conflict) as refused:
        mark(marker(cast, make_person(cast.university)), task, 0)
    assert refused.value.code == "colleague"
    assert len(db.session.scalars(db.select(Mark)).all()) == len(graded) == 1


def test_a_marker_replaces_her_own_mark_until_the_result_is_out(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay", "essay"), shuffle=False))
    actor = marker(cast)
    first, second = tasks_of(actor, attempt)
    mark(actor, first, 0)
    with pytest.raises(Conflict) as overtaken:
        mark(actor, first, 2, seen=0)
    assert overtaken.value.code == "own"
    mark(actor, first, 2, seen=1)
    assert queries.get_task(actor, first.id).seen == 2
    mark(actor, second, 2)
    with pytest.raises(Conflict) as refused:
        mark(actor, first, 1, seen=2)
    assert refused.value.code == "out"
    db.session.refresh(attempt)
    (outcome,) = quizzes.results_of([cast.trainee.id], [attempt.quiz_id]).values()
    assert outcome.percent == 100
    assert len(db.session.scalars(db.select(Mark).filter_by(item_id=first.item_id)).all()) == 2


def test_a_criterion_without_a_level_changes_nothing(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    (task,) = tasks_of(marker(cast), attempt)
    with pytest.raises(Invalid), transaction():
        services.save_mark(marker(cast), task.id, {"": {"levels": {}}}, "", seen=0, now=clock.now())
    assert db.session.scalars(db.select(Mark)).all() == []


@pytest.mark.parametrize("statement", [update(Mark).values(comment="x"), delete(Mark)])
def test_the_database_refuses_to_change_a_mark(cast: Cast, statement: object) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    (task,) = tasks_of(marker(cast), attempt)
    mark(marker(cast), task, 1)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(statement)  # type: ignore[call-overload]


def test_a_voided_paper_leaves_the_queue(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    assert queries.list_queues(marker(cast))
    with transaction() as session:
        session.execute(update(Attempt).where(Attempt.id == attempt.id).values(state=AttemptState.VOIDED))
    assert queries.list_queues(marker(cast)) == []


def test_an_unanswered_essay_waits_for_nobody(cast: Cast, graded: list[AttemptGraded]) -> None:
    hand_in(cast.trainee, make_quiz(("essay",)), text="")
    assert len(graded) == 1
    assert db.session.scalars(db.select(MarkingTask)).all() == []


def test_a_task_s_identifier_says_nothing_of_its_item(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    (task,) = tasks_of(marker(cast), attempt)
    assert task.id.version == 4
    assert task.id != task.item_id


def test_the_copy_of_her_data_holds_the_comments_once_the_result_is_out(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay", "essay"), shuffle=False))
    first, second = tasks_of(marker(cast), attempt)
    mark(marker(cast), first, 1, comment="请补充事实。")
    assert queries.marks_about(cast.trainee.id) == []
    mark(marker(cast), second, 2)
    kept = queries.marks_about(cast.trainee.id)
    assert [(row["question"], row["fraction"], row["comment"]) for row in kept] == [
        (1, "0.50000", "请补充事实。"),
        (2, "1.00000", ""),
    ]
    assert queries.marks_about(cast.cohort_mate.id) == []
