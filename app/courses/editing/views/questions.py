"""The question editor: a form for every type, its preview in both languages, and a trial as a student."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.languages import locale_name, told
from app.core.text import language_of
from app.courses.content.faults import Fault
from app.courses.editing import fields, outlines, previews, question_types, services
from app.courses.editing.queries import Work
from app.courses.editing.views import trees
from app.courses.editing.views.blueprint import author, author_only, author_only_reads_first, blueprint, work
from app.courses.editing.views.files import answer
from app.library.queries import library
from app.quizzes import grading
from app.quizzes.rendering import refused

QUESTIONS = "/authoring/<string:course_key>/questions/<string:module_key>"


@dataclass(slots=True)
class Trial:
    """An answer given as a student. ``percent`` is None where people would mark it."""

    response: dict[str, Any] = field(default_factory=dict)
    tried: bool = False
    error: str = ""
    refusal: Invalid | None = None
    correct: bool = False
    percent: str | None = None
    #: Which parts of it are right.
    parts: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A question in the form; ``key`` is None while it is new."""

    work: Work
    module_key: str
    key: str | None
    kind: str
    module: Mapping[str, Any]

    @property
    def path(self) -> str:
        return f"{self.module_key}/questions.yaml"

    @property
    def objectives(self) -> tuple[tuple[str, str], ...]:
        language = language_of(locale_name())
        found = [one for one in outlines.listed(self.module, "objectives") if isinstance(one, dict)]
        return tuple((str(one.get("id", "")), f"{one.get('id', '')} · {one.get(language, '')}") for one in found)

    def specs(self, kind: str) -> tuple[fields.Field, ...]:
        return question_types.question_fields(kind, self.objectives)


@blueprint.get(f"{QUESTIONS}/new")
@author_only
def choose_question_type(course_key: str, module_key: str) -> str:
    """Which type of question, with what each is for."""
    place = work(course_key)
    place.head(f"{module_key}/questions.yaml")
    return render_template(
        "courses/editing/question_types.html",
        work=place,
        course=place.mapping("course.yaml"),
        module=place.mapping(f"{module_key}/module.yaml"),
        module_key=module_key,
        types=question_types.TYPES,
        marked=question_types.MARKED_BY_PEOPLE,
    )


@blueprint.route(f"{QUESTIONS}/new/<string:kind>", methods=["GET", "POST"])
@author_only_reads_first
def new_question(course_key: str, module_key: str, kind: str) -> str | Response | tuple[str, int]:
    """A question of a type, not yet in the module."""
    if kind not in question_types.OWN:
        raise NotFound
    place = _place(course_key, module_key, None, kind)
    if request.method == "POST":
        return _posted(place)
    head = place.work.head(place.path)
    return _shown(place, trees.filled(place.specs(kind), _beginning(place), head.version))


@blueprint.route(f"{QUESTIONS}/<string:question_key>", methods=["GET", "POST"])
@author_only_reads_first
def edit_question(course_key: str, module_key: str, question_key: str) -> str | Response | tuple[str, int]:
    """A question of the module. Raises NotFound."""
    place = _place(course_key, module_key, question_key)
    if request.method == "POST":
        return _posted(place)
    values = _values(place)
    head = place.work.head(place.path)
    return _shown(place, trees.filled(place.specs(str(values.get("type", ""))), values, head.version))


@blueprint.post(f"{QUESTIONS}/<string:question_key>/remove")
@author_only
def remove_question(course_key: str, module_key: str, question_key: str) -> Response:
    """Take a question out of the draft."""
    with transaction():
        services.remove_question(author(), work(course_key), module_key, question_key)
    flash(_("Question removed: %(key)s", key=question_key), "ok")
    return redirect(url_for(".show_outline", course_key=course_key, _anchor=f"module-{module_key}"), 303)


def _place(course_key: str, module_key: str, key: str | None, kind: str = "") -> Place:
    found = work(course_key)
    module = found.mapping(f"{module_key}/module.yaml")
    found.head(f"{module_key}/questions.yaml")
    return Place(found, module_key, key, kind, module)


def _values(place: Place) -> dict[str, Any]:
    entries = outlines.listed(place.work.mapping(place.path), "questions")
    found = next((one for one in entries if isinstance(one, dict) and one.get("id") == place.key), None)
    if found is None:
        raise NotFound
    return found


def _beginning(place: Place) -> dict[str, Any]:
    """What a new question says from the start: a free id, the module's date, as many rows as its type needs."""
    taken = {one.key for one in outlines.questions_in(place.work.mapping(place.path))}
    stem = f"{place.work.key}-{place.module_key}"[:50]
    values: dict[str, Any] = {
        "id": fields.new_id(f"{stem}-q", sorted(taken)),
        "type": place.kind,
        "use": "bank",
        "as_of": place.module.get("as_of", ""),
        "objective": place.objectives[0][0] if len(place.objectives) == 1 else "",
    }
    for spec in question_types.content_fields(place.kind):
        if spec.kind in (fields.Kind.ROWS, fields.Kind.NAMED) and spec.required:
            values[spec.name] = []
            for _row in range(1 if spec.kind is fields.Kind.NAMED or spec.by_type else 2):
                values[spec.name].append(fields.blank(spec, [row["id"] for row in values[spec.name]]))
    return fields.as_values(place.specs(place.kind), values)


def _posted(place: Place) -> str | Response | tuple[str, int]:
    kind = request.form.get("type", place.kind)
    tree = trees.posted(place.specs(kind))
    action = request.form.get("action", "save")
    if action == "autosave":
        return _autosave(place, tree)
    if action == "save":
        return _save(place, tree)
    if action not in ("preview", "try"):
        trees.act(tree, action)
    return _shown(place, tree, _tried(place, tree) if action == "try" else None)


def _store(place: Place, tree: trees.Tree, edit_id: uuid.UUID | None = None) -> Any:
    base = trees.base_of(place.work, place.path, tree.version)
    values = tree.content_after(_values(place)) if place.key else tree.content
    release()
    with transaction():
        return services.save_question(
            author(), place.work, place.module_key, place.key, values, base=base, edit_id=edit_id
        )


def _save(place: Place, tree: trees.Tree) -> str | Response | tuple[str, int]:
    try:
        saved = _store(place, tree)
    except (Conflict, Invalid) as refused:
        return _shown(place, tree, error=told(refused)), 422
    if saved.conflict_id:
        address = url_for(".show_conflict", course_key=place.work.key, conflict_id=saved.conflict_id)
        return redirect(address, 303)
    flash(_("Saved."), "ok")
    key = str(tree.values.get("id", ""))
    address = url_for(".edit_question", course_key=place.work.key, module_key=place.module_key, question_key=key)
    return redirect(address, 303)


def _autosave(place: Place, tree: trees.Tree) -> Response:
    """Our script saves as one writes; a question that is new, or that changes its id, waits for the button."""
    if place.key is None or tree.values.get("id") != place.key:
        return jsonify(waiting=True)
    try:
        edit_id = uuid.UUID(request.form.get("edit_id", ""))
    except ValueError as error:
        raise Invalid("edit_id") from error
    saved = _store(place, tree, edit_id)
    response = jsonify(answer(place.work.key, saved, saved.text or ""))
    response.status_code = 409 if saved.conflict_id else 200
    return response


def _tried(place: Place, tree: trees.Tree) -> Trial:
    trial = Trial(tried=True)
    try:
        body = previews.body_of(tree.content, place.work)
        layout = grading.full_layout(body)
        trial.response = grading.written(cast(grading.Posted, request.form), "trial", layout)
        trial.response = grading.normalise(trial.response, layout)
        if not trial.response:
            raise Invalid(_("Answer the question first."), code="unanswered")
        result = grading.grade(body, trial.response)
    except Invalid as refused:
        trial.error = told(refused)
        return trial
    if isinstance(result, grading.NeedsMarking):
        return trial
    trial.correct = bool(result.correct)
    trial.percent = f"{result.fraction * 100:.0f}%"
    return trial


def _faults(place: Place, tree: trees.Tree) -> list[Fault]:
    """What the checks say of the question as it stands in the form."""
    return previews.question_faults(place.work, place.path, tree.content)


def _shown(place: Place, tree: trees.Tree, trial: Trial | None = None, error: str = "") -> str:
    language = request.form.get("language") or language_of(locale_name())
    books = library()
    trial = trial or Trial()
    question = previews.shown(tree.content, "en" if language == "en" else "zh", place.work, books)
    if question.view is not None and trial.refusal is not None:
        question = replace(question, view=refused(question.view, trial.refusal))
    html = render_template(
        "courses/editing/question.html",
        place=place,
        work=place.work,
        course=place.work.mapping("course.yaml"),
        tree=tree,
        about=[one for one in tree.fields if one.name in _ABOUT],
        content=question_types.content_fields(str(tree.values.get("type", place.kind))),
        question=question,
        language=language,
        trial=trial,
        error=error,
        faults=_faults(place, tree),
        figures=sorted(place.work.figures),
        instruments=sorted(books.instruments),
    )
    return previews.with_media(html, place.work)


_ABOUT = ("id", "type", "use", "objective", "difficulty", "tags", "as_of", "law")
