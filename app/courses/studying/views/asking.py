"""Questions at a passage: asked, listed, answered."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Invalid
from app.core.identifiers import new_id
from app.courses.studying import policies, queries, services
from app.courses.studying.forms import AnswerForm, AskForm
from app.courses.studying.rules.anchors import Anchor, read_anchor
from app.courses.studying.views.blueprint import blueprint
from app.courses.studying.views.notes import lesson_address

_ANSWERED = {"no": False, "yes": True}


@blueprint.route("/courses/<string:course_key>/questions/new", methods=["GET", "POST"])
@access.signed_in
def ask(course_key: str) -> Any:
    """Ask about a section, or about words selected in it."""
    study = queries.get_enrolled_study(require_actor(), course_key)
    anchor = read_anchor(request.form if request.method == "POST" else request.args)
    lesson = study.outline.find_by_home(anchor.module_key, anchor.lesson_key)
    if lesson is None or anchor.path not in study.outline.section_paths:
        raise Invalid(_("Your revision of this course has no such section."))
    form = AskForm(data=_given(anchor))
    if form.validate_on_submit():
        with transaction():
            services.ask(
                require_actor(),
                course_key,
                client_id=_client_id(form.id.data),
                anchor=anchor,
                text=form.text.data,
                now=clock.now(),
            )
        flash(_("Your question is with those who teach you. The answer comes by mail and stands here."), "ok")
        return redirect(url_for(".my_questions"), 303)
    page = render_template(
        "courses/studying/ask.html",
        study=study,
        course_key=course_key,
        lesson=lesson,
        section=next(section for section in lesson.sections if section.key == anchor.section_key),
        anchor=anchor,
        form=form,
        back=lesson_address(course_key, anchor.path),
    )
    return page, 422 if form.is_submitted() else 200


def _given(anchor: Anchor) -> dict[str, str]:
    return {
        "id": str(new_id()),
        "at": anchor.path,
        "language": anchor.language,
        "quote": anchor.quote,
        "prefix": anchor.prefix,
        "suffix": anchor.suffix,
    }


def _client_id(value: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(value or "")
    except ValueError:
        raise Invalid("id: a UUID") from None


@blueprint.get("/notes/questions")
@access.signed_in
def my_questions() -> str:
    """What one has asked, and the answers."""
    questions = queries.own_questions(require_actor())
    return render_template(
        "courses/studying/my_questions.html",
        questions=questions,
        titles=queries.titles_of({question.course_key for question in questions}),
        address=lesson_address,
    )


@blueprint.get("/teaching/trainee-questions")
@access.requires(*policies.ANSWERERS)
def list_asked() -> str:
    """What trainees ask, unanswered first."""
    course_key, answered = request.args.get("course", ""), request.args.get("answered", "")
    page = queries.list_asked(
        require_actor(),
        course_key=course_key,
        answered=_ANSWERED.get(answered),
        page=request.args.get("page", 1, type=int),
    )
    return render_template(
        "courses/studying/asked.html",
        page=page.addressed(
            lambda number: url_for(
                ".list_asked", course=course_key or None, answered=answered or None, page=number
            )
        ),
        titles=queries.titles_of({question.course_key for question in page.items}),
        places=queries.lesson_titles(page.items),
        course_key=course_key,
        answered=answered,
        waiting=queries.count_unanswered(require_actor()),
    )


@blueprint.route("/teaching/trainee-questions/<uuid:question_id>", methods=["GET", "POST"])
@access.requires(*policies.ANSWERERS)
def answer(question_id: uuid.UUID) -> Any:
    """Read one question at its passage, and answer it."""
    actor = require_actor()
    question = queries.get_asked(actor, question_id)
    form = AnswerForm(
        data={
            "answer": question.answer,
            "is_public": question.published_at is not None,
            "public_text": question.public_text or question.text,
        }
    )
    if form.validate_on_submit():
        with transaction():
            services.answer(
                actor,
                question,
                text=form.answer.data,
                public_text=form.public_text.data or "",
                is_public=form.is_public.data,
                now=clock.now(),
            )
        flash(_("The answer is kept."), "ok")
        return redirect(url_for(".list_asked"), 303)
    page = render_template(
        "courses/studying/answer.html",
        question=question,
        form=form,
        titles=queries.titles_of([question.course_key]),
        passage=lesson_address(question.course_key, question.anchor.path),
    )
    return page, 422 if form.is_submitted() else 200
