"""Recordings and attachments of a draft: the list, uploads under way, and one recording with its words."""

from typing import Any, Final

from flask import Response as FlaskResponse
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Invalid, NotFound
from app.courses.authoring import queries as drafts
from app.courses.content import captions
from app.courses.content.media_checks import kind_of
from app.courses.content.tree import LANGUAGES
from app.courses.editing import outlines, recordings, services
from app.courses.editing.queries import Work
from app.courses.editing.recordings import WORDS, words_path
from app.courses.editing.views.blueprint import author, author_only, author_only_reads_first, blueprint, work
from app.courses.editing.views.uploads import announce, count_piece, data_dir, finish, limits
from app.courses.uploads import queries as uploads
from app.courses.uploads import storage
from app.courses.uploads.services import Announced

LIST: Final = "/authoring/<string:course_key>/recordings"
ONE: Final = f"{LIST}/<string:name>"


@blueprint.get(LIST)
@author_only
def list_recordings(course_key: str) -> str:
    """What the draft has, what is on its way, and where more is added."""
    place = work(course_key)
    return render_template(
        "courses/editing/recordings.html",
        work=place,
        course=place.mapping("course.yaml"),
        lines=recordings.lines_of(place),
        open_uploads=uploads.open_uploads(require_actor(), course_key, clock.now()),
        limits=limits(),
        data=upload_data(place),
    )


@blueprint.get("/authoring/<string:course_key>/recordings.json")
@author_only
def name_recordings(course_key: str) -> FlaskResponse:
    """The files that a lesson may place, for the editor's dialog."""
    lines = recordings.lines_of(work(course_key))
    missing = _("Captions or text version missing")
    notes = {one.name: (one.media.length, "" if one.is_complete else missing) for one in lines}
    return jsonify(
        files=[
            {"name": one.name, "kind": one.media.kind, "note": " · ".join(filter(None, notes[one.name]))}
            for one in lines
        ]
    )


def upload_data(place: Work) -> dict[str, Any]:
    """What the uploading script needs."""
    return {
        "uploads": url_for(".begin_upload", course_key=place.key),
        "limit": limits().file,
        "token": url_for(".read_file", course_key=place.key, path="course.yaml"),
        "words": {
            "preparing": _("Preparing …"),
            "sending": _("{percent}% · {sent} of {size}"),
            "offline": _("Offline: goes on by itself when you are back"),
            "busy": _("The server does not answer: tried again soon"),
            "waiting": _("Another upload is being received; this one goes on in a moment."),
            "signedOut": _("You are signed out: sign in again in another window, then this one goes on"),
            "checking": _("All of it has arrived. Looking at what it is …"),
            "done": _("Done: {name}"),
            "paused": _("Paused. What has arrived is kept for three days."),
            "tooLarge": _("The file has more than {most} MB."),
            "failed": _("The file was not taken."),
        },
    }


@blueprint.post(LIST)
@author_only_reads_first
def add_recording(course_key: str) -> Response:
    """A file from the plain form, in one piece: for browsers without our script."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(_("Choose a file."))
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    actor = require_actor()
    release()
    with transaction():
        upload_id = announce(actor, course_key, Announced(sent.filename, size)).id
    count_piece(upload_id, 0, storage.keep_piece(data_dir(), upload_id, sent.stream.read, size))
    name = finish(actor, course_key, upload_id)
    flash(_("Added: %(name)s", name=name), "ok")
    return redirect(url_for(".edit_recording", course_key=course_key, name=name), 303)


@blueprint.get(ONE)
@author_only
def edit_recording(course_key: str, name: str) -> str:
    """The recording, its captions and its transcript in both languages."""
    place = work(course_key)
    return _page(place, name, {tag: _text(place, path)[0] for tag, path in _paths(place, name).items()})


def _paths(place: Work, name: str) -> dict[str, str]:
    """The files of its words by field (``captions-zh`` …); attachments have none. Raises NotFound."""
    kept = recordings.folder_in(place).files.get(name)
    if kept is None:
        raise NotFound
    wanted = WORDS[kind_of(kept.media_type)]
    return {f"{kind}-{tag}": words_path(name, kind, tag) for kind in wanted for tag in LANGUAGES}


def _text(place: Work, path: str) -> tuple[str, int]:
    """A text with its version; empty where there is no file."""
    head = place.heads.get(path)
    if path in place.files:
        return place.text(path), place.head(path).version
    return "", head.version if head else 0


def _page(place: Work, name: str, texts: dict[str, str]) -> str:
    paths = _paths(place, name)
    found = drafts.faults_of(place.draft.id)
    return render_template(
        "courses/editing/recording.html",
        work=place,
        course=place.mapping("course.yaml"),
        name=name,
        line=recordings.line_of(place, name),
        texts=texts,
        versions={field: _text(place, path)[1] for field, path in paths.items()},
        faults={
            field: [fault for fault in found if outlines.path_of(place, fault) == path]
            for field, path in paths.items()
        },
    )


@blueprint.post(ONE)
@author_only
def save_recording(course_key: str, name: str) -> str | Response:
    """Save its words; or take the transcript from the captions, which saves nothing yet."""
    place = work(course_key)
    sent = {field: _sent(field) for field in _paths(place, name)}
    tag = request.form.get("action", "").removeprefix("transcript-")
    if f"captions-{tag}" in sent:
        sent[f"transcript-{tag}"] = captions.as_transcript(sent[f"captions-{tag}"])
        return _page(place, name, sent)
    conflict = None
    with transaction():
        for field, path in _paths(place, name).items():
            version = request.form.get(f"version-{field}", "")
            if not version.isdecimal():
                raise Invalid("version: a number")
            saved = services.save_words(author(), place, path, sent[field], base_version=int(version))
            conflict = (saved.conflict_id if saved else None) or conflict
    if conflict:
        return redirect(url_for(".show_conflict", course_key=course_key, conflict_id=conflict), 303)
    flash(_("Saved."), "ok")
    return redirect(url_for(".edit_recording", course_key=course_key, name=name), 303)


def _sent(field: str) -> str:
    """The text of a field, or of the file chosen for it."""
    chosen = request.files.get(f"{field}-file")
    data = chosen.read() if chosen and chosen.filename else b""
    try:
        text = data.decode("utf-8-sig") if data else request.form.get(field, "")
    except UnicodeDecodeError as error:
        raise Invalid(_("The file is no text in UTF-8.")) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"{text.rstrip()}\n" if text.strip() else ""


@blueprint.post(f"{ONE}/remove")
@author_only
def remove_recording(course_key: str, name: str) -> Response:
    """The recording and its words leave the draft; what they held stays in its versions."""
    with transaction():
        place = work(course_key)
        paths = [f"media/{name}", *_paths(place, name).values()]
        services.remove_files(author(), place, [path for path in paths if path in place.files])
    flash(_("Removed: %(name)s", name=name), "ok")
    return redirect(url_for(".list_recordings", course_key=course_key), 303)
