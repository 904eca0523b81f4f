"""Files of questions: the images they show, and what candidates hand in."""

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.carrying import carried
from app.core.database import release, transaction
from app.core.errors import Conflict, DomainError, Invalid
from app.core.languages import told
from app.core.publishing import send_asked_each_time
from app.files import services as files
from app.quizzes import queries, services
from app.quizzes.context import keyring
from app.quizzes.protocol import read_page
from app.quizzes.views.attempts import paper_page, save_posted

blueprint = Blueprint("question_files", __name__)


@blueprint.get("/question-images/<string:digest>")
@access.signed_in
def show_image(digest: str) -> Response:
    """An image that a question shows. On a computer that others use, nobody sees it any more once she has left."""
    media_type = queries.media_type_of_image(digest)
    return send_asked_each_time(lambda: files.read(_data_dir(), digest), media_type, digest)


def _save_without_file(
    posted: MultiDict[str, str], attempt_id: uuid.UUID, **_item: uuid.UUID
) -> str | BaseResponse | tuple[str, int]:
    """Of what was carried through a sign-in: the file is to be chosen again."""
    answer = save_posted(posted, attempt_id)
    flash(_("The file did not come along: choose it again."), "attention")
    return answer


@blueprint.post("/attempts/<uuid:attempt_id>/questions/<uuid:item_id>/files")
@access.signed_in_read_first
@carried(_save_without_file, of="attempt_id")
def receive_file(attempt_id: uuid.UUID, item_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Save the paper that was posted, and take one file for a question of it."""
    actor = access.require_actor()
    place = queries.get_upload_place(actor, attempt_id, item_id)
    problem, received = _closed(place), None
    sent = request.files.get(f"q-{item_id}-file")
    data = sent.read(place.max_bytes + 1) if sent else b""
    page = read_page(request.form)
    release()
    if problem is None:
        try:
            kind = services.check_file(place, data)
            name = (sent.filename if sent else None) or ""
            received = services.Received(files.store(_data_dir(), data), kind, name, len(data))
        except Invalid as error:
            problem = error
    now = clock.now()
    with transaction():
        saved = services.save_paper(
            actor, attempt_id, request.form, seen=page.seen, places=page.places, keyring=keyring(), now=now
        )
        try:
            if received is not None:
                services.receive_file(actor, attempt_id, place, received, keyring=keyring(), now=now)
        except (Conflict, Invalid) as error:  # what else stood on the page is kept all the same
            problem = error
    if isinstance(problem, Conflict):  # nothing counts here any more: there is no field to say it beside
        flash(told(problem), "attention")
    elif problem:
        saved.refuse(item_id, told(problem))
    else:
        flash(_("The file is received."), "ok")
    if saved.refused:
        return paper_page(queries.get_own_paper(actor, attempt_id), saved), Invalid.status
    return redirect(url_for("quizzes.show_attempt", attempt_id=attempt_id, _anchor=f"question-{place.position}"))


def _closed(place: queries.UploadPlace) -> DomainError | None:
    """Why no file counts there any more: asked before one is kept on disk."""
    try:
        services.check_open(place.attempt, place.position, clock.now())
    except Conflict as error:
        return error
    return None


def _data_dir() -> Any:
    return current_app.extensions["academy.settings"].data_dir
