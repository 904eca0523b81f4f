"""Roster import: upload, look, confirm."""

import csv
import io
import uuid

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.cohorts import queries, roster_services
from app.cohorts.forms import ConfirmForm, RosterForm
from app.cohorts.roster import TITLES, UnreadableRosterError, empty_workbook, read_roster
from app.core import access, clock
from app.core.access import Role, require_actor
from app.core.database import release, transaction
from app.core.errors import Invalid
from app.core.languages import tr
from app.core.text import file_name

blueprint = Blueprint("rosters", __name__, url_prefix="/cohorts")
KEEPERS = (Role.REGISTRAR, Role.ADMINISTRATOR)


def unreadable_words(reason: str) -> str:
    """What to do about a file that cannot be read at all."""
    words: dict[str, str] = {
        "empty": _("The file has no rows. Put one person on each row, under the column titles."),
        "no_header": _("The first row must hold the column titles: name, and student number or e-mail."),
        "too_many_rows": _("The file has more than 5,000 rows. Split it and import the parts one by one."),
        "damaged": _("The file is damaged. Open it in your spreadsheet program, save it again and upload that."),
    }
    other: str = _("This is neither an Excel workbook (.xlsx) nor a CSV file. Save the roster as one of these.")
    return words.get(reason, other)


@blueprint.route("/<uuid:cohort_id>/roster", methods=["GET", "POST"])
@access.requires(*KEEPERS, reads_first=True)
def upload(cohort_id: uuid.UUID) -> str | BaseResponse:
    """Choose a file; it is read and shown before anything happens."""
    actor = require_actor()
    cohort = queries.get_managed_cohort(actor, cohort_id)
    form = RosterForm()
    if form.validate_on_submit():
        try:
            rows = read_roster(form.file.data.read())
        except UnreadableRosterError as error:
            form.file.errors = [unreadable_words(error.reason)]
        else:
            release()
            with transaction():
                preview = roster_services.keep_preview(
                    actor, cohort, file_name(form.file.data.filename or ""), rows
                )
            return redirect(url_for("rosters.preview", cohort_id=cohort.id, import_id=preview.id))
    return render_template("cohorts/roster_upload.html", form=form, cohort=cohort)


@blueprint.get("/roster-template.csv")
@access.requires(*KEEPERS)
def template() -> Response:
    """An empty roster with the right column titles."""
    stream = io.StringIO()
    csv.writer(stream).writerow([tr(title) for title in TITLES.values()])
    return Response(
        "\ufeff" + stream.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": "attachment; filename=roster.csv"},
    )


@blueprint.get("/roster-template.xlsx")
@access.requires(*KEEPERS)
def template_workbook() -> Response:
    """An empty roster as a workbook whose columns are text, so that leading zeros stay."""
    return Response(
        empty_workbook([tr(title) for title in TITLES.values()]),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": "attachment; filename=roster.xlsx"},
    )


@blueprint.get("/<uuid:cohort_id>/roster/<uuid:import_id>")
@access.requires(*KEEPERS)
def preview(cohort_id: uuid.UUID, import_id: uuid.UUID) -> str:
    """What was read, row by row, with every fault."""
    cohort = queries.get_managed_cohort(require_actor(), cohort_id)
    kept = roster_services.get_preview(cohort, import_id)
    rows = roster_services.preview_rows(kept)
    if kept.confirmed_at is None:
        roster_services.check_against_accounts(cohort, rows)
    return render_template(
        "cohorts/roster_preview.html",
        form=ConfirmForm(),
        cohort=cohort,
        preview=kept,
        rows=sorted(rows, key=lambda row: not row.faults),
        faulty=sum(1 for row in rows if row.faults),
    )


@blueprint.post("/<uuid:cohort_id>/roster/<uuid:import_id>")
@access.requires(*KEEPERS)
def confirm(cohort_id: uuid.UUID, import_id: uuid.UUID) -> BaseResponse:
    """Import what was shown: all of it, or nothing."""
    actor = require_actor()
    try:
        with transaction():
            cohort = queries.get_managed_cohort(actor, cohort_id)
            kept = roster_services.get_preview(cohort, import_id)
            made, count = roster_services.import_roster(actor, cohort, kept, clock.now())
    except Invalid:
        flash(_("Nothing was imported: some rows have faults."), "error")
        return redirect(url_for("rosters.preview", cohort_id=cohort_id, import_id=import_id))
    flash(
        _(
            "Imported: %(count)d people, %(made)d of them new. New people get an invitation by e-mail.",
            count=count,
            made=made,
        ),
        "ok",
    )
    return redirect(url_for("cohorts.show", cohort_id=cohort_id))
