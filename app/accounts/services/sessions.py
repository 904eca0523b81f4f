"""Signing in at a bearable pace, and the sessions that come of it."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from app.accounts import policies, queries
from app.accounts.models import LoginSession, Person, PersonalLink, PersonState, SignInFailure
from app.accounts.rules import (
    ACCOUNT_PACE,
    ADDRESS_PACE,
    KEPT_SESSION_LIFE,
    SEEN_EVERY,
    SESSION_LIFE,
    Pace,
    describe_agent,
)
from app.audit.services import record
from app.core.access import Actor
from app.core.database import db, serialise
from app.core.errors import NotAllowed, NotFound, TooMany


class Throttled(TooMany):
    """Too many unsuccessful tries; the next one is allowed at ``opens_at``."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(code="throttled")
        self.opens_at = opens_at


def count_attempt(account: str, address: str, now: datetime) -> None:
    """Count a try before it is checked, so that tries sent at the same moment cannot slip through together.

    ``account`` names what is tried (known or not). Raises Throttled; a refused try is not counted, so that the
    promised moment stays true.
    """
    serialise(f"sign-in:{account}")

    def opens_at(pace: Pace, **of: str) -> datetime | None:
        failures = queries.recent_failures(since=now - pace.window, limit=pace.tries, **of)
        return pace.opens_at(failures, now)

    moment = opens_at(ACCOUNT_PACE, account=account) or opens_at(ADDRESS_PACE, address=address)
    if moment is not None:
        raise Throttled(moment)
    db.session.add(SignInFailure(account=account, address=address, at=now))
    db.session.flush()


def clear_attempts(account: str) -> None:
    """Forget the unsuccessful tries of an account: somebody proved to be its owner."""
    db.session.execute(
        delete(SignInFailure).where(SignInFailure.account == account).execution_options(synchronize_session=False)
    )


def account_of(person_id: uuid.UUID | None, typed: str = "") -> str:
    """What tries are counted against: the person however she is named, or what was typed."""
    return f"person:{person_id}" if person_id else f"typed:{typed.casefold()[:200]}"


def begin_session(
    person_id: uuid.UUID,
    *,
    agent: str,
    address: str,
    keep: bool,
    now: datetime,
    password_hash: str | None = None,
) -> LoginSession:
    """Sign a person in on one browser; ``keep`` for a device of her own; a fresher hash is stored.

    Raises NotAllowed for people who are not active.
    """
    person = db.session.get(Person, person_id, populate_existing=True)
    if person is None or person.state is not PersonState.ACTIVE:
        raise NotAllowed
    if password_hash is not None:
        person.password_hash = password_hash
    clear_attempts(account_of(person_id))
    session = LoginSession(
        person_id=person_id,
        last_seen_at=now,
        expires_at=now + (KEPT_SESSION_LIFE if keep else SESSION_LIFE),
        agent=describe_agent(agent),
        address=address,
    )
    db.session.add(session)
    db.session.flush()
    return session


def note_seen(session_id: uuid.UUID, now: datetime) -> None:
    """Write down that a session is in use (at most every few minutes) and give it its full life again.

    One that has ended or expired stays so.
    """
    session = db.session.get(LoginSession, session_id)
    if session is None or session.ended_at is not None or session.expires_at <= now:
        return
    if session.last_seen_at > now - SEEN_EVERY:
        return
    life = KEPT_SESSION_LIFE if session.expires_at - session.last_seen_at > SESSION_LIFE else SESSION_LIFE
    session.last_seen_at, session.expires_at = now, now + life


def end_session(actor: Actor, session_id: uuid.UUID, now: datetime) -> None:
    """End one of one's own sessions; an ended one stays ended. Raises NotFound for another person's."""
    session = db.session.get(LoginSession, session_id)
    if session is None or session.person_id != actor.person_id:
        raise NotFound
    if session.ended_at is None:
        session.ended_at = now


def end_sessions(person_id: uuid.UUID, now: datetime, *, but: uuid.UUID | None = None) -> int:
    """End all sessions of a person, but for one; how many ended."""
    statement = update(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    if but is not None:
        statement = statement.where(LoginSession.id != but)
    ended = db.session.execute(
        statement.values(ended_at=now).returning(LoginSession.id).execution_options(synchronize_session=False)
    )
    return len(ended.all())


def end_sessions_of(actor: Actor, person_id: uuid.UUID, now: datetime) -> int:
    """Sign somebody out everywhere, by an administrator of her organisation. Raises NotFound, NotAllowed."""
    person = queries.get_person_for(actor, person_id)
    if not policies.can_administer_at(actor, person.organisation_id):
        raise NotAllowed
    record(actor, "accounts.end_sessions", person)
    return end_sessions(person_id, now)


def end_everybodys_sessions(now: datetime) -> int:
    """Sign everybody out (an operator's answer to a leak); how many sessions ended."""
    ended = db.session.execute(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None))
        .values(ended_at=now)
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    )
    count = len(ended.all())
    record(None, "accounts.end_all_sessions", "everybody", subject_type="Person", count=count)
    return count


def forget_old_traces(now: datetime) -> None:
    """Delete what has no more use: tries after a day, links and sessions 90 days after their end."""
    day, quarter = now - timedelta(days=1), now - timedelta(days=90)
    for statement in (
        delete(SignInFailure).where(SignInFailure.at < day),
        delete(PersonalLink).where(PersonalLink.expires_at < quarter),
        delete(LoginSession).where(LoginSession.expires_at < quarter),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
