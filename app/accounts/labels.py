"""Roles, states and deeds in words."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.accounts.models import PersonState
from app.core.access import Role

ROLES: Final[dict[Role, Any]] = {
    Role.TRAINEE: _l("Trainee"),
    Role.INSTRUCTOR: _l("Instructor"),
    Role.CERTIFIER: _l("Certifier"),
    Role.REGISTRAR: _l("Registrar"),
    Role.ADMINISTRATOR: _l("Administrator"),
}

STATES: Final[dict[PersonState, tuple[Any, str]]] = {
    PersonState.INVITED: (_l("Invited, not begun"), "attention"),
    PersonState.ACTIVE: (_l("Active account"), "ok"),
    PersonState.SUSPENDED: (_l("Account suspended"), "danger"),
    PersonState.ERASED: (_l("Erased"), "neutral"),
}

DEEDS: Final[dict[str, Any]] = {
    "accounts.begin": _l("Began the account and chose a password"),
    "accounts.change_password": _l("Changed the password"),
    "accounts.confirm_names": _l("Confirmed the names for certificates"),
    "accounts.end_role": _l("Ended a role"),
    "accounts.end_sessions": _l("Ended all sessions"),
    "accounts.grant_role": _l("Granted a role"),
    "accounts.invite": _l("Invited"),
    "accounts.join": _l("Opened an account with a join code"),
    "accounts.rename": _l("Changed the names"),
    "accounts.reset_password": _l("Chose a new password by mailed link"),
    "accounts.restore": _l("Restored the account"),
    "accounts.roster": _l("Opened an account from a roster"),
    "accounts.send_link": _l("Sent a set-password link"),
    "accounts.suspend": _l("Suspended the account"),
}


def role_name(role: str) -> Any:
    return ROLES.get(Role(role), role)


def deed_name(action: str) -> Any:
    """A deed in words; the code itself when no words are known."""
    return DEEDS.get(action, action)


def state_of(person: Any) -> tuple[Any, str]:
    """A person's state in words, and the kind of status mark."""
    return STATES[person.state]
