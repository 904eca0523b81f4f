"""The demonstration cast: people at every stage, so that no page is empty. All of it by calling the services.

The people are made up and say so: their accounts are marked as demonstration wherever they are shown.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts import privacy
from app.accounts import services as accounts
from app.accounts.identity import load_actor
from app.accounts.models import Person
from app.accounts.passwords import current_passwords
from app.accounts.queries import find_person_by_email
from app.certificates.keys import services as keys
from app.certificates.keys.context import holders
from app.cohorts import queries as cohorts
from app.cohorts import services as cohort_services
from app.core.access import Actor, Role
from app.core.clock import frozen_at
from app.core.database import db, release, transaction
from app.demo import acting
from app.demo.acting import Credentials, Player
from app.demo.drafts import write_drafts
from app.demo.pool import fill_pool
from app.organisations.queries import get_organisation

PROGRAMME = "national-lawyer"
COURSES = ("l1-chinese-toolbox", "l2-section-337")


@dataclass(frozen=True, slots=True)
class Trainee:
    """A trainee of the demonstration: who she is and how far she gets."""

    name: str
    latin_name: str
    student_number: str
    #: Share of each course studied (0–1); a course's examination follows where it is 1.
    progress: tuple[float, float]
    #: Share of the certification examination answered rightly; None: not sat.
    certification: float | None = None

    @property
    def email(self) -> str:
        return f"{self.latin_name.replace(' ', '.').lower()}@demo.example"


@dataclass(frozen=True, slots=True)
class Session:
    """A cohort of the demonstration."""

    name: str
    number: str
    trainees: tuple[Trainee, ...]


EARLIER = Session(
    "涉外知识产权律师研修班（往期，演示）",
    "2025-2",
    (
        Trainee("林见微", "LIN JIANWEI", "0012025001", (1, 1), 1.0),
        Trainee("周知行", "ZHOU ZHIXING", "0012025002", (1, 1), 0.9),
        Trainee("沈若谷", "SHEN RUOGU", "0012025003", (1, 1), 0.5),
    ),
)
PRESENT = Session(
    "涉外知识产权律师研修班（本期，演示）",
    "2026-1",
    (
        Trainee("许明远", "XU MINGYUAN", "0012026001", (1, 0.4)),
        Trainee("叶知秋", "YE ZHIQIU", "0012026002", (1, 1)),
        Trainee("方与舟", "FANG YUZHOU", "0012026003", (0.3, 0)),
        Trainee("陆望舒", "LU WANGSHU", "0012026004", (0, 0)),
    ),
)


def administrator(email: str, name: str, now: datetime) -> Player:
    """The first administrator, made as the operator makes one."""
    password = acting.new_password()
    authority = get_organisation("cnipa-academy").id
    release()
    hashed = current_passwords().hash(password)
    with transaction():
        accounts.create_administrator(
            email=email, name=name, organisation_id=authority, password_hash=hashed, now=now
        )
        person = find_person_by_email(email)
        assert person is not None  # noqa: S101 - made above
        person.is_demo = True
        accounts.record_consent(person, privacy.CURRENT, "zh_Hans", now)
        login = accounts.begin_session(person.id, agent="demonstration", address="", keep=True, now=now)
    actor = load_actor(login.id, now)
    release()
    assert actor is not None  # noqa: S101 - the session was made above
    return Player(Credentials("administrator", name, email, password), actor)


def make_cast(now: datetime) -> list[Credentials]:
    """People, two cohorts and their history up to ``now``; returns how each of them signs in."""
    began = now - timedelta(days=120)
    release()
    with frozen_at(began), transaction():
        keys.create_missing(holders(), "Overseas IP Academy (example)", began)
    with frozen_at(began):
        boss = administrator("admin@demo.example", "演示管理员", began)
        bar = get_organisation("example-provincial-bar").id
        authority = get_organisation("cnipa-academy").id
        release()
        staff = [
            acting.enter(
                boss.actor, organisation_id=where, role=role, name=name, latin_name=latin, email=email, now=began
            )
            for role, where, name, latin, email in (
                (Role.REGISTRAR, bar, "吴教务", "WU JIAOWU", "registrar@demo.example"),
                (Role.INSTRUCTOR, bar, "陈讲师", "CHEN JIANGSHI", "instructor@demo.example"),
                (Role.CERTIFIER, authority, "何初审", "HE CHUSHEN", "certifier@demo.example"),
                (Role.CERTIFIER, authority, "沈复核", "SHEN FUHE", "second-certifier@demo.example"),
            )
        ]
    registrar = staff[0]
    trainees = _cohort(registrar.actor, EARLIER, began, now)
    fill_pool(trainees[1], trainees[0], (staff[2], staff[3]), began + timedelta(days=40))
    trainees += _cohort(registrar.actor, PRESENT, now - timedelta(days=30), now)
    write_drafts(staff[1], boss, now)
    return [player.credentials for player in (boss, *staff, *trainees)]


def _cohort(registrar: Actor, session: Session, began: datetime, now: datetime) -> list[Player]:
    """A cohort with its people, each as far as she got."""
    organisation_id = get_organisation("example-provincial-bar").id
    with frozen_at(began):
        release()
        with transaction():
            cohort = cohort_services.create_cohort(
                registrar,
                programme=cohorts.get_programme(PROGRAMME),
                organisation_id=organisation_id,
                name=session.name,
                session_number=session.number,
                starts_on=began.date(),
                ends_on=(began + timedelta(days=150)).date(),
                is_demo=True,
            )
        cohort_id = cohort.id
        players = [_join(registrar, cohort_id, trainee, began) for trainee in session.trainees]
    for days, (trainee, (player, membership_id)) in enumerate(zip(session.trainees, players, strict=True), 3):
        _history(trainee, player, membership_id, min(began + timedelta(days=days * 3), now))
    return [player for player, _membership in players]


def _join(registrar: Actor, cohort_id: uuid.UUID, trainee: Trainee, now: datetime) -> tuple[Player, uuid.UUID]:
    release()
    with transaction():
        cohort = cohorts.get_managed_cohort(registrar, cohort_id)
        person, _is_new = accounts.ensure_roster_person(
            registrar,
            organisation_id=cohort.organisation_id,
            student_number=trainee.student_number,
            name=trainee.name,
            latin_name=trainee.latin_name,
            email=trainee.email,
            now=now,
        )
        membership = cohort_services.add_member(registrar, cohort, person.id, now)
    return acting.begin(person.id, role="trainee", email=trainee.email, now=now), membership.id


def _history(trainee: Trainee, player: Player, membership_id: uuid.UUID, moment: datetime) -> None:
    """She studies, is examined, confirms her names: as far as the cast says."""
    for number, (course, share) in enumerate(zip(COURSES, trainee.progress, strict=True)):
        at = moment + timedelta(hours=2 * number)
        with frozen_at(at):
            if share:
                acting.study(player, course, at, share=share)
            if share == 1:
                acting.sit_course_exam(player, course, at)
    if trainee.certification is not None:
        at = moment + timedelta(hours=6)
        with frozen_at(at):
            acting.confirm_names(player, at)
            acting.sit_certification(player, membership_id, at, right=trainee.certification)


def is_empty() -> bool:
    """Is there nobody on this platform yet?"""
    found = db.session.scalar(db.select(Person.id).limit(1)) is None
    release()
    return found
