"""Ask at a passage, answer, publish without a name."""

import uuid
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.services import write_to
from app.audit import services as audit
from app.core.access import Actor
from app.core.addresses import address_of
from app.core.database import db, serialise
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.text import as_typed
from app.courses.authoring.models import CourseSource
from app.courses.studying import policies, queries
from app.courses.studying.models import PassageQuestion
from app.courses.studying.rules.anchors import Anchor

MAX_TEXT: Final = 3000
#: Unanswered questions one person may have in all courses.
MAX_OPEN: Final = 20
#: Instructors hear of new questions at most this often.
QUIET: Final = timedelta(days=1)


def ask(
    actor: Actor, course_key: str, *, client_id: uuid.UUID, anchor: Anchor, text: str, now: datetime
) -> PassageQuestion:
    """Ask those who teach; sending it again asks once. The first question of a day is told them by mail.

    Raises NotFound and NotAllowed where the actor does not study the course, Invalid without words or with too
    many, Conflict while too many of hers wait.
    """
    study = queries.get_enrolled_study(actor, course_key)
    text = _checked(text, _("Write your question."))
    if anchor.path not in study.outline.section_paths:
        raise Invalid(_("Your revision of this course has no such section."))
    serialise(f"studying.ask:{actor.person_id}")
    mine = PassageQuestion.person_id == actor.person_id
    known = db.session.scalar(select(PassageQuestion).where(mine, PassageQuestion.client_id == client_id))
    if known is not None:
        return known
    waiting = select(func.count()).where(mine, PassageQuestion.answered_at.is_(None))
    if (db.session.scalar(waiting) or 0) >= MAX_OPEN:
        raise Conflict(
            _("%(count)d of your questions wait for an answer. Ask more when some are answered.", count=MAX_OPEN)
        )
    question = PassageQuestion(
        person_id=actor.person_id,
        organisation_id=actor.organisation_id or _owner(course_key),
        client_id=client_id,
        course_key=course_key,
        **asdict(anchor),
        text=text,
        created_at=now,
    )
    _tell_instructors(question, now)
    db.session.add(question)
    db.session.flush()
    audit.record(actor, "studying.ask", question, course=course_key)
    return question


def _owner(course_key: str) -> uuid.UUID | None:
    source = db.session.get(CourseSource, course_key)
    return source.organisation_id if source else None


def _checked(text: str, missing: str) -> str:
    text = as_typed(text)
    if not text:
        raise Invalid(missing, code="text")
    if len(text) > MAX_TEXT:
        raise Invalid(_("At most %(count)d characters.", count=MAX_TEXT), code="text")
    return text


def _tell_instructors(question: PassageQuestion, now: datetime) -> None:
    """One letter a day to each who teaches there, whatever is asked."""
    if question.organisation_id is None:
        return
    recent = select(PassageQuestion.id).where(
        PassageQuestion.organisation_id == question.organisation_id, PassageQuestion.created_at > now - QUIET
    )
    if db.session.scalar(recent.limit(1)):
        return
    for person in queries.instructors_at(question.organisation_id):
        write_to(person, partial(_words_to_instructor, person))


def _words_to_instructor(person: Person) -> tuple[str, str]:
    return _("A trainee asks about a lesson"), _(
        "%(name)s,\n\na trainee of yours asks about a passage of a lesson. What waits for an answer "
        "stands at %(url)s. You get at most one such letter a day.\n",
        name=person.name,
        url=address_of("studying.list_asked"),
    )


def answer(
    actor: Actor, question: PassageQuestion, *, text: str, public_text: str, is_public: bool, now: datetime
) -> None:
    """Answer, or change the answer; ``is_public`` shows both to everybody who studies the course, without a name.

    The asker gets a letter the first time. Raises NotAllowed, and Invalid without words.
    """
    if not policies.can_answer(actor, question):
        raise NotAllowed
    text = _checked(text, _("Write your answer."))
    public_text = _checked(public_text, _("Write the question as everybody shall read it.")) if is_public else ""
    is_first = question.answered_at is None
    question.answer, question.answered_by, question.answered_at = text, actor.person_id, now
    question.public_text = public_text
    question.published_at = (question.published_at or now) if is_public else None
    db.session.flush()
    audit.record(actor, "studying.answer", question, published=is_public)
    if is_first:
        person = db.session.get_one(Person, question.person_id)
        write_to(person, partial(_words_to_asker, person))


def _words_to_asker(person: Person) -> tuple[str, str]:
    return _("Your question has been answered"), _(
        "%(name)s,\n\nyour question about a lesson has been answered. Read it at %(url)s\n",
        name=person.name,
        url=address_of("studying.my_questions"),
    )
