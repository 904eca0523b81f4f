"""Signing in and out."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import privacy, queries, services
from app.accounts.forms import EmailSignInForm, NumberSignInForm, PasswordAgainForm, organisation_choices
from app.accounts.identity import browser, sign_in_browser, sign_out_browser
from app.accounts.models import PersonState
from app.accounts.passwords import current_passwords
from app.accounts.views.blueprint import blueprint
from app.core import access, clock
from app.core.access import current_actor
from app.core.database import release, transaction
from app.core.forms import choice
from app.core.languages import format_time
from app.core.web import safe_target

#: In the cookie between the right password and a consent that is still missing.
PENDING = "pending_sign_in"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a sign-in did not succeed: words and status."""

    message: str
    status: int


def _home() -> str:
    return url_for("home.index")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public_read_first
def sign_in() -> Any:
    """The door: by e-mail address, or by organisation and student number."""
    target = safe_target(request.values.get("next"), _home())
    if current_actor() is not None:
        return redirect(target)
    by_number = request.values.get("by") == "number"
    form = NumberSignInForm() if by_number else EmailSignInForm()
    if isinstance(form, NumberSignInForm):
        form.organisation_id.choices = [
            choice("", _("Choose your organisation")),
            *organisation_choices(queries.list_training_organisations()),
        ]
    status = 200
    if form.validate_on_submit():
        outcome = try_to_sign_in(form, target)
        if isinstance(outcome, Response):
            return outcome
        form.form_errors.append(outcome.message)
        status = outcome.status
    elif form.is_submitted():
        status = 422
    return render_template("accounts/sign_in.html", form=form, by_number=by_number, next=target), status


def try_to_sign_in(
    form: EmailSignInForm | NumberSignInForm | PasswordAgainForm, target: str
) -> Response | Refusal:
    """Sign in who gave the right password, in this browser: on to the target, or first to a consent."""
    found = form.find()
    release()
    now, keep = clock.now(), bool(form.data.get("keep"))
    account = services.account_of(found.person_id if found else None, form.typed())
    try:
        with transaction():
            services.count_attempt(account, request.remote_addr or "", now)
    except services.Throttled as refusal:
        return _wait_until(refusal, now)
    passwords = current_passwords()
    right = passwords.matches(found.password_hash if found else None, form.password.data)
    if found is None or not right:
        return Refusal(_("These details do not fit together. Check them, or choose a new password."), 422)
    if found.state is not PersonState.ACTIVE:
        return Refusal(_("This account is suspended. Ask the administrator of your organisation."), 403)
    if found.privacy_version != privacy.CURRENT:
        with transaction():
            services.clear_attempts(account)
        session[PENDING] = [str(found.person_id), keep, int(now.timestamp())]
        return redirect(url_for("accounts.give_consent", next=target))
    stale = passwords.is_stale(found.password_hash or "")
    fresh = passwords.hash(form.password.data) if stale else None
    with transaction():
        login = services.begin_session(found.person_id, **browser(), keep=keep, now=now, password_hash=fresh)
    sign_in_browser(login, now)
    return redirect(target)


def _wait_until(refusal: services.Throttled, now: Any) -> Refusal:
    minutes = max(1, round((refusal.opens_at - now).total_seconds() / 60 + 0.5))
    return Refusal(
        _(
            "Too many tries. Try again at %(time)s, in %(minutes)s minutes, or choose a new password by e-mail.",
            time=format_time(refusal.opens_at),
            minutes=minutes,
        ),
        429,
    )


@blueprint.post("/sign-out")
@access.signed_in
def sign_out() -> Response:
    """Leave on this device."""
    actor = access.require_actor()
    with transaction():
        if actor.session_id is not None:
            services.end_session(actor, actor.session_id, clock.now())
    sign_out_browser()
    flash(_("You have signed out on this device."), "ok")
    return redirect(url_for("accounts.sign_in"))
