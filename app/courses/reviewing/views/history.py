"""What was published, how two publications differ, and publishing an earlier one anew."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, NotFound
from app.core.languages import told
from app.courses.authoring import queries as authoring
from app.courses.authoring import services as editing
from app.courses.authoring.affected import Reach
from app.courses.authoring.rules import Moving
from app.courses.authoring.sources import manifest_of
from app.courses.editing.queries import title_of
from app.courses.reviewing import queries, words
from app.courses.reviewing.forms import PublishForm
from app.courses.reviewing.rules import RowKind
from app.courses.reviewing.views.blueprint import author_only, author_only_reads_first, blueprint, shown_sections


@blueprint.get("/authoring/<string:course_key>/history")
@author_only
def show_history(course_key: str) -> str:
    """Every publication with what changed, by whom, and who approved it."""
    source = authoring.source_for(require_actor(), course_key)
    return render_template(
        "courses/reviewing/history.html",
        course_key=course_key,
        course_title=title_of(course_key),
        lines=queries.history_of(course_key),
        current=source.published_tree,
        draft=authoring.find_open_draft(course_key),
        words=words,
    )


@blueprint.get("/authoring/<string:course_key>/history/compare")
@author_only
def choose_comparison(course_key: str) -> Response:
    """Any two publications, chosen in the history. Raises NotFound."""
    authoring.source_for(require_actor(), course_key)
    try:
        before_id, after_id = (uuid.UUID(request.args.get(name, "")) for name in ("before", "after"))
    except ValueError as error:
        raise NotFound from error
    return redirect(url_for(".compare", course_key=course_key, before_id=before_id, after_id=after_id))


@blueprint.get("/authoring/<string:course_key>/history/<uuid:before_id>/<uuid:after_id>")
@author_only
def compare(course_key: str, before_id: uuid.UUID, after_id: uuid.UUID) -> str:
    """How two publications differ, as source and as readers see it."""
    authoring.source_for(require_actor(), course_key)
    pair = [queries.published_tree(course_key, each) for each in (before_id, after_id)]
    before, after = (manifest_of(one.tree_digest) for one in pair)
    changes = queries.changes_between(before, after)
    view = "rendered" if request.args.get("view") == "rendered" else "source"
    return render_template(
        "courses/reviewing/compare.html",
        course_key=course_key,
        course_title=title_of(course_key),
        before=pair[0],
        after=pair[1],
        changes=changes,
        shown={one.path: shown_sections(one, course_key, before, after) for one in changes}
        if view == "rendered"
        else {},
        view=view,
        words=words,
        RowKind=RowKind,
    )


@blueprint.route("/authoring/<string:course_key>/history/<uuid:publication_id>/publish", methods=["GET", "POST"])
@author_only_reads_first
def roll_back(course_key: str, publication_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Publish an earlier state anew; nothing in between is lost."""
    actor, form = require_actor(), PublishForm()
    authoring.source_for(actor, course_key)
    tree = queries.published_tree(course_key, publication_id).tree_digest
    try:  # reads the files, which takes longest, before the transaction
        reach = authoring.reach_of_earlier(actor, course_key, manifest_of(tree))
    except Conflict as refused:
        return _roll_back(course_key, publication_id, form, error=told(refused)), refused.status
    if not form.validate_on_submit():
        return _roll_back(course_key, publication_id, form, reach), 422 if form.is_submitted() else 200
    release()
    try:
        with transaction():
            revision = editing.roll_back(
                actor,
                course_key,
                tree,
                note=str(form.note.data),
                moving=Moving(form.moving.data),
                now=clock.now(),
            )
            number = revision.number
    except Conflict as refused:
        return _roll_back(course_key, publication_id, form, reach, told(refused)), refused.status
    flash(_("Revision %(number)s is published anew.", number=number), "ok")
    return redirect(url_for(".show_history", course_key=course_key), 303)


def _roll_back(
    course_key: str, publication_id: uuid.UUID, form: PublishForm, reach: Reach | None = None, error: str = ""
) -> str:
    return render_template(
        "courses/reviewing/roll_back.html",
        course_key=course_key,
        course_title=title_of(course_key),
        earlier=queries.published_tree(course_key, publication_id),
        reach=reach,
        form=form,
        error=error,
    )
