"""Search inside a course."""

from flask import render_template, request

from app.core import access
from app.core.access import require_actor
from app.core.languages import locale_name
from app.courses.studying import queries
from app.courses.studying.rules.searching import MAX_LENGTH
from app.courses.studying.views.blueprint import blueprint


@blueprint.get("/courses/<string:course_key>/search")
@access.signed_in
def search(course_key: str) -> str:
    """The sections of the reader's own revision that hold every word asked for."""
    study = queries.study_in(require_actor(), course_key)
    words = request.args.get("q", "").strip()[:MAX_LENGTH]
    return render_template(
        "courses/studying/search.html",
        study=study,
        course_key=course_key,
        words=words,
        results=queries.search(study.outline, words, locale_name()) if words else None,
    )
