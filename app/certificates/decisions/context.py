"""Where decisions stand in the navigation and on desks."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.certificates.decisions import queries
from app.core import navigation, worklist
from app.core.access import Role
from app.core.navigation import Area


def init_app(_app: Flask) -> None:
    """Give certifiers the link, and their desks how many wait."""
    worklist.register(
        _l("Certificates to decide"),
        "certificate_decisions.list_open",
        roles={Role.CERTIFIER},
        count=queries.count_open,
        order=60,
    )
    navigation.register(
        _l("Certificates to decide"),
        "certificate_decisions.list_open",
        order=61,
        roles={Role.CERTIFIER},
        area=Area.CERTIFICATION,
    )
