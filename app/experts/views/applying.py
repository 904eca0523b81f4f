"""The applicant's pages."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Conflict
from app.core.languages import told
from app.experts import labels, policies, queries, services
from app.experts.forms import apply_form, profile_of, show_lacks
from app.experts.rules import Profile, lacks
from app.experts.views.blueprint import blueprint


@blueprint.get("/experts")
@access.signed_in
def my_application() -> str:
    """Where one stands: the pool's criteria, one's applications and appointments."""
    actor = require_actor()
    revision = queries.current_criteria()
    applications = queries.applications_of(actor.person_id)
    return render_template(
        "experts/my_application.html",
        criteria=queries.criteria_of(revision) if revision else None,
        applications=applications,
        open_one=queries.find_open_application(actor.person_id),
        appointments=queries.appointments_of(actor.person_id),
        labels=labels,
        today=clock.day_of(clock.now()),
    )


@blueprint.post("/experts/start")
@access.signed_in
def start() -> Any:
    """Begin an application, or go on with the open one."""
    try:
        with transaction():
            services.start_application(require_actor(), clock.now())
    except Conflict as conflict:
        reasons = {
            "already_appointed": _("You are in the pool; apply again when your term nears its end."),
            "no_pool": _("The pool takes no applications yet: its criteria have not been published here."),
        }
        flash(reasons.get(conflict.code, told(conflict)), "attention")
        return redirect(url_for("experts.my_application"))
    return redirect(url_for("experts.edit"))


@blueprint.route("/experts/apply", methods=["GET", "POST"])
@access.signed_in
def edit() -> Any:
    """The application: saved as often as one likes, submitted when complete."""
    actor = require_actor()
    application = queries.find_open_application(actor.person_id)
    if application is None or not policies.can_edit(actor, application):
        return redirect(url_for("experts.my_application"))
    criteria = queries.criteria_of(application.criteria_revision)
    form = apply_form(criteria, Profile.from_json(application.profile))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return _page(form, criteria, application), status
    profile = profile_of(form, criteria)
    missing = lacks(profile, criteria.criteria) if "submit" in request.form else []
    with transaction():
        services.save_draft(actor, application, profile)
        if "submit" in request.form and not missing:
            services.submit(actor, application, clock.now())
    if missing:
        show_lacks(form, missing)
        return _page(form, criteria, application), 422
    if "submit" in request.form:
        flash(_("Your application is submitted. You will hear of each step by mail."), "ok")
        return redirect(url_for("experts.my_application"))
    flash(_("Saved. Nobody sees it before you submit it."), "ok")
    return redirect(url_for("experts.edit"))


def _page(form: Any, criteria: Any, application: Any) -> str:
    return render_template("experts/apply.html", form=form, criteria=criteria, application=application)


@blueprint.post("/experts/applications/<uuid:application_id>/withdraw")
@access.signed_in
def withdraw(application_id: uuid.UUID) -> Any:
    """Take one's application back."""
    actor = require_actor()
    with transaction():
        application = queries.get_application_for(actor, application_id, lock=True)
        services.withdraw(actor, application, clock.now())
    flash(_("The application is withdrawn. You may apply again."), "ok")
    return redirect(url_for("experts.my_application"))
