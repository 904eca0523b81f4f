"""What is granted, when it takes effect, and who may grant it."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Select, Uuid, literal, select
from sqlalchemy.exc import DatabaseError

from app.audit.models import AuditEntry
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.quizzes import queries, registry
from app.quizzes import services as quizzes
from app.quizzes.accommodations import queries as granted
from app.quizzes.accommodations import services
from app.quizzes.accommodations.models import Accommodation
from app.quizzes.invigilation.models import Decision
from app.quizzes.invigilation.queries import interventions_of
from app.quizzes.models import AttemptState
from app.quizzes.rules import Allowance
from tests.support.accommodations import QUARTER, grant
from tests.support.cast import Cast, as_actor
from tests.support.invigilation import fresh, invigilator, national
from tests.support.quizzes import make_quiz, start
from tests.support.statements import counted_statements

NOW = clock.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)
CONTEXT = ("test", uuid.UUID(int=1))


def test_only_staff_of_her_organisation_grant_something_and_nobody_to_herself(cast: Cast) -> None:
    for actor in (
        as_actor(cast.outsider),
        as_actor(cast.trainee),
        as_actor(cast.cohort_mate, Grant(Role.TRAINEE, cast.university.id)),
        as_actor(cast.other_instructor, Grant(Role.INSTRUCTOR, cast.other_university.id)),
        as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True)),
        as_actor(cast.trainee, Grant(Role.INSTRUCTOR, cast.university.id)),
    ):
        with pytest.raises(NotFound):
            grant(actor, cast.trainee)
    for actor in (
        invigilator(cast),
        as_actor(cast.registrar, Grant(Role.REGISTRAR, cast.university.id)),
        national(cast.administrator),
    ):
        assert grant(actor, cast.trainee).accommodation.organisation_id == cast.university.id


def test_grants_join_by_the_best_and_stand_on_the_attempt(cast: Cast) -> None:
    quiz, other = make_quiz(attempts=1, opens_at=NOW + MINUTE, closes_at=NOW + 20 * MINUTE), make_quiz()
    grant(invigilator(cast), cast.trainee)
    one = Allowance(extra_minutes=10, extra_attempts=1, opens_at=NOW, closes_at=NOW + timedelta(days=1))
    accommodation = grant(invigilator(cast), cast.trainee, one, quiz_id=quiz.quiz_id).accommodation
    release()
    with counted_statements() as seen:
        view = queries.rules_view(quiz.quiz_id, cast.trainee.id, CONTEXT, NOW)
    assert len(seen) == 3
    assert (view.minutes, view.settings.attempts, view.settings.opens_at) == (47, 2, NOW)
    attempt = start(cast.trainee, quiz, now=NOW)
    assert attempt.deadline_at == NOW + timedelta(minutes=47, seconds=30)
    assert attempt.granted_seconds == 17 * 60 + 30
    assert Allowance.from_json(attempt.allowance) == QUARTER.joined(one)
    assert start(cast.trainee, other, now=NOW).deadline_at == NOW + timedelta(minutes=37, seconds=30)
    with pytest.raises(Conflict):
        start(cast.cohort_mate, quiz, now=NOW)
    entry = db.session.scalars(db.select(AuditEntry).filter_by(subject_id=accommodation.id)).one()
    assert entry.reason == "考务决定第7号"


def test_an_attempt_under_way_gets_the_difference_at_once(cast: Cast) -> None:
    quiz = make_quiz(closes_at=NOW + 35 * MINUTE)
    attempt, mate = start(cast.trainee, quiz, now=NOW), start(cast.cohort_mate, quiz, now=NOW)
    done = grant(invigilator(cast), cast.trainee, now=NOW + MINUTE)
    assert done.moved == [attempt.id]
    # A quarter of 30 minutes, but the window closes after 35.
    assert fresh(attempt).deadline_at == NOW + 35 * MINUTE
    more = Allowance(extra_minutes=10, closes_at=NOW + timedelta(hours=2))
    grant(invigilator(cast), cast.trainee, more, quiz_id=quiz.quiz_id, now=NOW + 2 * MINUTE)
    assert fresh(attempt).deadline_at == NOW + timedelta(minutes=47, seconds=30)
    assert fresh(attempt).cutoff_at == fresh(attempt).deadline_at + timedelta(seconds=5)
    less = grant(invigilator(cast), cast.trainee, Allowance(extra_minutes=5), now=NOW + 3 * MINUTE)
    assert less.moved == []
    told = interventions_of(attempt.id)
    assert [each.decision for each in told] == [Decision.ACCOMMODATION] * 2
    assert [each.details["seconds"] for each in told] == [5 * 60, 12 * 60 + 30]
    assert fresh(mate).deadline_at == NOW + 30 * MINUTE
    assert fresh(mate).decisions == 0
    earlier = Allowance(opens_at=NOW - 60 * MINUTE, closes_at=NOW + 10 * MINUTE)
    grant(invigilator(cast), cast.cohort_mate, earlier, quiz_id=quiz.quiz_id, now=NOW + 3 * MINUTE)
    assert fresh(mate).deadline_at == NOW + 30 * MINUTE


def test_too_late_for_an_attempt_whose_time_is_over(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    assert grant(invigilator(cast), cast.trainee, now=NOW + 31 * MINUTE).moved == []
    assert fresh(attempt).allowance == Allowance().as_json()


def test_withdrawal_holds_for_what_begins_later_and_shortens_nothing(cast: Cast) -> None:
    quiz = make_quiz(pause_minutes=0)
    accommodation = grant(invigilator(cast), cast.trainee).accommodation
    attempt = start(cast.trainee, quiz, now=NOW)
    release()
    for actor in (as_actor(cast.trainee), as_actor(cast.other_instructor)):
        with pytest.raises(NotFound), transaction():
            services.withdraw_accommodation(actor, accommodation.id, reason="x", now=NOW)
    with transaction():
        services.withdraw_accommodation(invigilator(cast), accommodation.id, reason="误录", now=NOW + MINUTE)
    with pytest.raises(Conflict), transaction():
        services.withdraw_accommodation(invigilator(cast), accommodation.id, reason="误录", now=NOW + MINUTE)
    assert fresh(attempt).deadline_at == NOW + timedelta(minutes=37, seconds=30)
    release()
    with transaction():
        paused = quizzes.take_pause(as_actor(cast.trainee), attempt.id, now=NOW + MINUTE)
    assert paused.state is AttemptState.PAUSED
    assert start(cast.trainee, make_quiz(), now=NOW).deadline_at == NOW + 30 * MINUTE
    (mine,) = granted.granted_to(cast.trainee.id)
    assert mine["withdrawn_at"]


@pytest.mark.parametrize(
    ("allowance", "fits"),
    [
        (Allowance(), False),
        (Allowance(pauses=2), False),
        (Allowance(time_factor=Decimal("0.5"), extra_minutes=1), False),
        (Allowance(time_factor=Decimal("3.01")), False),
        (Allowance(extra_minutes=481), False),
        (Allowance(extra_attempts=1), False),
        (Allowance(extra_minutes=5, pauses=3), False),
        (Allowance(extra_minutes=480), True),
    ],
)
def test_what_cannot_be_granted_for_every_examination(cast: Cast, allowance: Allowance, fits: bool) -> None:
    if fits:
        assert grant(invigilator(cast), cast.trainee, allowance)
        return
    with pytest.raises(Invalid):
        grant(invigilator(cast), cast.trainee, allowance)


def test_grants_and_withdrawals_are_only_appended(cast: Cast) -> None:
    accommodation = grant(invigilator(cast), cast.trainee).accommodation
    for statement in (
        db.update(Accommodation).values(reason="other"),
        db.delete(Accommodation),
    ):
        with pytest.raises(DatabaseError, match="only appended"), transaction():
            db.session.execute(statement.where(Accommodation.id == accommodation.id))


@pytest.fixture
def groups(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> tuple[str, uuid.UUID]:
    """A kind of groups with one group: those of the university who sit in the context 2."""
    group_id, context = uuid.UUID(int=77), uuid.UUID(int=2)

    def groups_of(_person: uuid.UUID, _kind: str, context_id: uuid.UUID) -> Select[uuid.UUID]:
        return select(literal(group_id, Uuid())).where(literal(context_id == context))

    kind = registry.Groups(
        "Class",
        lambda _actor: [(group_id, "Class 7")],
        lambda _group: select(literal(context, Uuid())),
        groups_of,
        lambda ids: {each: registry.Group("Class 7", cast.university.id) for each in ids if each == group_id},
    )
    monkeypatch.setattr(registry, "_groups", {"class": kind})
    return "class", group_id


def test_a_group_is_granted_something_for_its_own_sittings(cast: Cast, groups: tuple[str, uuid.UUID]) -> None:
    quiz, inside = make_quiz(), uuid.UUID(int=2)
    running = start(cast.trainee, quiz, now=NOW, context_id=inside)
    elsewhere = start(cast.trainee, quiz, now=NOW)
    with pytest.raises(NotFound):
        grant(as_actor(cast.other_instructor, Grant(Role.INSTRUCTOR, cast.other_university.id)), groups)
    with pytest.raises(NotFound):
        grant(invigilator(cast), ("class", uuid.uuid4()))
    done = grant(invigilator(cast), groups, Allowance(extra_minutes=6), now=NOW)
    assert done.moved == [running.id]
    assert fresh(elsewhere).deadline_at == NOW + 30 * MINUTE
    later = start(cast.cohort_mate, quiz, now=NOW, context_id=inside)
    assert later.deadline_at == NOW + 36 * MINUTE
    page = granted.list_grants(invigilator(cast))
    assert [each.group for each in page.items] == ["Class 7"]
