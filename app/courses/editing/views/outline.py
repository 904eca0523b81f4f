"""The outline of a course in work: modules and lessons, added, moved, removed."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.languages import told
from app.core.text import Bilingual
from app.courses.authoring import queries as drafts
from app.courses.editing import lesson_moves, outlines, services
from app.courses.editing.forms import PartForm
from app.courses.editing.queries import Work, begun_course, find_work
from app.courses.editing.services import Author
from app.courses.editing.views.blueprint import author, author_only, blueprint, work


@blueprint.get("/authoring/<string:course_key>")
@author_only
def show_outline(course_key: str) -> str:
    """Modules and lessons with how far they are, and what is still wrong."""
    place = find_work(require_actor(), course_key)
    if place is None:
        return render_template(
            "courses/editing/unopened.html", course_key=course_key, course=begun_course(course_key)
        )
    present, me = drafts.present_in(place.draft.id, clock.now()), require_actor().person_id
    return render_template(
        "courses/editing/outline.html",
        work=place,
        outline=outlines.outline_of(place),
        conflicts=drafts.conflicts_of(place.draft.id),
        present=[one for one in present if one.person_id != me],
    )


def _to_outline(course_key: str, anchor: str | None = None) -> Response:
    return redirect(url_for(".show_outline", course_key=course_key, _anchor=anchor), 303)


def _change(course_key: str, verb: Callable[[Author, Work], object], anchor: str | None = None) -> Response:
    with transaction():
        verb(author(), work(course_key))
    return _to_outline(course_key, anchor)


def _place() -> int:
    place = request.form.get("place", "")
    if not place.isdecimal():
        raise Invalid("place: a number")
    return int(place)


@blueprint.post("/authoring/<string:course_key>/modules/<string:module_key>/move")
@author_only
def move_module(course_key: str, module_key: str) -> Response:
    """Put a module at a place, counted from 0."""
    place = _place()
    return _change(
        course_key,
        lambda who, at: services.move_module(who, at, module_key, place),
        f"module-{module_key}",
    )


@blueprint.post("/authoring/<string:course_key>/modules/<string:module_key>/remove")
@author_only
def remove_module(course_key: str, module_key: str) -> Response:
    """Take a module with its lessons and questions out of the draft."""
    return _change(course_key, lambda who, at: services.remove_module(who, at, module_key))


@blueprint.post("/authoring/<string:course_key>/lessons/<string:module_key>/<string:lesson_key>/move")
@author_only
def move_lesson(course_key: str, module_key: str, lesson_key: str) -> Response:
    """Put a lesson at a place of its module, or of the one that ``to`` names, counted from 0."""
    place, to = _place(), request.form.get("to") or module_key
    if to == module_key:
        return _change(
            course_key,
            lambda who, at: services.move_lesson(who, at, module_key, lesson_key, place),
            f"lesson-{module_key}-{lesson_key}",
        )
    try:
        with transaction():
            along = lesson_moves.move_between(
                author(), work(course_key), module_key, lesson_key, to=to, place=place
            )
    except Conflict as refused:
        flash(told(refused), "error")
        return _to_outline(course_key, f"lesson-{module_key}-{lesson_key}")
    if along:
        keys = _(", ").join(along)
        flash(_("Check questions that came along: %(keys)s. Choose their objectives anew.", keys=keys), "info")
    return _to_outline(course_key, f"lesson-{to}-{lesson_key}")


@blueprint.post("/authoring/<string:course_key>/lessons/<string:module_key>/<string:lesson_key>/remove")
@author_only
def remove_lesson(course_key: str, module_key: str, lesson_key: str) -> Response:
    """Take a lesson out of the draft."""
    return _change(
        course_key,
        lambda who, at: services.remove_lesson(who, at, module_key, lesson_key),
        f"module-{module_key}",
    )


@blueprint.route("/authoring/<string:course_key>/modules/new", methods=["GET", "POST"])
@author_only
def add_module(course_key: str) -> str | Response | tuple[str, int]:
    """A new module at the end of the course."""

    def add(key: str, title: Bilingual) -> str:
        return services.add_module(author(), work(course_key), key=key, title=title)

    return _add(course_key, _("Add a module"), add, lambda key: f"module-{key}")


@blueprint.route("/authoring/<string:course_key>/modules/<string:module_key>/lessons/new", methods=["GET", "POST"])
@author_only
def add_lesson(course_key: str, module_key: str) -> str | Response | tuple[str, int]:
    """A new lesson at the end of a module."""

    def add(key: str, title: Bilingual) -> str:
        return services.add_lesson(author(), work(course_key), module_key, key=key, title=title)

    return _add(course_key, _("Add a lesson"), add, lambda key: f"lesson-{module_key}-{key}", module_key)


def _add(
    course_key: str,
    title: str,
    add: Callable[[str, Bilingual], str],
    anchor: Callable[[str], str],
    module_key: str | None = None,
) -> str | Response | tuple[str, int]:
    form = PartForm()
    page = "courses/editing/add_part.html"
    if form.validate_on_submit():
        names = Bilingual(zh=str(form.title_zh.data), en=str(form.title_en.data))
        try:
            with transaction():
                key = add(form.key.data or "", names)
        except NotFound:
            raise
        except (Conflict, Invalid) as refused:
            form.key.errors = [told(refused)]
        else:
            flash(_("Added: %(title)s", title=names["zh"]), "ok")
            return _to_outline(course_key, anchor(key))
    place = work(course_key)
    if module_key is not None:
        place.head(f"{module_key}/module.yaml")
    shown = render_template(page, form=form, title=title, work=place, course=place.mapping("course.yaml"))
    return (shown, 422) if form.errors else shown


@blueprint.get("/authoring/<string:course_key>/faults")
@author_only
def show_faults(course_key: str) -> str:
    """Everything that keeps the draft from being published, file by file."""
    place = work(course_key)
    outline = outlines.outline_of(place)
    return render_template("courses/editing/faults.html", work=place, outline=outline)
