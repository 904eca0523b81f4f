"""Two people mark without seeing each other's mark; a third decides where they lie too far apart."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.models import Person
from app.core.access import Actor, Role
from app.core.database import db, release, write_mode
from app.core.errors import Conflict
from app.quizzes.marking import queries, rules
from app.quizzes.marking.answers import Task
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.marking.rules import Marked, Stage
from app.quizzes.models import Attempt, Grade
from app.quizzes.rules import DoubleMarking
from tests.support.cast import Cast, make_person
from tests.support.marking import fields, hand_in, mark, marker, tasks_of
from tests.support.pages import Visitors
from tests.support.quizzes import make_quiz

QUARTER = DoubleMarking(Decimal(25))
FRACTIONS = st.decimals(0, 1, places=5)


@dataclass
class Room:
    """A paper with one essay (two criteria of 0, 2 or 4 points), and three people who may mark it."""

    people: list[Person]
    actors: list[Actor]
    attempt: Attempt
    task: Task

    @property
    def stage(self) -> Stage:
        db.session.expire_all()
        return db.session.get_one(MarkingTask, self.task.id).stage

    def look(self, who: int) -> Task:
        return queries.get_task(self.actors[who], self.task.id)

    def fraction(self) -> Decimal | None:
        db.session.refresh(self.attempt)
        grade = db.session.scalar(db.select(Grade).filter_by(run_id=self.attempt.grade_run_id))
        return grade.fraction if grade else None


@write_mode()
def open_room(cast: Cast, kind: str = "essay") -> Room:
    names = ("第二评阅人", "第三评阅人")
    people = [cast.instructor, *(make_person(cast.university, Role.INSTRUCTOR, name=name) for name in names)]
    actors = [marker(cast, person) for person in people]
    attempt = hand_in(cast.trainee, make_quiz((kind,), double_marking=QUARTER))
    (task,) = tasks_of(actors[0], attempt)
    return Room(people, actors, attempt, task)


@pytest.fixture
def writing(database: None) -> Iterator[None]:
    with write_mode():
        yield


@given(FRACTIONS, FRACTIONS, FRACTIONS, st.decimals(0, 100, places=1), st.decimals("0.1", 1, places=2))
def test_the_order_of_two_marks_never_matters(
    one: Decimal, other: Decimal, third: Decimal, limit: Decimal, share: Decimal
) -> None:
    pair, swapped = (one, other), (other, one)
    assert rules.stage_of(pair, limit, share) is rules.stage_of(swapped, limit, share)
    assert rules.stage_of(pair, None, share) is Stage.SETTLED
    assert rules.stage_of((*pair, third), limit, share) is Stage.SETTLED
    mean = rules.settled_fraction(pair)
    assert mean == rules.settled_fraction(swapped)
    assert min(pair) <= mean <= max(pair)
    assert abs(mean * 2 - one - other) <= Decimal("0.00001")
    assert rules.settled_fraction((*pair, third)) == third


def test_within_the_amount_the_mean_counts(cast: Cast, writing: None) -> None:
    room = open_room(cast)
    mark(room.actors[0], room.task, 2, 1)
    assert (room.stage, room.fraction()) == (Stage.SECOND, None)
    mark(room.actors[1], room.task, 1, 1)
    assert (room.stage, room.fraction()) == (Stage.SETTLED, Decimal("0.625"))


def test_beyond_it_a_third_person_decides(cast: Cast, writing: None) -> None:
    room = open_room(cast)
    mark(room.actors[0], room.task, 2, 2)
    mark(room.actors[1], room.task, 1, 1)
    assert (room.stage, room.fraction()) == (Stage.THIRD, None)
    assert [each.fraction for each in room.look(2).shown] == [1, Decimal("0.5")]
    mark(room.actors[2], room.task, 2, 1)
    assert (room.stage, room.fraction()) == (Stage.SETTLED, Decimal("0.75"))
    assert [len(room.look(who).shown) for who in range(3)] == [1, 1, 3]


def test_the_share_of_the_machine_is_no_agreement(cast: Cast, writing: None) -> None:
    room = open_room(cast, "case")  # the essay is five of eight marks: 0 or 3 of 3 points lie 100 % apart
    mark(room.actors[0], room.task, 0)
    mark(room.actors[1], room.task, 1)
    assert (room.look(2).panel.apart, room.stage) == (Decimal(100), Stage.THIRD)


def test_nobody_gets_the_same_answer_twice(cast: Cast, writing: None) -> None:
    room = open_room(cast)
    where = (room.task.key, room.task.question_id)
    for actor in room.actors[:2]:
        assert queries.next_task(actor, *where) == room.task.id
        mark(actor, room.task, 2 if actor is room.actors[0] else 0)
        assert queries.next_task(actor, *where) is None
    assert [queries.get_queue(actor, *where).for_me for actor in room.actors] == [0, 0, 1]
    mark(room.actors[2], room.task, 1)
    latecomer = marker(cast, make_person(cast.university, Role.INSTRUCTOR))
    assert queries.get_queue(latecomer, *where).for_me == 0
    with pytest.raises(Conflict) as refused:
        mark(latecomer, room.task, 1)
    assert refused.value.code == "colleague"


def test_either_replaces_her_mark_until_the_third_has_decided(cast: Cast, writing: None) -> None:
    room = open_room(cast)
    mark(room.actors[0], room.task, 2)
    mark(room.actors[1], room.task, 0)
    stale = room.look(2)
    mark(room.actors[0], room.task, 2, 1)
    with pytest.raises(Conflict) as changed:
        mark(room.actors[2], room.task, 1, seen=stale.seen)
    assert changed.value.code == "changed"
    mark(room.actors[2], room.task, 1)
    with pytest.raises(Conflict) as decided:
        mark(room.actors[1], room.task, 2)
    assert decided.value.code == "out"  # hers was the last answer: the result is out
    kept = db.session.scalars(db.select(Mark).order_by(Mark.number)).all()
    assert [each.marker_id for each in kept] == [room.people[who].id for who in (0, 1, 0, 2)]


def test_a_replaced_mark_can_end_the_disagreement(cast: Cast, writing: None) -> None:
    room = open_room(cast)
    mark(room.actors[0], room.task, 2)
    mark(room.actors[1], room.task, 0)
    stale = room.look(2)
    mark(room.actors[1], room.task, 2)
    assert room.fraction() == 1
    with pytest.raises(Conflict) as refused:
        mark(room.actors[2], room.task, 0, seen=stale.seen)
    assert refused.value.code == "colleague"


def test_pages_hide_the_first_mark_from_the_second_and_show_both_to_the_third(cast: Cast, visit: Visitors) -> None:
    room = open_room(cast)
    path = f"/marking/answers/{room.task.id}"
    queue = f"/marking/examinations/{room.task.key}/{room.task.question_id}"
    first, second, third = (visit(person) for person in room.people)
    first.submit(path, fields(room.task, 2, comment="第一人的评语"))
    for page in (path, queue, "/marking"):
        text = second.get(page).get_data(as_text=True)
        assert "第一人的评语" not in text
        assert room.people[0].name not in text
    assert second.page(path).cssselect("[data-criterion] input[checked]") == []
    assert second.page(queue).cssselect("#spread") == []
    second.submit(path, fields(room.task, 0, comment="第二人的评语", seen=0))
    text = third.get(path).get_data(as_text=True)
    assert "第一人的评语" in text
    assert "第二人的评语" in text
    assert "100%" in text
    rows = third.page(path).cssselect("#compare ~ .table-wrap tbody tr")
    assert [len(row.cssselect("td")) for row in rows] == [2] * len(room.task.parts[0].rubric)
    assert ["不一致" in row.text_content() for row in rows] == [True] * len(rows)
    assert [person.name for person in (*room.people[:2], cast.trainee) if person.name in text] == []
    assert "第二人的评语" not in first.get(path).get_data(as_text=True)
    release()
    seen = queries.get_task(room.actors[2], room.task.id).seen
    release()
    third.submit(path, fields(room.task, 1, comment="第三人的裁定", seen=seen))
    result = visit(cast.trainee).get(f"/attempts/{room.attempt.id}/result").get_data(as_text=True)
    assert "第三人的裁定" in result
    assert "第一人的评语" not in result
    responsible = visit(cast.certifier).page(queue).text_content()
    assert [person.name for person in room.people if person.name not in responsible] == []
    assert [person.name for person in room.people[1:] if person.name in first.page(queue).text_content()] == []


def test_the_candidate_reads_both_marks_whose_mean_counts(cast: Cast, visit: Visitors) -> None:
    room = open_room(cast)
    path = f"/marking/answers/{room.task.id}"
    for person, comment in zip(room.people, ("引用准确。", "结论清楚。"), strict=False):
        visit(person).submit(path, fields(room.task, 2, comment=comment, seen=0))
    page = visit(cast.trainee).page(f"/attempts/{room.attempt.id}/result").text_content()
    assert "引用准确。" in page
    assert "结论清楚。" in page


def test_severity_is_measured_on_answers_both_marked_blind() -> None:
    strict, mild, judge = map(_identifier, range(3))
    marked = []
    for number in range(rules.FLOOR):
        item = _identifier(100 + number)
        marked += [
            Marked(item, strict, Decimal(40), 1 + number % 2),
            Marked(item, mild, Decimal(60), 2 - number % 2),
        ]
    marked.append(Marked(_identifier(100), judge, Decimal(90), 3))
    figures = {each.marker_id: each for each in rules.marker_figures(marked)}
    assert (figures[strict].severity, figures[mild].severity) == (Decimal(-20), Decimal(20))
    assert (figures[strict].distance, figures[strict].deviation) == (Decimal(20), Decimal(0))
    assert (figures[strict].pairs, figures[judge].pairs, figures[judge].mean) == (rules.FLOOR, 0, None)


def _identifier(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)
