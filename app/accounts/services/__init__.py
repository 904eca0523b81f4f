"""The verbs of accounts. They run inside ``transaction()`` and never hash: hashing is slow and comes before."""

from app.accounts.letters import write_to
from app.accounts.services.links import (
    RESET_JOB,
    accept_invitation,
    ask_for_reset,
    digest_of,
    reset_password,
    send_reset_link,
)
from app.accounts.services.people import (
    NotTheSame,
    create_administrator,
    ensure_roster_people,
    ensure_roster_person,
    invite_person,
    make_link_for,
    register_with_join,
)
from app.accounts.services.profile import change_password, confirm_names, record_consent, update_profile
from app.accounts.services.roles import end_role, grant_role, restore_person, suspend_person
from app.accounts.services.sessions import (
    Throttled,
    account_of,
    begin_session,
    clear_attempts,
    count_attempt,
    end_everybodys_sessions,
    end_session,
    end_sessions,
    end_sessions_of,
    forget_old_traces,
    note_seen,
)

__all__ = [
    "RESET_JOB",
    "NotTheSame",
    "Throttled",
    "accept_invitation",
    "account_of",
    "ask_for_reset",
    "begin_session",
    "change_password",
    "clear_attempts",
    "confirm_names",
    "count_attempt",
    "create_administrator",
    "digest_of",
    "end_everybodys_sessions",
    "end_role",
    "end_session",
    "end_sessions",
    "end_sessions_of",
    "ensure_roster_people",
    "ensure_roster_person",
    "forget_old_traces",
    "grant_role",
    "invite_person",
    "make_link_for",
    "note_seen",
    "record_consent",
    "register_with_join",
    "reset_password",
    "restore_person",
    "send_reset_link",
    "suspend_person",
    "update_profile",
    "write_to",
]
