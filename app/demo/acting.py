"""What people of the demonstration do, by calling the product's own services in their names."""

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts import privacy
from app.accounts import services as accounts
from app.accounts.identity import load_actor
from app.accounts.models import Person
from app.accounts.passwords import current_passwords
from app.cohorts import queries as cohorts
from app.cohorts import services as cohort_services
from app.core.access import Actor, Role
from app.core.database import db, release, transaction
from app.courses import queries as courses
from app.courses import services as course_services
from app.courses.rules import CourseOutline
from app.mail.models import OutgoingMail
from app.quizzes import grading, queries
from app.quizzes import services as quizzes
from app.quizzes.context import keyring
from app.quizzes.models import Attempt, EventKind
from app.quizzes.protocol import Sent
from app.quizzes.rules import NOTHING_BROUGHT, Admission, QuizSettings, honour_digest

_INVITATION = re.compile(r"/invitations/([\w-]+)")


@dataclass(frozen=True, slots=True)
class Credentials:
    """How somebody of the demonstration signs in; printed once, kept nowhere."""

    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody who acts: her session and what she may do."""

    credentials: Credentials
    actor: Actor

    @property
    def login_id(self) -> uuid.UUID:
        assert self.actor.session_id is not None  # noqa: S101 - players are made with a session
        return self.actor.session_id


def new_password() -> str:
    """A random password that can be typed: four groups of five characters."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def enter(
    inviter: Actor | None,
    *,
    organisation_id: uuid.UUID,
    role: Role,
    name: str,
    latin_name: str,
    email: str,
    student_number: str | None = None,
    now: datetime,
) -> Player:
    """Somebody is invited, takes the link out of her letter, chooses a password and signs in."""
    release()
    with transaction():
        person = accounts.invite_person(
            inviter,
            organisation_id=organisation_id,
            email=email,
            name=name,
            latin_name=latin_name,
            student_number=student_number,
            roles=(role,),
            now=now,
        )
        person.is_demo = True
    return begin(person.id, role=role.value, email=email, now=now)


def begin(person_id: uuid.UUID, *, role: str, email: str, now: datetime) -> Player:
    """Somebody who was invited begins: the link of her latest letter, a password, a session."""
    release()
    letter = db.session.scalars(
        select(OutgoingMail)
        .where(OutgoingMail.person_id == person_id)
        .order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
    ).first()
    found = _INVITATION.search(letter.body) if letter else None
    if found is None:
        raise LookupError(f"no invitation was mailed to {email}")
    password = new_password()
    release()
    hashed = current_passwords().hash(password)
    with transaction():
        person = accounts.accept_invitation(
            found[1], password_hash=hashed, privacy_version=privacy.CURRENT, locale="zh_Hans", now=now
        )
        login = accounts.begin_session(person.id, agent="demonstration", address="", keep=True, now=now)
        person.is_demo = True
    actor = load_actor(login.id, now)
    release()
    assert actor is not None  # noqa: S101 - the session was made above
    return Player(Credentials(role, person.name, email, password), actor)


def confirm_names(player: Player, now: datetime) -> None:
    """She confirms the names her certificates will show."""
    person = db.session.get(Person, player.actor.person_id)
    assert person is not None  # noqa: S101 - players have accounts
    name, latin_name = person.name, person.latin_name
    release()
    with transaction():
        accounts.confirm_names(player.actor, name=name, latin_name=latin_name, now=now)


def _outline(player: Player, course_key: str) -> CourseOutline:
    enrolment = courses.enrolment_in(player.actor.person_id, course_key)
    if enrolment is None:
        raise LookupError(f"{player.credentials.name} is not enrolled in {course_key}")
    outline = courses.outline(enrolment.course_revision_id)
    release()
    return outline


def study(player: Player, course_key: str, now: datetime, *, share: float = 1.0) -> None:
    """She reads the first part of a course (0 to 1) and answers its check questions."""
    outline = _outline(player, course_key)
    lessons = list(outline.lessons())
    for lesson in lessons[: round(len(lessons) * share)]:
        with transaction():
            course_services.mark_read(player.actor, course_key, paths=lesson.paths(), now=now)
            course_services.keep_place(
                player.actor,
                course_key,
                module_key=lesson.module_key,
                lesson_key=lesson.key,
                section_key=lesson.sections[-1].key,
                now=now,
            )
        for key, question in courses.check_questions(outline, lesson).items():
            response = grading.perfect(question.body)
            release()
            with transaction():
                course_services.answer_check(
                    player.actor, course_key, lesson=lesson, question_key=key, response=response, now=now
                )
        release()


def sit(player: Player, attempt: Attempt, now: datetime, *, right: float = 1.0) -> None:
    """She answers this share of a paper's questions rightly, leaves the rest open, and submits."""
    paper = queries.get_own_paper(player.actor, attempt.id)
    items: Sequence[queries.PaperItem] = paper.items
    attempt_id = attempt.id
    release()
    device = uuid.uuid4()
    for number, item in enumerate(items[: round(len(items) * right)], 1):
        sent = Sent(
            item_id=item.id,
            client_id=uuid.uuid4(),
            device_id=device,
            client_seq=number,
            base_ordinal=number - 1,
            kind=EventKind.ANSWER,
            response=grading.perfect(item.body, item.layout),
        )
        with transaction():
            quizzes.take_answer(player.login_id, attempt_id, sent, keyring=keyring(), now=now)
    with transaction():
        quizzes.submit_attempt(player.actor, attempt_id, now=now)
    release()


def sit_course_exam(player: Player, course_key: str, now: datetime, *, right: float = 1.0) -> None:
    """She sits a course's closing examination."""
    release()
    with transaction():
        attempt = course_services.start_exam(player.actor, course_key, now=now)
    sit(player, attempt, now, right=right)


def declaration(quiz_id: uuid.UUID) -> Admission:
    """What a candidate posts who has ticked the examination's honour statement."""
    settings = QuizSettings.from_json(queries.get_quiz_revision(quiz_id).settings)
    return Admission(honour=honour_digest(settings.honour) or "")


def sit_certification(player: Player, membership_id: uuid.UUID, now: datetime, *, right: float = 1.0) -> None:
    """She sits the certification examination of her programme."""
    release()
    with transaction():
        membership = cohorts.get_membership_for(player.actor, membership_id)
        quiz_id = membership.cohort.programme_revision.quiz_id
        admission = declaration(quiz_id) if quiz_id else NOTHING_BROUGHT
        attempt = cohort_services.start_certification_exam(player.actor, membership, now, admission)
    sit(player, attempt, now, right=right)
