"""One's own notes: kept from a lesson's page or a form, listed, changed, removed, exported."""

import uuid
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import require_actor
from app.core.addresses import address_of
from app.core.database import transaction
from app.core.errors import Invalid
from app.core.forms import member_of
from app.core.identifiers import new_id
from app.core.languages import format_day, told, tr
from app.courses.studying import queries, services
from app.courses.studying.models import Note
from app.courses.studying.rules import notes as rules
from app.courses.studying.rules.anchors import Place, read_anchor
from app.courses.studying.views.blueprint import blueprint


def lesson_address(course_key: str, path: str) -> str:
    """The lesson of a section's path, at the section."""
    module_key, lesson_key, section_key = path.split("/")
    return url_for(
        "courses.show_lesson",
        course_key=course_key,
        module_key=module_key,
        lesson_key=lesson_key,
        _anchor=section_key,
    )


@blueprint.get("/courses/<string:course_key>/notes/new")
@access.signed_in
def new_note(course_key: str) -> str:
    """The form, for a whole section (our script opens its own beside the text)."""
    study = queries.get_enrolled_study(require_actor(), course_key)
    anchor = read_anchor(request.args)
    lesson = study.outline.find_by_home(anchor.module_key, anchor.lesson_key)
    if lesson is None or anchor.path not in study.outline.section_paths:
        raise Invalid(_("Your revision of this course has no such section."))
    section = next(section for section in lesson.sections if section.key == anchor.section_key)
    return render_template(
        "courses/studying/note_new.html",
        study=study,
        course_key=course_key,
        lesson=lesson,
        section=section,
        anchor=anchor,
        client_id=new_id(),
    )


@blueprint.post("/courses/<string:course_key>/notes")
@access.signed_in
def keep_note(course_key: str) -> Response | FlaskResponse:
    """A form's note, or one from our script's queue (JSON). Safe to repeat."""
    data: Any = request.get_json(silent=True) if request.is_json else request.form
    note = _keep(course_key, data)
    if request.is_json:
        return jsonify(_acknowledged(note))
    flash(_("Kept among your notes."), "ok")
    return redirect(lesson_address(course_key, note.anchor.path), 303)


def _keep(course_key: str, data: Any) -> Note:
    try:
        client_id, base, text = uuid.UUID(str(data["id"])), int(data.get("version") or 0), data.get("text") or ""
    except (TypeError, ValueError, KeyError, AttributeError):
        raise Invalid("id: a UUID; version: a number") from None
    if not isinstance(text, str):
        raise Invalid("text: a text")
    anchor = read_anchor(data)
    with transaction():
        return services.keep_note(
            require_actor(),
            course_key,
            client_id=client_id,
            anchor=anchor,
            text=text,
            base_version=base,
            now=clock.now(),
        )


def _acknowledged(note: Note) -> dict[str, object]:
    return {
        "id": str(note.client_id),
        "version": note.version,
        "text": note.text,
        "saved_at": note.updated_at.isoformat(),
        "edit": url_for("studying.edit_note", note_id=note.id),
        "remove": url_for("studying.remove_note", note_id=note.id),
    }


@blueprint.get("/notes")
@access.signed_in
def my_notes() -> str:
    """Everything one has marked and written, by course."""
    actor = require_actor()
    course_key, kind = request.args.get("course", ""), member_of(rules.Kind, request.args.get("kind"))
    counts = queries.count_by_course(actor)
    return render_template(
        "courses/studying/notes.html",
        lines=queries.list_notes(actor, course_key=course_key, kind=kind),
        counts=counts,
        titles=queries.titles_of(counts),
        course_key=course_key,
        kind=kind,
        address=lesson_address,
    )


@blueprint.route("/notes/<uuid:note_id>", methods=["GET", "POST"])
@access.signed_in
def edit_note(note_id: uuid.UUID) -> Any:
    """Change one's own words."""
    note = queries.get_own_note(require_actor(), note_id)
    text, error = note.text, ""
    if request.method == "POST":
        text = request.form.get("text", "")
        try:
            with transaction():
                services.change_note(
                    note, text=text, base_version=request.form.get("version", 0, type=int), now=clock.now()
                )
        except Invalid as refused:
            error = told(refused)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".my_notes", _anchor=f"note-{note.id}"), 303)
    page = render_template("courses/studying/note_edit.html", note=note, text=text, error=error)
    return page, 422 if error else 200


@blueprint.post("/notes/<uuid:note_id>/remove")
@access.signed_in
def remove_note(note_id: uuid.UUID) -> Response | FlaskResponse:
    """Remove one's own note; one of somebody else's is not touched, and not told of."""
    with transaction():
        services.remove_note(require_actor(), note_id)
    if request.is_json:
        return jsonify(removed=True)
    return redirect(url_for(".my_notes"), 303)


@blueprint.get("/notes/export")
@access.signed_in
def export_notes() -> FlaskResponse:
    """All of one's own notes as a Markdown file."""
    lines = queries.list_notes(require_actor(), course_key=request.args.get("course", ""))
    remarks = {Place.MOVED: _("moved"), Place.CHANGED: _("place changed"), Place.GONE: _("place changed")}
    text = rules.as_markdown(
        _("My notes"),
        [
            rules.Line(
                course=tr(line.outline.data["title"]) if line.outline else line.note.course_key,
                lesson=tr(line.lesson.title) if line.lesson else _("Place changed"),
                section=tr(line.section_title) if line.section_title else line.note.anchor.path,
                url=_public_address(line),
                day=format_day(line.note.created_at),
                quote=line.note.quote,
                text=line.note.text,
                remark=remarks.get(line.place, ""),
            )
            for line in lines
        ],
    )
    response = current_app.response_class(text, mimetype="text/markdown")
    response.headers["Content-Disposition"] = 'attachment; filename="my-notes.md"'
    return response


def _public_address(line: queries.NoteLine) -> str:
    if not line.path:
        return address_of("studying.my_notes")
    module_key, lesson_key, section_key = line.path.split("/")
    lesson = address_of(
        "courses.show_lesson", course_key=line.note.course_key, module_key=module_key, lesson_key=lesson_key
    )
    return f"{lesson}#{section_key}"
