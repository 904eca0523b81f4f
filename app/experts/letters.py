"""What experts are told by mail, in their language. (The letter of appointment itself is mailed with its file.)"""

from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.services import write_to


def tell_returned(person: Person, reason: str) -> None:
    """The formal check found something missing."""
    write_to(
        person,
        lambda: (
            _("Your application to the expert pool needs completing"),
            _(
                "%(name)s,\n\nyour application was returned to you for completion:\n\n%(reason)s\n\n"
                "Complete it and submit it again; everything you entered has been kept.\n",
                name=person.name,
                reason=reason,
            ),
        ),
    )


def tell_rejected(person: Person, reason: str) -> None:
    """The decision was against her."""
    write_to(
        person,
        lambda: (
            _("The decision on your application to the expert pool"),
            _(
                "%(name)s,\n\nyour application to the expert pool was not approved. The reason given:\n\n"
                "%(reason)s\n\nYou may apply again.\n",
                name=person.name,
                reason=reason,
            ),
        ),
    )


def tell_ended(person: Person, reason: str) -> None:
    """Her appointment ended before its term."""
    write_to(
        person,
        lambda: (
            _("Your appointment to the expert pool has ended"),
            _(
                "%(name)s,\n\nyour appointment to the expert pool has ended. The reason given:\n\n%(reason)s\n",
                name=person.name,
                reason=reason,
            ),
        ),
    )
