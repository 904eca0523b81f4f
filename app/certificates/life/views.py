"""Pages of batches, of what runs out, and of law that has moved."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.certificates import policies
from app.certificates.life import queries, services
from app.certificates.life.models import BatchState, IssueBatch, Outcome
from app.certificates.queries import Held, get_certificate_for
from app.core import access, clock
from app.core.access import Actor, Role, require_actor
from app.core.database import transaction
from app.core.forms import as_uuid
from app.library.queries import list_changes

blueprint = Blueprint("certificate_life", __name__)


@blueprint.get("/certificates/batches")
@access.requires(*policies.KEEPERS)
def list_batches() -> str:
    """Cohorts in which certificates are due, and the batches so far."""
    actor = require_actor()
    return render_template(
        "certificates/life/batches.html",
        due=queries.cohorts_with_due(actor),
        lines=queries.list_batches(actor),
        may_order=actor.has(Role.CERTIFIER),
    )


@blueprint.post("/certificates/batches/<uuid:cohort_id>/order")
@access.requires(Role.CERTIFIER)
def order_batch(cohort_id: uuid.UUID) -> Response:
    """Order what is due in a cohort."""
    actor = require_actor()
    with transaction():
        batch = services.order_batch(actor, queries.get_cohort_to_certify(actor, cohort_id))
    return redirect(url_for("certificate_life.show_batch", batch_id=batch.id))


@blueprint.get("/certificates/batches/<uuid:batch_id>")
@access.requires(*policies.KEEPERS)
def show_batch(batch_id: uuid.UUID) -> str:
    """How far a batch is, and what became of each person."""
    batch = queries.get_batch_for(require_actor(), batch_id)
    page = queries.items_of(batch.id, request.args.get("page", 1, type=int))
    rows = [(item, person, Held(one, state) if one else None) for item, person, one, state in page.items]
    return render_template(
        "certificates/life/batch.html",
        line=queries.line_of(batch),
        page=page,
        rows=rows,
        working=batch.state is BatchState.RUNNING or any(held and held.coming for *_others, held in rows),
        outcomes=list(Outcome),
        may_order=require_actor().has_at(batch.organisation_id, Role.CERTIFIER),
    )


def _change_batch(batch_id: uuid.UUID, change: Callable[[Actor, IssueBatch], None]) -> Response:
    actor = require_actor()
    with transaction():
        change(actor, queries.get_batch_for(actor, batch_id, lock=True))
    return redirect(url_for("certificate_life.show_batch", batch_id=batch_id))


@blueprint.post("/certificates/batches/<uuid:batch_id>/pause")
@access.requires(Role.CERTIFIER)
def pause_batch(batch_id: uuid.UUID) -> Response:
    """Stop after the person that is being worked on."""
    return _change_batch(batch_id, services.pause)


@blueprint.post("/certificates/batches/<uuid:batch_id>/resume")
@access.requires(Role.CERTIFIER)
def resume_batch(batch_id: uuid.UUID) -> Response:
    """Go on with a paused batch."""
    return _change_batch(batch_id, services.resume)


@blueprint.post("/certificates/batches/<uuid:batch_id>/retry")
@access.requires(Role.CERTIFIER)
def retry_batch(batch_id: uuid.UUID) -> Response:
    """Try those that failed once more."""
    return _change_batch(batch_id, services.retry)


@blueprint.get("/certificates/expiring")
@access.requires(*policies.KEEPERS)
def list_expiring() -> str:
    """What runs out within half a year, or has just run out, and is not renewed."""
    today = clock.day_of(clock.now())
    page = queries.list_expiring(require_actor(), today, request.args.get("page", 1, type=int))
    return render_template("certificates/life/expiring.html", page=page)


@blueprint.post("/certificates/<uuid:certificate_id>/renew")
@access.signed_in
def renew(certificate_id: uuid.UUID) -> Response:
    """The holder begins her next cycle."""
    actor = require_actor()
    with transaction():
        certificate = get_certificate_for(actor, certificate_id)
        membership = services.begin_renewal(actor, certificate, clock.now())
    flash(_("Your renewal has begun."), "ok")
    return redirect(url_for("programmes.mine", membership_id=membership.id))


@blueprint.get("/certificates/law-changes")
@access.requires(*policies.KEEPERS)
def list_law_changes() -> str:
    """Recorded changes of law, each with the certificates that rest on the law before."""
    return render_template("certificates/life/law_changes.html", changes=list_changes())


@blueprint.get("/certificates/law-changes/<uuid:change_id>")
@access.requires(*policies.KEEPERS)
def show_law_change(change_id: uuid.UUID) -> str:
    """The certificates that one change touches."""
    actor = require_actor()
    change = queries.get_change(change_id)
    return render_template(
        "certificates/life/law_change.html",
        change=change,
        touched=queries.touched_by(actor, change),
        may_assign=actor.has(Role.CERTIFIER),
    )


@blueprint.post("/certificates/law-changes/<uuid:change_id>/assign")
@access.requires(Role.CERTIFIER)
def assign_delta(change_id: uuid.UUID) -> Response:
    """Ask the chosen holders to study what has changed and to sit the examination of it."""
    actor = require_actor()
    chosen = {as_uuid(value) for value in request.form.getlist("certificate")}
    with transaction():
        change = queries.get_change(change_id)
        asked = [
            services.assign_delta(actor, change, touched, clock.now())
            for touched in queries.touched_by(actor, change)
            if touched.certificate.id in chosen and touched.assignment is None and not touched.caught_up
        ]
    if asked:
        flash(ngettext("%(num)d holder is asked.", "%(num)d holders are asked.", len(asked)), "ok")
    else:
        flash(_("Choose at least one holder who has not been asked yet."), "error")
    return redirect(url_for("certificate_life.show_law_change", change_id=change_id))


blueprints = (blueprint,)
