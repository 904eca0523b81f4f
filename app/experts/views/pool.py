"""The pool: search it, look at an expert, end an appointment."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core import access, clock
from app.core.access import Role, require_actor
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.experts import labels, policies, queries, services
from app.experts.forms import EndForm
from app.experts.rules import CATEGORIES, LEVELS, VOCABULARY, EndClass, Facet, Profile
from app.experts.views.blueprint import blueprint


@blueprint.get("/experts/pool")
@access.requires(*policies.KEEPERS)
def search_pool() -> str:
    """Experts whose term runs, by field, jurisdiction, language and category; the address holds the search."""
    known = {facet: request.args.get(facet.value, "") for facet in Facet}
    search = queries.PoolSearch(
        text=request.args.get("q", "").strip()[:60],
        category=request.args.get("category", ""),
        facets={facet: value for facet, value in known.items() if value in VOCABULARY[facet]},
    )
    today = clock.day_of(clock.now())
    page = queries.search_pool(require_actor(), search, today, request.args.get("page", 1, type=int))
    return render_template(
        "experts/search_pool.html",
        page=page,
        search=search,
        facets=queries.facets_of([one.id for one in page.items]),
        vocabulary=VOCABULARY,
        categories=CATEGORIES,
        levels=LEVELS,
        Facet=Facet,
    )


@blueprint.get("/experts/pool/<uuid:appointment_id>")
@access.signed_in
def show_appointment(appointment_id: uuid.UUID) -> str:
    """One expert: what she is found by, her term, her letter; the expert sees her own entry."""
    actor = require_actor()
    appointment = queries.get_appointment_for(actor, appointment_id)
    return render_template(
        "experts/show_appointment.html",
        appointment=appointment,
        profile=Profile.from_json(appointment.application.profile),
        facets=queries.facets_of([appointment.id]).get(appointment.id, {}),
        vocabulary=VOCABULARY,
        categories=CATEGORIES,
        levels=LEVELS,
        Facet=Facet,
        labels=labels,
        is_own=appointment.person_id == actor.person_id,
        can_end=policies.can_end(actor, appointment),
        today=clock.day_of(clock.now()),
    )


@blueprint.route("/experts/pool/<uuid:appointment_id>/end", methods=["GET", "POST"])
@access.requires(Role.CERTIFIER)
def end_appointment(appointment_id: uuid.UUID) -> Any:
    """End an appointment before its term, with a reason."""
    actor = require_actor()
    appointment = queries.get_appointment_for(actor, appointment_id, lock=request.method == "POST")
    if not policies.can_end(actor, appointment):
        raise NotAllowed
    form = EndForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("experts/end_appointment.html", form=form, appointment=appointment), status
    with transaction():
        services.end_appointment(actor, appointment, EndClass(form.end_class.data), form.reason.data, clock.now())
    flash(_("The appointment has ended; the public page of its letter says so."), "ok")
    return redirect(url_for("experts.show_appointment", appointment_id=appointment_id))
