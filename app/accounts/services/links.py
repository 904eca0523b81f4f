"""One-time links: made, mailed, redeemed once."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from app.accounts import letters, queries
from app.accounts.models import LinkPurpose, Person, PersonalLink, PersonState
from app.accounts.rules import INVITATION_LIFE, RESET_LIFE
from app.accounts.services.profile import record_consent, set_password
from app.accounts.services.sessions import account_of, clear_attempts, count_attempt, end_sessions
from app.audit.services import record
from app.core.access import Actor
from app.core.addresses import address_of
from app.core.database import db
from app.core.errors import Conflict, NotAllowed
from app.jobs import services as jobs

_LIVES = {LinkPurpose.INVITATION: INVITATION_LIFE, LinkPurpose.RESET: RESET_LIFE}
_PAGES = {LinkPurpose.INVITATION: "accounts.show_invitation", LinkPurpose.RESET: "accounts.show_reset"}
#: The worker's part of asking for a reset link.
RESET_JOB = "accounts.send_reset_link"
#: Letters with a link to one person and purpose in an hour.
_MOST_LETTERS = 3


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_link(person: Person, purpose: LinkPurpose, now: datetime) -> str:
    """The whole address of a new one-time link; older ones of the same purpose stop working."""
    return make_links([person], purpose, now)[0]


def make_links(people: Sequence[Person], purpose: LinkPurpose, now: datetime) -> list[str]:
    """As make_link, for many people in a few statements."""
    db.session.execute(
        update(PersonalLink)
        .where(
            PersonalLink.person_id.in_([person.id for person in people]),
            PersonalLink.purpose == purpose,
            PersonalLink.used_at.is_(None),
            PersonalLink.expires_at > now,
        )
        .values(expires_at=now)
        .execution_options(synchronize_session=False)
    )
    tokens = [secrets.token_urlsafe(24) for _ in people]
    db.session.add_all(
        PersonalLink(
            person_id=person.id,
            purpose=purpose,
            token_digest=digest_of(token),
            expires_at=now + _LIVES[purpose],
            created_at=now,
        )
        for person, token in zip(people, tokens, strict=True)
    )
    db.session.flush()
    return [address_of(_PAGES[purpose], token=token) for token in tokens]


def _redeem(token: str, purpose: LinkPurpose, now: datetime) -> Person:
    """Use a link up. Of several who try at once one wins; Conflict for the others and for ended links."""
    won = db.session.execute(
        update(PersonalLink)
        .where(
            PersonalLink.token_digest == digest_of(token),
            PersonalLink.purpose == purpose,
            PersonalLink.used_at.is_(None),
            PersonalLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(PersonalLink.person_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if won is None:
        raise Conflict(code="link_ended")
    return queries.get_person(won)


def _herself(person: Person) -> Actor:
    return Actor(person.id, person.name, organisation_id=person.organisation_id)


def accept_invitation(
    token: str, *, password_hash: str, privacy_version: str, locale: str, now: datetime
) -> Person:
    """An account begins: password, consent, active. Raises Conflict for an ended link, NotAllowed if suspended."""
    person = _redeem(token, LinkPurpose.INVITATION, now)
    if person.state is not PersonState.INVITED:
        raise NotAllowed
    person.state, person.locale = PersonState.ACTIVE, locale
    set_password(person, password_hash)
    record_consent(person, privacy_version, locale, now)
    record(_herself(person), "accounts.begin", person)
    return person


def reset_password(token: str, *, password_hash: str, now: datetime) -> Person:
    """A new password through a mailed link; every session ends. Raises as accept_invitation."""
    person = _redeem(token, LinkPurpose.RESET, now)
    if person.state is not PersonState.ACTIVE:
        raise NotAllowed
    set_password(person, password_hash)
    end_sessions(person.id, now)
    clear_attempts(account_of(person.id))
    record(_herself(person), "accounts.reset_password", person)
    letters.send_password_changed(person)
    return person


def ask_for_reset(email: str, address: str, now: datetime) -> None:
    """Somebody asks for a link to this e-mail address. What happens is the same whether it is known or not.

    Whether a letter goes out is decided by the worker, so that the time of the answer tells nothing either.
    Raises Throttled when the same is asked too often.
    """
    person = queries.find_person_by_email(email)
    count_attempt(account_of(None, f"reset:{email}"), address, now)
    jobs.enqueue(RESET_JOB, {"person_id": str(person.id) if person else None})


def send_reset_link(person_id: uuid.UUID, now: datetime) -> bool:
    """Mail a reset link, or a new invitation to somebody who has not begun; False when nothing was sent.

    Suspended people, people without an address and those who were just written to get nothing.
    """
    person = queries.find_person(person_id)
    if person is None or not person.email or person.state not in {PersonState.ACTIVE, PersonState.INVITED}:
        return False
    invited = person.state is PersonState.INVITED
    purpose = LinkPurpose.INVITATION if invited else LinkPurpose.RESET
    if queries.links_made_since(person_id, purpose, now, timedelta(hours=1)) >= _MOST_LETTERS:
        return False
    address = make_link(person, purpose, now)
    if invited:
        letters.send_invitation(person, person.organisation, address)
    else:
        letters.send_reset(person, address)
    return True
