"""Factories of accounts: actors as the loader makes them, passwords, links out of letters."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts import services
from app.accounts.identity import load_actor
from app.accounts.models import Person
from app.accounts.passwords import current_passwords
from app.accounts.privacy import CURRENT
from app.core import clock
from app.core.access import Actor
from app.core.database import db, release, transaction
from app.jobs.services import run_due_jobs
from app.mail.models import OutgoingMail
from tests.support.cast import make_login

PASSWORD = "correct horse battery"


def actor_of(person: Person) -> Actor:
    """The person as services see her in a request: with the roles she holds now."""
    release()
    actor = load_actor(make_login(person).id, clock.now())
    release()
    assert actor is not None, f"{person.name} cannot act: {person.state}"
    return actor


def give_password(person: Person, password: str = PASSWORD, *, consent: bool = True) -> None:
    """Let a person sign in with a password; with consent to the present notice unless said otherwise."""
    hashed = current_passwords().hash(password)
    with transaction() as session:
        row = session.merge(person)
        row.password_hash = hashed
        if consent:
            services.record_consent(row, CURRENT, "zh_Hans", clock.now())


@dataclass(frozen=True)
class Letter:
    """What somebody reads in her mailbox."""

    subject: str
    body: str


def letters_to(email: str) -> list[Letter]:
    """What was written to an address, oldest first."""
    rows = db.session.execute(
        select(OutgoingMail.subject, OutgoingMail.body)
        .where(OutgoingMail.recipient == email)
        .order_by(OutgoingMail.id)
    ).all()
    release()
    return [Letter(*row) for row in rows]


def link_in(letter: Letter) -> str:
    """The path of the first of our addresses in a letter."""
    found = re.search(r"https://academy\.example(/\S+)", letter.body)
    assert found, letter.body
    return found[1]


def do_jobs() -> None:
    """Run what is due, as the worker would; letters stay in the outbox."""
    run_due_jobs()
