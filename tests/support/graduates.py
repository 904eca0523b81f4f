"""People who completed the small programme, with the certificate that came of it."""

import uuid

from app.accounts.models import Person
from app.certificates.models import Certificate
from app.certificates.queries import certificates_of
from app.cohorts.models import Membership, MembershipState, ProgrammeCompletion
from app.core import clock
from app.core.database import db, release
from tests.support.cast import Cast
from tests.support.certificates import confirm
from tests.support.cohorts import certify, join, make_cohort, pass_course


def graduate(cast: Cast, person: Person) -> Certificate:
    """The person studies, is examined and gets her certificate in a cohort of her own."""
    confirm(person)
    membership = join(cast, make_cohort(cast, name=f"{person.name}的班"), person)
    pass_course(person)
    certify(person, membership.id)
    release()
    return certificates_of(person.id)[0].certificate


def completed_alike(number: int, evidence: ProgrammeCompletion, cohort_id: uuid.UUID) -> uuid.UUID:
    """Somebody new in a cohort who completed the same on the same evidence, and has no certificate yet."""
    now = clock.now()
    person = Person(
        name="毕业学员",
        latin_name=f"GRADUATE {number}",
        email=f"graduate{number}@example.org",
        names_confirmed_at=now,
    )
    db.session.add(person)
    db.session.flush()
    membership = Membership(
        cohort_id=cohort_id, person_id=person.id, state=MembershipState.COMPLETED, state_since=now
    )
    db.session.add(membership)
    db.session.flush()
    copied = ("programme_id", "programme_revision_id", "cycle", "hours", "exam_percent", "basis")
    db.session.add(
        ProgrammeCompletion(
            membership_id=membership.id,
            person_id=person.id,
            completed_at=now,
            **{name: getattr(evidence, name) for name in copied},
        )
    )
    return membership.id
