"""What the library adds to templates and navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.library import labels
from app.library.queries import anchor_of


def init_app(app: Flask) -> None:
    navigation.register(_l("Legal library"), "library.index", order=20)
    app.jinja_env.filters.update(
        instrument_kind=labels.kind_name,
        instrument_status=labels.status_name,
        instrument_status_kind=labels.status_kind,
        iso_day=labels.iso_day,
        jurisdiction=labels.jurisdiction_name,
        pin_anchor=anchor_of,
    )
