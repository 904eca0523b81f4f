"""Grant an accommodation, also to attempts under way, and withdraw one for those to come."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Person
from app.audit import services as audit
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.quizzes import registry, rules
from app.quizzes.accommodations import policies, queries
from app.quizzes.accommodations.models import Accommodation, AccommodationWithdrawal
from app.quizzes.accommodations.rules import MAX_REASON, faults
from app.quizzes.grading.base import clean_text
from app.quizzes.invigilation import history
from app.quizzes.invigilation.models import Decision
from app.quizzes.models import OPEN_STATES, Attempt, AttemptState, Quiz, QuizRevision


@dataclass(frozen=True, slots=True)
class Whom:
    """A person, or the members of a group."""

    person_id: uuid.UUID | None = None
    #: Kind (of ``registry.context_groups``) and identifier.
    group: tuple[str, uuid.UUID] | None = None


@dataclass(slots=True)
class Granted:
    """An accommodation, and the attempts under way that got something by it."""

    accommodation: Accommodation
    moved: list[uuid.UUID] = field(default_factory=list)


def grant_accommodation(
    actor: Actor,
    whom: Whom,
    allowance: rules.Allowance,
    *,
    quiz_id: uuid.UUID | None = None,
    reason: str,
    now: datetime,
) -> Granted:
    """Grant it for an examination, or for every one (``quiz_id`` None).

    Attempts under way get it at once: their deadlines move by what is more than they had. Raises NotFound for
    somebody (or a group) the actor cannot grant to, or no such examination; Invalid for what cannot be granted.
    """
    reason = _clean(reason)
    if faults(allowance, one_examination=quiz_id is not None):
        raise Invalid(_("This cannot be granted like this. Check the figures."), code="allowance")
    organisation_id = _organisation_of(actor, whom)
    _hold_back_starts(quiz_id)
    kind, group_id = whom.group or (None, None)
    accommodation = Accommodation(
        id=new_id(),
        created_at=now,
        organisation_id=organisation_id,
        person_id=whom.person_id,
        group_kind=kind,
        group_id=group_id,
        quiz_id=quiz_id,
        allowance=allowance.as_json(),
        reason=reason,
        actor_id=actor.person_id,
    )
    db.session.add(accommodation)
    db.session.flush()
    audit.record(
        actor,
        "quizzes.grant_accommodation",
        accommodation,
        reason=reason,
        allowance=accommodation.allowance,
        quiz_id=str(quiz_id) if quiz_id else None,
    )
    granted = Granted(accommodation)
    for attempt, settings in _under_way(actor, whom, quiz_id):
        if _give(actor, attempt, rules.QuizSettings.from_json(settings), accommodation, now):
            granted.moved.append(attempt.id)
    db.session.flush()
    return granted


def withdraw_accommodation(
    actor: Actor, accommodation_id: uuid.UUID, *, reason: str, now: datetime
) -> AccommodationWithdrawal:
    """From now on it holds for no attempt that begins; one under way keeps what it has.

    Raises NotFound; Invalid without a reason; Conflict when it is withdrawn already.
    """
    reason = _clean(reason)
    grant = queries.get_grant(actor, accommodation_id)
    withdrawal = AccommodationWithdrawal(
        id=new_id(),
        created_at=now,
        accommodation_id=grant.accommodation.id,
        reason=reason,
        actor_id=actor.person_id,
    )
    if not add_unless_taken(withdrawal):
        raise Conflict(_("This accommodation is withdrawn already."), code="withdrawn")
    audit.record(actor, "quizzes.withdraw_accommodation", grant.accommodation, reason=reason)
    return withdrawal


def _clean(reason: str) -> str:
    cleaned = clean_text(reason, MAX_REASON).strip()
    if not cleaned:
        raise Invalid(_("Say why: the candidate reads it, and it stays on record."), code="reason")
    return cleaned


def _organisation_of(actor: Actor, whom: Whom) -> uuid.UUID | None:
    """Whose people it concerns. Raises NotFound when the actor cannot grant anything to them."""
    if whom.group is not None:
        kind, group_id = whom.group
        groups = registry.group_kinds().get(kind)
        group = groups.about([group_id]).get(group_id) if groups else None
        if group is None or not policies.can_grant_to(actor, None, group.organisation_id):
            raise NotFound
        return group.organisation_id
    person = db.session.get(Person, whom.person_id) if whom.person_id else None
    if person is None or not policies.can_grant_to(actor, person.id, person.organisation_id):
        raise NotFound
    return person.organisation_id


def _hold_back_starts(quiz_id: uuid.UUID | None) -> None:
    """Wait for the attempts that begin at this moment, and let those wait that would begin without this grant.
    Raises NotFound."""
    statement = select(Quiz.id).order_by(Quiz.id).with_for_update()
    if quiz_id is not None:
        statement = statement.where(Quiz.id == quiz_id)
    if not db.session.scalars(statement).all() and quiz_id is not None:
        raise NotFound


def _under_way(actor: Actor, whom: Whom, quiz_id: uuid.UUID | None) -> Sequence[tuple[Attempt, dict[str, object]]]:
    """The open attempts that it concerns under their locks, in one order for everybody, with their rules."""
    statement = (
        select(Attempt, QuizRevision.settings)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.state.in_(OPEN_STATES), Attempt.candidate_id != actor.person_id)
        .order_by(Attempt.id)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    )
    if quiz_id is not None:
        statement = statement.where(Attempt.quiz_id == quiz_id)
    if whom.group is not None:
        kind, group_id = whom.group
        statement = statement.where(Attempt.context_id.in_(registry.group_kinds()[kind].contexts(group_id)))
    else:
        statement = statement.where(Attempt.candidate_id == whom.person_id)
    return [(row.Attempt, row.settings) for row in db.session.execute(statement)]


def _give(
    actor: Actor, attempt: Attempt, settings: rules.QuizSettings, accommodation: Accommodation, now: datetime
) -> bool:
    """Join it to what the attempt has; False when that is no more, or too late. The attempt is locked."""
    waits = attempt.state is AttemptState.WAITING
    if not waits and not history.has_time(attempt, now):
        return False
    had = rules.Allowance.from_json(attempt.allowance)
    has = had.joined(rules.Allowance.from_json(accommodation.allowance))
    if has == had:
        return False
    ends, ended = (rules.deadline(settings, each, attempt.started_at) for each in (has, had))
    more = max(ends - ended, timedelta(0))  # another window may close before the examination's
    attempt.allowance = has.as_json()
    attempt.granted_seconds = rules.extra_seconds(settings, has)
    attempt.deadline_at += more
    attempt.cutoff_at += more
    details = history.append(
        attempt,
        Decision.ACCOMMODATION,
        actor_id=actor.person_id,
        reason=accommodation.reason,
        now=now,
        accommodation=str(accommodation.id),
        allowance=accommodation.allowance,
        seconds=round(more.total_seconds()),
    )
    audit.record(actor, "quizzes.accommodate_attempt", attempt, reason=accommodation.reason, **details)
    return True
