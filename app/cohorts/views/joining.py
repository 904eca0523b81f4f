"""Joining a cohort by its code: with an account, or opening one."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import forms as account_forms
from app.accounts import privacy
from app.accounts import services as accounts
from app.accounts.identity import browser, sign_in_browser
from app.accounts.passwords import current_passwords
from app.cohorts import queries, services
from app.cohorts.forms import JoinForm
from app.cohorts.models import Cohort
from app.core import access, clock
from app.core.access import Actor, current_actor
from app.core.database import release, transaction
from app.core.errors import NotFound
from app.core.languages import locale_name

blueprint = Blueprint("joining", __name__)


@blueprint.route("/join", methods=["GET", "POST"])
@access.public
def join() -> Any:
    """Enter a join code: people with an account join at once, others go on to open one."""
    form = JoinForm(code=request.args.get("code", ""))
    if not form.validate_on_submit():
        return render_template("cohorts/join.html", form=form), 422 if form.is_submitted() else 200
    actor = current_actor()
    try:
        if actor is None:
            return _lead_on(form.code.data)
        with transaction():
            membership = services.join_with_code(actor, form.code.data, clock.now())
    except NotFound:
        form.code.errors = [_("No open cohort has this code. Check it with your registrar.")]
        return render_template("cohorts/join.html", form=form), 422
    flash(_("Welcome. Your courses are ready."), "ok")
    return redirect(url_for("programmes.mine", membership_id=membership.id))


def _lead_on(code: str) -> Response:
    """Somebody without a session: wrong codes are counted, so that codes cannot be guessed by the thousand."""
    cohort = queries.find_cohort_by_code(code)
    if cohort is not None:
        return redirect(url_for("joining.begin", code=cohort.join_code))
    with transaction():
        accounts.count_attempt(f"join:{code[:20]}", request.remote_addr or "", clock.now())
    raise NotFound


@blueprint.route("/join/<string:code>", methods=["GET", "POST"])
@access.public_read_first
def begin(code: str) -> Any:
    """Open an account with a join code, and be in the cohort; or sign in and join."""
    if current_actor() is not None:
        return redirect(url_for("joining.join", code=code))
    cohort = queries.find_cohort_by_code(code)
    if cohort is None:
        return redirect(url_for("joining.join", code=code))
    form = account_forms.JoinForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("cohorts/join_new.html", form=form, cohort=cohort), status
    organisation_id, join_code = cohort.organisation_id, cohort.join_code
    release()
    try:
        membership_id = _register(form, organisation_id, join_code)
    except accounts.NotTheSame as taken:
        form[taken.field].errors = [
            _("This has an account already. Sign in to join, or choose “Forgotten password” there.")
        ]
        cohort = _again(code)
        return render_template("cohorts/join_new.html", form=form, cohort=cohort), 422
    flash(_("Welcome. Your courses are ready."), "ok")
    return redirect(url_for("programmes.mine", membership_id=membership_id))


def _register(form: account_forms.JoinForm, organisation_id: uuid.UUID, join_code: str) -> uuid.UUID:
    hashed = current_passwords().hash(form.password.data)
    now = clock.now()
    with transaction():
        person = accounts.register_with_join(
            organisation_id=organisation_id,
            name=form.name.data,
            latin_name=form.latin_name.data,
            email=form.email.data,
            student_number=form.student_number.data or None,
            password_hash=hashed,
            privacy_version=privacy.CURRENT,
            locale=locale_name(),
            now=now,
        )
        herself = Actor(person.id, person.name, organisation_id=organisation_id)
        membership = services.join_with_code(herself, join_code, now)
        login = accounts.begin_session(person.id, **browser(), keep=False, now=now)
        membership_id = membership.id
    sign_in_browser(login, now)
    return membership_id


def _again(code: str) -> Cohort:
    """The cohort once more, after a transaction that was rolled back. Raises NotFound when it closed meanwhile."""
    cohort = queries.find_cohort_by_code(code)
    if cohort is None:
        raise NotFound
    return cohort
