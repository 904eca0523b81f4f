"""Mail to candidates whose results came out."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.services import write_to
from app.core.addresses import address_of
from app.core.database import db
from app.core.text import in_language
from app.quizzes.models import Attempt, QuizRevision


def tell_candidate(attempt_id: uuid.UUID) -> None:
    """Write to the candidate, in her language, that the result is there; the mail names no mark."""
    row = db.session.execute(
        select(Person, QuizRevision.title)
        .join(Attempt, Attempt.candidate_id == Person.id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.id == attempt_id)
    ).one()
    person: Person = row.Person
    title = in_language(row.title, person.locale)
    write_to(
        person,
        lambda: (
            _("Your result: %(title)s", title=title),
            _(
                "%(name)s,\n\nthe results of “%(title)s” are out. You find yours at %(url)s\n",
                name=person.name,
                title=title,
                url=address_of("quizzes.show_result", attempt_id=attempt_id),
            ),
        ),
    )
