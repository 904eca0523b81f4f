"""Publish an approved draft, knowing whom it affects."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Conflict
from app.core.languages import told
from app.courses.authoring import queries as authoring
from app.courses.authoring import services as editing
from app.courses.authoring.models import Draft
from app.courses.authoring.rules import Moving
from app.courses.editing.queries import title_of
from app.courses.reviewing import queries
from app.courses.reviewing.forms import PublishForm
from app.courses.reviewing.views.blueprint import author_only, author_only_reads_first, blueprint, read_first


@blueprint.get("/authoring/<string:course_key>/publish")
@author_only
def show_publish(course_key: str) -> str | Response:
    """Whom the publication affects, and what becomes of them."""
    draft = authoring.open_draft_for(require_actor(), course_key)
    if authoring.approval_of(draft.id) is None:
        flash(_("Another person has to approve these files first."), "attention")
        return redirect(url_for(".show_review", course_key=course_key), 303)
    form = PublishForm(formdata=None)
    form.note.data = draft.note
    return _page(draft, form)


@blueprint.post("/authoring/<string:course_key>/publish")
@author_only_reads_first
def publish(course_key: str) -> Response | tuple[str, int]:
    """Make the draft the published course."""
    actor, form = require_actor(), PublishForm()
    draft = authoring.open_draft_for(actor, course_key)
    if not form.validate():
        return _page(draft, form), 422
    draft_id = draft.id
    read_first(draft_id)
    try:
        with transaction():
            revision = editing.publish(
                actor, draft_id, note=str(form.note.data), moving=Moving(form.moving.data), now=clock.now()
            )
            number = revision.number
    except Conflict as refused:
        return _page(authoring.open_draft_for(actor, course_key), form, told(refused)), refused.status
    flash(_("Revision %(number)s is published.", number=number), "ok")
    return redirect(url_for(".show_history", course_key=course_key), 303)


def _page(draft: Draft, form: PublishForm, error: str = "") -> str:
    return render_template(
        "courses/reviewing/publish.html",
        draft=draft,
        course_key=draft.course_key,
        course_title=title_of(draft.course_key),
        reach=authoring.reach_of(require_actor(), draft.id),
        changes=queries.changes_of(draft),
        open_remarks=queries.count_open_remarks(draft.id),
        form=form,
        error=error,
    )
