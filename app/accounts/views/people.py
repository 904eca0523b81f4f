"""People, for those who administer them."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import policies, queries, services
from app.accounts.forms import InviteForm, ReasonForm, RoleForm
from app.accounts.labels import ROLES
from app.accounts.models import PersonState
from app.accounts.views.blueprint import blueprint
from app.audit.queries import list_entries
from app.core import access, clock
from app.core.access import Actor, Role, require_actor
from app.core.database import transaction
from app.core.errors import Conflict
from app.core.forms import as_uuid
from app.organisations.models import Organisation
from app.organisations.queries import list_organisations

_staff = access.requires(*policies.STAFF)
_administrators = access.requires(Role.ADMINISTRATOR)


def _reach(actor: Actor, *roles: Role) -> list[Organisation]:
    """The organisations at which the actor holds one of the roles."""
    return list(list_organisations(ids=actor.organisations(*roles)))


def _choice(kind: Any, value: str | None) -> Any:
    """A value of an enumeration or identifier from the address; None when it is none."""
    try:
        return kind(value) if value else None
    except ValueError:
        return None


@blueprint.get("/people")
@_staff
def list_people() -> str:
    """Everybody one works with, searchable."""
    actor = require_actor()
    search = queries.Search(
        text=request.args.get("q", "").strip()[:100],
        organisation_id=_choice(as_uuid, request.args.get("organisation")),
        role=_choice(Role, request.args.get("role")),
        state=_choice(PersonState, request.args.get("state")),
    )
    page = queries.list_people(actor, search, page=request.args.get("page", 1, type=int))
    grants = queries.grants_of(person.id for person in page.items)
    filters: dict[str, Any] = {key: value for key, value in request.args.items() if key != "page" and value}
    page = page.addressed(lambda number: url_for("accounts.list_people", **filters, page=number))
    return render_template(
        "accounts/people.html",
        page=page,
        grants=grants,
        search=search,
        filtered=bool(filters),
        roles=ROLES,
        organisations=[(place.id, place.name) for place in _reach(actor, *policies.STAFF)],
    )


@blueprint.route("/people/invite", methods=["GET", "POST"])
@_staff
def invite() -> Any:
    """Open an account for somebody and mail the link."""
    actor = require_actor()
    form = InviteForm()
    form.offer(_reach(actor, *policies.STAFF), tuple(Role) if actor.has(Role.ADMINISTRATOR) else (Role.TRAINEE,))
    if not form.validate_on_submit():
        return render_template("accounts/invite.html", form=form), 422 if form.is_submitted() else 200
    try:
        with transaction():
            person = services.invite_person(
                actor,
                organisation_id=form.organisation_id.data,
                email=form.email.data,
                name=form.name.data,
                latin_name=form.latin_name.data or "",
                student_number=form.student_number.data or None,
                roles=(Role(form.role.data),),
                now=clock.now(),
            )
    except services.NotTheSame as conflict:
        form[conflict.field].errors = [_("An account under another name has this already. Check both.")]
        return render_template("accounts/invite.html", form=form), 422
    flash(_("The account of %(name)s is ready; the letter is on its way.", name=person.name), "ok")
    return redirect(url_for("accounts.show_person", person_id=person.id))


@blueprint.get("/people/<uuid:person_id>")
@_staff
def show_person(person_id: uuid.UUID) -> str:
    """One person: who she is, her roles, what was done to her account."""
    return _person_page(require_actor(), person_id)


def _person_page(actor: Actor, person_id: uuid.UUID, **more: Any) -> str:
    person = queries.get_person_for(actor, person_id)
    held = queries.grants_of([person_id]).get(person_id, [])
    is_national = any(one.national and one.role is Role.ADMINISTRATOR for one in held)
    is_staff = any(one.role is not Role.TRAINEE for one in held)
    entries = list_entries("Person", person_id)
    role_form = RoleForm()
    role_form.offer(_reach(actor, Role.ADMINISTRATOR))
    values: dict[str, Any] = {
        "person": person,
        "held": held,
        "may_end": {one.id: policies.can_administer_at(actor, one.organisation_id) for one in held},
        "may_suspend": policies.can_suspend(actor, person, is_national_administrator=is_national),
        "may_send_link": policies.can_send_link(actor, person, is_staff=is_staff),
        "sessions": len(queries.list_sessions(person_id, clock.now())),
        "entries": entries,
        "actors": queries.people_named(entry.actor_id for entry in entries),
        "role_form": role_form,
        "reason_form": ReasonForm(),
    }
    return render_template("accounts/person.html", **values | more)


@blueprint.post("/people/<uuid:person_id>/roles")
@_administrators
def grant_role(person_id: uuid.UUID) -> Any:
    """Give a role."""
    actor = require_actor()
    queries.get_person_for(actor, person_id)
    form = RoleForm()
    form.offer(_reach(actor, Role.ADMINISTRATOR))
    if not form.validate_on_submit():
        return _person_page(actor, person_id, role_form=form), 422
    with transaction():
        services.grant_role(
            actor,
            person_id=person_id,
            organisation_id=form.organisation_id.data,
            role=Role(form.role.data),
            now=clock.now(),
        )
    flash(_("The role is granted; it holds from the next page on."), "ok")
    return redirect(url_for("accounts.show_person", person_id=person_id))


@blueprint.post("/people/<uuid:person_id>/roles/<uuid:grant_id>/end")
@_administrators
def end_role(person_id: uuid.UUID, grant_id: uuid.UUID) -> Response:
    """Take a role away."""
    try:
        with transaction():
            services.end_role(require_actor(), person_id=person_id, grant_id=grant_id, now=clock.now())
    except Conflict:
        flash(_("Somebody must administer the platform: grant the role to another person first."), "error")
    else:
        flash(_("The role is ended."), "ok")
    return redirect(url_for("accounts.show_person", person_id=person_id))


@blueprint.route("/people/<uuid:person_id>/suspend", methods=["GET", "POST"])
@_administrators
def suspend(person_id: uuid.UUID) -> Any:
    """Keep somebody out, with a reason."""
    return _decide(
        person_id,
        lambda actor, reason: services.suspend_person(actor, person_id=person_id, reason=reason, now=clock.now()),
        "suspend",
        _("The account is suspended."),
    )


@blueprint.route("/people/<uuid:person_id>/restore", methods=["GET", "POST"])
@_administrators
def restore(person_id: uuid.UUID) -> Any:
    """Let somebody in again, with a reason."""
    return _decide(
        person_id,
        lambda actor, reason: services.restore_person(actor, person_id=person_id, reason=reason),
        "restore",
        _("The account is restored."),
    )


def _decide(person_id: uuid.UUID, decide: Callable[[Actor, str], object], deed: str, done: str) -> Any:
    actor = require_actor()
    person = queries.get_person_for(actor, person_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        page = render_template("accounts/decide.html", form=form, person=person, deed=deed)
        return page, 422 if form.is_submitted() else 200
    try:
        with transaction():
            decide(actor, form.reason.data)
    except Conflict:
        flash(_("Nothing was changed: the account is already in this state, or it is the last administrator's."))
    else:
        flash(done, "ok")
    return redirect(url_for("accounts.show_person", person_id=person_id))


@blueprint.post("/people/<uuid:person_id>/link")
@_staff
def send_link(person_id: uuid.UUID) -> Any:
    """Help somebody in: mail a link, or show it once when there is no address."""
    actor = require_actor()
    person = queries.get_person_for(actor, person_id)
    with transaction():
        address = services.make_link_for(actor, person, clock.now())
    if address is not None:
        return render_template("accounts/link_made.html", person=person, address=address)
    flash(_("The letter with the link is on its way."), "ok")
    return redirect(url_for("accounts.show_person", person_id=person_id))


@blueprint.post("/people/<uuid:person_id>/end-sessions")
@_administrators
def end_sessions(person_id: uuid.UUID) -> Response:
    """Sign somebody out everywhere."""
    with transaction():
        services.end_sessions_of(require_actor(), person_id, clock.now())
    flash(_("The person is signed out everywhere."), "ok")
    return redirect(url_for("accounts.show_person", person_id=person_id))
