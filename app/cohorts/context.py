"""Where cohorts stand in the navigation."""

import uuid
from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.cohorts import candidates, groups, previews, queries
from app.core import navigation
from app.core.access import Actor
from app.core.navigation import Area
from app.courses.previewing import registry
from app.quizzes.registry import Candidates, Groups, context_groups, context_url
from app.quizzes.registry import candidates as register_candidates


def portrait(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The cohorts of a person, for the copy of her own data."""
    return [
        {
            "cohort": membership.cohort.name,
            "programme": membership.cohort.programme_revision.body["title"],
            "state": membership.state.value,
            "since": membership.state_since.isoformat(),
            "reason": membership.reason,
            "joined_at": membership.created_at.isoformat(),
        }
        for membership in queries.memberships_of(person_id)
    ]


def programme_url(membership_id: uuid.UUID) -> str:
    """Where the result of a certification examination leads back to."""
    return url_for("programmes.mine", membership_id=membership_id)


def _cohorts_to_choose(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The cohorts whose people's sittings a regrade or an accommodation may concern."""
    return [(each.cohort.id, each.cohort.name) for each in queries.list_cohorts(actor)]


def init_app(_app: Flask) -> None:
    context_url(queries.EXAM_CONTEXT, programme_url)
    context_groups(
        "cohort",
        Groups(
            _l("Cohort"),
            _cohorts_to_choose,
            groups.sittings_of_cohort,
            groups.cohorts_of_sitting,
            groups.describe_cohorts,
        ),
    )
    register_candidates(
        queries.EXAM_CONTEXT, Candidates(candidates.candidates_of, candidates.groups_of, candidates.quizzes_to_sit)
    )
    own_data.register("cohorts", portrait)
    registry.register("cohorts", previews.cohorts_with)
    navigation.register(_l("Programmes"), "programmes.index", order=30)
    navigation.register(_l("Cohorts"), "cohorts.index", order=40, area=Area.TEACHING)
    navigation.register(_l("Join a cohort"), "joining.join", order=60, place="account")
    navigation.register(_l("Export log"), "cohorts.exports", order=70, place="account")
