"""Joining a cohort by its code, for people who have an account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cohorts import services
from app.cohorts.forms import JoinForm
from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import NotFound

blueprint = Blueprint("joining", __name__)


@blueprint.route("/join", methods=["GET", "POST"])
@access.signed_in
def join() -> str | Response:
    """Enter a join code."""
    form = JoinForm(code=request.args.get("code", ""))
    if form.validate_on_submit():
        try:
            with transaction():
                membership = services.join_with_code(require_actor(), form.code.data, clock.now())
        except NotFound:
            form.code.errors = [_("No open cohort has this code. Check it with your registrar.")]
        else:
            flash(_("Welcome. Your courses are ready."), "ok")
            return redirect(url_for("programmes.mine", membership_id=membership.id))
    return render_template("cohorts/join.html", form=form)
