"""Candidates are written to about what happens to their attempts while they are away."""

import uuid
from datetime import timedelta

import pytest

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor
from app.core.database import db, release, transaction, write_mode
from app.mail.models import OutgoingMail
from app.quizzes import services as quizzes
from app.quizzes.invigilation import services
from app.quizzes.marking.answers import Task
from app.quizzes.models import Attempt
from tests.support.cast import Cast, as_actor, make_person
from tests.support.invigilation import answer, invigilator
from tests.support.marking import hand_in, mark, marker, tasks_of
from tests.support.quizzes import make_quiz, start

NOW = clock.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)
REASON = "试题泄露"


@pytest.fixture
def away(cast: Cast) -> Person:
    """A candidate who reads English, in Tokyo."""
    return make_person(cast.university, locale="en", time_zone="Asia/Tokyo")


@write_mode()
def letters_to(person: Person) -> list[OutgoingMail]:
    found = db.session.scalars(
        db.select(OutgoingMail).filter_by(person_id=person.id).order_by(OutgoingMail.id)
    ).all()
    release()
    return list(found)


def sat(person: Person) -> Attempt:
    """A paper that was handed in."""
    attempt = start(person, make_quiz(), now=NOW)
    release()
    with transaction():
        quizzes.submit_attempt(as_actor(person), attempt.id, now=NOW + MINUTE)
    return attempt


def void(actor: Actor, attempt_id: uuid.UUID) -> None:
    release()
    with transaction():
        services.void_attempt(actor, attempt_id, reason=REASON, now=NOW + 2 * MINUTE)


def reopen(actor: Actor, attempt_id: uuid.UUID) -> None:
    release()
    with transaction():
        services.reopen_attempt(actor, attempt_id, minutes=15, reason=REASON, now=NOW + 2 * MINUTE)


def count_late(actor: Actor, attempt_id: uuid.UUID, ordinal: int) -> None:
    release()
    with transaction():
        services.count_late_answers(actor, attempt_id, [ordinal], reason=REASON, now=NOW + 40 * MINUTE)


@write_mode()
def give(cast: Cast, task: Task) -> None:
    release()
    mark(marker(cast), task, 1)


def test_who_is_away_hears_that_her_attempt_is_void(cast: Cast, away: Person) -> None:
    attempt = sat(away)
    assert letters_to(away) == []
    void(invigilator(cast), attempt.id)
    (letter,) = letters_to(away)
    assert letter.subject.startswith("Your attempt is void: ")
    assert f"/attempts/{attempt.id}" in letter.body
    assert REASON not in letter.body, "the reason stands behind the sign-in"


def test_who_is_away_hears_until_when_she_can_go_on_in_her_own_zone(cast: Cast, away: Person) -> None:
    attempt = sat(away)
    reopen(invigilator(cast), attempt.id)
    (letter,) = letters_to(away)
    assert letter.subject.startswith("Your attempt was opened again: ")
    until = db.session.get_one(Attempt, attempt.id).deadline_at + timedelta(hours=9)
    assert f"{until:%H:%M} (UTC+9)" in letter.body


def test_who_is_away_hears_that_late_answers_count(cast: Cast, away: Person) -> None:
    attempt = start(away, make_quiz(), now=NOW)
    receipt = answer(away, attempt, now=NOW + 31 * MINUTE)
    assert receipt.status == "late"
    count_late(invigilator(cast), attempt.id, receipt.ordinal)
    (letter,) = letters_to(away)
    assert letter.subject.startswith("Late answers of yours count: ")


def test_who_waits_for_marks_hears_once_when_the_last_one_is_given(cast: Cast, away: Person) -> None:
    attempt = hand_in(away, make_quiz(("essay", "case"), shuffle=False))
    essay, case = tasks_of(marker(cast), attempt)
    give(cast, essay)
    assert letters_to(away) == []
    give(cast, case)
    give(cast, case)  # her first request arrived, but its answer was lost
    (letter,) = letters_to(away)
    assert letter.subject.startswith("Your paper was marked: ")
    assert "%" not in letter.body


def test_she_is_written_to_in_her_language_and_not_without_an_address(cast: Cast) -> None:
    nowhere = make_person(cast.university, email=None, student_number="A-1")
    for person in (cast.trainee, nowhere):
        void(invigilator(cast), sat(person).id)
    assert [letter.subject.split("：")[0] for letter in letters_to(cast.trainee)] == ["您的作答已被宣布无效"]
    assert letters_to(nowhere) == []
