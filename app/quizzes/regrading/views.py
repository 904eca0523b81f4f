"""The pages of regrades: the correction, the dry run, the decision; and the history of a grade."""

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import choice, member_of
from app.core.languages import locale_name, told
from app.core.publishing import send_table
from app.core.spreadsheets import write_table
from app.quizzes import grading, registry, rendering
from app.quizzes.analysis.queries import list_revisions
from app.quizzes.queries import get_paper
from app.quizzes.regrading import forms, giving_up, history, policies, queries, services, words
from app.quizzes.regrading.queries import RegradedQuestion
from app.quizzes.regrading.rules import Correction, RegradeState
from app.quizzes.results import Treatment

blueprint = Blueprint("regrading", __name__)
blueprints = (blueprint,)

#: Of what is searched for among candidates.
MAX_WORDS = 80


@blueprint.get("/regrades")
@access.requires(*policies.REGRADERS)
def list_regrades() -> str:
    """What was corrected, tried and put away."""
    return render_template(
        "quizzes/regrading/index.html", regrades=queries.list_regrades(require_actor()), words=words
    )


@blueprint.get("/examinations/<string:key>/regrade")
@access.requires(*policies.REGRADERS)
def choose_question(key: str) -> str:
    """The questions on finished papers of an examination."""
    title = list_revisions(key)[0].title
    asked = queries.asked_questions(key, policies.reach(require_actor()))
    texts = rendering.Texts(locale_name())
    return render_template("quizzes/regrading/questions.html", key=key, title=title, asked=asked, texts=texts)


@blueprint.route("/examinations/<string:key>/regrade/<uuid:question_id>", methods=["GET", "POST"])
@access.requires(*policies.REGRADERS)
def prepare(key: str, question_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """Say how the question shall count, and over which sittings; then a job tries it."""
    question = _question(key, question_id)
    form = forms.RegradeForm(data=_before(question))
    groups = _groups(form)
    if not form.is_submitted():
        return _form_page(question, form, _present(question))
    fields = grading.amendable(question.body)
    filled = forms.read(fields, request.form) if form.treatment.data == Treatment.GRADED else forms.Filled({})
    if not form.validate() or filled.errors:
        return _form_page(question, form, filled), 422
    changes = forms.changes(fields, filled) if filled.values else {}
    try:
        return _prepare(question, form, groups, Correction(Treatment(form.treatment.data), changes))
    except Invalid as error:
        return _form_page(question, form, filled, told(error)), 422


def _form_page(
    question: RegradedQuestion, form: forms.RegradeForm, filled: forms.Filled, problem: str = ""
) -> str:
    return render_template(
        "quizzes/regrading/prepare.html",
        question=question,
        form=form,
        fields=grading.amendable(question.body),
        filled=filled,
        problem=problem,
        texts=rendering.Texts(locale_name()),
        words=words,
        name_of=forms.name_of,
    )


def _question(key: str, question_id: uuid.UUID) -> RegradedQuestion:
    """The revision on the papers; a corrected one leads to the one that it corrects. Raises NotFound."""
    try:
        return queries.get_question(key, question_id)
    except NotFound:
        asked = queries.papers_graded_by(key, [question_id]).get(question_id)
        if asked is None:
            raise
        return queries.get_question(key, asked)


def _before(question: RegradedQuestion) -> dict[str, Any]:
    """What the form begins with: what the newest regrade said, or nothing chosen."""
    if question.latest is not None:
        return {"treatment": question.latest.treatment.value, "corrects_bank": question.latest.corrects_bank}
    return {"treatment": Treatment.GRADED.value if grading.amendable(question.body) else None}


def _present(question: RegradedQuestion) -> forms.Filled:
    changed = question.latest.changes if question.latest else {}
    return forms.present(grading.amendable(grading.amend(question.body, changed)))


def _groups(form: forms.RegradeForm) -> dict[str, tuple[str, uuid.UUID]]:
    """Offer the groups of contexts that the actor may choose from; by value of the field."""
    actor = require_actor()
    found: dict[str, tuple[str, uuid.UUID]] = {}
    offered = [choice("", _("All candidates"))]
    for kind, groups in registry.group_kinds().items():
        for group_id, name in groups.choices(actor):
            found[f"{kind}:{group_id}"] = (kind, group_id)
            offered.append(choice(f"{kind}:{group_id}", f"{groups.label}{_(': ')}{name}"))
    form.group.choices = offered
    return found


def _prepare(
    question: RegradedQuestion,
    form: forms.RegradeForm,
    groups: dict[str, tuple[str, uuid.UUID]],
    correction: Correction,
) -> BaseResponse:
    labels = {each.value: str(each.label) for each in form.group.choices}
    with transaction():
        regrade = services.prepare_regrade(
            require_actor(),
            question,
            correction,
            form.scope(question.quiz.id, groups),
            corrects_bank=form.corrects_bank.data,
            group_label=labels[form.group.data] if form.group.data else "",
            now=clock.now(),
        )
    return redirect(url_for(".show", regrade_id=regrade.id))


@blueprint.get("/regrades/<uuid:regrade_id>")
@access.requires(*policies.REGRADERS)
def show(regrade_id: uuid.UUID) -> str | Response:
    """What it corrects, how far it is, and each sitting that it changes."""
    regrade = queries.get_regrade_for(require_actor(), regrade_id)
    listed = queries.describe(regrade)
    working = not listed.stopped and regrade.state in {RegradeState.TRYING, *queries.AT_WORK}
    if request.headers.get("HX-Request") and not working:
        return Response(headers={"HX-Refresh": "true"})
    show = member_of(queries.Show, request.args.get("show")) or queries.Show.ALL
    asked = request.args.get("q", "").strip()[:MAX_WORDS]
    page = queries.list_changes(
        regrade, show=show, words=asked, page=request.args.get("page", 1, type=int)
    ).addressed(lambda number: _address(regrade_id, show, asked, number))
    taking_back = regrade.state is RegradeState.GIVING_UP
    return render_template(
        "quizzes/regrading/show.html",
        regrade=regrade,
        listed=listed,
        working=working,
        page=page,
        show=show,
        asked=asked,
        chips=[(each, label, _address(regrade_id, each, asked)) for each, label in words.shows().items()],
        done=queries.count_applied(regrade) if regrade.state is RegradeState.APPLYING else 0,
        back=giving_up.count_back(regrade) if taking_back else (0, 0),
        names=queries.names_of(regrade),
        differences=words.differences(listed.body, regrade.changes, rendering.Texts(locale_name())),
        words=words,
        texts=rendering.Texts(locale_name()),
    )


def _address(regrade_id: uuid.UUID, show: queries.Show, asked: str, page: int | None = None) -> str:
    """The page with its filter; nothing in it that goes without saying."""
    chosen = None if show is queries.Show.ALL else show.value
    return url_for(".show", regrade_id=regrade_id, show=chosen, q=asked or None, page=page)


@blueprint.route("/regrades/<uuid:regrade_id>/apply", methods=["GET", "POST"])
@access.requires(*policies.REGRADERS)
def approve(regrade_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """Another look, and the decision; when the figures have moved the dry run is repeated first."""
    actor = require_actor()
    regrade = queries.get_regrade_for(actor, regrade_id)
    if regrade.state is not RegradeState.TRIED:
        return redirect(url_for(".show", regrade_id=regrade_id))
    form = forms.ApproveForm(tried_at=regrade.tried_at.isoformat() if regrade.tried_at else "")
    if form.validate_on_submit():
        try:
            with transaction():
                services.approve_regrade(
                    actor,
                    regrade_id,
                    tried_at=_moment(form.tried_at.data),
                    reason=form.reason.data,
                    notice=form.notice.data,
                    now=clock.now(),
                )
        except Conflict as conflict:
            return _refused(regrade_id, conflict)
        flash(_("The regrade is being applied."), "ok")
        return redirect(url_for(".show", regrade_id=regrade_id))
    listed = queries.describe(regrade)
    page = render_template(
        "quizzes/regrading/approve.html",
        form=form,
        regrade=regrade,
        listed=listed,
        differences=words.differences(listed.body, regrade.changes, rendering.Texts(locale_name())),
        words=words,
    )
    return (page, 422) if form.is_submitted() else page


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(_("This page is damaged. Reload it.")) from None


def _refused(regrade_id: uuid.UUID, conflict: Conflict) -> BaseResponse:
    """Say why; when figures moved, look at the new ones."""
    release()
    if conflict.code == "moved":
        with transaction():
            services.try_again(require_actor(), regrade_id)
    flash(told(conflict), "attention")
    return redirect(url_for(".show", regrade_id=regrade_id))


@blueprint.post("/regrades/<uuid:regrade_id>/try")
@access.requires(*policies.REGRADERS)
def try_again(regrade_id: uuid.UUID) -> BaseResponse:
    """Repeat the dry run."""
    with transaction():
        services.try_again(require_actor(), regrade_id)
    return redirect(url_for(".show", regrade_id=regrade_id))


@blueprint.post("/regrades/<uuid:regrade_id>/discard")
@access.requires(*policies.REGRADERS)
def discard(regrade_id: uuid.UUID) -> BaseResponse:
    """Put it away."""
    with transaction():
        services.discard_regrade(require_actor(), regrade_id)
    flash(_("The regrade is put away; nothing was changed."), "ok")
    return redirect(url_for(".list_regrades"))


@blueprint.post("/regrades/<uuid:regrade_id>/resume")
@access.requires(*policies.REGRADERS)
def resume(regrade_id: uuid.UUID) -> BaseResponse:
    """Let one that stopped go on where it stopped."""
    with transaction():
        giving_up.resume_regrade(require_actor(), regrade_id, now=clock.now())
    flash(_("The work goes on where it stopped."), "ok")
    return redirect(url_for(".show", regrade_id=regrade_id))


@blueprint.route("/regrades/<uuid:regrade_id>/give-up", methods=["GET", "POST"])
@access.requires(*policies.REGRADERS)
def give_up(regrade_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """What becomes of the results when one that stopped is given up, and the decision."""
    actor = require_actor()
    listed = queries.describe(queries.get_regrade_for(actor, regrade_id))
    if not listed.stopped or listed.regrade.state is not RegradeState.APPLYING:
        return redirect(url_for(".show", regrade_id=regrade_id))
    form = forms.GiveUpForm()
    if form.validate_on_submit():
        with transaction():
            giving_up.give_up_regrade(actor, regrade_id, reason=form.reason.data, now=clock.now())
        flash(_("The regrade is given up. The results that it changed are put back."), "ok")
        return redirect(url_for(".show", regrade_id=regrade_id))
    page = render_template(
        "quizzes/regrading/give_up.html",
        form=form,
        listed=listed,
        done=queries.count_applied(listed.regrade),
        words=words,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.get("/regrades/<uuid:regrade_id>/changes/<any(csv, xlsx):form>")
@access.requires(*policies.REGRADERS)
def download(regrade_id: uuid.UUID, form: str) -> Response:
    """Every sitting that it changes, as a file."""
    regrade = queries.get_regrade_for(require_actor(), regrade_id)
    rows = [words.change_row(each) for each in queries.all_changes(regrade)]
    if not rows:
        raise NotFound(_("No result changes."))
    return send_table(write_table(form, _("Changed results"), rows), form, f"regrade-{regrade.id.hex[-8:]}")


@blueprint.get("/attempts/<uuid:attempt_id>/grades")
@access.signed_in
def show_history(attempt_id: uuid.UUID) -> str:
    """Every result that a sitting ever had, for those who may review it."""
    paper = get_paper(require_actor(), attempt_id)
    if not paper.reviewer:
        raise NotFound
    return render_template(
        "quizzes/regrading/history.html",
        paper=paper,
        runs=history.runs_of(attempt_id),
        can_regrade=require_actor().has(*policies.REGRADERS),
        words=words,
    )
