"""What each role has to do next, gathered across domains."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.accounts.models import Person, PersonState
from app.certificates import queries as certificates
from app.certificates.queries import Held
from app.cohorts import queries as cohorts
from app.cohorts.models import Membership, MembershipState
from app.cohorts.queries import CohortSummary, Place
from app.core import clock
from app.core.access import Actor, Role
from app.core.database import db
from app.core.text import Bilingual
from app.courses import queries as courses
from app.courses.rules import NextStep, next_step
from app.jobs.models import Job, JobState
from app.mail.models import OutgoingMail
from app.quizzes.queries import QuizRules

#: Mail older than this that still waits means that nothing sends it.
MAIL_IS_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Learning:
    """A trainee's desk: her programmes, newest first, and what she holds."""

    places: Sequence[Place]
    titles: dict[str, Bilingual]
    certificates: Sequence[Held]
    #: Where exactly to go on in the course that comes next.
    resume: NextStep | None = None
    #: The examination of the current programme, when that comes next.
    coming: QuizRules | None = None

    @property
    def current(self) -> Place | None:
        """The programme to go on with: the newest one that is not complete."""
        going = [place for place in self.places if place.membership.state is MembershipState.ACTIVE]
        return going[0] if going else (self.places[0] if self.places else None)


def learning_of(actor: Actor, now: datetime) -> Learning:
    """What the actor studies and holds; a constant number of statements."""
    memberships = cohorts.memberships_of(actor.person_id)
    places = cohorts.places(memberships, now)
    titles = courses.titles_of({key for place in places for key in place.demands.courses})
    learning = Learning(places, titles, certificates.certificates_of(actor.person_id))
    current = learning.current
    if current is not None and current.membership.state is MembershipState.ACTIVE:
        learning = replace(learning, coming=cohorts.coming_exam(current, now))
    if current is None or current.progress.next_course is None:
        return learning
    return replace(learning, resume=_resume(actor.person_id, current.progress.next_course))


def _resume(person_id: uuid.UUID, course_key: str) -> NextStep | None:
    """The exact place where somebody goes on in a course she is enrolled in."""
    enrolment = courses.enrolment_in(person_id, course_key)
    if enrolment is None:
        return None
    outline = courses.outline(enrolment.course_revision_id)
    return next_step(outline, courses.progress_of(enrolment, outline), courses.place_of(enrolment))


@dataclass(frozen=True, slots=True)
class CohortDesk:
    """A running cohort with the number of people who are stuck."""

    summary: CohortSummary
    stuck: int


def cohorts_of(actor: Actor, now: datetime) -> list[CohortDesk]:
    """The running cohorts where the actor is staff, the most stuck first."""
    today = clock.day_of(now)
    running = [item for item in cohorts.list_cohorts(actor) if item.cohort.ends_on >= today]
    memberships = cohorts.list_active_memberships([item.cohort.id for item in running])
    stuck: dict[object, int] = {}
    for place in cohorts.places(memberships, now):
        if place.stuck:
            stuck[place.membership.cohort_id] = stuck.get(place.membership.cohort_id, 0) + 1
    desks = [CohortDesk(item, stuck.get(item.cohort.id, 0)) for item in running]
    return sorted(desks, key=lambda desk: (-desk.stuck, desk.summary.cohort.ends_on))


@dataclass(frozen=True, slots=True)
class Running:
    """An administrator's desk: is the platform itself well?"""

    people: int
    invited: int
    failed_jobs: int
    waiting_jobs: int
    late_mail: int


def running_state(now: datetime) -> Running:
    """Counts of what needs an administrator: five small statements."""

    def count(model: type, *conditions: object) -> int:
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]

    return Running(
        people=count(Person, Person.state == PersonState.ACTIVE),
        invited=count(Person, Person.state == PersonState.INVITED),
        failed_jobs=count(Job, Job.state == JobState.FAILED),
        waiting_jobs=count(Job, Job.state == JobState.QUEUED),
        late_mail=count(
            OutgoingMail, OutgoingMail.sent_at.is_(None), OutgoingMail.created_at < now - MAIL_IS_LATE
        ),
    )


def studies(actor: Actor) -> bool:
    """Does the actor belong to any cohort, or hold the trainee's role?"""
    if actor.has(Role.TRAINEE):
        return True
    return bool(db.session.scalar(select(Membership.id).where(Membership.person_id == actor.person_id).limit(1)))
