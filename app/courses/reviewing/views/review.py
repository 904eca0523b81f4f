"""What a draft changes, what is said about it, and the decision."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.languages import told
from app.courses.authoring import policies
from app.courses.authoring import queries as authoring
from app.courses.authoring import services as editing
from app.courses.authoring.models import Draft
from app.courses.authoring.rules import Decision, DraftState
from app.courses.authoring.sources import manifest_of
from app.courses.editing.queries import courses_of, title_of
from app.courses.reviewing import queries, services, words
from app.courses.reviewing.forms import DecideForm, SubmitForm
from app.courses.reviewing.models import RemarkState
from app.courses.reviewing.rules import RowKind
from app.courses.reviewing.views.blueprint import (
    author_only,
    author_only_reads_first,
    blueprint,
    read_first,
    shown_sections,
)

Answer = str | Response | tuple[str, int]


@blueprint.get("/drafts-to-review")
@author_only
def list_reviews() -> str:
    """Every draft of one's courses that waits for somebody."""
    lines = [one for one in courses_of(require_actor()) if one.draft is not None]
    return render_template(
        "courses/reviewing/index.html",
        lines=lines,
        authors=authoring.authors_in([one.draft.id for one in lines if one.draft]),
        words=words,
        DraftState=DraftState,
    )


@blueprint.get("/authoring/<string:course_key>/review")
@author_only
def show_review(course_key: str) -> Answer:
    """The changes with their comments, and what comes next."""
    authoring.source_for(require_actor(), course_key)
    if authoring.find_open_draft(course_key) is None:
        flash(_("Nothing is in work on this course now."), "info")
        return redirect(url_for(".show_history", course_key=course_key), 303)
    return _page(course_key, SubmitForm(formdata=None), DecideForm(formdata=None))


@blueprint.post("/authoring/<string:course_key>/review/submit")
@author_only_reads_first
def submit(course_key: str) -> Answer:
    """Ask for a review."""
    form, draft_id = SubmitForm(), _draft_id(course_key)
    if not form.validate():
        return _page(course_key, form, DecideForm(formdata=None)), 422
    read_first(draft_id)
    try:
        with transaction():
            editing.submit(require_actor(), draft_id, note=str(form.note.data), now=clock.now())
    except Conflict as refused:
        return _page(course_key, form, DecideForm(formdata=None), told(refused)), refused.status
    flash(_("The draft waits for a reviewer."), "ok")
    return _back(course_key)


@blueprint.post("/authoring/<string:course_key>/review/decide")
@author_only_reads_first
def decide(course_key: str) -> Answer:
    """Approve the draft as it stands, or send it back."""
    form, draft_id = DecideForm(), _draft_id(course_key)
    if not form.validate():
        return _page(course_key, SubmitForm(formdata=None), form), 422
    unchanged = request.form.get("tree") == authoring.tree_digest_of(draft_id)
    release()
    if not unchanged:
        message = _("Somebody edited the draft while you read it. Look at the changes once more.")
        return _page(course_key, SubmitForm(formdata=None), form, message), 409
    decision = Decision(form.decision.data)
    try:
        with transaction():
            editing.decide(require_actor(), draft_id, decision, note=str(form.note.data), now=clock.now())
    except (Conflict, NotAllowed) as refused:
        return _page(course_key, SubmitForm(formdata=None), form, told(refused)), refused.status
    flash(str(words.DECISIONS[decision]), "ok")
    return _back(course_key)


@blueprint.post("/authoring/<string:course_key>/review/update")
@author_only_reads_first
def bring_up(course_key: str) -> Response:
    """Bring in what was published since the draft began."""
    draft_id = _draft_id(course_key)
    with transaction():
        clashing = editing.update_draft(require_actor(), draft_id, clock.now())
    if clashing:
        flash(
            ngettext(
                "%(num)d file changed on both sides: bring them together.",
                "%(num)d files changed on both sides: bring them together.",
                len(clashing),
            ),
            "attention",
        )
    else:
        flash(_("The draft holds everything that is published."), "ok")
    return _back(course_key)


@blueprint.post("/authoring/<string:course_key>/review/remarks")
@author_only_reads_first
def add_remark(course_key: str) -> Answer:
    """Comment on words of the draft."""
    draft_id, given = _draft_id(course_key), request.form
    line = int(given.get("line", "0")) if given.get("line", "").isdecimal() else 0
    try:
        with transaction():
            remark = services.add_remark(
                require_actor(),
                draft_id,
                given.get("path", ""),
                line=line,
                quote=given.get("quote", ""),
                body=given.get("body", ""),
                suggestion=given.get("suggestion") if "suggest" in given else None,
                now=clock.now(),
            )
            anchor = f"remark-{remark.id}"
    except (Conflict, Invalid) as refused:
        page = _page(course_key, SubmitForm(formdata=None), DecideForm(formdata=None), told(refused))
        return page, refused.status
    return _back(course_key, anchor)


@blueprint.post("/authoring/<string:course_key>/review/remarks/<uuid:remark_id>")
@author_only_reads_first
def settle_remark(course_key: str, remark_id: uuid.UUID) -> Answer:
    """Answer a comment, say it is dealt with, or take its words over."""
    actor, action = require_actor(), request.form.get("action", "")
    _draft_id(course_key)
    try:
        with transaction():
            if action == "take":
                services.take_suggestion(actor, remark_id, now=clock.now())
            elif action == "resolve":
                services.resolve_remark(actor, remark_id, now=clock.now())
            else:
                services.answer_remark(actor, remark_id, body=request.form.get("body", ""), now=clock.now())
    except (Conflict, Invalid) as refused:
        page = _page(course_key, SubmitForm(formdata=None), DecideForm(formdata=None), told(refused))
        return page, refused.status
    return _back(course_key, f"remark-{remark_id}")


def _draft(course_key: str) -> Draft:
    return authoring.open_draft_for(require_actor(), course_key)


def _draft_id(course_key: str) -> uuid.UUID:
    """The draft, before a transaction is opened."""
    draft_id = _draft(course_key).id
    release()
    return draft_id


def _back(course_key: str, anchor: str | None = None) -> Response:
    return redirect(url_for(".show_review", course_key=course_key, _anchor=anchor), 303)


def _page(course_key: str, submitting: SubmitForm, deciding: DecideForm, error: str = "") -> str:
    actor, draft = require_actor(), _draft(course_key)
    source = authoring.source_for(actor, course_key)
    before, after = manifest_of(draft.base_tree), authoring.manifest_of_draft(draft.id)
    changes = queries.changes_between(before, after)
    threads = queries.threads_of(draft.id, {one.path: one.after for one in changes if one.after is not None})
    remarks = [each for found in threads.values() for one in found for each in (one.remark, *one.answers)]
    reviews = authoring.reviews_of(draft.id)
    authors = authoring.authors_of(draft.id)
    view = "rendered" if request.args.get("view") == "rendered" else "source"
    context: dict[str, Any] = {
        "draft": draft,
        "course_key": course_key,
        "course_title": title_of(course_key),
        "changes": changes,
        "shown": {one.path: shown_sections(one, course_key, before, after) for one in changes}
        if view == "rendered"
        else {},
        "threads": threads,
        "names": queries.names_in(remarks, reviews),
        "open_remarks": sum(one.remark.state == RemarkState.OPEN for found in threads.values() for one in found),
        "reviews": reviews,
        "approval": authoring.approval_of(draft.id),
        "faults": authoring.faults_of(draft.id),
        "conflicts": authoring.conflicts_of(draft.id),
        "outdated": source.published_tree != draft.base_tree,
        "may_decide": policies.can_review(actor, source.organisation_id, authors),
        "wrote": actor.person_id in authors,
        "tree": authoring.tree_digest_of(draft.id),
        "commenting": (request.values.get("path"), request.values.get("line", type=int)),
        "given": request.form,
    }
    return render_template(
        "courses/reviewing/review.html",
        **context,
        submitting=submitting,
        deciding=deciding,
        error=error,
        view=view,
        words=words,
        DraftState=DraftState,
        RemarkState=RemarkState,
        RowKind=RowKind,
    )
