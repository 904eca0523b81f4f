"""The registrar's pages: cohorts, who stands where, leaving, records."""

import hashlib
import io
import tempfile
import uuid
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cohorts import policies, queries, records, services
from app.cohorts.export_log import list_exports
from app.cohorts.forms import CohortForm, ExportForm, ReasonForm, TransferForm, chosen
from app.cohorts.models import MembershipState
from app.cohorts.record_rows import record_rows
from app.core import access, clock
from app.core.access import Role, require_actor
from app.core.database import release, transaction
from app.core.forms import choice
from app.organisations import queries as organisations

blueprint = Blueprint("cohorts", __name__, url_prefix="/cohorts")
KEEPERS = (Role.REGISTRAR, Role.ADMINISTRATOR)


@blueprint.get("/")
@access.requires(*queries.STAFF)
def index() -> str:
    """The cohorts of one's organisations."""
    actor = require_actor()
    return render_template(
        "cohorts/index.html", summaries=queries.list_cohorts(actor), may_open=actor.has(*KEEPERS)
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access.requires(*KEEPERS)
def open_cohort() -> str | Response:
    """Open a cohort."""
    actor = require_actor()
    form = CohortForm()
    form.offer(queries.list_programmes(), organisations.list_organisations(ids=actor.organisations(*KEEPERS)))
    if form.validate_on_submit():
        with transaction():
            cohort = services.create_cohort(
                actor,
                programme=queries.get_programme(form.programme.data),
                organisation_id=chosen(form.organisation),
                name=form.name.data,
                session_number=form.session_number.data or "",
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
            )
        flash(_("The cohort is open. Import a roster, or give people the join code."), "ok")
        return redirect(url_for("cohorts.show", cohort_id=cohort.id))
    return render_template("cohorts/open.html", form=form)


@blueprint.get("/<uuid:cohort_id>")
@access.requires(*queries.STAFF)
def show(cohort_id: uuid.UUID) -> str:
    """Who stands where, the stuck on top with the reason."""
    actor = require_actor()
    cohort = queries.get_cohort_for(actor, cohort_id)
    memberships = queries.list_memberships(cohort.id)
    present = [item for item in memberships if item.state in {MembershipState.ACTIVE, MembershipState.COMPLETED}]
    found = queries.places(present, clock.now())
    found.sort(key=lambda place: (place.stuck is None, place.progress.complete, -place.progress.share))
    return render_template(
        "cohorts/show.html",
        cohort=cohort,
        places=found,
        left=[item for item in memberships if item not in present],
        courses=queries.course_titles(cohort),
        may_manage=policies.can_manage_cohort(actor, cohort),
        as_of=clock.now(),
    )


@blueprint.post("/<uuid:cohort_id>/joining")
@access.requires(*KEEPERS)
def set_joining(cohort_id: uuid.UUID) -> Response:
    """Open or close joining by code."""
    actor = require_actor()
    with transaction():
        cohort = queries.get_managed_cohort(actor, cohort_id)
        services.set_joining(actor, cohort, is_open=not cohort.joining_open)
    flash(_("Joining is open with a new code.") if cohort.joining_open else _("Joining is closed."), "ok")
    return redirect(url_for("cohorts.show", cohort_id=cohort_id))


@blueprint.route("/memberships/<uuid:membership_id>/withdraw", methods=["GET", "POST"])
@access.requires(*KEEPERS)
def withdraw(membership_id: uuid.UUID) -> str | Response:
    """Take somebody out, with a reason."""
    actor = require_actor()
    membership = queries.get_membership_for(actor, membership_id)
    cohort = queries.get_managed_cohort(actor, membership.cohort_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with transaction():
            services.withdraw(actor, membership, form.reason.data, clock.now())
        flash(_("Withdrawn: %(name)s. What was done so far is kept.", name=membership.person.name), "ok")
        return redirect(url_for("cohorts.show", cohort_id=cohort.id))
    return render_template("cohorts/withdraw.html", form=form, membership=membership, cohort=cohort)


@blueprint.route("/memberships/<uuid:membership_id>/transfer", methods=["GET", "POST"])
@access.requires(*KEEPERS)
def transfer(membership_id: uuid.UUID) -> str | Response:
    """Move somebody to another cohort of the same programme, with a reason."""
    actor = require_actor()
    membership = queries.get_membership_for(actor, membership_id)
    cohort = queries.get_managed_cohort(actor, membership.cohort_id)
    others = queries.transfer_targets(actor, cohort)
    form = TransferForm()
    form.target.choices = [choice(item.id, item.name) for item in others]
    if form.validate_on_submit():
        with transaction():
            target = queries.get_managed_cohort(actor, chosen(form.target))
            services.transfer(actor, membership, target, form.reason.data, clock.now())
        flash(_("Moved: %(name)s, with all that was done so far.", name=membership.person.name), "ok")
        return redirect(url_for("cohorts.show", cohort_id=cohort.id))
    return render_template(
        "cohorts/transfer.html", form=form, membership=membership, cohort=cohort, targets=others
    )


@blueprint.route("/<uuid:cohort_id>/export", methods=["GET", "POST"])
@access.requires(*KEEPERS, reads_first=True)
def export(cohort_id: uuid.UUID) -> str | Response:
    """Take the cohort's records out as a file; the log keeps who, what and why."""
    actor = require_actor()
    cohort = queries.get_managed_cohort(actor, cohort_id)
    form = ExportForm()
    form.offer_columns()
    if not form.validate_on_submit():
        return render_template("cohorts/export.html", form=form, cohort=cohort)
    chosen_format = records.RecordFormat(form.format.data)
    keys = [column.key for column in records.COLUMNS if column.key in form.columns.data]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"records.{chosen_format}"
        write = records.to_xlsx if chosen_format is records.RecordFormat.XLSX else records.to_csv
        count = write(path, keys, record_rows(cohort, keys), form.language.data)
        data = path.read_bytes()
    release()
    with transaction():
        services.log_export(
            actor,
            cohort,
            purpose=form.purpose.data,
            format=chosen_format,
            columns=keys,
            row_count=count,
            digest=hashlib.sha256(data).hexdigest(),
        )
    name = f"cohort-{cohort.join_code}.{chosen_format}"
    return send_file(io.BytesIO(data), as_attachment=True, download_name=name)


@blueprint.get("/exports")
@access.requires(*KEEPERS)
def exports() -> str:
    """The export log of one's organisations."""
    return render_template("cohorts/exports.html", entries=list_exports(require_actor()))
