"""The legal library: list and search, one instrument, the glossary."""

from flask import Blueprint, render_template, request

from app.core import access
from app.core.languages import locale_name
from app.library import queries, registry
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
    )


blueprints = (blueprint,)
