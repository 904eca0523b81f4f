"""The first page: what this place is, or what you do next."""

from flask import Blueprint, render_template

from app.core import access, clock, worklist
from app.core.access import Role, current_actor
from app.home import queries
from app.quizzes.queries import under_way

blueprint = Blueprint("home", __name__)
blueprints = (blueprint,)


@blueprint.get("/")
@access.public
def index() -> str:
    """A stranger learns what this place is; everybody else sees her desk."""
    actor = current_actor()
    if actor is None:
        return render_template("home/landing.html")
    now = clock.now()
    return render_template(
        "home/desk.html",
        under_way=under_way(actor.person_id, now),
        learning=queries.learning_of(actor, now) if queries.studies(actor) else None,
        cohorts=queries.cohorts_of(actor, now) if actor.has(Role.REGISTRAR, Role.INSTRUCTOR) else None,
        waiting=worklist.waiting_for(actor) if worklist.has_work(actor) else None,
        running=queries.running_state(now) if actor.has(Role.ADMINISTRATOR) else None,
        now=now,
    )
