"""The pages of a course through a trainee's eyes, by the code of the real ones. Nothing is written."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import require_actor
from app.core.errors import Invalid, NotFound
from app.core.languages import local_day, local_moment, locale_name
from app.core.web import CONTENT_SECURITY_POLICY
from app.courses import pages, services
from app.courses.authoring.policies import AUTHORS
from app.courses.editing.queries import media_path
from app.courses.links import Links
from app.courses.pages import CheckState
from app.courses.previewing import queries, registry
from app.courses.previewing.queries import StateLine, Study
from app.courses.previewing.registry import Cohort
from app.courses.previewing.rules import Phase, Pretended, Stage, phase_of, progress_at
from app.courses.rules import LessonOutline, next_step
from app.courses.studying import beside
from app.library.queries import library

blueprint = Blueprint("previewing", __name__)
blueprints = (blueprint,)
author_only = access.requires(*AUTHORS)
author_only_reads = access.requires(*AUTHORS, reads_first=True)

BASE: Final = "/authoring/<string:course_key>/preview"
LESSON: Final = f"{BASE}/lessons/<string:module_key>/<string:lesson_key>"
#: Dates beyond these mean nothing here, and zones do not know them.
YEARS: Final = range(1990, 2100)
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Trial:
    """Whose eyes the page is seen through, as the strip says it and every address carries it."""

    course_key: str
    states: list[StateLine]
    #: The state shown; None while it cannot be read as a course.
    study: Study | None
    moment: datetime
    #: As the form has it; empty: now.
    given_moment: str
    cohorts: list[Cohort]
    cohort: Cohort | None
    stage: Stage
    #: Shown in a frame as wide as a phone; ``framed`` is the page inside.
    phone: bool
    framed: bool

    @property
    def day(self) -> date:
        return local_day(self.moment)

    @property
    def phase(self) -> tuple[Phase, int] | None:
        """Where the day lies in the cohort's time."""
        return phase_of(self.day, self.cohort.starts_on, self.cohort.ends_on) if self.cohort else None

    def query(self) -> dict[str, str]:
        """What every address of the preview carries."""
        chosen = {
            "of": request.args.get("of", ""),
            "on": self.given_moment,
            "cohort": str(self.cohort.id) if self.cohort else "",
            "stage": self.stage.value if self.stage is not Stage.BEGINNING else "",
            "width": "phone" if self.phone and not self.framed else "",
            "framed": "1" if self.framed else "",
        }
        return {name: value for name, value in chosen.items() if value}

    @property
    def frame_url(self) -> str:
        """The same page, for the frame."""
        values = self.query() | {"framed": "1"}
        values.pop("width", None)
        return f"{request.path}?{urlencode(values)}"


class PreviewLinks(Links):
    """The same pages inside the preview; what is not previewed leads nowhere."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(trial.course_key)
        self.query: dict[str, Any] = {**trial.query()}

    def _to(self, endpoint: str, **values: Any) -> str:
        name = endpoint.partition(".")[2]
        return url_for(f"previewing.{name}", course_key=self.course_key, **self.query, **values)

    @property
    def home(self) -> None:
        return None

    @property
    def catalogue(self) -> None:
        return None

    @property
    def search(self) -> None:
        return None

    def document(self, _module_key: str) -> None:
        return None


def _trial(course_key: str) -> Trial:
    """What the address asks for. Raises NotFound for courses, states and cohorts that are not hers to see."""
    actor, given = require_actor(), request.args
    states = queries.states_of(actor, course_key)
    state = queries.chosen_state(states, course_key, _uuid(given.get("of", "")))
    cohorts = registry.cohorts_of(actor, course_key)
    cohort_id = _uuid(given.get("cohort", ""))
    cohort = next((one for one in cohorts if one.id == cohort_id), None)
    if cohort_id is not None and cohort is None:
        raise NotFound
    moment = _moment(given.get("on", ""))
    return Trial(
        course_key=course_key,
        states=states,
        study=queries.study_of(course_key, state),
        moment=moment or clock.now(),
        given_moment=given["on"] if moment else "",
        cohorts=cohorts,
        cohort=cohort,
        stage=Stage.STUDIED if given.get("stage") == Stage.STUDIED else Stage.BEGINNING,
        phone=given.get("width") == "phone",
        framed="framed" in given,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise NotFound from error


def _moment(text: str) -> datetime | None:
    """Day and time of the reader's zone. Raises Invalid."""
    if not text:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("Write a day and a time.")) from error
    if given.year not in YEARS or given.tzinfo is not None:
        raise Invalid(_("Write a day and a time."))
    return local_moment(given)


@blueprint.get(BASE)
@author_only
def show_course(course_key: str) -> Answer:
    """The course's page at the chosen moment, as the cohort's members see it."""
    trial = _trial(course_key)
    study = trial.study
    if study is None or trial.phone:
        return _without_page(trial)
    outline = study.outline
    progress = progress_at(trial.stage, outline)
    return _page(
        trial,
        "courses/course.html",
        outline=outline,
        enrolment=Pretended(_since(trial)),
        progress=progress,
        step=next_step(outline, progress),
        completion=None,
        exam=study.exam_rules(trial.moment),
        can_preview=False,
        can_take_up=False,
    )


def _since(trial: Trial) -> datetime:
    """Since when the trainee is in the course."""
    if trial.cohort is None:
        return trial.moment
    return min(trial.moment, local_moment(datetime.combine(trial.cohort.starts_on, datetime.min.time())))


@blueprint.get(f"{BASE}/exam")
@author_only
def show_exam(course_key: str) -> Answer:
    """The rules of the closing examination, before Start."""
    trial = _trial(course_key)
    rules = trial.study.exam_rules(trial.moment) if trial.study else None
    if trial.study is None or trial.phone:
        return _without_page(trial)
    if rules is None:
        raise NotFound
    studied = trial.stage is Stage.STUDIED
    return _page(trial, "courses/exam.html", outline=trial.study.outline, studied=studied, rules=rules)


@blueprint.post(f"{BASE}/exam/start")
@author_only_reads
def start_exam(course_key: str) -> Response:
    """Nothing starts in a preview: back to the rules."""
    trial = _trial(course_key)
    flash(_("This is a preview: no attempt begins."), "info")
    return redirect(PreviewLinks(trial).exam, 303)


@blueprint.get(LESSON)
@author_only
def show_lesson(course_key: str, module_key: str, lesson_key: str) -> Answer:
    """The lesson, with the check questions open."""
    trial = _trial(course_key)
    if trial.study is None or trial.phone:
        return _without_page(trial)
    lesson = trial.study.outline.find_lesson(module_key, lesson_key)
    if lesson is None:
        flash(_("This state of the course does not have the lesson."), "info")
        return redirect(PreviewLinks(trial).course, 303)
    return _lesson(trial, trial.study, lesson)


@blueprint.post(f"{LESSON}/read")
@author_only_reads
def mark_lesson_read(course_key: str, module_key: str, lesson_key: str) -> Response:
    """The button at the end of a lesson leads on; nothing is noted."""
    trial = _trial(course_key)
    study, lesson = _found(trial, module_key, lesson_key)
    after = study.outline.neighbours(lesson)[1]
    links = PreviewLinks(trial)
    return redirect(links.lesson(after) if after else links.course, 303)


@blueprint.post(f"{LESSON}/checks/<string:question_key>")
@author_only_reads
def answer_check(course_key: str, module_key: str, lesson_key: str, question_key: str) -> Answer:
    """Grade an answer and show what a trainee is told; nothing is kept."""
    trial = _trial(course_key)
    study, lesson = _found(trial, module_key, lesson_key)
    body = study.check_bodies(lesson).get(question_key)
    if body is None:
        raise NotFound
    state, status = CheckState(queries.shown_check(question_key, body, locale_name(), library())), 200
    try:
        checked = services.try_check(question_key, pages.answer_in_form(state, body), body)
        state.response, state.correct = checked.response, checked.correct
    except Invalid as error:
        state.refuse(error)
        status = error.status
    if pages.is_partial():
        return _with_media(trial, pages.check_part(PreviewLinks(trial), lesson, state))
    shown = _lesson(trial, study, lesson, state)
    shown.status_code = status
    return shown


def _found(trial: Trial, module_key: str, lesson_key: str) -> tuple[Study, LessonOutline]:
    lesson = trial.study.outline.find_lesson(module_key, lesson_key) if trial.study else None
    if trial.study is None or lesson is None:
        raise NotFound
    return trial.study, lesson


def _lesson(trial: Trial, study: Study, lesson: LessonOutline, changed: CheckState | None = None) -> Response:
    books, locale = library(), locale_name()
    checks = {
        key: CheckState(queries.shown_check(key, body, locale, books))
        for key, body in study.check_bodies(lesson).items()
    }
    if changed is not None:
        checks[changed.question.key] = changed
    side = beside.at_lesson(require_actor(), study.key, study.outline, lesson, None)
    html = pages.lesson_page(
        PreviewLinks(trial),
        study.outline,
        lesson,
        study.text(lesson, locale, books),
        checks,
        side=beside.Side(progress_at(trial.stage, study.outline), side.notes, side.questions),
        books=books,
        now=trial.moment,
        keeps=False,
        preview=False,
        frame="courses/previewing/page.html",
        trial=trial,
    )
    return _response(trial, html)


def _page(trial: Trial, template: str, **context: Any) -> Response:
    html = render_template(
        template,
        **context,
        course_key=trial.course_key,
        links=PreviewLinks(trial),
        frame="courses/previewing/page.html",
        trial=trial,
    )
    return _response(trial, html)


def _without_page(trial: Trial) -> Response:
    """The strip alone: above a frame as wide as a phone, or above the reason why nothing can be shown."""
    return _response(trial, render_template("courses/previewing/frame.html", trial=trial))


def _with_media(trial: Trial, html: str) -> str:
    """Images of questions are published with the question; until then the draft serves them."""
    is_draft = trial.study is not None and trial.study.state.is_draft
    return html.replace("/question-images/", media_path(trial.course_key, "")) if is_draft else html


def _response(trial: Trial, html: str) -> Response:
    response = current_app.make_response(_with_media(trial, html))
    if trial.framed:  # by our own page alone
        policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        response.headers["Content-Security-Policy"] = policy
    elif trial.phone:
        response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response
