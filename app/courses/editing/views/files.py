"""Files of a draft: saved by our script as one writes, figures, who else is here; and any file as plain text."""

import re
import uuid
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Invalid, NotFound
from app.core.identifiers import new_id
from app.core.publishing import send_long, send_stored
from app.courses.authoring import queries as drafts
from app.courses.authoring import services as authoring
from app.courses.authoring.rules import Saved, is_text
from app.courses.authoring.sources import find_text, media_of
from app.courses.content import pictures
from app.courses.content.figure_checks import findings
from app.courses.editing import outlines, services, words
from app.courses.editing.queries import Work, find_work
from app.courses.editing.views.blueprint import author, author_only, author_only_reads_first, blueprint, work
from app.courses.queries import get_figure
from app.files import services as files

_FIGURE_NAME = re.compile(r"[^a-z0-9._-]+")
#: Our script asks every ten seconds; who has not asked for longer has left.
_HERE = timedelta(seconds=25)
PATH = "/authoring/<string:course_key>/files/<path:path>"


def answer(course_key: str, saved: Saved, sent: str) -> dict[str, Any]:
    """What our script is told of a save; the text only where it is another than was sent."""
    conflict = saved.conflict_id
    return {
        "path": saved.path,
        "version": saved.version,
        "merged": saved.merged,
        "text": saved.text if saved.text != sent else None,
        "conflict": url_for(".show_conflict", course_key=course_key, conflict_id=conflict) if conflict else None,
        "saved_at": clock.now().isoformat(),
    }


@blueprint.put(PATH)
@author_only
def save_file(course_key: str, path: str) -> FlaskResponse:
    """One edit. Safe to repeat: an ``edit_id`` is answered as the first time. 409 names the conflict kept."""
    data: Any = request.get_json(silent=True)
    try:
        text, version = str(data["text"]), int(data["base_version"])
        edit_id, device = uuid.UUID(str(data["edit_id"])), str(data.get("device", ""))[:80]
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("text, base_version, edit_id") from error
    who = services.Author(require_actor(), clock.now(), device)
    with transaction():
        saved = services.save_text(who, work(course_key), path, text, base_version=version, edit_id=edit_id)
    response = jsonify(answer(course_key, saved, text))
    response.status_code = 409 if saved.conflict_id else 200
    return response


@blueprint.get(PATH)
@author_only
def read_file(course_key: str, path: str) -> FlaskResponse:
    """A text with its version, and a fresh token for the next save."""
    place = work(course_key)
    return jsonify(path=path, version=place.head(path).version, text=place.text(path), csrf_token=generate_csrf())


@blueprint.post("/authoring/<string:course_key>/presence")
@author_only
def note_presence(course_key: str) -> FlaskResponse:
    """The author has these files open; who else has, and the files' present versions."""
    data: Any = request.get_json(silent=True)
    if not isinstance(data, dict) or not isinstance(data.get("paths"), list):
        raise Invalid("paths, device")
    device, now, actor = str(data.get("device", ""))[:80], clock.now(), require_actor()
    paths = [str(path) for path in data["paths"][:4]]
    with transaction():
        place = work(course_key)
        for path in paths:
            authoring.note_presence(actor, place.draft.id, path, device=device, now=now)
        present = drafts.present_in(place.draft.id, now)
    others = [
        {"name": one.name, "path": one.path, "self": one.person_id == actor.person_id}
        for one in present
        if (one.person_id, one.device) != (actor.person_id, device) and one.seen_at > now - _HERE
    ]
    versions = {path: place.files[path].version for path in paths if path in place.files}
    return jsonify(others=others, versions=versions, csrf_token=generate_csrf())


# --- figures -----------------------------------------------------------------------------------------------


def figure_name(given: str, suffix: str, taken: dict[str, str], digest: str) -> str:
    """A plain name of its own for a figure; its ending says what the file is, whatever it was called."""
    stem = _FIGURE_NAME.sub("-", PurePath(given).stem.lower()).strip("-.")[:60] or "figure"
    name, number = f"{stem}{suffix}", 1
    while name in taken and taken[name] != digest:
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name


@blueprint.post("/authoring/<string:course_key>/figures")
@author_only_reads_first
def add_figure(course_key: str) -> FlaskResponse:
    """Take a figure, encoded anew; its name and address. What the checks refuse is refused with their words."""
    place = work(course_key)
    sent = request.files.get("figure")
    data = sent.read(pictures.MAX_BYTES + 1) if sent else b""
    if not data or sent is None:
        raise Invalid(_("Choose a file."))
    root = current_app.extensions["academy.settings"].data_dir
    release()
    picture = _safe_picture(data)
    digest = authoring.store_upload(root, picture.data)
    name = figure_name(sent.filename or "", picture.suffix, place.figures, digest)
    with transaction():
        authoring.add_media(
            require_actor(), place.draft.id, f"figures/{name}", picture.data, edit_id=new_id(), now=clock.now()
        )
    return jsonify(name=name, url=url_for(".show_media", course_key=course_key, digest=digest))


def _safe_picture(data: bytes) -> pictures.Picture:
    """The upload as lessons may show it. Raises Invalid with the words of the content check."""
    try:
        picture = pictures.make_safe(data)
    except pictures.Unsafe as fault:
        raise Invalid(words.check_words(fault.wrong, fault.mend)) from fault
    if found := findings(f"figure{picture.suffix}", picture.data):
        reasons = list(dict.fromkeys(words.check_words(one.wrong, one.mend) for one in found))
        raise Invalid(" ".join(reasons[:3]))
    return picture


@blueprint.get("/authoring/<string:course_key>/media/<string:digest>")
@author_only
def show_media(course_key: str, digest: str) -> Response:
    """A file of the draft, or a published figure; its name is its hash, so browsers may keep it for ever."""
    place = find_work(require_actor(), course_key)
    root = current_app.extensions["academy.settings"].data_dir
    kept = media_of([digest]).get(digest)
    if place is not None and digest in place.media.values():
        if kept is None:
            return send_stored((find_text(digest) or "").encode(), "text/vtt", digest)
        return send_long(files.locate(root, digest), kept.media_type, digest)
    if place is None or digest not in place.figures.values():
        get_figure(digest)
    if kept is None:
        raise NotFound
    try:
        data = files.read(root, digest)
    except OSError as error:
        raise NotFound from error
    return send_stored(data, kept.media_type, digest)


# --- any file as text --------------------------------------------------------------------------------------


@blueprint.route("/authoring/<string:course_key>/source/<path:path>", methods=["GET", "POST"])
@author_only
def edit_source(course_key: str, path: str) -> str | Response | tuple[str, int]:
    """A file of the course as its plain text: for what no form offers, and for files that cannot be read."""
    place = work(course_key)
    if not is_text(path):
        raise NotFound
    if request.method == "GET":
        return _source(place, path, place.text(path), place.head(path).version)
    text = request.form.get("text", "").replace("\r\n", "\n")
    version = request.form.get("version", "")
    if not version.isdecimal():
        raise Invalid("version: a number")
    with transaction():
        saved = services.save(author(), work(course_key), path, text, base_version=int(version))
    if saved.conflict_id:
        return redirect(url_for(".show_conflict", course_key=course_key, conflict_id=saved.conflict_id), 303)
    flash(_("Saved."), "ok")
    return redirect(url_for(".edit_source", course_key=course_key, path=path), 303)


def _source(place: Work, path: str, text: str, version: int) -> str:
    return render_template(
        "courses/editing/source.html",
        work=place,
        path=path,
        text=text,
        version=version,
        course=place.mapping("course.yaml"),
        faults=outlines.faults_in(place, path),
    )
