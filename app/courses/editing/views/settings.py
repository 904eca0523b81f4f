"""Settings of a course, a module, a lesson: forms over parts of their files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.database import release, transaction
from app.core.errors import NotFound
from app.core.languages import locale_name
from app.courses.editing import outlines, services, settings_fields
from app.courses.editing.fields import Field
from app.courses.editing.queries import Work
from app.courses.editing.views import trees
from app.courses.editing.views.blueprint import author, author_only_reads_first, blueprint, work
from app.library.queries import library


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of which file a form is about."""

    title: str
    path: str
    fields: Sequence[Field]
    anchor: str = ""
    lesson: str | None = None

    def values(self, place: Work) -> dict[str, Any]:
        """Raises NotFound for a lesson that the module does not have."""
        found = place.mapping(self.path)
        if self.lesson is None:
            return found
        entries = outlines.listed(found, "lessons")
        entry = next((one for one in entries if isinstance(one, dict) and one.get("id") == self.lesson), None)
        if entry is None:
            raise NotFound
        return entry


@blueprint.route("/authoring/<string:course_key>/settings", methods=["GET", "POST"])
@author_only_reads_first
def course_settings(course_key: str) -> str | Response:
    """Title, summary, as-of date, jurisdictions, hours of a course."""
    return _page(course_key, Place(_("Settings of the course"), "course.yaml", settings_fields.COURSE))


@blueprint.route("/authoring/<string:course_key>/modules/<string:module_key>/settings", methods=["GET", "POST"])
@author_only_reads_first
def module_settings(course_key: str, module_key: str) -> str | Response:
    """Title, objectives, law and readings of a module."""
    specs = settings_fields.module_fields(instrument_options())
    title = _("Settings of the module")
    return _page(course_key, Place(title, f"{module_key}/module.yaml", specs, f"module-{module_key}"))


@blueprint.route(
    "/authoring/<string:course_key>/lessons/<string:module_key>/<string:lesson_key>/settings",
    methods=["GET", "POST"],
)
@author_only_reads_first
def lesson_settings(course_key: str, module_key: str, lesson_key: str) -> str | Response:
    """Title, minutes and kind of a lesson."""
    place = Place(
        _("Settings of the lesson"),
        f"{module_key}/module.yaml",
        settings_fields.LESSON,
        f"lesson-{module_key}-{lesson_key}",
        lesson_key,
    )
    return _page(course_key, place)


def instrument_options() -> list[tuple[str, str]]:
    """Everything the library records: key and name."""
    locale, notes = locale_name(), library().instruments.values()
    return [
        (note.key, f"{note.jurisdiction} · {note.name(locale)}")
        for note in sorted(notes, key=lambda n: (n.jurisdiction, n.key))
    ]


def _page(course_key: str, about: Place) -> str | Response:
    place = work(course_key)
    head = place.head(about.path)
    if request.method == "GET":
        return _shown(place, about, trees.filled(about.fields, about.values(place), head.version))
    tree = trees.posted(about.fields)
    action = request.form.get("action", "save")
    if action != "save":
        trees.act(tree, action)
        return _shown(place, about, tree)
    base = trees.base_of(place, about.path, tree.version)
    values = tree.content_after(about.values(place))
    release()
    names = [field.name for field in about.fields]
    with transaction():
        saved = services.save_settings(author(), place, about.path, values, names, base=base, lesson=about.lesson)
    if saved.conflict_id:
        return redirect(url_for(".show_conflict", course_key=course_key, conflict_id=saved.conflict_id), 303)
    flash(_("Saved."), "ok")
    return redirect(url_for(".show_outline", course_key=course_key, _anchor=about.anchor or None), 303)


def _shown(place: Work, about: Place, tree: trees.Tree) -> str:
    return render_template(
        "courses/editing/settings.html",
        work=place,
        about=about,
        tree=tree,
        course=place.mapping("course.yaml"),
        faults=outlines.faults_in(place, about.path),
    )
