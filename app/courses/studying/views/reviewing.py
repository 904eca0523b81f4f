"""The daily review: one question after the other, graded at once."""

import uuid
from dataclasses import replace
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import Actor, require_actor
from app.core.database import transaction
from app.core.errors import Invalid, NotFound
from app.core.forms import member_of
from app.core.identifiers import new_id
from app.core.languages import locale_name, told
from app.courses import queries as courses
from app.courses.studying import queries, services
from app.courses.studying.forms import PlanForm
from app.courses.studying.rules.spacing import Ease, days_until
from app.courses.studying.views.blueprint import blueprint
from app.library.queries import library
from app.quizzes import grading
from app.quizzes import queries as quizzes
from app.quizzes.rendering import refused

#: The prefix of the question's form fields.
NAME = "answer"


def _day(actor: Actor) -> queries.Day:
    return queries.review_day(actor.person_id, actor.time_zone, clock.now())


@blueprint.route("/review", methods=["GET", "POST"])
@access.signed_in
def review() -> Any:
    """What waits today, and how much a day one wants."""
    actor = require_actor()
    form = PlanForm(obj=queries.plan_of(actor.person_id))
    if form.validate_on_submit():
        with transaction():
            services.set_plan(actor, daily_limit=form.daily_limit.data, reminders=form.reminders.data)
        flash(_("Saved."), "ok")
        return redirect(url_for(".review"), 303)
    page = render_template("courses/studying/review.html", day=_day(actor), form=form)
    return page, 422 if form.is_submitted() else 200


def _question(revision_id: uuid.UUID) -> tuple[courses.CheckQuestion, dict[str, Any]]:
    revision = quizzes.question_revisions([revision_id])[revision_id]
    return courses.shown(str(revision_id), revision, locale_name(), library()), revision.body


@blueprint.get("/review/next")
@access.signed_in
def show_next_review() -> str | Response:
    """The next question of today, or back to the overview when there is none."""
    day = _day(require_actor())
    if not day.queue:
        return redirect(url_for(".review"))
    return _asked(day, day.queue[0].revision_id)


def _asked(
    day: queries.Day,
    revision_id: uuid.UUID,
    response: dict[str, Any] | None = None,
    error: str = "",
    refusal: Invalid | None = None,
) -> str:
    question, _body = _question(revision_id)
    if refusal is not None:
        question = replace(question, view=refused(question.view, refusal))
    return render_template(
        "courses/studying/review_question.html",
        day=day,
        question=question,
        name=NAME,
        response=response or {},
        error=error,
        client_id=new_id(),
    )


@blueprint.post("/review/questions/<uuid:revision_id>")
@access.signed_in
def answer_review(revision_id: uuid.UUID) -> Response | tuple[str, int]:
    """Grade an answer and show how it went."""
    actor = require_actor()
    if revision_id not in {one.revision_id for one in queries.questions_met(actor.person_id, clock.now())}:
        raise NotFound
    _shown, body = _question(revision_id)
    response: dict[str, Any] = {}
    try:
        client_id = uuid.UUID(request.form.get("id", ""))
        layout = grading.full_layout(body)
        response = grading.written(cast(grading.Posted, request.form), NAME, layout)
        said = grading.normalise(response, layout)
        with transaction():
            answer = services.answer_review(
                actor, revision_id, client_id=client_id, response=said, now=clock.now()
            )
    except Invalid as error:
        return _asked(_day(actor), revision_id, response, told(error), error), error.status
    except ValueError:
        message = _("This form has expired. Send it again.")
        return _asked(_day(actor), revision_id, response, message), Invalid.status
    return redirect(url_for(".show_review_answer", answer_id=answer.id), 303)


@blueprint.get("/review/answers/<uuid:answer_id>")
@access.signed_in
def show_review_answer(answer_id: uuid.UUID) -> str:
    """How an answer went and when the question comes back; a right one can be called hard or easy."""
    actor = require_actor()
    answer = queries.get_review_answer(actor, answer_id)
    if answer.question_revision_id not in {
        one.revision_id for one in queries.questions_met(actor.person_id, clock.now())
    }:
        raise NotFound
    question, _body = _question(answer.question_revision_id)
    before = services.memory_before(answer)
    return render_template(
        "courses/studying/review_answer.html",
        answer=answer,
        question=question,
        name=NAME,
        day=_day(actor),
        days={ease: days_until(before, ease, answer.created_at) for ease in Ease},
        may_rate=answer.correct and queries.is_latest(answer),
    )


@blueprint.post("/review/answers/<uuid:answer_id>/ease")
@access.signed_in
def rate_review(answer_id: uuid.UUID) -> Response:
    """Say how hard a right answer was, and go on."""
    answer = queries.get_review_answer(require_actor(), answer_id)
    with transaction():
        services.rate_review(answer, member_of(Ease, request.form.get("ease")))
    return redirect(url_for(".show_next_review"), 303)
