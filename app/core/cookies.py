"""Signed cookies and form tokens: a process checks each signature once, and then knows it.

A signature that was right stays right, so what it covers is kept by the signed text itself. Age, session and
origin are looked at in every request; a key that was thrown away goes with the process.
"""

import copy
import hmac
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, generate_csrf, same_origin
from itsdangerous import BadSignature, URLSafeTimedSerializer

#: Cookies and tokens that a process remembers: a large examination's browsers.
KEPT: Final = 8_192


class Sessions(SecureCookieSessionInterface):
    """Flask's signed session cookie, the same on the wire."""

    def __init__(self, app: Flask) -> None:
        serializer: Any = super().get_signing_serializer(app)
        self._serializer: URLSafeTimedSerializer = serializer
        #: The clock that signs is the clock that tells the age.
        self._signer: Any = serializer.make_signer()
        self._read: Callable[[str], Any] = lru_cache(KEPT)(self._read_signed)

    def _read_signed(self, value: str) -> tuple[dict[str, Any], float]:
        """Content and moment of signing. Raises BadSignature, which is not kept."""
        content, signed_at = self._serializer.loads(value, return_timestamp=True)
        return content, signed_at.timestamp()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        value = request.cookies.get(self.get_cookie_name(app))
        if not value:
            return self.session_class()
        try:
            content, signed_at = self._read(value)
        except BadSignature:
            return self.session_class()
        # One from the future was signed before this machine's clock stepped back, or by one that is ahead.
        if self._signer.get_timestamp() - signed_at > app.permanent_session_lifetime.total_seconds():
            return self.session_class()
        plain = all(isinstance(value, str | int) for value in content.values())
        return self.session_class(content if plain else copy.deepcopy(content))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """What is public is the same for everybody: it sets no cookie and varies with none; caches may keep it."""
        if "public" in response.headers.get("Cache-Control", ""):
            return
        if session.modified or session.permanent:
            super().save_session(app, session, response)
        elif session.accessed:
            vary(response, "Cookie")


class FormTokens(CSRFProtect):  # type: ignore[misc]
    """The token of every unsafe request. One that came with JSON and was right is compared from then on."""

    def __init__(self) -> None:
        super().__init__()
        #: What a signed token says, by the key that it was verified with.
        self._known: dict[tuple[Any, str], str] = {}
        #: The signed form of what a session's cookie holds: what a page writes into its forms.
        self._signed: dict[tuple[Any, str], str] = {}

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = self.token
        app.context_processor(lambda: {"csrf_token": self.token})

    def token(self) -> str:
        """The token for this session's forms, signed once a process."""
        if "csrf_token" not in g:
            name = current_app.secret_key, session.get("csrf_token", "")
            if name in self._signed:
                g.csrf_token = self._signed[name]
            else:
                signed = generate_csrf()  # which begins a session where there is none
                _keep(self._signed, (current_app.secret_key, session["csrf_token"]), signed)
        token: str = g.csrf_token
        return token

    def protect(self, apply_exemptions: bool = False) -> None:
        signed = request.headers.get("X-CSRFToken") if request.is_json else None
        if signed is None:
            super().protect(apply_exemptions=apply_exemptions)
            return
        name = current_app.secret_key, signed
        said = self._known.get(name)
        if said is not None and hmac.compare_digest(said, session.get("csrf_token", "")) and _same_site():
            g.csrf_valid = True
            return
        g.pop("csrf_valid", None)
        super().protect(apply_exemptions=apply_exemptions)
        if g.get("csrf_valid"):
            _keep(self._known, name, session["csrf_token"])


def _keep(kept: dict[tuple[Any, str], str], name: tuple[Any, str], value: str) -> None:
    """Remember; begin anew when there are too many."""
    if len(kept) >= KEPT:
        kept.clear()
    kept[name] = value


def _same_site() -> bool:
    """Over HTTPS the request must say that it comes from a page of ours, as Flask-WTF demands."""
    if not request.is_secure:
        return True
    return bool(request.referrer) and same_origin(request.referrer, f"https://{request.host}/")


def vary(response: Response, header: str) -> None:
    """Say that the response depends on a request header."""
    said = response.headers.get("Vary")
    if not said:
        response.headers["Vary"] = header
    elif header.lower() not in said.lower():
        response.headers["Vary"] = f"{said}, {header}"
