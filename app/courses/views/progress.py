"""Evidence of reading: posted by our script as sections are read, or by a button at the end of the lesson."""

from typing import Any

from flask import Response as FlaskResponse
from flask import jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Invalid, NotFound
from app.courses import queries, services
from app.courses.views.blueprint import LESSON, blueprint


@blueprint.post("/courses/<string:course_key>/progress")
@access.signed_in
def save_progress(course_key: str) -> FlaskResponse:
    """A batch from lesson.js: sections read, and where the reader is. Safe to repeat."""
    data: Any = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise Invalid("A JSON object is needed.")
    paths, place = data.get("read", []), data.get("place", "")
    listed = isinstance(paths, list) and all(isinstance(path, str) for path in paths)
    if not listed or not isinstance(place, str):
        raise Invalid("read: a list of paths; place: a path")
    now, actor = clock.now(), require_actor()
    with transaction():
        fresh = services.mark_read(actor, course_key, paths=paths, now=now)
        if place:
            _keep_place(course_key, place)
    return jsonify(fresh=fresh, saved_at=now.isoformat())


def _keep_place(course_key: str, path: str) -> None:
    module_key, _, rest = path.partition("/")
    lesson_key, _, section_key = rest.partition("/")
    try:
        services.keep_place(
            require_actor(),
            course_key,
            module_key=module_key,
            lesson_key=lesson_key,
            section_key=section_key,
            now=clock.now(),
        )
    except NotFound:
        return  # the place belongs to a text that this reader's revision does not have


@blueprint.post(f"{LESSON}/read")
@access.signed_in
def mark_lesson_read(course_key: str, module_key: str, lesson_key: str) -> Response:
    """The button at the end of a lesson: its sections are read; on to the next lesson, or back to the course."""
    actor = require_actor()
    with transaction():
        enrolment = queries.enrolment_in(actor.person_id, course_key)
        if enrolment is None:
            raise NotFound
        outline = queries.outline(enrolment.course_revision_id)
        lesson = outline.find_lesson(module_key, lesson_key)
        if lesson is None:
            raise NotFound
        services.mark_read(actor, course_key, paths=lesson.paths(), now=clock.now())
        _before, after = outline.neighbours(lesson)
    if after is None:
        return redirect(url_for(".show_course", course_key=course_key), 303)
    address = url_for(".show_lesson", course_key=course_key, module_key=after.module_key, lesson_key=after.key)
    return redirect(address, 303)
