"""The examination of a course: its form, what pools would draw, what candidates will be told, and its removal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.database import release, transaction
from app.core.errors import Invalid, NotFound
from app.core.languages import choose_zone, locale_name, zone_name
from app.core.text import LOCALE_OF, language_of
from app.courses.authoring.surroundings import surroundings_of
from app.courses.editing import exam_fields, exam_pools, exam_words, exams, services
from app.courses.editing.exam_fields import Layout
from app.courses.editing.exams import Code, Problem
from app.courses.editing.queries import Work, mapping_of, programmes_with
from app.courses.editing.views import trees
from app.courses.editing.views.blueprint import author, author_only, author_only_reads_first, blueprint, work

EXAM = "/authoring/<string:course_key>/exam"


@dataclass(slots=True)
class Form:
    """The form as it stands. ``before`` is the examination as the file has it; empty while there is none."""

    work: Work
    before: dict[str, Any]
    layout: Layout
    bank: exam_pools.Bank
    code: Code
    parts: Sequence[exam_fields.Part]
    tree: trees.Tree
    #: Fields that have been named as missing; others may still be empty. None: every one is named.
    open: set[str] | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return not self.before

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(choose_zone())

    def values(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """The examination as the file will say it; ``before``: as it stood when the form was filled."""
        old = self.before if before is None else before
        found = exams.written(self.tree.fields, self.tree.content, old, self.zone)
        return found | ({"access_code": self.code.kept} if self.code.kept else {})


@blueprint.route(EXAM, methods=["GET", "POST"])
@author_only_reads_first
def edit_exam(course_key: str) -> str | Response | tuple[str, int]:
    """Every setting of the course's examination; a new one begins with the usual rules."""
    place = work(course_key)
    course = place.mapping("course.yaml")
    if not course:
        flash(_("The course’s file cannot be read. Mend its source first."), "attention")
        return redirect(url_for(".edit_source", course_key=course_key, path="course.yaml"), 303)
    before = _exam_in(course)
    if request.method == "GET":
        return _shown(_filled(place, course, before))
    form = _posted(place, before)
    action = request.form.get("action", "save")
    if action == "save":
        return _save(form)
    if action in ("divide", "join"):
        form = _laid_out(form, Layout.PARTS if action == "divide" else Layout.POOLS)
    elif action != "preview":
        trees.act(form.tree, action)
    return _shown(form)


def _exam_in(course: dict[str, Any]) -> dict[str, Any]:
    """The examination in a course's file; empty where there is none, or something else."""
    exam = course.get("exam")
    return exam if isinstance(exam, dict) else {}


def _filled(place: Work, course: dict[str, Any], before: dict[str, Any]) -> Form:
    bank = exam_pools.bank_of(place, _pools(before))
    values = before or exams.beginning(place.key, course, bank)
    layout = exams.layout_of(values)
    parts = exam_fields.form_parts(bank, layout, new=not before)
    zone = ZoneInfo(choose_zone())
    tree = trees.filled(exam_fields.fields_in(parts), exams.shown(values, zone), place.head("course.yaml").version)
    return Form(place, before, layout, bank, _code(before), parts, tree, None if before else set())


def _posted(place: Work, before: dict[str, Any]) -> Form:
    try:
        layout = Layout(request.form.get("layout", ""))
    except ValueError as error:
        raise Invalid("layout") from error
    bank = exam_pools.bank_of(place, [*_pools(before), *_posted_pools()])
    parts = exam_fields.form_parts(bank, layout, new=not before)
    tree = trees.posted(exam_fields.fields_in(parts))
    code = exams.code_after(
        _code(before),
        choice=request.form.get("code.choice", "keep"),
        typed=request.form.get("code.typed", ""),
        sealed=request.form.get("code.sealed", ""),
        examination=str(before.get("id") or tree.values.get("id", "")),
        refusal=exam_words.code_refusal(),
    )
    still_open = set(request.form.get("open", "").split())
    return Form(place, before, layout, bank, code, parts, tree, still_open)


def _pools(exam: dict[str, Any]) -> list[Any]:
    return [pool for _name, pool in exam_pools.pools_in(exam)]


def _posted_pools() -> list[dict[str, Any]]:
    """What the posted pools name, wherever they stand."""
    names = ("module", "tags", "questions")
    return [
        {name.rpartition(".")[2]: values}
        for name, values in request.form.lists()
        if name.rpartition(".")[2] in names and "pools." in name
    ]


def _code(exam: dict[str, Any]) -> Code:
    return Code(str(exam.get("access_code") or ""))


def _laid_out(form: Form, layout: Layout) -> Form:
    """The same pools, divided into parts or in one list."""
    values = form.tree.values
    pools = [pool for section in values.pop("sections", []) for pool in section.get("pools", [])]
    pools = [*values.pop("pools", []), *pools]
    if layout is Layout.PARTS:
        values["sections"] = [{"title": {}, "pools": pools}]
    else:
        values["pools"] = pools
    form.layout = layout
    form.parts = exam_fields.form_parts(form.bank, layout, new=form.is_new)
    form.tree.fields = exam_fields.fields_in(form.parts)
    return form


def _save(form: Form) -> str | Response | tuple[str, int]:
    """An unfinished examination is kept, as everything in a draft; only what is no code cannot be."""
    place = form.work
    taken = surroundings_of(place.key).taken_exams if form.is_new else frozenset()
    if form.code.error or form.tree.values.get("id") in taken:
        if not form.code.error:
            form.problems.append(Problem("id", "taken", {}))
        form.open = None
        return _shown(form), 422
    base = trees.base_of(place, "course.yaml", form.tree.version)
    values = form.values(_exam_in(mapping_of(base[1])))
    release()
    with transaction():
        saved = services.save_exam(author(), place, values, base=base)
    if saved.conflict_id:
        return redirect(url_for(".show_conflict", course_key=place.key, conflict_id=saved.conflict_id), 303)
    flash(_("Saved."), "ok")
    return redirect(url_for(".edit_exam", course_key=place.key), 303)


def _shown(form: Form) -> str:
    values = form.values()
    draws = exam_pools.draws_of(values, form.bank)
    exam, problems = exams.problems_of(values, draws)
    missing = {one.name for one in problems if one.kind == "missing"}
    named = missing if form.open is None else missing & form.open
    faults: dict[str, list[str]] = {}
    for problem in (one for one in [*form.problems, *problems] if one.kind != "missing" or one.name in named):
        faults.setdefault(problem.name, []).append(exam_words.problem_words(problem))
    if form.code.error:
        faults["code.typed"] = [form.code.error]
    rules = exams.told(exam, clock.now()) if exam else None
    language = request.form.get("language") or language_of(locale_name())
    return render_template(
        "courses/editing/exam.html",
        work=form.work,
        course=form.work.mapping("course.yaml"),
        form=form,
        tree=form.tree,
        faults_at=faults,
        named=sorted(named),
        fault_count=sum(map(len, faults.values())),
        notes_at={name: exam_words.draw_lines(draw) for name, draw in draws.items()},
        matches_at={
            name: [(one.words, _address(form.work, one)) for one in draw.questions] for name, draw in draws.items()
        },
        rules=rules,
        card=_card(rules, "en" if language == "en" else "zh"),
        language=language,
        others=exams.others_in(form.before),
        programmes=programmes_with(form.work.key),
        zone=zone_name(choose_zone()),
        address=request.remote_addr or "",
    )


def _address(place: Work, question: exam_pools.BankQuestion) -> str:
    return url_for(".edit_question", course_key=place.key, module_key=question.module, question_key=question.id)


def _card(rules: Any, language: str) -> str:
    with force_locale(LOCALE_OF[language]):
        return render_template("courses/editing/_exam_card.html", rules=rules) if rules else ""


@blueprint.route(f"{EXAM}/remove", methods=["GET", "POST"])
@author_only
def remove_exam(course_key: str) -> str | Response:
    """Take the examination out of the draft, once one knows what follows."""
    place = work(course_key)
    course = place.mapping("course.yaml")
    if "exam" not in course:
        raise NotFound
    if request.method == "GET":
        return render_template(
            "courses/editing/remove_exam.html", work=place, course=course, exam=_exam_in(course)
        )
    with transaction():
        services.remove_exam(author(), work(course_key))
    flash(_("The examination is out of the draft."), "ok")
    return redirect(url_for(".show_outline", course_key=course_key), 303)
