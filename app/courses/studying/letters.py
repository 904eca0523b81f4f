"""Letters to learners."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.services import write_to
from app.core.addresses import address_of
from app.core.database import db
from app.courses.studying import services
from app.courses.studying.models import ReviewPlan


def remind_of_review(person_id: uuid.UUID, now: datetime) -> None:
    """Write once a day that questions wait, unless none does."""
    row = db.session.execute(
        select(ReviewPlan, Person)
        .join(Person, Person.id == ReviewPlan.person_id)
        .where(ReviewPlan.person_id == person_id)
        .with_for_update(of=ReviewPlan)
    ).one()
    person: Person = row.Person
    count = services.claim_reminder(row.ReviewPlan, person.time_zone, now)
    if not count:
        return
    write_to(
        person,
        lambda: (
            ngettext("%(num)d question waits for your review", "%(num)d questions wait for your review", count),
            _(
                "%(name)s,\n\ntoday’s review takes a few minutes: %(url)s\n\nYou asked for this reminder; you can "
                "switch it off on the same page.\n",
                name=person.name,
                url=address_of("studying.review"),
            ),
        ),
    )
