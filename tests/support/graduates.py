"""People who completed the small programme, with the certificate that came of it."""

from app.accounts.models import Person
from app.certificates.models import Certificate
from app.certificates.queries import certificates_of
from app.core.database import release
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
