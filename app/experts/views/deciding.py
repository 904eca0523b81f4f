"""The certifiers' pages: what waits, the evidence, the review, the decision."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts.queries import people_named
from app.core import access, clock
from app.core.access import Role, require_actor
from app.core.database import transaction
from app.core.errors import NotAllowed
from app.core.forms import member_of
from app.experts import labels, policies, queries, services
from app.experts.forms import BeginForm, DecideForm, RecommendForm, ReturnForm
from app.experts.models import Application
from app.experts.rules import CATEGORIES, VOCABULARY, ApplicationState, Facet, Profile
from app.experts.views.blueprint import blueprint


@blueprint.get("/experts/applications")
@access.requires(*policies.KEEPERS)
def list_applications() -> str:
    """What waits for a certifier, the oldest first; decided ones by state."""
    actor = require_actor()
    state = member_of(ApplicationState, request.args.get("state"))
    return render_template(
        "experts/list_applications.html",
        page=queries.list_applications(actor, state, request.args.get("page", 1, type=int)),
        counts=queries.count_by_state(actor),
        state=state,
        labels=labels,
        categories=CATEGORIES,
    )


@blueprint.get("/experts/applications/<uuid:application_id>")
@access.signed_in
def show_application(application_id: uuid.UUID) -> str:
    """An application with the evidence beside each criterion."""
    return _show(queries.get_application_for(require_actor(), application_id), None)


def _show(application: Application, bound: Any) -> str:
    """The evidence page; ``bound`` is the form that was sent and has faults."""
    actor = require_actor()
    forms = {kind: form(formdata=None) for kind, form in _FORMS.items()}
    criteria = queries.criteria_of(application.criteria_revision)
    forms["decide"].years.data = criteria.term_years
    if bound is not None:
        forms[_name_of(bound)] = bound
    events = queries.events_of(application.id)
    return render_template(
        "experts/show_application.html",
        application=application,
        criteria=criteria,
        profile=Profile.from_json(application.profile),
        evidence=queries.evidence_for(application, clock.now()),
        events=events,
        people=people_named(
            [*(event.actor_id for event in events), application.reviewer_id, application.decider_id]
        ),
        appointment=queries.find_appointment_of(application.id),
        vocabulary=VOCABULARY,
        Facet=Facet,
        labels=labels,
        forms=forms,
        bound=bound,
        actor=actor,
        policies=policies,
    )


_FORMS: dict[str, Any] = {
    "return": ReturnForm,
    "begin": BeginForm,
    "recommend": RecommendForm,
    "decide": DecideForm,
}


def _name_of(form: Any) -> str:
    return next(name for name, kind in _FORMS.items() if isinstance(form, kind))


def _act(application_id: uuid.UUID, form: Any, may: Any, act: Any, done: str) -> Any:
    """Load and lock, authorise, validate, do it in one transaction, go back to the page."""
    actor = require_actor()
    application = queries.get_application_for(actor, application_id, lock=True)
    if not may(actor, application):
        raise NotAllowed
    if not form.validate_on_submit():
        return _show(application, form), 422
    with transaction():
        act(actor, application)
    flash(done, "ok")
    return redirect(url_for("experts.show_application", application_id=application_id))


@blueprint.post("/experts/applications/<uuid:application_id>/return")
@access.requires(Role.CERTIFIER)
def return_for_completion(application_id: uuid.UUID) -> Any:
    """The formal check found something missing."""
    form = ReturnForm()
    return _act(
        application_id,
        form,
        policies.can_check,
        lambda actor, one: services.return_for_completion(actor, one, form.reason.data, clock.now()),
        _("Returned to the applicant, who is told the reason."),
    )


@blueprint.post("/experts/applications/<uuid:application_id>/review")
@access.requires(Role.CERTIFIER)
def begin_review(application_id: uuid.UUID) -> Any:
    """Take it for review."""
    form = BeginForm()
    return _act(
        application_id,
        form,
        policies.can_check,
        lambda actor, one: services.begin_review(actor, one, unbiased=form.unbiased.data, now=clock.now()),
        _("You are the reviewer. Somebody else will decide."),
    )


@blueprint.post("/experts/applications/<uuid:application_id>/recommendation")
@access.requires(Role.CERTIFIER)
def recommend(application_id: uuid.UUID) -> Any:
    """The reviewer's recommendation."""
    form = RecommendForm()
    return _act(
        application_id,
        form,
        policies.can_recommend,
        lambda actor, one: services.recommend(
            actor, one, favourable=form.verdict.data == "yes", reason=form.reason.data, now=clock.now()
        ),
        _("Your recommendation is recorded. Another certifier decides."),
    )


@blueprint.post("/experts/applications/<uuid:application_id>/decision")
@access.requires(Role.CERTIFIER)
def decide(application_id: uuid.UUID) -> Any:
    """The decision, by somebody who did not review."""
    form = DecideForm()
    return _act(
        application_id,
        form,
        policies.can_decide,
        lambda actor, one: services.decide(
            actor,
            one,
            approve=form.verdict.data == "yes",
            reason=form.reason.data,
            unbiased=form.unbiased.data,
            years=form.years.data,
            now=clock.now(),
        ),
        _("The decision is recorded and the applicant is told."),
    )
