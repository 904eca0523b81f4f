"""Who may call what. Every view says so with one of the decorators below; the application denies by default.

Roles are granted at an organisation. A grant at the national authority holds everywhere below it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import carrying

#: A request by one of these changes nothing, and can be made again.
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(StrEnum):
    """What a person may be to an organisation."""

    TRAINEE = "trainee"
    INSTRUCTOR = "instructor"
    CERTIFIER = "certifier"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at an organisation; ``national`` grants hold at every organisation."""

    role: Role
    organisation_id: uuid.UUID
    national: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, as services see her. Rebuilt from the database at every request."""

    person_id: uuid.UUID
    name: str
    locale: str = "zh_Hans"
    time_zone: str = "Asia/Shanghai"
    organisation_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)

    def has(self, *roles: Role) -> bool:
        """Does she hold one of the roles anywhere?"""
        return any(grant.role in roles for grant in self.grants)

    def has_at(self, organisation_id: uuid.UUID, *roles: Role) -> bool:
        """Does she hold one of the roles at this organisation (or nationally)?"""
        return any(
            grant.role in roles and (grant.national or grant.organisation_id == organisation_id)
            for grant in self.grants
        )

    def organisations(self, *roles: Role) -> frozenset[uuid.UUID] | None:
        """Where she holds one of the roles; None means everywhere (a national grant)."""
        held = [grant for grant in self.grants if grant.role in roles]
        if any(grant.national for grant in held):
            return None
        return frozenset(grant.organisation_id for grant in held)


@dataclass(frozen=True, slots=True)
class Rule:
    """A view's access rule. ``reads_first`` leaves the request in read mode: the view calls release()."""

    name: str
    allows: Callable[[Actor | None], bool]
    reads_first: bool = False


View = TypeVar("View", bound=Callable[..., object])
ActorLoader = Callable[[], Actor | None]


def _declare(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = rule  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _declare(Rule("public", lambda _: True))(view)


def public_read_first(view: View) -> View:
    """Anybody; an unsafe request begins by reading, and does slow work before its transaction()."""
    return _declare(Rule("public", lambda _: True, reads_first=True))(view)


def signed_in(view: View) -> View:
    """Anybody who has signed in."""
    return _declare(Rule("signed in", lambda actor: actor is not None))(view)


def signed_in_read_first(view: View) -> View:
    """As signed_in, for views that do slow work (hashing, reading a file) before their transaction()."""
    return _declare(Rule("signed in", lambda actor: actor is not None, reads_first=True))(view)


def requires(*roles: Role, reads_first: bool = False) -> Callable[[View], View]:
    """Only holders of one of the roles somewhere; which objects they reach is the policies' matter."""
    names = " or ".join(role.value for role in roles)
    return _declare(Rule(names, lambda actor: actor is not None and actor.has(*roles), reads_first))


def own_check(reason: str, *, reads_first: bool = False) -> Callable[[View], View]:
    """The view authorises by a statement of its own (the hot path); the reason is for the guard's list."""
    return _declare(Rule(f"own check: {reason}", lambda _: True, reads_first))


def rule_of(view: object) -> Rule | None:
    """The declared rule, or None when a view forgot to declare one."""
    return getattr(view, "__access__", None)


def init_access(app: Flask, load_actor: ActorLoader) -> None:
    """Deny by default, and let ``current_actor()`` find the person through the given loader."""
    app.extensions["academy.load_actor"] = load_actor

    @app.before_request
    def _check_access() -> Response | None:
        if request.endpoint is None or request.endpoint == "static":
            return None
        rule = rule_of(app.view_functions[request.endpoint])
        if rule is None:
            abort(403)
        if rule.name.startswith(("public", "own check")):
            return None
        actor = current_actor()
        if actor is None:
            if request.accept_mimetypes.best == "application/json" or request.is_json:
                abort(401)
            if request.method in SAFE_METHODS:
                return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
            if (page := carrying.page()) is not None:
                return app.make_response(page)
            flash(_("You had been signed out, so nothing was sent. Sign in; then send it again."), "attention")
            return redirect(url_for("accounts.sign_in", next=_form_page()))
        if not rule.allows(actor):
            abort(403)
        return None


def _form_page() -> str | None:
    """The page of ours whose form was posted: what is posted to has often no page of its own."""
    page = urlsplit(request.referrer or "")
    return urlunsplit(("", "", page.path, page.query, "")) if page.netloc == request.host else None


def current_actor() -> Actor | None:
    """The signed-in person of this request, or None."""
    if "actor" not in g:
        g.actor = current_app.extensions["academy.load_actor"]()
    actor: Actor | None = g.actor
    return actor


def require_actor() -> Actor:
    """The signed-in person; for views whose rule already demands one."""
    actor = current_actor()
    if actor is None:
        abort(401)
    return actor
