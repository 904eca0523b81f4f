"""Mail to candidates whose results a regrade changed."""

import uuid
from collections.abc import Collection

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Person
from app.core.addresses import address_of
from app.core.database import db
from app.core.text import in_language
from app.mail.models import OutgoingMail
from app.mail.services import queue_mails
from app.quizzes.models import Attempt, QuizRevision


def tell_changed(attempt_ids: Collection[uuid.UUID]) -> None:
    """Write to each candidate, in her language, that her result was recomputed; the mail names no mark. One
    statement to read, and a few to queue, whatever their number."""
    rows = db.session.execute(
        select(Attempt.id, Person, QuizRevision.title)
        .join(Person, Person.id == Attempt.candidate_id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.id.in_(attempt_ids), Person.email.is_not(None))
        .order_by(Attempt.id)
    ).all()
    if rows:
        queue_mails([_letter(person, title, attempt_id) for attempt_id, person, title in rows])


def _letter(person: Person, title: dict[str, str], attempt_id: uuid.UUID) -> OutgoingMail:
    name = in_language(title, person.locale)
    with force_locale(person.locale):
        subject = _("Your result was recomputed: %(title)s", title=name)
        body = _(
            "%(name)s,\n\na question of “%(title)s” was graded anew, and your result has changed. What was"
            " corrected, and your result, stand at %(url)s\n",
            name=person.name,
            title=name,
            url=address_of("quizzes.show_result", attempt_id=attempt_id),
        )
    return OutgoingMail(
        recipient=person.email or "", subject=subject, body=body, person_id=person.id, attachments=[]
    )
