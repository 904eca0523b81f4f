"""From the session cookie to the actor: flask-login's loader, in one statement."""

import uuid
from datetime import datetime
from typing import Any, Final

from flask import Flask, g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import and_, bindparam, select

from app.accounts.models import LoginSession, Person, PersonState, RoleGrant
from app.accounts.rules import SESSION_LIFE
from app.core import clock
from app.core.access import Actor, Grant
from app.core.database import db
from app.organisations.models import Organisation, OrganisationKind

manager = LoginManager()

#: In the cookie: when the session's last use was written down, in seconds since 1970.
SEEN = "seen"


_people: Any = Person.__table__
_grants: Any = RoleGrant.__table__
_logins: Any = LoginSession.__table__
_places: Any = Organisation.__table__
#: Every page asks this: built once, and Core, which costs a third of the same select through the ORM.
_WHO: Final = (
    select(
        _people.c.id,
        _people.c.name,
        _people.c.locale,
        _people.c.time_zone,
        _people.c.organisation_id,
        _grants.c.role,
        _grants.c.organisation_id.label("at"),
        _places.c.kind,
    )
    .select_from(_people)
    .join(_logins, _logins.c.person_id == _people.c.id)
    .outerjoin(_grants, and_(_grants.c.person_id == _people.c.id, _grants.c.ended_at.is_(None)))
    .outerjoin(_places, _places.c.id == _grants.c.organisation_id)
    .where(
        _logins.c.id == bindparam("login"),
        _logins.c.ended_at.is_(None),
        _logins.c.expires_at > bindparam("now"),
        _people.c.state == PersonState.ACTIVE,
    )
)


class SignedIn:
    """What flask-login carries: the actor, identified by the session's id and not the person's."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        return str(self.actor.session_id)


def load_actor(session_id: uuid.UUID, now: datetime) -> Actor | None:
    """The person behind a live session with her present roles; None when ended, expired or suspended."""
    rows = db.session.connection().execute(_WHO, {"login": session_id, "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    return Actor(
        person_id=first.id,
        name=first.name,
        locale=first.locale,
        time_zone=first.time_zone,
        organisation_id=first.organisation_id,
        session_id=session_id,
        grants=frozenset(
            Grant(row.role, row.at, row.kind is OrganisationKind.AUTHORITY) for row in rows if row.role
        ),
    )


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(user_id: str) -> SignedIn | None:
    try:
        session_id = uuid.UUID(user_id)
    except ValueError:
        return None
    actor = load_actor(session_id, clock.now())
    return SignedIn(actor) if actor else None


def claimed_session() -> uuid.UUID | None:
    """The session that the cookie names, whether it lives or not: for views with a check of their own."""
    try:
        return uuid.UUID(session.get("_user_id", ""))
    except ValueError:
        return None


def actor_of_request() -> Actor | None:
    """The one typed way to flask-login's current user."""
    user: Any = current_user
    return user.actor if user and user.is_authenticated else None


def sign_in_browser(login: LoginSession, now: datetime) -> Actor | None:
    """Give this browser a new cookie for the session; nothing of an earlier person stays in it."""
    actor = load_actor(login.id, now)
    session.clear()
    g.pop("actor", None)
    if actor is None:
        return None
    login_user(SignedIn(actor))
    session.permanent = login.expires_at - now > SESSION_LIFE
    session[SEEN] = int(now.timestamp())
    g.actor = actor
    return actor


def browser() -> dict[str, str]:
    """What is noted about the browser that signs in: ``begin_session(…, **browser())``."""
    return {"agent": request.user_agent.string, "address": request.remote_addr or ""}


def sign_out_browser() -> None:
    """Forget everything in this browser's cookie."""
    logout_user()
    session.clear()
    g.pop("actor", None)


def init_identity(app: Flask) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="academy",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    manager.session_protection = None  # phones change networks; sessions are listed and ended instead
    manager.init_app(app)
