"""What accounts add to the application: links, template filters, the note of a session's last use."""

import uuid
from typing import Any

from flask import Flask, Response, request, session
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError

from app.accounts import labels, own_data, policies, services
from app.accounts.identity import SEEN
from app.accounts.passwords import make_passwords
from app.accounts.portrait import portrait
from app.accounts.rules import SEEN_EVERY
from app.core import clock, navigation
from app.core.access import SAFE_METHODS
from app.core.database import release, transaction
from app.core.navigation import Area


def _register_links() -> None:
    navigation.register(
        _l("People"), "accounts.list_people", order=80, roles=set(policies.STAFF), area=Area.PEOPLE
    )
    navigation.register(_l("Profile"), "accounts.profile", order=10, place="account")
    navigation.register(_l("Names for certificates"), "accounts.names", order=20, place="account")
    navigation.register(_l("Password"), "accounts.password", order=30, place="account")
    navigation.register(_l("Signed-in devices"), "accounts.devices", order=40, place="account")
    navigation.register(_l("My data"), "accounts.data", order=50, place="account")
    navigation.register(_l("Sign out"), "accounts.sign_out", order=100, place="account", post=True)
    navigation.register(_l("Privacy notice"), "accounts.show_privacy", order=10, place="footer")


def _note_seen(response: Response) -> Response:
    """After a request that may write: now and then, note in a short write of its own that the session lives."""
    user_id = session.get("_user_id")
    if request.method in SAFE_METHODS or not user_id or response.is_streamed:
        return response
    now = clock.now()
    if now.timestamp() - session.get(SEEN, 0) < SEEN_EVERY.total_seconds():
        return response
    try:
        release()
        with transaction():
            services.note_seen(uuid.UUID(user_id), now)
    except OperationalError:  # a busy database: the next request notes it
        return response
    session[SEEN] = int(now.timestamp())
    return response


def init_app(app: Flask) -> None:
    settings: Any = app.extensions["academy.settings"]
    app.extensions["academy.passwords"] = make_passwords(settings)
    app.jinja_env.filters.update(
        role_name=labels.role_name, deed_name=labels.deed_name, account_state=labels.state_of
    )
    app.after_request(_note_seen)
    own_data.register("account", portrait)
    _register_links()
