"""The legal library: list and search, one instrument, the glossary."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core import access
from app.core.access import require_actor
from app.core.database import transaction
from app.core.languages import locale_name
from app.library import policies, queries, registry, services
from app.library.forms import LawChangeForm
from app.library.rules import InstrumentNote

blueprint = Blueprint("library", __name__, url_prefix="/library")


@blueprint.get("")
@access.signed_in
def index() -> str:
    """Instruments by jurisdiction, or those that hold the words searched for."""
    words = request.args.get("q", "").strip()[:100]
    jurisdiction = request.args.get("jurisdiction", "").strip()[:3]
    return render_template(
        "library/index.html",
        instruments=queries.list_instruments(jurisdiction=jurisdiction, words=words),
        counts=queries.jurisdiction_counts(words),
        words=words,
        jurisdiction=jurisdiction,
    )


@blueprint.get("/glossary")
@access.signed_in
def show_glossary() -> str:
    """Terms in both languages."""
    terms = sorted(queries.library().terms, key=lambda term: str(term["en"]).casefold())
    return render_template("library/glossary.html", terms=terms)


@blueprint.get("/<string:key>")
@access.signed_in
def show_instrument(key: str) -> str:
    """Everything recorded of one instrument, and who cites it."""
    instrument = queries.get_instrument(key)
    note = InstrumentNote(instrument.key, instrument.jurisdiction, instrument.data)
    return render_template(
        "library/instrument.html",
        instrument=instrument,
        data=instrument.data,
        note=note,
        locale=locale_name(),
        revisions=queries.revisions_of(instrument),
        cited_in=registry.cited_in(key),
        changes=queries.changes_of(instrument),
        page_of_change=registry.page_of_change,
        may_record=policies.can_record_change(require_actor()),
    )


@blueprint.route("/<string:key>/changes/new", methods=["GET", "POST"])
@access.requires(*policies.KEEPERS)
def record_change(key: str) -> Any:
    """Record that an instrument changed on a day; what rests on the old law is listed from then on."""
    instrument = queries.get_instrument(key)
    form = LawChangeForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("library/record_change.html", form=form, instrument=instrument), status
    with transaction():
        change = services.record_change(
            require_actor(), instrument, changed_on=form.changed_on.data, note=form.note.data
        )
        followed_up = registry.page_of_change(change.id)
    flash(_("The change is recorded. Lessons and certificates that rest on the earlier law are listed."), "ok")
    return redirect(followed_up or url_for("library.show_instrument", key=key))


blueprints = (blueprint,)
