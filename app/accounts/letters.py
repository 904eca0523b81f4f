"""Letters: how everybody is written to, and those that accounts send (invitations in both languages)."""

from collections.abc import Callable, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from app.accounts.models import Person
from app.accounts.rules import INVITATION_LIFE
from app.core.languages import LOCALES, tr
from app.mail.models import OutgoingMail
from app.mail.services import queue_mail, queue_mails
from app.organisations.models import Organisation

#: Subject and body, in the language of the moment.
Words = Callable[[], tuple[str, str]]


def write_to(person: Person, words: Words) -> None:
    """Write to somebody in her language; nothing happens when she has no address."""
    with force_locale(person.locale):
        subject, body = words()
    _send(person, subject, body)


def _send(person: Person, subject: str, body: str) -> None:
    if person.email:
        queue_mail(person.email, subject, body, person_id=person.id)


def _in_both(write: Words) -> tuple[str, str]:
    """A letter to somebody whose language is not known yet: Chinese, then English."""
    letters = []
    for locale in LOCALES:
        with force_locale(locale):
            letters.append(write())
    return " / ".join(subject for subject, _body in letters), "\n\n----\n\n".join(body for _s, body in letters)


def send_invitations(people: Sequence[tuple[Person, str]], organisation: Organisation | None) -> None:
    """To each the one-time link with which her account begins."""
    mails = []
    for person, address in people:
        if person.email:
            subject, body = _invitation(person, organisation, address)
            mails.append(
                OutgoingMail(
                    recipient=person.email, subject=subject, body=body, person_id=person.id, attachments=[]
                )
            )
    queue_mails(mails)


def send_invitation(person: Person, organisation: Organisation | None, address: str) -> None:
    """The one-time link with which an account begins."""
    send_invitations([(person, address)], organisation)


def _invitation(person: Person, organisation: Organisation | None, address: str) -> tuple[str, str]:
    def write() -> tuple[str, str]:
        subject = _("Your account at the Overseas IP Academy")
        lines = [_("%(name)s, hello.", name=person.name)]
        if organisation is not None:
            lines.append(_("%(organisation)s has opened an account for you.", organisation=tr(organisation.name)))
        lines += [
            _("Open this address to choose a password and begin:"),
            address,
            _(
                "The link works once, within %(days)s days. Then ask for a new one on the sign-in page.",
                days=INVITATION_LIFE.days,
            ),
            _("If you did not expect this letter, you need not do anything."),
        ]
        return subject, "\n\n".join(lines)

    return _in_both(write)


def send_reset(person: Person, address: str) -> None:
    """The one-time link to a new password."""

    def words() -> tuple[str, str]:
        return _("Choose a new password"), "\n\n".join(
            (
                _("%(name)s, hello.", name=person.name),
                _("Somebody, probably you, asked for a new password for your account. Open this address:"),
                address,
                _("The link works once, within one hour. Until you use it your old password stays valid."),
                _("If it was not you, you need not do anything."),
            )
        )

    write_to(person, words)


def send_password_changed(person: Person) -> None:
    """Tells the owner that the password is another one now."""

    def words() -> tuple[str, str]:
        return _("Your password was changed"), "\n\n".join(
            (
                _("%(name)s, hello.", name=person.name),
                _("The password of your account was changed, and your other devices were signed out."),
                _("If it was not you, choose a new password at once on the sign-in page: “Forgotten password”."),
            )
        )

    write_to(person, words)


def send_welcome(person: Person) -> None:
    """After joining by code: tells the owner of the address that an account was made with it."""

    def write() -> tuple[str, str]:
        return _("Your account at the Overseas IP Academy"), "\n\n".join(
            (
                _("%(name)s, hello.", name=person.name),
                _("An account was opened with this e-mail address and a join code."),
                _("If it was not you, choose “Forgotten password” when signing in: the account is then yours."),
            )
        )

    _send(person, *_in_both(write))
