"""Signing in again after a session ended, with what was posted meanwhile."""

from typing import Any

from flask import Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from app.accounts import services
from app.accounts.forms import PasswordAgainForm
from app.accounts.views.blueprint import blueprint
from app.accounts.views.sign_in import Refusal, try_to_sign_in
from app.core import access, carrying, clock
from app.core.access import current_actor
from app.core.carrying import Carried
from app.core.database import release, transaction


@blueprint.post("/sign-in/again")
@access.public_read_first
def sign_in_again() -> Any:
    """Save what is carried, once its owner has given her password."""
    carried = carrying.of_request()
    if carried is None:
        flash(
            _("What was sent before has waited too long, or is damaged. Sign in and look what is saved."),
            "attention",
        )
        return redirect(url_for("accounts.sign_in"))
    before = current_actor()
    if before is None or before.person_id != carried.person_id:
        form = _form(carried)
        if not form.validate_on_submit():
            return _page(carried, form), 422
        outcome = try_to_sign_in(form, url_for("home.index"))
        if isinstance(outcome, Refusal):
            wrong = outcome.status == 422
            form.form_errors.append(
                _("This is not the password of the person who wrote it.") if wrong else outcome.message
            )
            return _page(carried, form), outcome.status
        if current_actor() is None:
            return _page(carried, form, consent=outcome.location), 403
        if before is not None and before.session_id is not None:
            release()
            with transaction():
                services.end_session(before, before.session_id, clock.now())
    release()
    return carrying.resume(carried)


def _form(carried: Carried) -> PasswordAgainForm:
    form = PasswordAgainForm()
    form.person_id = carried.person_id
    return form


def _page(carried: Carried, form: PasswordAgainForm, consent: str | None = None) -> str:
    actor = current_actor()
    own = actor is not None and actor.person_id == carried.person_id
    return render_template(
        "accounts/sign_in_again.html",
        form=form,
        carried=carried,
        sealed=carrying.keys().seal(carried),
        own=own,
        other=actor is not None and not own,
        consent=consent,
    )


def _ask(carried: Carried) -> tuple[str, int]:
    """Signed in as its owner, she needs one button: the form was of a session before."""
    actor = current_actor()
    own = actor is not None and actor.person_id == carried.person_id
    return _page(carried, _form(carried)), 400 if own else 401


def init_app(app: Flask) -> None:
    carrying.show_with(app, _ask)
