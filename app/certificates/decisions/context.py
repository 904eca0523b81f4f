"""Where decisions stand in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.certificates.decisions import queries
from app.core import navigation, worklist
from app.core.access import Role
from app.core.navigation import Area


def init_app(_app: Flask) -> None:
    """Give certifiers the link, with how many wait for them."""
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
        count=queries.count_open,
        area=Area.CERTIFICATION,
    )
