"""The examinee's pages: the paper, the look before submitting, the result."""

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import Actor
from app.core.carrying import carried
from app.core.database import transaction
from app.core.errors import Conflict
from app.core.languages import format_moment, locale_name, told
from app.quizzes import queries, registry, rendering, rules, services, words
from app.quizzes.context import keyring
from app.quizzes.grading import aliases
from app.quizzes.invigilation import queries as decided
from app.quizzes.invigilation import words as decision_words
from app.quizzes.marking import queries as marking_queries
from app.quizzes.marking import words as marking_words
from app.quizzes.models import AttemptState
from app.quizzes.protocol import read_page
from app.quizzes.receipts import timestamp
from app.quizzes.regrading.history import recomputations
from app.quizzes.verification.document import Claim, write

blueprint = Blueprint("quizzes", __name__)


@blueprint.get("/attempts/<uuid:attempt_id>")
@access.signed_in
def show_attempt(attempt_id: uuid.UUID) -> str | BaseResponse:
    """The paper, to be answered."""
    paper = queries.get_own_paper(access.require_actor(), attempt_id)
    if not paper.attempt.state.is_open:
        return redirect(url_for("quizzes.show_result", attempt_id=attempt_id))
    return paper_page(paper)


def save_posted(posted: MultiDict[str, str], attempt_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """Save a posted paper, or one that was carried through a sign-in, and go where its button leads."""
    actor = access.require_actor()
    page = read_page(posted)
    now = clock.now()
    with transaction():
        saved = services.save_paper(
            actor,
            attempt_id,
            posted,
            seen=page.seen,
            places=page.places,
            keyring=keyring(),
            now=now,
        )
        paper = queries.get_own_paper(actor, attempt_id)
        intent = posted.get("intent", "")
        if intent == "next" and not saved.refused and paper.may_leave_unasked and page.places == paper.step:
            services.leave_step(actor, attempt_id, through=paper.step[-1], now=now)
            intent = ""
    _tell(saved, running=not paper.is_over(now))
    if saved.refused:
        return paper_page(paper, saved), 422
    if intent == "pause":
        _pause(actor, attempt_id)
    endpoints = {"review": "quizzes.review_attempt", "next": "quizzes.confirm_leaving"}
    return redirect(url_for(endpoints.get(intent, "quizzes.show_attempt"), attempt_id=attempt_id))


@blueprint.post("/attempts/<uuid:attempt_id>")
@access.signed_in
@carried(save_posted, of="attempt_id")
def save_paper(attempt_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """Save the paper posted as one form, then stay, go on to the next step, or to the look before submitting."""
    return save_posted(request.form, attempt_id)


@blueprint.post("/attempts/<uuid:attempt_id>/go-on")
@access.signed_in
def end_pause(attempt_id: uuid.UUID) -> BaseResponse:
    """Go on after a pause of one's own."""
    try:
        with transaction():
            services.end_pause(access.require_actor(), attempt_id, now=clock.now())
    except Conflict as refused:
        flash(told(refused), "attention")
    return redirect(url_for("quizzes.show_attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/leave")
@access.signed_in
def confirm_leaving(attempt_id: uuid.UUID) -> str | BaseResponse:
    """The warning before a step of a forward-only paper is left for good."""
    paper = queries.get_own_paper(access.require_actor(), attempt_id)
    if paper.is_over(clock.now()) or paper.is_last_step:
        return redirect(url_for("quizzes.show_attempt", attempt_id=attempt_id))
    return render_template("quizzes/leave.html", paper=paper, clock=_clock(paper))


@blueprint.post("/attempts/<uuid:attempt_id>/leave")
@access.signed_in
def leave_step(attempt_id: uuid.UUID) -> BaseResponse:
    """Leave the step for good and go on to the next."""
    through = request.form.get("through", 0, type=int)
    with transaction():
        services.leave_step(access.require_actor(), attempt_id, through=through, now=clock.now())
    return redirect(url_for("quizzes.show_attempt", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/review")
@access.signed_in
def review_attempt(attempt_id: uuid.UUID) -> str | BaseResponse:
    """What is answered, open and marked, before submitting for good."""
    paper = queries.get_own_paper(access.require_actor(), attempt_id)
    if paper.is_over(clock.now()):
        return redirect(url_for("quizzes.show_attempt", attempt_id=attempt_id))
    return render_template("quizzes/review.html", paper=paper, clock=_clock(paper))


@blueprint.post("/attempts/<uuid:attempt_id>/submit")
@access.signed_in
def submit_attempt(attempt_id: uuid.UUID) -> BaseResponse:
    """Submit for good; an attempt whose time is over is closed as it stands."""
    by_clock = request.form.get("by") == "clock"
    with transaction():
        services.submit_attempt(access.require_actor(), attempt_id, now=clock.now(), time_over=by_clock)
    return redirect(url_for("quizzes.show_result", attempt_id=attempt_id))


@blueprint.get("/attempts/<uuid:attempt_id>/result")
@access.signed_in
def show_result(attempt_id: uuid.UUID) -> str | BaseResponse:
    """The result, what to review, and the receipts."""
    actor = access.require_actor()
    paper = queries.get_paper(actor, attempt_id)
    own = paper.attempt.candidate_id == actor.person_id
    if own and paper.attempt.state.is_open:
        return redirect(url_for("quizzes.show_attempt", attempt_id=attempt_id))
    told = _told(paper)
    if paper.result is None or paper.attempt.state is AttemptState.VOIDED:
        back = registry.url_of_context(paper.attempt.context_type, paper.attempt.context_id)
        return render_template("quizzes/running.html", paper=paper, own=own, told=told, back=back)
    texts = rendering.Texts(locale_name(), paper.library)
    shown = rules.Shown() if paper.reviewer else paper.shown(clock.now())
    return render_template(
        "quizzes/result.html",
        paper=paper,
        own=own,
        told=told,
        shown=shown,
        missing=_missing(paper, shown),
        again=_again(paper, clock.now()) if own and shown.percentage else "",
        views=_views(paper, paper.items, texts),
        solutions=_solutions(paper, texts, shown),
        marks=_marks(paper, texts) if shown.feedback and shown.marks else {},
        recomputed=recomputations(attempt_id),
        events=queries.list_events(attempt_id) if own else [],
        receipt_of=services.receipt_of,
        positions={item.id: item.position for item in paper.items},
        back=registry.url_of_context(paper.attempt.context_type, paper.attempt.context_id),
    )


@blueprint.get("/attempts/<uuid:attempt_id>/receipts.json")
@access.signed_in
def download_receipts(attempt_id: uuid.UUID) -> Response:
    """Every receipt of the candidate's attempt with her answers and salts, to be kept and checked."""
    paper = queries.get_own_paper(access.require_actor(), attempt_id)
    events = queries.list_events(paper.attempt.id)
    layouts = {item.id: item.layout for item in paper.items}
    claims = [
        Claim(services.receipt_of(event), aliases.outward(event.body, layouts[event.item_id]), event.salt)
        for event in events
    ]
    name = f"receipts-{attempt_id}.json"
    return Response(
        write(attempt_id, len(claims), claims),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def paper_page(paper: queries.Paper, saved: services.Saved | None = None) -> str:
    """The paper; or the page of one that waits or stands still, or whose time is over."""
    if paper.attempt.state in (AttemptState.WAITING, AttemptState.PAUSED):
        return render_template("quizzes/invigilation/hold.html", paper=paper, told=_told(paper))
    if paper.is_over(clock.now()):
        return render_template("quizzes/time_over.html", paper=paper)
    if not rules.is_inside(paper.settings, request.remote_addr or ""):
        return render_template("quizzes/elsewhere.html", paper=paper)
    refused = saved.refused if saved else {}
    views = _views(paper, paper.step_items, rendering.Texts(locale_name(), paper.library))
    for item in refused.keys() & views.keys():
        views[item] = rendering.with_refused(views[item], refused[item].parts)
    return render_template(
        "quizzes/paper.html",
        paper=paper,
        clock=_clock(paper),
        views=views,
        refused=refused,
        told=_told(paper),
    )


def _pause(actor: Actor, attempt_id: uuid.UUID) -> None:
    """Once the paper is saved; where no pause is left she reads so."""
    try:
        with transaction():
            services.take_pause(actor, attempt_id, now=clock.now())
    except Conflict as refused:
        flash(told(refused), "attention")


def _told(paper: queries.Paper) -> list[decision_words.Told]:
    """What invigilators decided about this attempt, the latest first."""
    if not paper.attempt.decisions:
        return []
    return decision_words.told(decided.interventions_of(paper.attempt.id))


def _clock(paper: queries.Paper) -> dict[str, Any]:
    """The server's time and the deadline, for the page's clock."""
    now = clock.now()
    left = max(int((paper.attempt.deadline_at - now).total_seconds()), 0)
    deadline = timestamp(paper.attempt.deadline_at)
    return {"now": timestamp(now), "deadline": deadline, "minutes_left": -(-left // 60)}


def _views(
    paper: queries.Paper, items: list[queries.PaperItem], texts: rendering.Texts
) -> dict[uuid.UUID, rendering.QuestionView]:
    """The questions as laid out; those that take files know what came and where to send more."""
    views = {}
    answering = paper.attempt.state is AttemptState.IN_PROGRESS
    uploads = [item.id for item in items if item.layout["type"] == "file_upload"]
    received = queries.uploads_of(uploads) if uploads else {}
    for item in items:
        view = rendering.question_view(item.body, texts, layout=item.layout, aliased=answering)
        if view.type == "file_upload":
            view.upload["received"] = received.get(item.id, {})
        if view.type == "file_upload" and answering:
            address = url_for("question_files.receive_file", attempt_id=paper.attempt.id, item_id=item.id)
            view.upload["url"] = address
        views[item.id] = view
    return views


def _missing(paper: queries.Paper, shown: rules.Shown) -> str:
    return words.missing_text(paper.settings.review, shown, paper.closes_at, format_moment(paper.closes_at))


def _again(paper: queries.Paper, now: datetime) -> str:
    """Whether and from when she may try again, for a candidate who has not passed yet; empty for one who has."""
    attempt = paper.attempt
    context = (attempt.context_type, attempt.context_id)
    view = queries.rules_view(attempt.quiz_id, attempt.candidate_id, context, now)
    if view.passed is not None:
        return ""
    return words.again_text(view.standing) or services.refusal_text(view.standing)


def _solutions(
    paper: queries.Paper, texts: rendering.Texts, shown: rules.Shown
) -> dict[uuid.UUID, rendering.Solution]:
    """Right answers and explanations; none unless the reader may see one of them."""
    if not (shown.correct or shown.feedback):
        return {}
    return {item.id: rendering.solution(item.body, texts, item.layout) for item in paper.items}


def _marks(paper: queries.Paper, texts: rendering.Texts) -> dict[uuid.UUID, list[marking_words.GivenMark]]:
    """What markers gave and wrote, by item."""
    if not marking_words.waits_for_people(paper.items):
        return {}
    return marking_words.marks_shown(paper.items, marking_queries.panels_of_attempt(paper.attempt.id), texts)


def _tell(saved: services.Saved, *, running: bool) -> None:
    late = saved.count("late")
    if late and running:
        flash(
            _("You had left these questions already. What you changed was kept and does not count."), "attention"
        )
    elif late:
        flash(
            ngettext(
                "%(num)s change came after the deadline. It was kept and does not count.",
                "%(num)s changes came after the deadline. They were kept and do not count.",
                late,
            ),
            "attention",
        )
    if overtaken := saved.count("superseded"):
        flash(
            ngettext(
                "%(num)s answer was given on another device meanwhile; that one counts. Check it below.",
                "%(num)s answers were given on another device meanwhile; those count. Check them below.",
                overtaken,
            ),
            "attention",
        )
    if saved.count("counted"):
        flash(_("Your answers are saved."), "ok")
