"""What people say about themselves: names, language, password, consent."""

from datetime import datetime

from sqlalchemy import update

from app.accounts import letters, queries
from app.accounts.events import NamesConfirmed
from app.accounts.models import Consent, LinkPurpose, Person, PersonalLink
from app.accounts.rules import is_latin_name, is_name, tidy_latin_name, tidy_name
from app.accounts.services.sessions import end_sessions
from app.audit.services import record
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Invalid
from app.core.events import announce
from app.core.languages import LOCALES


def set_names(person: Person, name: str, latin_name: str) -> None:
    """Raises Invalid; names that change are no longer confirmed."""
    name, latin_name = tidy_name(name), tidy_latin_name(latin_name)
    if not is_name(name) or (latin_name and not is_latin_name(latin_name)):
        raise Invalid
    if (name, latin_name) != (person.name, person.latin_name):
        person.names_confirmed_at = None
    person.name, person.latin_name = name, latin_name


def update_profile(actor: Actor, *, name: str, latin_name: str, locale: str, time_zone: str) -> Person:
    """Change one's own names, language and time zone. Raises Invalid."""
    person = queries.get_person(actor.person_id)
    before = (person.name, person.latin_name)
    set_names(person, name, latin_name)
    if locale not in LOCALES:
        raise Invalid
    person.locale, person.time_zone = locale, time_zone
    if before != (person.name, person.latin_name):
        record(actor, "accounts.rename", person, before=list(before), after=[person.name, person.latin_name])
    return person


def confirm_names(actor: Actor, *, name: str, latin_name: str, now: datetime) -> Person:
    """One's own names exactly as certificates shall show them. Raises Invalid; both names are needed."""
    person = queries.get_person(actor.person_id)
    set_names(person, name, latin_name)
    if not person.latin_name:
        raise Invalid
    person.names_confirmed_at = now
    record(actor, "accounts.confirm_names", person, name=person.name, latin_name=person.latin_name)
    db.session.flush()
    announce(NamesConfirmed(person.id))
    return person


def record_consent(person: Person, version: str, locale: str, now: datetime) -> None:
    """Keep that the person agreed to this version of the privacy notice, read in this language."""
    db.session.add(Consent(person_id=person.id, version=version, locale=locale, created_at=now))
    person.privacy_version, person.privacy_consented_at = version, now
    db.session.flush()


def set_password(person: Person, password_hash: str) -> None:
    """Store a hash and void every open reset link."""
    person.password_hash = password_hash
    db.session.execute(
        update(PersonalLink)
        .where(
            PersonalLink.person_id == person.id,
            PersonalLink.purpose == LinkPurpose.RESET,
            PersonalLink.used_at.is_(None),
        )
        .values(expires_at=PersonalLink.created_at)
        .execution_options(synchronize_session=False)
    )


def change_password(actor: Actor, *, password_hash: str, now: datetime) -> None:
    """One's own new password; every other session ends."""
    person = queries.get_person(actor.person_id)
    set_password(person, password_hash)
    end_sessions(person.id, now, but=actor.session_id)
    record(actor, "accounts.change_password", person)
    letters.send_password_changed(person)
