"""What holds for a candidate, and what was granted to whom."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Uuid, and_, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.quizzes import registry
from app.quizzes.accommodations.models import Accommodation, AccommodationWithdrawal
from app.quizzes.accommodations.policies import people_within_reach, within_reach
from app.quizzes.invigilation.models import Decision, Intervention
from app.quizzes.models import Attempt, AttemptState, Quiz, QuizRevision
from app.quizzes.rules import Allowance

#: People offered by one search.
FOUND: Final = 20

#: A sitting's context: its kind and identifier.
Context = tuple[str, uuid.UUID]

_standing: Final = ~(
    select(AccommodationWithdrawal.id)
    .where(AccommodationWithdrawal.accommodation_id == Accommodation.id)
    .correlate(Accommodation)
    .exists()
)


def _for(person_id: uuid.UUID, context: Context) -> ColumnElement[bool]:
    """Granted to this person, or to a group that she belongs to in this context."""
    return or_(
        Accommodation.person_id == person_id,
        *(
            and_(
                Accommodation.group_kind == kind, Accommodation.group_id.in_(groups.groups_of(person_id, *context))
            )
            for kind, groups in registry.group_kinds().items()
        ),
    )


def grants_for(person_id: uuid.UUID, quiz_id: uuid.UUID, context: Context) -> Sequence[Accommodation]:
    """What holds now for somebody in an examination, the oldest first. One statement."""
    return db.session.scalars(
        select(Accommodation)
        .where(
            _standing,
            _for(person_id, context),
            or_(Accommodation.quiz_id.is_(None), Accommodation.quiz_id == quiz_id),
        )
        .order_by(Accommodation.created_at, Accommodation.id)
    ).all()


def joined(grants: Sequence[Accommodation]) -> Allowance:
    """Several grants as one: the best of each."""
    found = Allowance()
    for grant in grants:
        found = found.joined(Allowance.from_json(grant.allowance))
    return found


def allowance_of(person_id: uuid.UUID, quiz_id: uuid.UUID, context: Context) -> Allowance:
    """What somebody may have beyond the rules of an examination that she begins now. One statement."""
    return joined(grants_for(person_id, quiz_id, context))


def allowances_of(quiz_id: uuid.UUID, candidates: Sequence[registry.Candidate]) -> dict[Context, Allowance]:
    """What candidates of an examination may have beyond its rules, by their context; who was granted nothing is
    left out. One statement, two where groups were granted something."""
    grants = db.session.scalars(
        select(Accommodation).where(
            _standing, or_(Accommodation.quiz_id.is_(None), Accommodation.quiz_id == quiz_id)
        )
    ).all()
    theirs: dict[uuid.UUID, list[Accommodation]] = {}
    for grant in grants:
        theirs.setdefault(grant.person_id or grant.group_id or grant.id, []).append(grant)
    for context_id, group_id in _sittings_of({(each.group_kind, each.group_id) for each in grants}):
        theirs.setdefault(context_id, []).extend(theirs[group_id])
    found = {
        each.context: [*theirs.get(each.person_id, ()), *theirs.get(each.context[1], ())] for each in candidates
    }
    return {context: joined(hers) for context, hers in found.items() if hers}


def _sittings_of(groups: Iterable[tuple[str | None, uuid.UUID | None]]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The contexts of these groups, each with its group. One statement; none without groups."""
    kinds = registry.group_kinds()
    chosen = [
        (group_id, kinds[kind].contexts(group_id).subquery()) for kind, group_id in groups if kind and group_id
    ]
    if not chosen:
        return []
    parts = [select(each.c.id, literal(group_id, Uuid()).label("group_id")) for group_id, each in chosen]
    return [(row.id, row.group_id) for row in db.session.execute(union_all(*parts))]


@dataclass(frozen=True, slots=True)
class Grant:
    """An accommodation as those who decide about it see it."""

    accommodation: Accommodation
    allowance: Allowance
    #: None: granted to a group.
    person: Person | None
    group: str
    #: The examination's title; None: every examination.
    quiz_key: str | None
    title: dict[str, str] | None
    granted_by: str
    withdrawal: AccommodationWithdrawal | None
    withdrawn_by: str


def _grants(actor: Actor) -> Select[Any]:
    giver, taker = aliased(Person), aliased(Person)
    return (
        select(
            Accommodation,
            Person,
            Quiz.key,
            QuizRevision.title,
            giver.name.label("granted_by"),
            AccommodationWithdrawal,
            taker.name.label("withdrawn_by"),
        )
        .outerjoin(Person, Person.id == Accommodation.person_id)
        .outerjoin(Quiz, Quiz.id == Accommodation.quiz_id)
        .outerjoin(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .join(giver, giver.id == Accommodation.actor_id)
        .outerjoin(AccommodationWithdrawal, AccommodationWithdrawal.accommodation_id == Accommodation.id)
        .outerjoin(taker, taker.id == AccommodationWithdrawal.actor_id)
        .where(*within_reach(actor))
        .order_by(Accommodation.created_at.desc(), Accommodation.id.desc())
    )


def _read(rows: Sequence[Any]) -> list[Grant]:
    names: dict[tuple[str, uuid.UUID], str] = {}
    for kind, groups in registry.group_kinds().items():
        wanted = {row.Accommodation.group_id for row in rows if row.Accommodation.group_kind == kind}
        if wanted:
            names |= {(kind, group_id): group.name for group_id, group in groups.about(wanted).items()}
    return [
        Grant(
            accommodation=row.Accommodation,
            allowance=Allowance.from_json(row.Accommodation.allowance),
            person=row.Person,
            group=names.get((row.Accommodation.group_kind, row.Accommodation.group_id), ""),
            quiz_key=row.key,
            title=row.title,
            granted_by=row.granted_by,
            withdrawal=row.AccommodationWithdrawal,
            withdrawn_by=row.withdrawn_by or "",
        )
        for row in rows
    ]


def list_grants(actor: Actor, *, withdrawn: bool = False, words: str = "", page: int = 1) -> Page[Grant]:
    """What the actor may see, the newest first: those that hold, or those withdrawn. Three statements."""
    statement = _grants(actor).where(AccommodationWithdrawal.id.is_not(None) if withdrawn else _standing)
    for word in words.split():
        statement = statement.where(
            or_(
                Person.name.icontains(word, autoescape=True),
                Person.student_number.istartswith(word, autoescape=True),
            )
        )
    found = paginate(statement, page=page, scalars=False)
    return Page(_read(found.items), found.page, found.per_page, found.total)


def get_grant(actor: Actor, accommodation_id: uuid.UUID) -> Grant:
    """One that the actor may see. Raises NotFound."""
    row = db.session.execute(_grants(actor).where(Accommodation.id == accommodation_id)).first()
    if row is None:
        raise NotFound
    return _read([row])[0]


@dataclass(frozen=True, slots=True)
class Moved:
    """An attempt that was under way when something was granted."""

    attempt_id: uuid.UUID
    name: str
    title: dict[str, str]
    #: By how much its deadline moved, in seconds.
    seconds: int
    #: None while its time had not begun.
    deadline: datetime | None


def attempts_moved_by(accommodation: Accommodation) -> list[Moved]:
    """The attempts under way that got something by it, by name. One statement."""
    rows = db.session.execute(
        select(Attempt.id, Person.name, QuizRevision.title, Intervention.details)
        .join(Intervention, Intervention.attempt_id == Attempt.id)
        .join(Person, Person.id == Attempt.candidate_id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(
            Intervention.decision == Decision.ACCOMMODATION,
            Intervention.created_at == accommodation.created_at,
            Intervention.actor_id == accommodation.actor_id,
        )
        .order_by(Person.name, Attempt.id)
    )
    return [
        Moved(row.id, row.name, row.title, row.details["seconds"], _deadline(row.details))
        for row in rows
        if row.details["accommodation"] == str(accommodation.id)
    ]


def _deadline(details: dict[str, Any]) -> datetime | None:
    if details["state"] == AttemptState.WAITING:
        return None
    return datetime.fromisoformat(details["deadline"])


def find_people(actor: Actor, words: str) -> Sequence[Person]:
    """People to whom the actor may grant something, by name, number or e-mail. One statement."""
    if not words.strip():
        return []
    statement = select(Person).where(*people_within_reach(actor)).order_by(Person.name, Person.id).limit(FOUND)
    for word in words.split():
        statement = statement.where(
            or_(
                Person.name.icontains(word, autoescape=True),
                Person.latin_name.icontains(word, autoescape=True),
                Person.student_number.istartswith(word, autoescape=True),
                Person.email.istartswith(word, autoescape=True),
            )
        )
    return db.session.scalars(statement).all()


def get_person(actor: Actor, person_id: uuid.UUID) -> Person:
    """Somebody to whom the actor may grant something. Raises NotFound."""
    person = db.session.scalar(select(Person).where(Person.id == person_id, *people_within_reach(actor)))
    if person is None:
        raise NotFound
    return person


def list_examinations() -> list[tuple[uuid.UUID, dict[str, str]]]:
    """Every published examination with its title. One statement."""
    rows = db.session.execute(
        select(Quiz.id, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .order_by(Quiz.key)
    )
    return [(row.id, row.title) for row in rows]


def granted_to(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What was granted to one person by name, for the copy of her own data. One statement."""
    rows = db.session.execute(
        select(Accommodation, Quiz.key, AccommodationWithdrawal)
        .outerjoin(Quiz, Quiz.id == Accommodation.quiz_id)
        .outerjoin(AccommodationWithdrawal, AccommodationWithdrawal.accommodation_id == Accommodation.id)
        .where(Accommodation.person_id == person_id)
        .order_by(Accommodation.created_at)
    )
    return [
        {
            "examination": row.key or "every",
            "granted": row.Accommodation.allowance,
            "reason": row.Accommodation.reason,
            "at": row.Accommodation.created_at.isoformat(),
            "withdrawn_at": row.AccommodationWithdrawal.created_at.isoformat()
            if row.AccommodationWithdrawal
            else None,
        }
        for row in rows
    ]
