"""What somebody posted while signed out is not lost: it is carried through the sign-in, sealed, for her alone.

A form that asks for this says whose it is (``owner_of``), signed: a form made elsewhere cannot have its fields
saved by whoever signs in next. Its view says, by ``carried``, what saves them. Between the two they stand in the
page that asks for the password, encrypted: on a shared computer nobody reads them there, or changes them.
"""

import base64
import hmac
import json
import uuid
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Flask, current_app, request
from werkzeug.datastructures import MultiDict

from app.core import clock

#: The fields that name a form's owner, and hold what is carried.
OWNER: Final = "owner"
CARRIED: Final = "carried"
#: How long a page may wait for the password: a long examination's day.
LIFE: Final = timedelta(hours=12)
#: Characters of what is carried; a form of half a megabyte is refused altogether. Texts shrink to a fraction.
MOST: Final = 400_000
_EXTENSION: Final = "academy.carrying"
_PAGE: Final = "academy.carried_page"
_AGAIN: Final = "accounts.sign_in_again"
_OURS: Final = frozenset({OWNER, CARRIED, "csrf_token"})

View = TypeVar("View", bound=Callable[..., object])
Fields = MultiDict[str, str]
#: Called with the posted fields and the arguments of the address; the person is signed in by then.
Resume = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """A posted form that waits for its owner."""

    person_id: uuid.UUID
    path: str
    fields: list[tuple[str, str]]
    #: Did a file come with it? Files are not carried.
    had_file: bool = False


@dataclass(frozen=True, slots=True)
class Saving:
    """How a view's form is saved after all."""

    resume: Resume
    #: The argument of the view's address that the form is about.
    of: str


def carried(resume: Resume, *, of: str) -> Callable[[View], View]:
    """Mark a view whose posted form is carried; ``resume`` does with its fields what the view would."""

    def mark(view: View) -> View:
        view.__saving__ = Saving(resume, of)  # type: ignore[attr-defined]
        return view

    return mark


class Keys:
    """Sign owners and seal what is carried; verify and open with retired secrets, too."""

    def __init__(self, secrets: Sequence[str]) -> None:
        def derive(purpose: bytes) -> list[bytes]:
            return [hmac.digest(secret.encode(), b"carrying/1/" + purpose, "sha256") for secret in secrets]

        self._signing = derive(b"owner")
        self._sealing = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derive(b"fields")])

    def sign(self, person_id: uuid.UUID, subject: object) -> str:
        """What a form on this subject says of whose it is."""
        return f"{person_id}.{_signature(self._signing[0], person_id, subject)}"

    def verify(self, owner: str, subject: object) -> uuid.UUID | None:
        """The person whom a form on this subject was made for; None when no page of ours said so."""
        person, _, signature = owner.partition(".")
        try:
            person_id = uuid.UUID(person)
        except ValueError:
            return None
        known = (_signature(key, person_id, subject).encode() for key in self._signing)
        return person_id if any(hmac.compare_digest(each, signature.encode()) for each in known) else None

    def seal(self, what: Carried) -> str:
        text = json.dumps([str(what.person_id), what.path, what.fields, what.had_file], separators=(",", ":"))
        return self._sealing.encrypt_at_time(zlib.compress(text.encode()), _seconds()).decode()

    def open(self, sealed: str) -> Carried | None:
        """None for what we did not seal, or too long ago."""
        try:
            data = self._sealing.decrypt_at_time(sealed.encode(), int(LIFE.total_seconds()), _seconds())
        except InvalidToken:
            return None
        person, path, fields, had_file = json.loads(zlib.decompress(data))
        return Carried(uuid.UUID(person), path, [(name, value) for name, value in fields], had_file)


def _signature(key: bytes, person_id: uuid.UUID, subject: object) -> str:
    return hmac.digest(key, f"{person_id}:{subject}".encode(), "sha256").hex()


def _seconds() -> int:
    return int(clock.now().timestamp())


def keys() -> Keys:
    """The running application's."""
    found: Keys = current_app.extensions[_EXTENSION]
    return found


def of_request() -> Carried | None:
    """What this request posted and its sender may not save now; None where nothing is carried."""
    if request.endpoint == _AGAIN:
        return keys().open(request.form.get(CARRIED, ""))
    saving = _saving(request.endpoint)
    if saving is None:
        return None
    owner = keys().verify(request.form.get(OWNER, ""), (request.view_args or {})[saving.of])
    if owner is None:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OURS]
    return Carried(owner, request.path, fields, any(file.filename for file in request.files.values()))


def page() -> Any | None:
    """Asks for the password and carries what was posted; None where that cannot be."""
    what = of_request()
    if what is None or len(keys().seal(what)) > MOST:
        return None
    return current_app.extensions[_PAGE](what)


def resume(what: Carried) -> Any:
    """Do with the fields what their view would have done; she has signed in."""
    endpoint, arguments = current_app.url_map.bind("").match(what.path, method="POST")
    saving = _saving(endpoint)
    if saving is None:
        raise LookupError(f"{endpoint} carries nothing")
    return saving.resume(MultiDict(what.fields), **arguments)


def _saving(endpoint: str | None) -> Saving | None:
    return getattr(current_app.view_functions.get(endpoint or ""), "__saving__", None)


def show_with(app: Flask, ask: Callable[[Carried], Any]) -> None:
    """Say what page asks for the password: given what is carried."""
    app.extensions[_PAGE] = ask


def init_carrying(app: Flask) -> None:
    app.extensions[_EXTENSION] = made = Keys([app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"]])
    app.jinja_env.globals["owner_of"] = made.sign
