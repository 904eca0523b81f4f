"""Mail to candidates about their attempts, in their language. No letter names a mark or a reason: these stand
behind the sign-in."""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Person
from app.core.addresses import address_of
from app.core.database import db
from app.core.languages import format_moment
from app.core.text import in_language
from app.mail.models import OutgoingMail
from app.mail.services import queue_mails
from app.quizzes.models import Attempt, QuizRevision

#: Whom it is for; her name, the examination's title and the attempt's address → subject and body, in the language
#: of the moment.
Words = Callable[[Person, dict[str, str]], tuple[str, str]]


def tell_out(attempt_id: uuid.UUID) -> None:
    """Results that come out together are out."""

    def words(_person: Person, said: dict[str, str]) -> tuple[str, str]:
        return _("Your result: %(title)s", **said), _(
            "%(name)s,\n\nthe results of “%(title)s” are out. You find yours at %(url)s\n", **said
        )

    _write([attempt_id], words)


def tell_marked(attempt_id: uuid.UUID) -> None:
    """People have marked the last answer that waited. What is shown of the result, and when, the rules say."""

    def words(_person: Person, said: dict[str, str]) -> tuple[str, str]:
        return _("Your paper was marked: %(title)s", **said), _(
            "%(name)s,\n\nyour paper of “%(title)s” has been marked. What is shown of your result stands at"
            " %(url)s\n",
            **said,
        )

    _write([attempt_id], words)


def tell_changed(attempt_ids: Collection[uuid.UUID]) -> None:
    """A regrade changed these results."""

    def words(_person: Person, said: dict[str, str]) -> tuple[str, str]:
        return _("Your result was recomputed: %(title)s", **said), _(
            "%(name)s,\n\na question of “%(title)s” was graded anew, and your result has changed. What was"
            " corrected, and your result, stand at %(url)s\n",
            **said,
        )

    _write(attempt_ids, words)


def tell_voided(attempt_id: uuid.UUID) -> None:
    """An invigilator declared the attempt void."""

    def words(_person: Person, said: dict[str, str]) -> tuple[str, str]:
        return _("Your attempt is void: %(title)s", **said), _(
            "%(name)s,\n\nan invigilator has declared your attempt at “%(title)s” void. It does not count and uses"
            " up no attempt; everything you sent is kept. The reason stands at %(url)s\n",
            **said,
        )

    _write([attempt_id], words)


def tell_reopened(attempt_id: uuid.UUID, until: datetime) -> None:
    """An invigilator opened the attempt again; its time runs."""

    def words(person: Person, said: dict[str, str]) -> tuple[str, str]:
        return _("Your attempt was opened again: %(title)s", **said), _(
            "%(name)s,\n\nan invigilator has opened your attempt at “%(title)s” again. Your time runs already: you"
            " can go on until %(time)s, at %(url)s\n\nThe reason stands there, too.\n",
            time=format_moment(until, person.time_zone),
            **said,
        )

    _write([attempt_id], words)


def tell_late_counted(attempt_id: uuid.UUID) -> None:
    """An invigilator let answers count that had come late."""

    def words(_person: Person, said: dict[str, str]) -> tuple[str, str]:
        return _("Late answers of yours count: %(title)s", **said), _(
            "%(name)s,\n\nanswers of yours to “%(title)s” had come late; by decision of an invigilator they count"
            " now, and your result may have changed. What was decided stands at %(url)s\n",
            **said,
        )

    _write([attempt_id], words)


def _write(attempt_ids: Collection[uuid.UUID], words: Words) -> None:
    """Queue a letter to the candidate of each; none to who has no address. One statement to read, and a few to
    queue, whatever their number."""
    rows = db.session.execute(
        select(Attempt.id, Person, QuizRevision.title)
        .join(Person, Person.id == Attempt.candidate_id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.id.in_(attempt_ids), Person.email.is_not(None))
        .order_by(Attempt.id)
    ).all()
    if rows:
        queue_mails([_letter(person, title, attempt_id, words) for attempt_id, person, title in rows])


def _letter(person: Person, title: dict[str, str], attempt_id: uuid.UUID, words: Words) -> OutgoingMail:
    said = {
        "name": person.name,
        "title": in_language(title, person.locale),
        "url": address_of("quizzes.show_attempt", attempt_id=attempt_id),
    }
    with force_locale(person.locale):
        subject, body = words(person, said)
    return OutgoingMail(
        recipient=person.email or "", subject=subject, body=body, person_id=person.id, attachments=[]
    )
