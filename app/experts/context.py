"""What experts add to the application: links."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation
from app.core.access import Role
from app.experts import policies
from app.experts.portrait import portrait


def init_app(_app: Flask) -> None:
    own_data.register("experts", portrait)
    keepers = set(policies.KEEPERS)
    navigation.register(_l("Expert application"), "experts.my_application", order=45, roles={Role.TRAINEE})
    navigation.register(_l("Applications"), "experts.list_applications", order=65, roles=keepers)
    navigation.register(_l("Expert pool"), "experts.search_pool", order=66, roles=keepers)
