"""The pages of those who release results."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import Actor, require_actor
from app.core.database import transaction
from app.core.errors import Conflict, NotAllowed
from app.quizzes.releases import policies, queries, services

blueprint = Blueprint("releases", __name__)
blueprints = (blueprint,)


@blueprint.get("/results-to-release")
@access.requires(*policies.RELEASERS)
def list_held() -> str:
    """Examinations whose results come out together, and how far they are."""
    _releaser()
    return render_template("quizzes/releases/index.html", held=queries.list_held(), now=clock.now())


@blueprint.get("/results-to-release/<string:key>")
@access.requires(*policies.RELEASERS)
def show_held(key: str) -> str:
    """One examination: what is held, what still has to be done, and the releases so far."""
    _releaser()
    return _page(key)


@blueprint.post("/results-to-release/<string:key>")
@access.requires(*policies.RELEASERS)
def release_results(key: str) -> BaseResponse | tuple[str, int]:
    """Release every held result; the job brings them out."""
    actor = _releaser()
    although_running = bool(request.form.get("although_running"))
    try:
        with transaction():
            release = services.release_results(actor, key, although_running=although_running, now=clock.now())
            papers = release.papers
    except Conflict as conflict:
        return _page(key, conflict), 409
    flash(ngettext("%(num)d result is coming out.", "%(num)d results are coming out.", papers), "ok")
    return redirect(url_for(".show_held", key=key))


def _releaser() -> Actor:
    actor = require_actor()
    if not policies.can_release(actor):
        raise NotAllowed(_("Results are released by the national authority."))
    return actor


def _page(key: str, conflict: Conflict | None = None) -> str:
    held = queries.get_held(key)
    return render_template(
        "quizzes/releases/show.html",
        held=held,
        releases=queries.list_releases(held.quiz_id),
        conflict=conflict,
        now=clock.now(),
    )
