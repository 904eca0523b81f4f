"""What experts add to the application: links."""

from functools import partial

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation, worklist
from app.core.access import Role
from app.core.navigation import Area
from app.experts import policies, queries
from app.experts.portrait import portrait
from app.experts.rules import ApplicationState

_WORK = {
    ApplicationState.SUBMITTED: _l("Applications for the formal check"),
    ApplicationState.UNDER_REVIEW: _l("Applications under review"),
    ApplicationState.RECOMMENDED: _l("Applications to decide"),
}


def init_app(_app: Flask) -> None:
    own_data.register("experts", portrait)
    keepers = set(policies.KEEPERS)
    for state, label in _WORK.items():
        worklist.register(
            label,
            "experts.list_applications",
            state=state.value,
            roles={Role.CERTIFIER},
            count=partial(queries.count_in_state, state=state),
            order=50,
        )
    navigation.register(_l("Expert application"), "experts.my_application", order=45, roles={Role.TRAINEE})
    navigation.register(
        _l("Applications"), "experts.list_applications", order=65, roles=keepers, area=Area.CERTIFICATION
    )
    navigation.register(
        _l("Expert pool"),
        "experts.search_pool",
        order=66,
        roles=keepers,
        area=Area.CERTIFICATION,
    )
