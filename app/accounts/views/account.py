"""One's own account: profile, names for certificates, password, devices, data."""

import json
import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.accounts import own_data, queries, services
from app.accounts.forms import ChangePasswordForm, NamesForm, ProfileForm, personal_words
from app.accounts.passwords import current_passwords
from app.accounts.views.blueprint import blueprint
from app.core import access, clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.languages import COOKIE
from app.core.web import safe_target


@blueprint.route("/account", methods=["GET", "POST"])
@access.signed_in
def profile() -> Any:
    """Names, language and time zone."""
    actor = require_actor()
    person = queries.get_person(actor.person_id)
    form = ProfileForm(obj=person)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("accounts/profile.html", form=form, person=person), status
    with transaction():
        services.update_profile(
            actor,
            name=form.name.data,
            latin_name=form.latin_name.data or "",
            locale=form.locale.data,
            time_zone=form.time_zone.data,
        )
    response = redirect(url_for("accounts.profile"))
    response.set_cookie(
        COOKIE, form.locale.data, max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure
    )
    with force_locale(form.locale.data):
        flash(_("Your profile is saved."), "ok")
    return response


@blueprint.route("/account/names", methods=["GET", "POST"])
@access.signed_in
def names() -> Any:
    """Confirm the names exactly as certificates shall show them."""
    actor = require_actor()
    person = queries.get_person(actor.person_id)
    target = safe_target(request.values.get("next"), "")
    form = NamesForm(obj=person)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("accounts/names.html", form=form, person=person, next=target), status
    with transaction():
        services.confirm_names(actor, name=form.name.data, latin_name=form.latin_name.data, now=clock.now())
    flash(_("Your names are confirmed. Certificates will show them like this."), "ok")
    return redirect(target or url_for("accounts.names"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@access.signed_in_read_first
def password() -> Any:
    """Change the password; other devices are signed out."""
    actor = require_actor()
    person = queries.get_person(actor.person_id)
    known, account = person.password_hash, services.account_of(person.id, "")
    form = ChangePasswordForm()
    form.personal = personal_words(person.name, person.latin_name, person.email, person.student_number)
    if not form.validate_on_submit():
        return render_template("accounts/password.html", form=form), 422 if form.is_submitted() else 200
    release()
    now = clock.now()
    with transaction():
        services.count_attempt(account, request.remote_addr or "", now)
    passwords = current_passwords()
    if not passwords.matches(known, form.current.data):
        form.current.errors = [_("This is not your present password.")]
        return render_template("accounts/password.html", form=form), 422
    hashed = passwords.hash(form.password.data)
    with transaction():
        services.clear_attempts(account)
        services.change_password(actor, password_hash=hashed, now=now)
    flash(_("Your password is changed. Your other devices are signed out."), "ok")
    return redirect(url_for("accounts.password"))


@blueprint.get("/account/devices")
@access.signed_in
def devices() -> str:
    """Where one is signed in."""
    actor = require_actor()
    sessions = queries.list_sessions(actor.person_id, clock.now())
    return render_template("accounts/devices.html", sessions=sessions, present=actor.session_id)


@blueprint.post("/account/devices/<uuid:session_id>/end")
@access.signed_in
def end_device(session_id: uuid.UUID) -> BaseResponse:
    """Sign one device out."""
    with transaction():
        services.end_session(require_actor(), session_id, clock.now())
    flash(_("That device is signed out."), "ok")
    return redirect(url_for("accounts.devices"))


@blueprint.post("/account/devices/end-others")
@access.signed_in
def end_other_devices() -> BaseResponse:
    """Sign every other device out."""
    actor = require_actor()
    with transaction():
        services.end_sessions(actor.person_id, clock.now(), but=actor.session_id)
    flash(_("All other devices are signed out."), "ok")
    return redirect(url_for("accounts.devices"))


@blueprint.get("/account/data")
@access.signed_in
def data() -> str:
    """What is kept, and how to take a copy."""
    actor = require_actor()
    person = queries.get_person(actor.person_id)
    return render_template("accounts/data.html", person=person, consents=queries.list_consents(actor.person_id))


@blueprint.get("/account/data/download")
@access.signed_in
def download_data() -> Response:
    """A copy of one's own data, as JSON."""
    actor = require_actor()
    now = clock.now()
    copy = {"made_at": now.isoformat(), **own_data.collect(actor.person_id)}
    body = json.dumps(copy, ensure_ascii=False, indent=2, default=str) + "\n"
    name = f"my-data-{now:%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/json", headers=headers)
