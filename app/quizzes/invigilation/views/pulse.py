"""The candidate's page tells that it is there, and hears whether something was decided."""

import uuid

from flask import Blueprint, Response, abort, jsonify

from app.accounts.identity import claimed_session
from app.core import access, clock
from app.core.database import release, transaction
from app.core.errors import NotFound
from app.quizzes.invigilation import queries, services
from app.quizzes.invigilation.context import presences

blueprint = Blueprint("pulse", __name__)


@blueprint.post("/attempts/<uuid:attempt_id>/pulse")
@access.own_check("one joined select of session, person and attempt for every page", reads_first=True)
def keep_pulse(attempt_id: uuid.UUID) -> Response:
    """State and number of decisions of the candidate's own attempt; her sign of life is noted."""
    login_id, now = claimed_session(), clock.now()
    found = queries.find_pulse(login_id, attempt_id, now) if login_id else None
    release()
    if found is None:
        if access.current_actor() is None:
            abort(401)
        raise NotFound
    due = presences().note(attempt_id, now) if found.state.is_open else {}
    if due:
        with transaction():
            services.keep_presences(due)
    return jsonify(state=found.state.value, decisions=found.decisions)
