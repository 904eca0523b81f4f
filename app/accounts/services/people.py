"""How accounts come to be: invitation, roster, join code."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.accounts import letters, policies, queries
from app.accounts.models import LinkPurpose, Person, PersonState
from app.accounts.rules import is_latin_name, is_name, tidy_email, tidy_latin_name, tidy_name
from app.accounts.services.links import make_link, make_links
from app.accounts.services.profile import record_consent
from app.accounts.services.roles import give_role, give_role_to_all
from app.audit.services import record
from app.core.access import Actor, Role
from app.core.database import add_unless_taken, db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.organisations.queries import get_organisation_by_id


class NotTheSame(Conflict):
    """A number or an address that belongs to an account under another name; ``field`` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(code=f"{field}_taken")
        self.field = field


def _draft(
    organisation_id: uuid.UUID, email: str | None, name: str, latin_name: str, student_number: str | None
) -> Person:
    """An invited person, not yet added. Raises Invalid for a bad name."""
    name, latin_name = tidy_name(name), tidy_latin_name(latin_name)
    if not is_name(name) or (latin_name and not is_latin_name(latin_name)):
        raise Invalid
    return Person(
        organisation_id=organisation_id,
        email=tidy_email(email) if email else None,
        name=name,
        latin_name=latin_name,
        student_number=student_number.strip() if student_number else None,
        state=PersonState.INVITED,
    )


def _new_person(
    organisation_id: uuid.UUID, email: str | None, name: str, latin_name: str, student_number: str | None
) -> Person:
    person = _draft(organisation_id, email, name, latin_name, student_number)
    if not add_unless_taken(person):
        taken = email and queries.find_person_by_email(email)
        raise NotTheSame("email" if taken else "student_number")
    return person


def _find(organisation_id: uuid.UUID, email: str | None, name: str, student_number: str | None) -> Person | None:
    """The person behind a number or an address. Raises NotTheSame when the names or the two differ."""
    key = queries.RosterKey(name, student_number.strip() if student_number else None, email)
    [(found, clash)] = queries.roster_matches(organisation_id, [key])
    if clash is not None:
        raise NotTheSame(clash)
    return found


def _complete(
    person: Person,
    organisation_id: uuid.UUID,
    *,
    email: str | None,
    latin_name: str,
    student_number: str | None,
) -> bool:
    """Fill in what the account lacks, never replacing what its owner has; True when it gained its address."""
    if person.organisation_id is None:
        person.organisation_id = organisation_id
    if student_number and person.organisation_id == organisation_id and person.student_number is None:
        person.student_number = student_number.strip()
    if latin_name and not person.latin_name and is_latin_name(tidy_latin_name(latin_name)):
        person.latin_name = tidy_latin_name(latin_name)
    if email and person.email is None:
        person.email = tidy_email(email)
        return True
    return False


def _invite(person: Person, now: datetime) -> None:
    address = make_link(person, LinkPurpose.INVITATION, now)
    organisation = get_organisation_by_id(person.organisation_id) if person.organisation_id else None
    letters.send_invitation(person, organisation, address)


def invite_person(
    actor: Actor | None,
    *,
    organisation_id: uuid.UUID,
    email: str,
    name: str,
    latin_name: str = "",
    student_number: str | None = None,
    roles: Sequence[Role] = (Role.TRAINEE,),
    now: datetime,
) -> Person:
    """Open an account (or find the one of the same name and address), give the roles, mail the link.

    ``actor`` None is the operator at the command line. Raises NotAllowed, Invalid for a bad name, NotTheSame
    when address or number belong to somebody else.
    """
    if actor is not None and not policies.can_invite(actor, organisation_id, roles):
        raise NotAllowed
    person = _find(organisation_id, email, name, student_number)
    if person is None:
        person = _new_person(organisation_id, email, name, latin_name, student_number)
        record(actor, "accounts.invite", person, organisation=str(organisation_id))
    else:
        _complete(person, organisation_id, email=email, latin_name=latin_name, student_number=student_number)
    for role in roles:
        give_role(actor, person.id, organisation_id, role, now)
    if person.state is PersonState.INVITED:
        _invite(person, now)
    return person


def ensure_roster_person(
    actor: Actor,
    *,
    organisation_id: uuid.UUID,
    student_number: str | None,
    name: str,
    latin_name: str = "",
    email: str | None,
    now: datetime,
) -> tuple[Person, bool]:
    """The person of a roster's row, and whether her account is new; see ensure_roster_people."""
    key = queries.RosterKey(name, student_number, email, latin_name)
    return ensure_roster_people(actor, organisation_id=organisation_id, keys=[key], now=now)[0]


def ensure_roster_people(
    actor: Actor, *, organisation_id: uuid.UUID, keys: Sequence[queries.RosterKey], now: datetime
) -> list[tuple[Person, bool]]:
    """The people of a roster's rows, and whether their accounts are new; from now on they study there.

    Found by number at the organisation or by address, if the name agrees; else opened, with an invitation when
    there is an address. A few statements, however many rows. Raises NotAllowed, Invalid (a name, or neither number
    nor address), NotTheSame; then nothing was done.
    """
    if not policies.can_invite(actor, organisation_id, (Role.TRAINEE,)):
        raise NotAllowed
    people, invited = [], []
    for key, (known, clash) in zip(keys, queries.roster_matches(organisation_id, keys), strict=True):
        if clash is not None:
            raise NotTheSame(clash)
        if not key.email and not key.student_number:
            raise Invalid
        person = known or _draft(organisation_id, key.email, key.name, key.latin_name, key.student_number)
        gained_address = known is None and bool(key.email)
        if known is not None:
            gained_address = _complete(
                known,
                organisation_id,
                email=key.email,
                latin_name=key.latin_name,
                student_number=key.student_number,
            )
        people.append((person, known is None))
        if gained_address and person.state is PersonState.INVITED:
            invited.append(person)
    _add_all([person for person, is_new in people if is_new])
    for person, is_new in people:
        if is_new:
            record(actor, "accounts.roster", person, organisation=str(organisation_id))
    give_role_to_all(actor, [person.id for person, _ in people], organisation_id, Role.TRAINEE, now)
    addresses = make_links(invited, LinkPurpose.INVITATION, now)
    organisation = get_organisation_by_id(organisation_id)
    letters.send_invitations(list(zip(invited, addresses, strict=True)), organisation)
    return people


def _add_all(drafts: Sequence[Person]) -> None:
    db.session.add_all(drafts)
    try:
        db.session.flush()
    except IntegrityError:  # two rows are one person, or somebody was quicker
        raise NotTheSame("email" if any(draft.email for draft in drafts) else "student_number") from None


def register_with_join(
    *,
    organisation_id: uuid.UUID,
    name: str,
    latin_name: str,
    email: str,
    password_hash: str,
    privacy_version: str,
    locale: str,
    now: datetime,
    student_number: str | None = None,
) -> Person:
    """An account through a join code: active at once, trainee at the organisation.

    The caller has checked the code. Raises Invalid, NotTheSame when the address or the number has an account
    already: its owner signs in and joins.
    """
    person = _new_person(organisation_id, email, name, latin_name, student_number)
    person.state, person.password_hash, person.locale = PersonState.ACTIVE, password_hash, locale
    record_consent(person, privacy_version, locale, now)
    herself = Actor(person.id, person.name, organisation_id=organisation_id)
    record(herself, "accounts.join", person, organisation=str(organisation_id))
    give_role(herself, person.id, organisation_id, Role.TRAINEE, now)
    letters.send_welcome(person)
    return person


def create_administrator(
    *, email: str, name: str, organisation_id: uuid.UUID, password_hash: str | None, now: datetime
) -> str | None:
    """The operator's way in: an administrator with a password, or with a one-time link that is returned.

    An account that already has a password keeps it. Raises Invalid, NotTheSame.
    """
    person = _find(organisation_id, email, name, None)
    if person is None:
        person = _new_person(organisation_id, email, name, "", None)
        record(None, "accounts.invite", person, organisation=str(organisation_id))
    give_role(None, person.id, organisation_id, Role.ADMINISTRATOR, now)
    if person.state is not PersonState.INVITED:
        return None
    if password_hash is None:
        return make_link(person, LinkPurpose.INVITATION, now)
    person.password_hash, person.state = password_hash, PersonState.ACTIVE
    return None


def make_link_for(actor: Actor | None, person: Person, now: datetime) -> str | None:
    """Help somebody who cannot get in: mails a set-password link, or returns it when there is no address.

    Raises NotAllowed (see policies.can_send_link) and Conflict for suspended people.
    """
    held = queries.grants_of([person.id]).get(person.id, [])
    is_staff = any(grant.role is not Role.TRAINEE for grant in held)
    if actor is not None and not policies.can_send_link(actor, person, is_staff=is_staff):
        raise NotAllowed
    if person.state not in {PersonState.INVITED, PersonState.ACTIVE}:
        raise Conflict(code="suspended")
    invited = person.state is PersonState.INVITED
    address = make_link(person, LinkPurpose.INVITATION if invited else LinkPurpose.RESET, now)
    record(actor, "accounts.send_link", person)
    if not person.email:
        return address
    organisation = get_organisation_by_id(person.organisation_id) if person.organisation_id else None
    if invited:
        letters.send_invitation(person, organisation, address)
    else:
        letters.send_reset(person, address)
    return None
