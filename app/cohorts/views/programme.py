"""Programmes, and the trainee's own place in one."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.cohorts import policies, queries, renewals, services
from app.cohorts.forms import DeclarationForm
from app.cohorts.models import Membership
from app.core import access, clock
from app.core.access import Role, require_actor
from app.core.database import transaction
from app.core.errors import NotFound
from app.quizzes import services as quizzes
from app.quizzes import starting
from app.quizzes.models import Attempt
from app.quizzes.queries import rules_view
from app.quizzes.rules import Admission

blueprint = Blueprint("programmes", __name__)


@blueprint.get("/programmes")
@access.public
def index() -> str:
    """Every programme and what it demands."""
    return render_template("cohorts/programmes.html", programmes=queries.list_programmes())


@blueprint.get("/programmes/<string:programme_key>")
@access.public
def show(programme_key: str) -> str:
    """One programme: courses, hours, examination, pass marks."""
    return render_template("cohorts/programme.html", page=queries.programme_page(programme_key))


@blueprint.get("/my-programmes/<uuid:membership_id>")
@access.signed_in
def mine(membership_id: uuid.UUID) -> str:
    """Where I stand in my programme, and what to do next."""
    return _mine(queries.get_membership_for(require_actor(), membership_id), DeclarationForm(formdata=None))


def _mine(membership: Membership, form: DeclarationForm) -> str:
    now = clock.now()
    place = queries.places([membership], now)[0]
    own = policies.can_study(require_actor(), membership)
    return render_template(
        "cohorts/mine.html",
        place=place,
        courses=queries.course_titles(membership.cohort, membership.cycle),
        own=own,
        coming=queries.coming_exam(place, now) if own else None,
        form=form,
        keeps=require_actor().has_at(
            membership.cohort.organisation_id, Role.REGISTRAR, Role.CERTIFIER, Role.ADMINISTRATOR
        ),
    )


@blueprint.post("/my-programmes/<uuid:membership_id>/declaration")
@access.signed_in
def declare(membership_id: uuid.UUID) -> Response | tuple[str, int]:
    """Make the conduct declaration of one's own renewal."""
    actor = require_actor()
    membership = queries.get_membership_for(actor, membership_id)
    form = DeclarationForm()
    if not form.validate_on_submit():
        return _mine(membership, form), 422
    with transaction():
        renewals.declare(actor, membership, accepted=form.accepted.data, now=clock.now())
    flash(_("Your declaration is recorded."), "ok")
    return redirect(url_for("programmes.mine", membership_id=membership_id))


@blueprint.get("/my-programmes/<uuid:membership_id>/examination")
@access.signed_in
def examination(membership_id: uuid.UUID) -> str:
    """The rules of the certification examination, before Start."""
    actor = require_actor()
    membership = queries.get_membership_for(actor, membership_id)
    quiz_id = membership.cohort.programme_revision.quiz_of(membership.cycle)
    if quiz_id is None or not policies.can_study(actor, membership):
        raise NotFound
    now = clock.now()
    rules = rules_view(quiz_id, actor.person_id, (queries.EXAM_CONTEXT, membership.id), now)
    return render_template(
        "cohorts/examination.html",
        place=queries.places([membership], now)[0],
        rules=rules,
        refusal=quizzes.refusal_text(rules.standing),
        refused=starting.last_refusal(),
    )


@blueprint.post("/my-programmes/<uuid:membership_id>/examination/start")
@access.signed_in
def start_examination(membership_id: uuid.UUID) -> Response:
    """Start, or go on with, the certification examination."""
    actor = require_actor()

    def start(admission: Admission) -> Attempt:
        membership = queries.get_membership_for(actor, membership_id)
        return services.start_certification_exam(actor, membership, clock.now(), admission)

    return starting.begin(start, back=url_for("programmes.examination", membership_id=membership_id))
